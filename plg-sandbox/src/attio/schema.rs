//! Schemas of request bodies: their keys, and the kind of each.

/// What a value must be.
#[derive(Debug)]
pub(crate) enum JsonKind {
    Text,
    /// A string that is not empty.
    Word,
    Slug,
    Https,
    Uuid,
    Duration,
    Flag,
    Null,
    Any,
    /// An object with any keys.
    Map,
    OneOf(&'static [&'static str]),
    Nullable(&'static JsonKind),
    List(&'static JsonKind, usize),
    Object(&'static BodyShape),
    Union(&'static [JsonKind]),
}

/// The keys of an object.
#[derive(Debug)]
pub(crate) struct BodyShape {
    pub(crate) fields: &'static [SchemaField],
    /// Whether other keys are refused.
    pub(crate) strict: bool,
}

impl BodyShape {
    /// The keys, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.key)
    }
}

/// One key of an object.
#[derive(Debug)]
pub(crate) struct SchemaField {
    pub(crate) key: &'static str,
    pub(crate) kind: JsonKind,
    pub(crate) required: bool,
}

impl SchemaField {
    pub(crate) const fn required(key: &'static str, kind: JsonKind) -> SchemaField {
        SchemaField { key, kind, required: true }
    }

    pub(crate) const fn optional(key: &'static str, kind: JsonKind) -> SchemaField {
        SchemaField { key, kind, required: false }
    }
}
