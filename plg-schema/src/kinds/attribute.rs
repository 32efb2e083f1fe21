//! Attio attributes: the columns of an object.

use super::attio;
use super::prelude::*;
use super::{On, SelectOption, Status};

words! {
    /// A currency that Attio knows; `NTD` is its spelling of the Taiwan dollar.
    Currency "currency Attio knows" {
        ARS, AUD, BRL, BGN, CAD, CLP, CNY, COP, CZK, DKK, EGP, EUR, FJD, HKD, HUF, ISK, INR, IDR, ILS, JPY, KES, KRW, MYR, MXN, NTD, NZD, NGN,
        NOK, OMR, XPF, PEN, PHP, PLN, GBP, GHS, QAR, RWF, SAR, SGD, ZAR, SEK, CHF, THB, TRY, AED, UYU, USD,
    }
}

words! {
    /// How an amount is shown.
    CurrencyDisplay "way to show a currency" {
        /// `USD 5`
        code,
        /// `5 US dollars`
        name,
        /// `$5`, whatever the dollar
        narrow_symbol = "narrowSymbol",
        /// `US$5`
        symbol,
    }
}

record! {
    /// An amount of money.
    CurrencyOf {
        /// Taken where no other is given.
        code: Currency,
        /// How it is shown.
        display: CurrencyDisplay = CurrencyDisplay::symbol,
    }
}

record! {
    /// A link to other records.
    RecordLink {
        /// The objects it may lead to; any, if there are none here.
        to: &'static [On] = &[],
    }
}

choice! {
    /// What an attribute holds. It cannot change later: another type is another attribute.
    Holds "type of attribute" {
        /// Text.
        text,
        /// A number.
        number,
        /// Yes or no.
        checkbox,
        /// An amount of money.
        currency(CurrencyOf),
        /// A day.
        date,
        /// A moment.
        timestamp,
        /// One to five stars.
        rating,
        /// One of these options, or several with `multiple: true`. Their order is for ever.
        select(Items<SelectOption>),
        /// One of these steps of a pipeline. Their order is for ever. Not on people and companies.
        status(Items<Status>),
        /// Other records.
        record(RecordLink),
        /// Members of the workspace.
        actor,
        /// A place.
        location,
        /// Phone numbers.
        phone_number,
        /// E-mail addresses; Attio's own attributes only.
        email_address,
        /// Domains; Attio's own attributes only.
        domain,
    }
}

impl Holds {
    fn wire(&self) -> &'static str {
        match self {
            Holds::text => "text",
            Holds::number => "number",
            Holds::checkbox => "checkbox",
            Holds::currency(_) => "currency",
            Holds::date => "date",
            Holds::timestamp => "timestamp",
            Holds::rating => "rating",
            Holds::select(_) => "select",
            Holds::status(_) => "status",
            Holds::record(_) => "record-reference",
            Holds::actor => "actor-reference",
            Holds::location => "location",
            Holds::phone_number => "phone-number",
            Holds::email_address => "email-address",
            Holds::domain => "domain",
        }
    }
}

kind! {
    /// A column of an Attio object.
    attribute Attribute {
        /// The object it belongs to.
        on: On,
        /// Its slug, unique on its object.
        slug: Slug,
        /// What people read; from the item's name unless written.
        title: Name,
        /// What it holds. Fixed once made.
        holds: Holds,
        /// Whether it holds several. Fixed once made.
        multiple: bool = false,
        /// Whether every new record needs it. Not on people and companies.
        required: bool = false,
        /// Whether no two records may share a value. Not on people and companies, nor for a select.
        unique: bool = false,
        /// What a new record starts with, as Attio's JSON. Not on people and companies.
        default: Option<crate::value::Json> = None,
    }
    provider: Attio,
    check: check,
    unique: &[("slug", Some("on"))],
    titled: Some("title"),
    surface: Surface { constants: &[("SLUG", "slug")], variants: Some("holds"), word: "option title", properties: None },
    wire: &Attributes,
}

const MULTIPLE: &[&str] = &["select", "record", "actor", "phone_number", "email_address", "domain"];

