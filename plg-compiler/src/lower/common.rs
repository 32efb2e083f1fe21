//! What every declaration may say, whatever its kind.

use super::cx::{Former, Lowering, inside, ty};
use crate::accounts::{self, ACCOUNT};
use crate::docs::doc_text;
use crate::names::article;
use crate::syntax::{BodySyntax, EntrySyntax, ValueSyntax, WordSyntax};
use crate::tokens::{Tokens, tokens};
use crate::unknown::unknown;
use plg_core::{OnDestroy, Shape, Spec, codes};
use proc_macro2::{Ident, Literal, Span};
use syn::Attribute;

/// Fields that every kind has.
pub(crate) const FIELDS: &[&str] = &[WAS, ACCOUNT, "protect", "ignore", "on_destroy", "extra"];

/// The field that says what a declaration was called before.
pub(crate) const WAS: &str = "was";

/// The doc comment, which no field holds: in `ignore`, and among what rules look at.
pub(crate) const DESCRIPTION: &str = "description";

/// Where and how a declaration stands.
pub(crate) struct DeclarationHead<'a> {
    /// `Name`, or `Owner.Name` inside another.
    pub(crate) name: String,
    pub(crate) ident: &'a Ident,
    pub(crate) docs: &'a [Attribute],
    pub(crate) existing: bool,
    /// The declaration around it, and the one before it there.
    pub(crate) parent: Option<(Ident, Option<Ident>)>,
}

/// What was said of the fields every kind has, as `field: value,`.
#[derive(Default)]
pub(crate) struct CommonFields {
    tokens: Tokens,
}

impl CommonFields {
    /// Notes that rules about its texts are to be held once they are known.
    pub(crate) fn of_constants(&mut self, at: Span) {
        self.tokens.add(tokens!(at=> constants: true,));
    }

