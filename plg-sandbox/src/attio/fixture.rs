//! The workspace every sandbox starts with: standard objects and their system attributes, in API order.

use super::row::id;
use super::workspace::{kept, seed, workspace};
use crate::attio::attribute::rows as attributes;
use crate::attio::attribute::rows::New;
use crate::attio::choice::rows as choices;
use crate::attio::choice::rows::STATUS;
use crate::attio::object::rows as objects;
use crate::store::Store;
use serde_json::{Map, Value, json};

/// (slug, type, flags, other end of a relationship); a flag that names an object means "only with it".
type Column = (&'static str, &'static str, &'static str, &'static str);

const FIRST: [Column; 1] = [("record_id", "text", "ro unique", "")];
const LAST: [Column; 2] = [("created_at", "timestamp", "ro", ""), ("created_by", "actor-reference", "ro", "")];
const INTERACTIONS: [Column; 11] = [
    ("first_calendar_interaction", "interaction", "ro", ""),
    ("last_calendar_interaction", "interaction", "ro", ""),
    ("next_calendar_interaction", "interaction", "ro", ""),
    ("first_email_interaction", "interaction", "ro", ""),
    ("last_email_interaction", "interaction", "ro", ""),
    ("first_interaction", "interaction", "ro", ""),
    ("last_interaction", "interaction", "ro", ""),
    ("next_interaction", "interaction", "ro", ""),
    ("strongest_connection_strength_legacy", "number", "ro", ""),
    ("strongest_connection_strength", "select", "ro", ""),
    ("strongest_connection_user", "actor-reference", "ro", ""),
];

const PEOPLE: [Column; 14] = [
    ("name", "personal-name", "", ""),
    ("email_addresses", "email-address", "unique multi", ""),
    ("description", "text", "", ""),
    ("company", "record-reference", "", "companies.team"),
    ("job_title", "text", "", ""),
    ("avatar_url", "text", "ro", ""),
    ("phone_numbers", "phone-number", "multi", ""),
    ("primary_location", "location", "", ""),
    ("angellist", "text", "", ""),
    ("facebook", "text", "", ""),
    ("instagram", "text", "", ""),
    ("linkedin", "text", "", ""),
    ("twitter", "text", "", ""),
    ("twitter_follower_count", "number", "ro", ""),
];

const PEOPLE_LINKS: [Column; 2] = [
    ("associated_deals", "record-reference", "multi deals", "deals.associated_people"),
    ("associated_users", "record-reference", "multi users", "users.person"),
];

const COMPANIES: [Column; 17] = [
    ("domains", "domain", "unique multi", ""),
    ("name", "text", "", ""),
    ("description", "text", "", ""),
    ("team", "record-reference", "multi", "people.company"),
    ("categories", "select", "multi", ""),
    ("primary_location", "location", "", ""),
    ("logo_url", "text", "ro", ""),
    ("angellist", "text", "", ""),
    ("facebook", "text", "", ""),
    ("instagram", "text", "", ""),
    ("linkedin", "text", "", ""),
    ("twitter", "text", "", ""),
    ("twitter_follower_count", "number", "ro", ""),
    ("estimated_arr_usd", "select", "", ""),
    ("funding_raised_usd", "currency", "", ""),
    ("foundation_date", "date", "", ""),
    ("employee_range", "select", "", ""),
];

const COMPANY_LINKS: [Column; 2] = [
    ("associated_deals", "record-reference", "multi deals", "deals.associated_company"),
    ("associated_workspaces", "record-reference", "multi workspaces", "workspaces.company"),
];

const DEALS: [Column; 6] = [
    ("name", "text", "required", ""),
    ("stage", "status", "required", ""),
    ("owner", "actor-reference", "required", ""),
    ("value", "currency", "", ""),
    ("associated_people", "record-reference", "multi", "people.associated_deals"),
    ("associated_company", "record-reference", "", "companies.associated_deals"),
];

const USERS: [Column; 4] = [
    ("person", "record-reference", "", "people.associated_users"),
    ("primary_email_address", "email-address", "required unique", ""),
    ("user_id", "text", "required unique", ""),
    ("workspace", "record-reference", "workspaces", "workspaces.users"),
];

const WORKSPACES: [Column; 5] = [
    ("workspace_id", "text", "required unique", ""),
    ("name", "text", "", ""),
    ("users", "record-reference", "multi users", "users.workspace"),
    ("company", "record-reference", "", "companies.associated_workspaces"),
    ("avatar_url", "text", "", ""),
];

