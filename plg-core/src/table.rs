//! The tables that describe kinds, records, choices and words: one row is the Rust item, its docs
//! and what the macro knows about it, so that these cannot disagree.

/// Declares types of text that a field can hold, each with what it must look like. `what` is for "expected …", `check` says
/// what is wrong, with what to write instead after `\nhelp: `, and `constant` is whether a constant of Rust can stand for
/// it: not where the stack, an application or another declaration needs to know the text.
///
/// ```
/// use plg_core::codes;
///
/// plg_core::texts! {
///     /// The number on a tin: `T-0815`.
///     TinNumber { what: "a tin's number", max: 20, code: codes::TEXT, check: numbered, constant: false }
/// }
///
/// fn numbered(text: &str) -> Result<(), String> {
///     match text.strip_prefix("T-") {
///         Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
///         _ => Err("a tin's number is `T-` and digits\nhelp: write \"T-0815\"".to_owned()),
///     }
/// }
///
/// assert!((TinNumber::RULE.check)("T-1").is_ok() && (TinNumber::RULE.check)("1").is_err());
/// ```
#[macro_export]
macro_rules! texts {
    ($($(#[doc = $doc:literal])* $ty:ident { what: $what:literal, max: $max:expr, code: $code:expr, check: $check:expr, constant: $constant:literal })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $ty(pub &'static str);
        impl $ty {
            /// What it must look like.
            pub const RULE: $crate::TextRule = $crate::TextRule {
                wrap: stringify!($ty), what: $what, max: $max, code: $code, check: $check, constant: $constant,
            };
        }
        impl $crate::Value for $ty {
            const SHAPE: $crate::Shape = $crate::Shape::Text(&Self::RULE);
            const BLANK: Self = $ty("");

            fn given(&self) -> Option<$crate::Given> {
                Some($crate::Given::Text(self.0.to_owned()))
            }

            fn text(&self) -> Option<&'static str> {
                Some(self.0)
            }
        }
        impl std::ops::Deref for $ty {
            type Target = str;
            fn deref(&self) -> &str { self.0 }
        }
    )*};
}