    /// Reads one of [`FIELDS`].
    pub(crate) fn read(
        &mut self,
        cx: &mut Lowering,
        spec: &'static Spec,
        entry: &EntrySyntax,
        place: &DeclarationHead,
    ) {
        let name = entry.key.text();
        let Some(value) = &entry.value else {
            cx.errors.at(
                codes::UNFINISHED,
                entry.key.span(),
                format!("`{name}` needs a colon and a value\nhelp: write `{name}: …`"),
            );
            return;
        };
        let at = entry.colon;
        match (name.as_str(), value) {
            (_, ValueSyntax::Unread(_)) => cx.errors.known(),
            (WAS, ValueSyntax::Word(word)) if word.bare() && word.single().is_some() => {
                self.was(cx, spec, word, place, at);
            }
            (WAS, value) => cx.errors.at(
                codes::NOT_RENAMED,
                value.span(),
                "expected the name this declaration had before, such as `OldName`",
            ),
            (ACCOUNT, ValueSyntax::Word(word)) if word.bare() && !word.dotted && word.single().is_some() => {
                self.account(cx, &word.path[0], entry, place, at);
            }
            ("protect", ValueSyntax::Bool(value)) => self.tokens.add(tokens!(at=> protect: #value,)),
            ("ignore", ValueSyntax::List(list, _)) => self.ignore(cx, spec, list, at),
            ("on_destroy", value) => self.on_destroy(cx, spec, value, at),
            ("extra", ValueSyntax::Block(body)) => self.extra(cx, spec, body, at),
            (_, value) => {
                let wanted = match name.as_str() {
                    ACCOUNT => {
                        let word = spec.provider().word;
                        &format!("the name of an account of the stages, such as `{word}` or `{word}_marketing`")
                    }
                    "protect" => "`true` or `false`",
                    "ignore" => "a list of fields, such as `[rollout]`",
                    _ => "`{ \"json_key\": … }`",
                };
                cx.errors.at(codes::OTHER_SHAPE, value.span(), format!("expected {wanted}"));
            }
        }
    }

    /// The account that a declaration is in; what stands inside another one is where that is.
    fn account(&mut self, cx: &mut Lowering, name: &Ident, entry: &EntrySyntax, place: &DeclarationHead, at: Span) {
        if let Some((parent, _)) = &place.parent {
            let message = format!(
                "`{}` is in the account that `{parent}` is in\nhelp: write `{ACCOUNT}` in the braces of `{parent}`",
                place.ident
            );
            cx.errors.at(codes::ACCOUNT, entry.key.span(), message);
        } else if let Err(message) = accounts::check_name(&name.to_string()) {
            cx.errors.at(codes::ACCOUNT, name.span(), message);
        } else {
            let name = name.to_string();
            self.tokens.add(tokens!(at=> account: ::core::option::Option::Some(#name),));
        }
    }

    /// `keep`, or the one word for what the kind's API can do.
    fn on_destroy(&mut self, cx: &mut Lowering, spec: &Spec, value: &ValueSyntax, at: Span) {
        let read = cx.value(value, &Shape::Word(|| &OnDestroy::WORDS));
        let tokens = read.tokens;
        self.tokens.add(tokens!(at=> on_destroy: ::core::option::Option::Some(#tokens),));
        let ValueSyntax::Word(word) = value else { return };
        let Some(written) = word.single().and_then(|word| OnDestroy::spelt(&word.to_string())) else { return };
        let done = match written {
            OnDestroy::keep => return,
            OnDestroy::archive => "archived",
            OnDestroy::delete => "deleted",
        };
        let kind = format!("{} {}", article(spec.keyword), spec.keyword);
        let message = match spec.removed_by() {
            Ok(verb) if verb == written => return,
            Ok(verb) => {
                let verb = verb.word();
                format!("{kind} cannot be {done}\nhelp: write `on_destroy: {verb}` or `on_destroy: keep`")
            }
            Err(why) => format!("{kind} cannot be {done}: {why}\nhelp: write `on_destroy: keep`"),
        };
        cx.errors.at(codes::NOT_ITS_REMOVAL, value.span(), message);
    }

    fn was(&mut self, cx: &mut Lowering, spec: &'static Spec, word: &WordSyntax, place: &DeclarationHead, at: Span) {
        let old = word.path[0].to_string();
        let is_alike = |place: &usize| cx.names.specs[*place].is_some_and(|other| other.keyword == spec.keyword);
        let is_declared = match place.parent {
            Some(_) => cx.siblings.contains(&old),
            None => cx.names.index.get(&old).is_some_and(is_alike),
        };
        if is_declared {
            cx.errors.at(
                codes::NOT_RENAMED,
                word.span(),
                format!("`{old}` is still declared, so this declaration cannot have been renamed from it"),
            );
        }
        let old = place.parent.as_ref().map_or(old.clone(), |(parent, _)| format!("{parent}.{old}"));
        cx.former.push(Former { was: (spec.keyword, old.clone()), name: place.name.clone(), at: word.span() });
        self.tokens.add(tokens!(at=> was: ::core::option::Option::Some(#old),));
    }

    fn ignore(&mut self, cx: &mut Lowering, spec: &Spec, list: &[ValueSyntax], at: Span) {
        let known = || spec.fields.iter().map(|f| f.name).chain([DESCRIPTION]);
        let mut words = Tokens::default();
        for value in list {
            match value {
                ValueSyntax::Word(word)
                    if word.bare() && word.single().is_some_and(|word| known().any(|name| word == name)) =>
                {
                    let word = word.path[0].to_string();
                    words.add(tokens!(Span::call_site()=> #word,));
                }
                ValueSyntax::Word(word) => {
                    let what = format!("field of {} {}", article(spec.keyword), spec.keyword);
                    let message = unknown(&word.path[0].to_string(), &what, known());
                    cx.errors.at(codes::UNKNOWN_FIELD, word.span(), message);
                }
                value => cx.errors.at(codes::OTHER_SHAPE, value.span(), "expected a field's name"),
            }
        }
        self.tokens.add(tokens!(at=> ignore: &[#words],));
    }

    fn extra(&mut self, cx: &mut Lowering, spec: &Spec, body: &BodySyntax, at: Span) {
        let json = ty("Json", at);
        for inner in &body.entries {
            let key = inner.key.text();
            let is_object = matches!(inner.value, Some(ValueSyntax::Block(_)));
            let within = match &inner.value {
                Some(ValueSyntax::Block(within)) => &within.entries[..],
                _ => &[],
            };
            if let Some(taken) = spec.takes(&key, is_object) {
                cx.errors.at(codes::EXTRA_FOR_A_FIELD, inner.key.span(), taken.message(&key, spec));
            }
            for inner in within {
                let path = format!("{key}.{}", inner.key.text());
                if let Some(taken) = spec.takes(&path, true) {
                    cx.errors.at(codes::EXTRA_FOR_A_FIELD, inner.key.span(), taken.message(&path, spec));
                }
            }
        }
        // The object's pairs, without the wrapper around them.
        let read = cx.json_object(body);
        let object = read.tokens;
        self.tokens.add(tokens!(at=> extra: match #object { #json::Object(pairs) => pairs, _ => &[] },));
    }
}

/// Where something stands in the source.
struct SourcePlace {
    file: String,
    line: u32,
    column: u32,
}

impl SourcePlace {
    /// LoweredValue off the span: `line!()` and its like would be three more expansions for each declaration.
    fn of(span: Span) -> SourcePlace {
        if !proc_macro::is_available() {
            return SourcePlace { file: String::new(), line: 0, column: 0 };
        }
        let span = span.unwrap();
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        SourcePlace { file: span.file(), line: number(span.line()), column: number(span.column()) }
    }
}

/// What a declaration has in common with all others, as tokens.
pub(crate) enum CommonTokens {
    /// Nothing but where it stands: what its kind is asked for one with.
    Place(Tokens),
    /// `Common { … }`.
    Whole(Tokens),
}

/// What a declaration has in common with all others.
pub(crate) fn literal(cx: &Lowering, place: &DeclarationHead, said: &CommonFields, broken: bool) -> CommonTokens {
    let quiet = cx.quiet;
    let (ty, name, doc, existing, said) =
        (ty("Common", quiet), &place.name, doc_text(place.docs), place.existing, &said.tokens);
    let parent = place.parent.as_ref().map(|(parent, previous)| {
        let previous = match previous.as_ref().map(|previous| inside(parent, previous)) {
            Some(previous) => tokens!(quiet=> ::core::option::Option::Some(&#previous)),
            None => tokens!(quiet=> ::core::option::Option::None),
        };
        tokens!(quiet=> parent: ::core::option::Option::Some(&#parent), previous: #previous,)
    });
    let SourcePlace { file, line, column } = SourcePlace::of(place.ident.span());
    let (line, column) = (Literal::u32_unsuffixed(line), Literal::u32_unsuffixed(column));
    let at = tokens!(quiet=> #name, #doc, #file, #line, #column);
    // Most say no more, and share what is said then.
    if !existing && parent.is_none() && said.is_empty() {
        return if broken { CommonTokens::Whole(tokens!(quiet=> #ty::at(#at))) } else { CommonTokens::Place(at) };
    }
    let (handling, existing) = (self::ty("Handling", quiet), existing.then(|| tokens!(quiet=> existing: true,)));
    let handling = tokens!(quiet=> &#handling { #existing #parent #said ..#handling::PLAIN });
    CommonTokens::Whole(tokens!(quiet=> #ty { handling: #handling, ..#ty::at(#at) }))
}
