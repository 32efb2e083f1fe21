//! The schemas of bodies that create or change an attribute.

use crate::attio::schema::{BodyShape, JsonKind, SchemaField};
use crate::attio::value;

const TYPES: JsonKind = JsonKind::OneOf(&[
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

const CURRENCY: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("default_currency_code", JsonKind::OneOf(value::CURRENCIES)),
        SchemaField::required("display_type", JsonKind::OneOf(&["code", "name", "narrowSymbol", "symbol"])),
    ],
    strict: false,
};

const REFERENCE: BodyShape = BodyShape {
    fields: &[SchemaField::required("allowed_objects", JsonKind::List(&JsonKind::Text, 1))],
    strict: false,
};

const CONFIG: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("currency", JsonKind::Object(&CURRENCY)),
        SchemaField::optional("record_reference", JsonKind::Object(&REFERENCE)),
    ],
    strict: false,
};

const DYNAMIC: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("type", JsonKind::OneOf(&["dynamic"])),
        SchemaField::required("template", JsonKind::Text),
    ],
    strict: false,
};

const STATIC: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("type", JsonKind::OneOf(&["static"])),
        SchemaField::required("template", JsonKind::List(&JsonKind::Any, 0)),
    ],
    strict: false,
};

const DEFAULT: JsonKind = JsonKind::Union(&[JsonKind::Object(&DYNAMIC), JsonKind::Object(&STATIC), JsonKind::Null]);
const RELATIONSHIP: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("object", JsonKind::Text),
        SchemaField::required("title", JsonKind::Text),
        SchemaField::required("api_slug", JsonKind::Slug),
        SchemaField::required("is_multiselect", JsonKind::Flag),
    ],
    strict: true,
};

pub(crate) const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("title", JsonKind::Text),
        SchemaField::required("description", JsonKind::Nullable(&JsonKind::Text)),
        SchemaField::required("api_slug", JsonKind::Slug),
        SchemaField::required("type", TYPES),
        SchemaField::required("is_required", JsonKind::Flag),
        SchemaField::required("is_unique", JsonKind::Flag),
        SchemaField::required("is_multiselect", JsonKind::Flag),
        SchemaField::optional("default_value", DEFAULT),
        SchemaField::optional("relationship", JsonKind::Nullable(&JsonKind::Object(&RELATIONSHIP))),
        SchemaField::required("config", JsonKind::Object(&CONFIG)),
    ],
    strict: true,
};

pub(crate) const UPDATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("title", JsonKind::Text),
        SchemaField::optional("description", JsonKind::Nullable(&JsonKind::Text)),
        SchemaField::optional("api_slug", JsonKind::Slug),
        SchemaField::optional("is_required", JsonKind::Flag),
        SchemaField::optional("is_unique", JsonKind::Flag),
        SchemaField::optional("default_value", DEFAULT),
        SchemaField::optional("config", JsonKind::Object(&CONFIG)),
        SchemaField::optional("is_archived", JsonKind::Flag),
    ],
    strict: true,
};
