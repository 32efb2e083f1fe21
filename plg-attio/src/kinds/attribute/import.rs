//! Attributes, from what is live, with the options and statuses inside them.

use super::super::{SelectOption, Status};
use super::*;
use crate::kinds::{Object, STANDARD};
use plg_core::source::{Answers, Import, Known, Noise, read, readable};

/// Selects that Attio fills in by itself, with options of its own.
const ENRICHED: &[&str] = &["categories", "employee_range", "estimated_arr_usd", "strongest_connection_strength"];

impl Import for Attribute {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::kinds::NOISE,
            &[
                Noise {
                    because: "Attio decides it by the type, and by whose it is",
                    keys: &["is_writable", "is_system_attribute"],
                },
                Noise { because: "declarations say whether it is there", keys: &["is_archived"] },
                Noise {
                    because: "the objects and slugs of both ends say it",
                    keys: &["relationship.id", "relationship.object_slug"],
                },
                Noise {
                    because: "the default value says it",
                    keys: &["is_default_value_enabled", "default_value.template.attribute_type"],
                },
            ],
        ],
        usual: &[],
        called: &[("config.record_reference.allowed_object_ids", "allowed_objects")],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "title")
    }

    /// Attio's own are only needed where people choose what they offer.
    fn is_left_alone(live: &Live, known: &Known) -> bool {
        // A relationship is written once, with its other end.
        is_far(live, known)
            || live.system && (ENRICHED.contains(&text(&live.fields, "api_slug")) || known.inside(&live.id).is_empty())
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let on = crate::kinds::known::place(known, text(fields, "on"))?;
        let slug = Slug(read::leak(text(fields, "api_slug")));
        let title = read::name(fields.get("title"));
        let make = |holds| Attribute {
            common,
            on,
            slug,
            title,
            holds,
            multiple: read::on(fields.get("is_multiselect")),
            required: read::on(fields.get("is_required")),
            unique: read::on(fields.get("is_unique")),
            default: None,
            back: None,
        };
        let holds = match text(fields, "type") {
            // What is inside names its attribute, not what that holds.
            "select" | "status" if known.is_unlisted(&live.id) => {
                return Err("it could not be read what people choose from".to_owned());
            }
            "select" | "status" if known.inside(&live.id).is_empty() => {
                return Err("it offers nothing to choose from yet".to_owned());
            }
            ty @ ("select" | "status") => {
                let parent = Box::leak(Box::new(make(Holds::text)));
                if ty == "select" { options(live, parent, known) } else { statuses(live, parent, known) }
            }
            ty => holds(ty, fields, known)?,
        };
        let default = fields.get("default_value").filter(|value| !value.is_null()).and_then(|value| {
            let read = default(value);
            if read.is_none() && !common.existing {
                known.lose(
                    "default_value",
                    format!("the language has no word for its default {value}, which stays as it is"),
                );
            }
            read
        });
        let there = fields.get("relationship").and_then(Json::as_object).filter(|_| !live.system);
        let back = there.filter(|_| holds.one_object().is_some()).map(|there| Back {
            slug: Slug(read::leak(text(there, "api_slug"))),
            title: read::name(there.get("title")),
            multiple: read::on(there.get("is_multiselect")),
        });
        Ok(Attribute { default, back, ..make(holds) })
    }

    /// By its id; by whose it is and its slug as it is there, which is how PostHog's destinations name it:
    /// `people.last_login`; and by the id of its other end.
    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
        known.keep(format!("{}.{}", self.on.place().common().name, text(&live.fields, "api_slug")), self);
        if let Some(far) = live.outputs.get("far").and_then(Json::as_str) {
            known.keep(far_key(far), self);
        }
    }

    fn inside(&self, live: &Live, known: &Known) -> Vec<(&'static dyn Declared, Live)> {
        let live = known.inside(&live.id);
        let items: Vec<&'static dyn Declared> = match self.holds {
            Holds::select(items) => items.0.iter().map(|item| *item as &dyn Declared).collect(),
            Holds::status(items) => items.0.iter().map(|item| *item as &dyn Declared).collect(),
            _ => Vec::new(),
        };
        items.into_iter().zip(live).collect()
    }
}

/// What an attribute is known by whose other end has this id.
pub(in crate::kinds) fn far_key(far: &str) -> String {
    format!("far {far}")
}

/// Whether it is the end of a relationship that is written at the other one: that is the end on an object of the
/// workspace's own rather than on one of Attio's, or else the one whose object and slug come first.
fn is_far(live: &Live, known: &Known) -> bool {
    let Some(there) = live.fields.get("relationship").and_then(Json::as_object).filter(|_| !live.system) else {
        return false;
    };
    let rank = |object: &str, slug: &str| {
        let object = known.get::<Object>(object)?;
        let is_standard = STANDARD.iter().any(|standard| standard.slug.0 == object.slug.0);
        Some((is_standard, object.slug.0, slug.to_owned()))
    };
    let here = rank(text(&live.fields, "on"), text(&live.fields, "api_slug"));
    here > rank(text(there, "object"), text(there, "api_slug"))
}