/// Declares words of which one is chosen: an enum with `as_str`, and its [`Shape`](crate::Shape).
/// `code: NAME` after what they are is the code of a word that is none of them.
#[macro_export]
macro_rules! words {
    ($(#[doc = $doc:literal])* $ty:ident $what:literal $(, code: $code:path)? { $($(#[doc = $wdoc:literal])* $word:ident $(= $wire:literal)?,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(non_camel_case_types, missing_docs, reason = "variants are the words of the language")]
        pub enum $ty { $($(#[doc = $wdoc])* $word,)* }
        impl $ty {
            /// The word as the API spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => $crate::words!(@wire $word $($wire)?),)* }
            }
            /// The word as written in a stack.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$word => stringify!($word),)* }
            }
            /// The word that the API spells like this.
            pub fn spelt(text: &str) -> Option<Self> {
                [$(Self::$word),*].into_iter().find(|word| word.as_str() == text)
            }
            /// Every word, as written in a stack.
            pub const WORDS: $crate::Words = $crate::Words {
                ty: stringify!($ty),
                what: $what,
                code: $crate::words!(@code $($code)?),
                words: &[$((stringify!($word), concat!($($wdoc),*)),)*],
            };
        }
        impl $crate::Value for $ty {
            const SHAPE: $crate::Shape = $crate::Shape::Word(|| &$ty::WORDS);
            const BLANK: Self = [$(Self::$word),*][0];
            fn given(&self) -> Option<$crate::Given> {
                Some($crate::Given::Word(self.word().to_owned()))
            }
        }
    };
    (@code) => { $crate::codes::UNKNOWN_WORD };
    (@code $code:path) => { $code };
    (@wire $word:ident) => { stringify!($word) };
    (@wire $word:ident $wire:literal) => { $wire };
}

/// Declares a record: the struct, its defaults (associated constants with the field's name) and its
/// [`Shape`](crate::Shape). A field without `= default` must be written.
#[macro_export]
macro_rules! record {
    ($(#[doc = $doc:literal])* $ty:ident { $($(#[doc = $fdoc:literal])* $field:ident: $shape:ty $(= $default:expr)?,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $ty { $($(#[doc = $fdoc])* pub $field: $shape,)* }
        #[allow(non_upper_case_globals, reason = "defaults carry the field's name")]
        impl $ty {
            $($(#[doc(hidden)] pub const $field: $shape = $default;)?)*
            /// The values of fields that are not written: their defaults, and blanks for required fields.
            pub const BLANK: Self = $ty { $($field: $crate::record!(@blank $shape $(, <$ty>::$field, $default)?),)* };
            /// The fields, for the macro.
            pub const RECORD: $crate::Record = $crate::Record {
                ty: stringify!($ty),
                doc: concat!($($doc),*),
                fields: &[$($crate::record!(@field $ty $field $shape [$($fdoc)*] $($default)?),)*],
            };
        }
        impl $crate::Value for $ty {
            const SHAPE: $crate::Shape = $crate::Shape::Record(|| &$ty::RECORD);
            const BLANK: Self = $ty::BLANK;
            fn given(&self) -> Option<$crate::Given> {
                let mut fields = Vec::new();
                $($crate::record!(@given fields self $ty $field $($default)?);)*
                Some($crate::Given::Record(fields))
            }
        }
    };
    (@given $fields:ident $self:ident $ty:ident $field:ident) => {
        $crate::given::field(&mut $fields, stringify!($field), &$self.$field, None);
    };
    (@given $fields:ident $self:ident $ty:ident $field:ident $default:expr) => {
        $crate::given::field(&mut $fields, stringify!($field), &$self.$field, Some(&<$ty>::$field));
    };
    (@field $ty:ident $field:ident $shape:ty [$($fdoc:literal)*] $($default:expr)?) => {
        $crate::Field {
            name: stringify!($field),
            doc: concat!($($fdoc),*),
            required: $crate::record!(@required $($default)?),
            default: stringify!($($default)?),
            shape: <$shape as $crate::Value>::SHAPE,
            usual: $crate::record!(@usual $ty $field $($default)?),
        }
    };
    (@usual $ty:ident $field:ident) => { || None };
    (@usual $ty:ident $field:ident $default:expr) => { || $crate::Value::given(&<$ty>::$field) };
    (@blank $shape:ty) => { <$shape as $crate::Value>::BLANK };
    (@blank $shape:ty, $written:expr, $default:expr) => { $written };
    (@required) => { true };
    (@required $default:expr) => { false };
}

/// Declares a value that is one of several cases: an enum whose variants are the words, and its
/// [`Shape`](crate::Shape). `else name(Type)` is what a value that starts with no word is.
#[macro_export]
macro_rules! choice {
    ($(#[doc = $doc:literal])* $ty:ident $what:literal $(, code: $code:path)? {
        $($(#[doc = $cdoc:literal])* $case:ident $(($holds:ty))?,)*
        $(; $(#[doc = $odoc:literal])* else $other:ident($otype:ty))?
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy)]
        #[allow(non_camel_case_types, reason = "variants are the words of the language")]
        #[allow(clippy::large_enum_variant, reason = "static data, written once and only read")]
        pub enum $ty { $($(#[doc = $cdoc])* $case $(($holds))?,)* $($(#[doc = $odoc])* $other($otype),)? }
        impl $ty {
            /// The cases, for the macro.
            pub const CHOICE: $crate::Choice = $crate::Choice {
                ty: stringify!($ty),
                what: $what,
                code: $crate::words!(@code $($code)?),
                cases: &[$($crate::Case { word: stringify!($case), doc: concat!($($cdoc),*), holds: $crate::choice!(@holds $($holds)?) },)*],
                otherwise: $crate::choice!(@otherwise $($other [$($odoc)*] $otype)?),
            };
        }
        impl $crate::Value for $ty {
            const SHAPE: $crate::Shape = $crate::Shape::Choice(|| &$ty::CHOICE);
            const BLANK: Self = $crate::choice!(@blank $($case $(($holds))?,)* $($other($otype),)?);
            fn given(&self) -> Option<$crate::Given> {
                match self {
                    $(this if matches!(this, $crate::choice!(@any $case $($holds)?)) => $crate::choice!(@given this $case $($holds)?),)*
                    $(Self::$other(held) => $crate::given::case(stringify!($other), held),)?
                    #[allow(unreachable_patterns, reason = "rustc does not see that the guards cover every case")]
                    _ => None,
                }
            }
        }
    };
    (@blank $case:ident, $($rest:tt)*) => { Self::$case };
    (@blank $case:ident ($holds:ty), $($rest:tt)*) => { Self::$case(<$holds as $crate::Value>::BLANK) };
    (@any $case:ident) => { Self::$case };
    (@any $case:ident $holds:ty) => { Self::$case(_) };
    (@given $this:ident $case:ident) => { Some($crate::Given::Case(stringify!($case).to_owned(), None)) };
    (@given $this:ident $case:ident $holds:ty) => {
        match $this { Self::$case(held) => $crate::given::case(stringify!($case), held), _ => None }
    };
    (@holds) => { None };
    (@holds $holds:ty) => { Some(<$holds as $crate::Value>::SHAPE) };
    (@otherwise) => { None };
    (@otherwise $other:ident [$($odoc:literal)*] $otype:ty) => {
        Some($crate::Case { word: stringify!($other), doc: concat!($($odoc),*), holds: Some(<$otype as $crate::Value>::SHAPE) })
    };
}

/// Declares a kind: the struct of its statics, its defaults and its [`Spec`](crate::Spec).
///
/// After the fields come the facts about the kind, in this order: `provider`, `key`, `check`, `unique`,
/// `titled`, `surface`, `wire`. The file then writes `impl Describe for Kind { fn want(&self) … }`.
#[macro_export]
macro_rules! kind {
    ($(#[doc = $doc:literal])* $keyword:ident $ty:ident { $($(#[doc = $fdoc:literal])* $field:ident: $shape:ty $(= $default:expr)?,)* }
        provider: $provider:expr,
        key: $key:expr,
        check: $check:expr,
        unique: $unique:expr,
        titled: $titled:expr,
        surface: $surface:expr,
        wire: $wire:expr,
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $ty {
            /// What every declaration has.
            pub common: $crate::Common,
            $($(#[doc = $fdoc])* pub $field: $shape,)*
        }
        #[allow(non_upper_case_globals, reason = "defaults carry the field's name")]
        impl $ty {
            $($(#[doc(hidden)] pub const $field: $shape = $default;)?)*
            /// The values of fields that are not written: their defaults, and blanks for required fields.
            pub const BLANK: Self = $ty {
                common: $crate::Common::named(""),
                $($field: $crate::record!(@blank $shape $(, <$ty>::$field, $default)?),)*
            };
            /// One that says where it stands, and nothing else: what a static takes the rest of its fields from.
            #[doc(hidden)]
            pub const fn at(
                name: &'static str,
                doc: &'static str,
                file: &'static str,
                line: u32,
                column: u32,
            ) -> Self {
                $ty { common: $crate::Common::at(name, doc, file, line, column), ..Self::BLANK }
            }
        }
        // Every static of this type would be searched down to its last field for what is not `Sync`: a
        // twentieth of what a stack costs the compiler. It is found out here, once.
        // SAFETY: `$ty` is its fields and nothing else, and each of them is `Sync`.
        unsafe impl Sync for $ty {}
        const _: () = {
            const fn proved<T: Sync>() {}
            proved::<$crate::Common>();
            $(proved::<$shape>();)*
        };
        impl $crate::kinds::Kind for $ty {
            const KEYWORD: &'static str = stringify!($keyword);
            const SPEC: $crate::Spec = $crate::Spec {
                keyword: stringify!($keyword),
                doc: concat!($($doc),*),
                of: || $provider,
                fields: &[$($crate::record!(@field $ty $field $shape [$($fdoc)*] $($default)?),)*],
                key: $key,
                check: $check,
                unique: $unique,
                titled: $titled,
                surface: $surface,
                wire: $wire,
                blank: || <$ty as $crate::kinds::Kind>::LINK,
            };
            const LINK: &'static Self = &$ty::BLANK;
            fn blank(common: $crate::Common) -> Self {
                $ty { common, ..Self::BLANK }
            }
            fn bare(self) -> Self {
                $ty { common: self.common, $($field: $crate::kind!(@bare self $ty $field $($default)?),)* }
            }
        }
        impl $crate::Declared for $ty {
            fn common(&self) -> &$crate::Common { &self.common }
            fn spec(&self) -> &'static $crate::Spec { const { &<$ty as $crate::kinds::Kind>::SPEC } }
            fn want(&self) -> $crate::Want {
                $crate::written::found_by(self, $crate::kinds::Describe::want(self))
            }
            fn lint(&self) -> Vec<String> {
                if self.common.existing { Vec::new() } else { $crate::kinds::Describe::lint(self) }
            }
            fn parts(&'static self) -> Vec<&'static dyn $crate::Declared> {
                if self.common.existing { Vec::new() } else { $crate::kinds::Describe::parts(self) }
            }
            fn as_any(&self) -> &dyn std::any::Any { self }
            fn key_text(&self) -> Option<&'static str> {
                let key = const { <$ty as $crate::kinds::Kind>::SPEC }.key_field();
                $(if key == Some(stringify!($field)) {
                    return <$shape as $crate::Value>::text(&self.$field);
                })*
                None
            }
            fn block(&self) -> $crate::Block {
                let mut fields = Vec::new();
                $($crate::record!(@given fields self $ty $field $($default)?);)*
                $crate::written::block(self, fields)
            }
        }
    };
    (@bare $self:ident $ty:ident $field:ident) => { $self.$field };
    (@bare $self:ident $ty:ident $field:ident $default:expr) => { <$ty>::$field };
}

/// Lists the kinds of a provider under their words: the module `keyword` and `ALL`.
#[macro_export]
macro_rules! kinds {
    ($($keyword:ident $ty:ident,)*) => {
        /// The kinds under the words they are declared with, and nothing else.
        pub mod keyword {
            pub use super::{$($ty as $keyword),*};
        }

        /// Every kind, in the order a reader meets them.
        pub static ALL: &[&$crate::Spec] = &[$(&<$ty as $crate::kinds::Kind>::SPEC),*];
    };
}

/// What a provider's crate says once at its root, with `__` and its word: the types that generated code names. They are
/// everything public at the root of the crate: `PROVIDER`, the module `keyword` that [`kinds!`](crate::kinds!) makes, the
/// kinds and what their fields hold, the settings of a stage.
///
/// ```
/// # mod word {
/// # plg_core::words! {
/// #     /// How it is brewed.
/// #     Brewing "way to brew" {
/// #         /// With leaves.
/// #         loose,
/// #     }
/// # }
/// # }
/// pub use word::*;
///
/// plg_core::stack_types!(__tea);
/// # fn main() { let _ = types::Brewing::loose; }
/// ```
#[macro_export]
macro_rules! stack_types {
    ($name:ident) => {
        /// Every type that generated code names, flat.
        #[doc(hidden)]
        pub mod types {
            pub use super::*;
            pub use $crate::types::*;
        }

        /// The one name that generated code takes all others from: to import all of this twice is no mistake.
        #[doc(hidden)]
        pub mod short {
            pub use super::types as $name;
        }
    };
}