const OBJECTS: [([&str; 3], &[&[Column]]); 5] = [
    (["people", "Person", "People"], &[&PEOPLE, &INTERACTIONS, &PEOPLE_LINKS]),
    (["companies", "Company", "Companies"], &[&COMPANIES, &INTERACTIONS, &COMPANY_LINKS]),
    (["deals", "Deal", "Deals"], &[&DEALS]),
    (["users", "User", "Users"], &[&USERS]),
    (["workspaces", "Workspace", "Workspaces"], &[&WORKSPACES]),
];

const OPTIONS: [(&str, &str, &[&str]); 5] = [
    ("people", "strongest_connection_strength", &STRENGTHS),
    ("companies", "strongest_connection_strength", &STRENGTHS),
    (
        "companies",
        "categories",
        &["Automation", "B2B", "B2C", "E-commerce", "Education", "Finance", "Marketplace", "SAAS"],
    ),
    ("companies", "estimated_arr_usd", &["$0-$1M", "$1M-$10M", "$10M-$50M", "$50M-$100M", "$100M-$250M", "$250M+"]),
    (
        "companies",
        "employee_range",
        &["1-10", "11-50", "51-250", "251-1K", "1K-5K", "5K-10K", "10K-50K", "50K-100K", "100K+"],
    ),
];

const STRENGTHS: [&str; 5] = ["Very strong", "Strong", "Good", "Weak", "Very weak"];
const STAGES: [&str; 4] = ["Lead", "In Progress", "Won 🎉", "Lost"];

/// Plants the standard workspace where there is none.
pub(crate) fn prepare(store: &mut Store) {
    seed(store);
    if objects::any(store, "people").is_none() {
        plant(store);
    }
}

fn plant(store: &mut Store) {
    let (workspace, now) = (workspace(store), kept(store, "stamp"));
    for (nouns, groups) in OBJECTS {
        let row = objects::insert(store, &workspace, nouns, &now, true);
        let columns = FIRST.iter().chain(groups.iter().copied().flatten()).chain(&LAST);
        for column in columns {
            plant_one(store, &workspace, id(&row, "object_id"), &now, column);
        }
    }
    for (nouns, groups) in OBJECTS {
        for (slug, _, _, other) in groups.iter().copied().flatten() {
            if let Some((object, reverse)) = other.split_once('.') {
                attributes::link(store, (nouns[0], slug), (object, reverse));
            }
        }
    }
    for (object, slug, titles) in OPTIONS {
        for title in titles {
            if let Some(row) = attributes::named(store, object, slug) {
                choices::insert(store, &choices::OPTION, &row, title, Map::new());
            }
        }
    }
    if let Some(stage) = attributes::named(store, "deals", "stage") {
        for title in STAGES {
            let rest = choices::defaults().into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            choices::insert(store, &STATUS, &stage, title, rest);
        }
    }
}

/// Plants the attributes every object has.
pub(crate) fn plant_common(store: &mut Store, workspace: &str, object: &str, now: &str) {
    for column in FIRST.iter().chain(&LAST) {
        plant_one(store, workspace, object, now, column);
    }
}

fn plant_one(store: &mut Store, workspace: &str, object: &str, now: &str, (slug, kind, flags, _): &Column) {
    let flag = |name: &str| flags.split(' ').any(|f| f == name);
    let mut config = attributes::empty_config();
    if *kind == "currency" {
        config["currency"] = json!({"default_currency_code": "USD", "display_type": "symbol"});
    }
    let default = match *slug {
        "created_at" => json!({"type": "dynamic", "template": "PT0S"}),
        "created_by" => json!({"type": "dynamic", "template": "current-user"}),
        _ => Value::Null,
    };
    let description = match *slug {
        "associated_deals" => json!("Deal records associated with a Person record"),
        _ => Value::Null,
    };
    let new = New {
        title: &title(slug),
        description,
        slug,
        kind,
        system: true,
        writable: !flag("ro"),
        required: flag("required"),
        unique: flag("unique"),
        multiselect: flag("multi"),
        default,
        config,
        needs: ["deals", "users", "workspaces"].into_iter().find(|name| flag(name)),
    };
    attributes::insert(store, workspace, object, now, new);
}

fn title(slug: &str) -> String {
    match slug {
        "record_id" => return "Record ID".into(),
        "linkedin" => return "LinkedIn".into(),
        "angellist" => return "AngelList".into(),
        _ => {}
    }
    let words = slug.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
