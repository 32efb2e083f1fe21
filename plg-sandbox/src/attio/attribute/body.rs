//! What a body that creates or changes an attribute must be.

use crate::attio::validate::{Field, Kind, Shape};
use crate::attio::value;

const TYPES: Kind = Kind::OneOf(&[
    "text",
    "number",
    "checkbox",
    "currency",
    "date",
    "timestamp",
    "rating",
    "status",
    "select",
    "record-reference",
    "actor-reference",
    "location",
    "domain",
    "email-address",
    "phone-number",
    "interaction",
    "personal-name",
]);

const CURRENCY: Shape = Shape {
    fields: &[
        Field::required("default_currency_code", Kind::OneOf(value::CURRENCIES)),
        Field::required("display_type", Kind::OneOf(&["code", "name", "narrowSymbol", "symbol"])),
    ],
    strict: false,
};

const REFERENCE: Shape =
    Shape { fields: &[Field::required("allowed_objects", Kind::List(&Kind::Text, 1))], strict: false };

const CONFIG: Shape = Shape {
    fields: &[
        Field::optional("currency", Kind::Object(&CURRENCY)),
        Field::optional("record_reference", Kind::Object(&REFERENCE)),
    ],
    strict: false,
};

const DYNAMIC: Shape = Shape {
    fields: &[Field::required("type", Kind::OneOf(&["dynamic"])), Field::required("template", Kind::Text)],
    strict: false,
};

const STATIC: Shape = Shape {
    fields: &[
        Field::required("type", Kind::OneOf(&["static"])),
        Field::required("template", Kind::List(&Kind::Any, 0)),
    ],
    strict: false,
};

const DEFAULT: Kind = Kind::Union(&[Kind::Object(&DYNAMIC), Kind::Object(&STATIC), Kind::Null]);
const RELATIONSHIP: Shape = Shape {
    fields: &[
        Field::required("object", Kind::Text),
        Field::required("title", Kind::Text),
        Field::required("api_slug", Kind::Slug),
        Field::required("is_multiselect", Kind::Flag),
    ],
    strict: true,
};

pub(crate) const CREATE: Shape = Shape {
    fields: &[
        Field::required("title", Kind::Text),
        Field::required("description", Kind::Nullable(&Kind::Text)),
        Field::required("api_slug", Kind::Slug),
        Field::required("type", TYPES),
        Field::required("is_required", Kind::Flag),
        Field::required("is_unique", Kind::Flag),
        Field::required("is_multiselect", Kind::Flag),
        Field::optional("default_value", DEFAULT),
        Field::optional("relationship", Kind::Nullable(&Kind::Object(&RELATIONSHIP))),
        Field::required("config", Kind::Object(&CONFIG)),
    ],
    strict: true,
};

pub(crate) const UPDATE: Shape = Shape {
    fields: &[
        Field::optional("title", Kind::Text),
        Field::optional("description", Kind::Nullable(&Kind::Text)),
        Field::optional("api_slug", Kind::Slug),
        Field::optional("is_required", Kind::Flag),
        Field::optional("is_unique", Kind::Flag),
        Field::optional("default_value", DEFAULT),
        Field::optional("config", Kind::Object(&CONFIG)),
        Field::optional("is_archived", Kind::Flag),
    ],
    strict: true,
};
