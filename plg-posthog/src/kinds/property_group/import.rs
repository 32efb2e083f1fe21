//! Property groups, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for PropertyGroup {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise { because: "the events say it with `schema`", keys: &["events"] },
                Noise {
                    because: "PostHog makes properties anew with each change",
                    keys: &["properties.id", "properties.created_at", "properties.updated_at", "properties.created_by"],
                },
            ],
        ],
        usual: &[],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let list = || live.fields.get("properties").and_then(Json::as_array).into_iter().flatten();
        let properties: Result<Vec<_>, String> = list().map(typed).collect();
        let said = |property: &Json| {
            let says = property.get("description").and_then(Json::as_str).filter(|says| !says.is_empty())?;
            Some(read::entry(wire::name(property), Str(read::leak(says))))
        };
        Ok(PropertyGroup {
            common,
            title: read::name(live.fields.get("name")),
            properties: Named(read::slice(properties?)),
            descriptions: Named(read::slice(list().filter_map(said).collect())),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

fn typed(property: &Json) -> Result<Pair<PropertyType>, String> {
    let said = |key: &str| property.get(key).and_then(Json::as_str).unwrap_or_default();
    let texts = property.get(wire::RULES).and_then(|rules| rules.get("enum")).and_then(Json::as_array);
    let plain = match (said("property_type"), texts) {
        ("String", Some(texts)) => {
            let texts = texts.iter().filter_map(Json::as_str).map(|text| KeyText::Text(read::leak(text)));
            PlainType::one_of(read::slice(texts.collect()))
        }
        ("String", None) => PlainType::text,
        ("Numeric", _) => PlainType::number,
        ("Boolean", _) => PlainType::boolean,
        ("DateTime", _) => PlainType::datetime,
        ("Object", _) => PlainType::object,
        (other, _) => return Err(format!("the language has no word for a property of type `{other}`")),
    };
    let value = match plain {
        plain if !read::on(property.get("is_required")) => PropertyType::optional(plain),
        PlainType::text => PropertyType::text,
        PlainType::number => PropertyType::number,
        PlainType::boolean => PropertyType::boolean,
        PlainType::datetime => PropertyType::datetime,
        PlainType::one_of(texts) => PropertyType::one_of(texts),
        PlainType::list(item) => PropertyType::list(item),
        PlainType::object => PropertyType::object,
    };
    Ok(read::entry(said("name"), value))
}