fn check(attribute: &Block, _: &World, report: &mut Report) {
    let Some(holds) = attribute.get("holds") else { return };
    let Some(word) = holds.word() else { return };
    let on = attribute.get("on").and_then(Node::word).unwrap_or_default();
    let shared = matches!(on, "people" | "companies");
    let yes = |field: &str| attribute.get(field).filter(|n| matches!(n.given, Given::Bool(true)));
    if !attribute.existing && matches!(word, "email_address" | "domain") {
        report.error(
            holds.at,
            format!(
                "Attio lets nobody make {} attribute\nhelp: write `text`",
                if word == "domain" { "a domain" } else { "an e-mail address" }
            ),
        );
    }
    if word == "status" && shared {
        report.error(holds.at, format!("Attio has no status attributes on {on}\nhelp: write `select {{ … }}`, or put it on `deals` or an object of your own"));
    }
    if let Some(node) = yes("unique") {
        if word == "select" {
            report.error(
                node.at,
                "a select cannot be unique: its options are there to be shared\nhelp: leave `unique` out",
            );
        } else if shared {
            report.error(
                node.at,
                format!(
                    "attributes of {on} cannot be unique\nhelp: leave `unique` out, or put it on an object of your own"
                ),
            );
        }
    }
    if let Some(node) = yes("required").filter(|_| shared) {
        report.error(
            node.at,
            format!(
                "attributes of {on} cannot be required\nhelp: leave `required` out, or put it on an object of your own"
            ),
        );
    }
    if let Some(node) = attribute.get("default").filter(|_| shared) {
        report.error(node.at, format!("attributes of {on} have no default\nhelp: leave `default` out"));
    }
    if let Some(node) = yes("multiple").filter(|_| !MULTIPLE.contains(&word)) {
        report.error(node.at, format!("`{word}` holds one value only\nhelp: leave `multiple` out"));
    }
    let items = holds.held().map_or(&[][..], Node::items);
    for (place, item) in items.iter().enumerate() {
        let Some(node) = item.get("title") else { continue };
        if items[..place].iter().any(|i| i.text("title") == node.text()) {
            report.error(
                node.at,
                format!(
                    "two {}s of `{}` have the title \"{}\"\nhelp: give one of them another `title`",
                    item.kind,
                    attribute.name,
                    node.text().unwrap_or_default()
                ),
            );
        }
    }
}

impl Describe for Attribute {
    fn want(&self) -> Want {
        let want = Want::new()
            .set("on", reference(self.on.target()))
            .set("api_slug", self.slug.0)
            .set("type", self.holds.wire());
        if self.common.existing {
            return want;
        }
        let config = match &self.holds {
            Holds::currency(money) => {
                json!({ "currency": { "default_currency_code": money.code.as_str(), "display_type": money.display.as_str() } })
            }
            Holds::record(link) if !link.to.is_empty() => {
                json!({ "record_reference": { "allowed_objects": link.to.iter().map(|on| reference(on.target())).collect::<Vec<_>>() } })
            }
            _ => json!({}),
        };
        want.set("title", self.title.0)
            .set("description", self.common.doc)
            .set("is_multiselect", self.multiple)
            .set("is_required", self.required)
            .set("is_unique", self.unique)
            .set("config", config)
            .set_some("default_value", self.default.as_ref().map(crate::value::Json::value))
    }
}

#[derive(Debug)]
struct Attributes;

/// `/v2/objects/{object}/attributes`.
fn path(object: &Json) -> String {
    format!("/v2/objects/{}/attributes", segment(object.as_str().unwrap_or_default()))
}

fn one(prior: &Prior) -> String {
    let object = prior.outputs.get("object").or_else(|| prior.fields.get("on")).unwrap_or(&Json::Null);
    format!("{}/{}", path(object), segment(&prior.id))
}

impl Wire for Attributes {
    fn listing(&self, want: &Map) -> Listing {
        let path = format!("{}?show_archived=true", path(want.get("on").unwrap_or(&Json::Null)));
        Listing { path, paging: Paging::DataOffset { limit: 500 } }
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let row = attio::row(json)?;
        let ids = row.get("id")?;
        let mut live = attio::live(row, ids.get("attribute_id")?)?;
        live.outputs.insert("object".into(), ids.get("object_id")?.clone());
        live.outputs.insert("slug".into(), row.get("api_slug").cloned().unwrap_or(Json::Null));
        // `null` and an empty description are one; a config always comes back whole, with nulls.
        if live.fields.get("description").is_none_or(Json::is_null) {
            live.fields.insert("description".into(), json!(""));
        }
        let config = config(row.get("config"));
        live.fields.insert("config".into(), config);
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        let mut body = want.clone();
        let object = body.remove("on").unwrap_or(Json::Null);
        Call::new("POST", path(&object), attio::wrap(body))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut body = pick(want, changed);
        for fixed in ["on", "type", "is_multiselect"] {
            body.remove(fixed);
        }
        if body.is_empty() {
            return None;
        }
        Some(Call::new("PATCH", one(prior), attio::wrap(body)))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let mut body = want.clone();
        for fixed in ["on", "type", "is_multiselect"] {
            body.remove(fixed);
        }
        body.insert("is_archived".into(), json!(false));
        Some(Call::new("PATCH", one(prior), attio::wrap(body)))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        Removal::Archive(Call::new("PATCH", one(prior), json!({ "data": { "is_archived": true } })))
    }

