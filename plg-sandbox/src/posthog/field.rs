//! The writable fields of a resource, as tables.

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holds {
    /// Text of at most `max` characters, trimmed; `blank` says whether it may be empty. Numbers become text.
    Text { max: usize, blank: bool },
    /// Text whose white space at the ends stays, and which says something.
    Verbatim,
    /// A boolean, or one of the words the framework takes for one: `"true"`, `"on"`, `1` and the like.
    Flag,
    /// A whole number within limits, also as text.
    Whole { min: i64, max: i64 },
    /// An ISO 8601 date and time, answered in UTC; without an offset it is taken as UTC.
    Moment,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// One of a few words, or an empty text.
    WordOrBlank(&'static [&'static str]),
    /// A list of anything.
    List,
    /// A list of texts of at most so many characters each.
    Texts { max: usize },
    /// An object with anything in it.
    Object,
    /// Anything.
    Json,
}

/// One writable field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyField {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
    pub(super) null: bool,
    pub(super) required: bool,
}

/// No limit on a text's length.
pub(crate) const ANY_LENGTH: usize = usize::MAX;

/// A number that fits a positive integer column.
pub(crate) const COUNT: Holds = Holds::Whole { min: 0, max: 2_147_483_647 };

/// A number that fits an integer column.
pub(crate) const WHOLE: Holds = Holds::Whole { min: -2_147_483_648, max: 2_147_483_647 };

/// Any whole number.
pub(crate) const ANY_WHOLE: Holds = Holds::Whole { min: i64::MIN, max: i64::MAX };

/// Text of any length that says something.
pub(crate) const SOME_TEXT: Holds = Holds::Text { max: ANY_LENGTH, blank: false };

/// Text of any length, also none.
pub(crate) const ANY_TEXT: Holds = Holds::Text { max: ANY_LENGTH, blank: true };

impl BodyField {
    /// An optional field that cannot be null.
    pub(crate) const fn new(name: &'static str, holds: Holds) -> Self {
        BodyField { name, holds, null: false, required: false }
    }

    /// The same, and null is allowed.
    pub(crate) const fn or_null(mut self) -> Self {
        self.null = true;
        self
    }

    /// The same, and a new row must have it.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}