/// The other end of a relationship, where a plan tells what differs of it.
pub(in crate::kinds) fn draw_end(
    live: &Live,
    common: Common,
    known: &mut Known,
) -> Result<&'static dyn Declared, String> {
    Ok(read::keep(RelationshipEnd {
        common,
        on: crate::kinds::known::object(known, text(&live.fields, "on"))?,
        slug: Slug(read::leak(text(&live.fields, "api_slug"))),
        title: read::name(live.fields.get("title")),
        multiple: read::on(live.fields.get("is_multiselect")),
    }))
}

fn holds(ty: &str, fields: &Map, known: &mut Known) -> Result<Holds, String> {
    let config = fields.get("config").unwrap_or(&Json::Null);
    let setting = |path: &str| config.pointer(path).and_then(Json::as_str).unwrap_or_default().to_owned();
    let simple = [
        Holds::text,
        Holds::number,
        Holds::checkbox,
        Holds::date,
        Holds::timestamp,
        Holds::rating,
        Holds::actor,
        Holds::location,
        Holds::phone_number,
        Holds::email_address,
        Holds::domain,
    ];
    Ok(match ty {
        "currency" => {
            let code = setting("/currency/default_currency_code");
            Holds::currency(Currency {
                code: CurrencyCode::spelt(&code)
                    .ok_or_else(|| format!("the language has no word for the currency \"{code}\""))?,
                shows: CurrencyDisplay::spelt(&setting("/currency/display_type")).unwrap_or(Currency::shows),
            })
        }
        "record-reference" => {
            let ids = config.pointer("/record_reference/allowed_objects").and_then(Json::as_array);
            let objects: Vec<_> = ids
                .into_iter()
                .flatten()
                .map(|id| crate::kinds::known::object(known, id.as_str().unwrap_or_default()))
                .collect();
            Holds::record(RecordReference { to: readable(known, "config.record_reference", "holds", objects) })
        }
        ty => {
            let found = simple.into_iter().find(|holds| holds.as_str() == ty);
            found.ok_or_else(|| format!("the language has no word for a value of type `{ty}`"))?
        }
    })
}

/// One common part for each thing inside, in the order it is there.
fn inside<T>(
    live: &Live,
    parent: &'static Attribute,
    known: &mut Known,
    make: impl Fn(&Live, Common, &mut Known) -> T,
) -> Items<T>
where
    T: Declared + 'static,
{
    let mut name = known.names_inside();
    let mut items: Vec<&'static T> = Vec::new();
    for row in known.inside(&live.id) {
        let own = name(text(&row.fields, "title"), "option");
        let previous = items.last().map(|item| *item as &dyn Declared);
        let common = Common::named(read::leak(&format!("{}.{own}", parent.common.name)))
            .handled(read::keep(Handling { parent: Some(parent), previous, ..Handling::PLAIN }));
        items.push(Box::leak(Box::new(make(&row, common, known))));
    }
    Items(read::slice(items))
}

fn options(live: &Live, parent: &'static Attribute, known: &mut Known) -> Holds {
    Holds::select(inside(live, parent, known, |row, common, _| SelectOption::read(row, common)))
}

fn statuses(live: &Live, parent: &'static Attribute, known: &mut Known) -> Holds {
    Holds::status(inside(live, parent, known, |row, common, known| {
        let status = Status::read(row, common);
        let has_target = row.fields.get("target_time_in_status").is_some_and(Json::is_string);
        if has_target && status.target.is_none() {
            known.lose("", format!("the target of {} is not of one unit, and stays as it is", common.name));
            let common = common.handled(read::keep(Handling { ignore: &["target"], ..*common }));
            return Status { common, ..status };
        }
        status
    }))
}

impl SelectOption {
    /// One that is there.
    pub(in crate::kinds) fn read(live: &Live, common: Common) -> Self {
        SelectOption { common, title: read::name(live.fields.get("title")) }
    }
}

impl Status {
    /// One that is there, without a target that is not of one unit.
    pub(in crate::kinds) fn read(live: &Live, common: Common) -> Self {
        Status {
            common,
            title: read::name(live.fields.get("title")),
            target: live.fields.get("target_time_in_status").and_then(Json::as_str).and_then(read::span_iso),
            celebrate: read::on(live.fields.get("celebration_enabled")),
        }
    }
}

fn default(value: &Json) -> Option<DefaultValue> {
    let template = value.get("template")?;
    if value.get("type")? == "dynamic" {
        return match template.as_str()? {
            "current-user" => Some(DefaultValue::current_user),
            "PT0S" => Some(DefaultValue::now),
            span => read::span_iso(span).map(DefaultValue::after),
        };
    }
    let [one] = &template.as_array()?[..] else { return None };
    one.get("value").filter(|value| !value.is_null()).map(|value| DefaultValue::value(read::written(value)))
}