    fn retire(&self, prior: &Prior, mark: &str) -> Option<Call> {
        // An archived attribute keeps its slug and cannot be deleted: the slug is moved out of the way.
        let slug = text(&prior.fields, "api_slug");
        let short: String = slug.chars().take(40).collect();
        Some(Call::new(
            "PATCH",
            one(prior),
            json!({ "data": { "api_slug": format!("{short}_archived_{mark}"), "is_archived": true } }),
        ))
    }

    fn parents(&self) -> &'static [&'static str] {
        &["on"]
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["type", "is_multiselect"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "api_slug").to_owned())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "config" => same_config(want, live),
            "default_value" => includes(want, live),
            _ => same(want, live),
        }
    }

    fn fields_of(&self, word: &str) -> &'static [&'static str] {
        match word {
            "slug" => &["api_slug"],
            "holds" => &["type", "config"],
            "multiple" => &["is_multiselect"],
            "required" => &["is_required"],
            "unique" => &["is_unique"],
            "default" => &["default_value"],
            _ => &[],
        }
    }
}

/// A live config in the form it is declared in: without nulls, ids under the name they are written by.
fn config(live: Option<&Json>) -> Json {
    let mut out = Map::new();
    let Some(live) = live.and_then(Json::as_object) else { return Json::Object(out) };
    if let Some(currency) =
        live.get("currency").filter(|c| c.get("default_currency_code").is_some_and(|v| !v.is_null()))
    {
        out.insert("currency".into(), currency.clone());
    }
    if let Some(ids) =
        live.get("record_reference").and_then(|r| r.get("allowed_object_ids")).filter(|ids| !ids.is_null())
    {
        out.insert("record_reference".into(), json!({ "allowed_objects": ids }));
    }
    Json::Object(out)
}

fn same_config(want: &Json, live: &Json) -> bool {
    let objects = |c: &Json| {
        c.get("record_reference").and_then(|r| r.get("allowed_objects")).cloned().unwrap_or_else(|| json!([]))
    };
    let currency = |c: &Json| c.get("currency").cloned().unwrap_or(Json::Null);
    same_set(&objects(want), &objects(live)) && same(&currency(want), &currency(live))
}

#[cfg(test)]
mod tests {
    use super::*;

    static VALUE: Attribute = Attribute {
        common: Common { doc: "What it is worth.", ..Common::named("Value") },
        on: On::deals,
        slug: Slug("deal_value"),
        title: Name("Deal Value"),
        holds: Holds::currency(CurrencyOf { code: Currency::USD, display: CurrencyDisplay::symbol }),
        multiple: false,
        required: false,
        unique: false,
        default: None,
    };

    #[test]
    fn what_comes_back_is_what_was_wanted() {
        let mut want = VALUE.want().fields;
        want.insert("on".into(), json!("object-id"));
        let call = Attributes.create(&want);
        assert_eq!(call.path, "/v2/objects/object-id/attributes");
        let mut answer = call.body.unwrap()["data"].as_object().unwrap().clone();
        answer.insert("id".into(), json!({ "workspace_id": "w", "object_id": "object-id", "attribute_id": "a" }));
        answer.insert("config".into(), json!({ "currency": { "default_currency_code": "USD", "display_type": "symbol" }, "record_reference": { "allowed_object_ids": null } }));
        let live = Attributes.read(&json!({ "data": answer })).unwrap();
        for (field, value) in want.iter().filter(|(f, _)| *f != "on") {
            assert!(
                Attributes.same(field, value, &live.fields[field]),
                "{field}: {value} is not {}",
                live.fields[field]
            );
        }
        assert_eq!(live.outputs["object"], "object-id");
    }

    #[test]
    fn allowed_objects_are_a_set() {
        let want = json!({ "record_reference": { "allowed_objects": ["a", "b"] } });
        let live = config(Some(
            &json!({ "currency": { "default_currency_code": null, "display_type": null }, "record_reference": { "allowed_object_ids": ["b", "a"] } }),
        ));
        assert!(same_config(&want, &live));
        assert!(!same_config(&json!({}), &live));
    }
}
