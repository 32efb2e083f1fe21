//! Attio objects, and the five that every workspace has.

use super::attio;
use super::prelude::*;

kind! {
    /// A type of record in Attio, such as tenants next to companies.
    object Object {
        /// Its slug, unique in the workspace. The slugs of Attio's own objects are taken.
        slug: Slug,
        /// What one of them is called, such as `Workspace account`; unique among objects. From the item's name unless written.
        singular: Name,
        /// What several are called, such as `Workspace accounts`; unique among objects.
        plural: Name,
    }
    provider: Attio,
    check: check,
    unique: &[("slug", None)],
    titled: Some("singular"),
    surface: Surface { constants: &[("SLUG", "slug")], variants: None, word: "", properties: None },
    wire: &Objects,
}

const RESERVED: &[&str] = &["people", "companies", "deals", "users", "workspaces"];

fn check(object: &Block, world: &World, report: &mut Report) {
    if object.existing {
        return;
    }
    if let Some(node) = object.get("slug")
        && let Some(slug) = node.text()
        && RESERVED.contains(&slug)
    {
        report.error(node.at, format!("`{slug}` is the slug of Attio's own object\nhelp: write another, such as \"product_{slug}\"; Attio's own is referred to as `{slug}` without declaring it"));
    }
    for noun in ["singular", "plural"] {
        let Some(node) = object.get(noun) else { continue };
        let Some(text) = node.text() else { continue };
        let earlier = world.blocks.iter().take_while(|b| b.name != object.name).filter(|b| b.kind == "object");
        for other in earlier {
            if other.text(noun) == Some(text) {
                report.error(node.at, format!("`{}` is called \"{text}\" too: the nouns of objects must differ\nhelp: choose another {noun} noun", other.name));
            }
        }
    }
}

impl Describe for Object {
    fn want(&self) -> Want {
        let want = Want::new().set("api_slug", self.slug.0);
        if self.common.existing {
            return want;
        }
        want.set("singular_noun", self.singular.0).set("plural_noun", self.plural.0)
    }
}

const fn own(slug: &'static str, singular: &'static str, plural: &'static str) -> Object {
    Object {
        common: Common { existing: true, ..Common::named(slug) },
        slug: Slug(slug),
        singular: Name(singular),
        plural: Name(plural),
    }
}

/// Attio's own objects: people and companies are always there, the others once an admin switched them on.
pub static STANDARD: [Object; 5] = [
    own("people", "Person", "People"),
    own("companies", "Company", "Companies"),
    own("deals", "Deal", "Deals"),
    own("users", "User", "Users"),
    own("workspaces", "Workspace", "Workspaces"),
];

choice! {
    /// An object: one of Attio's own by its slug, or one declared.
    On "object" {
        /// People.
        people,
        /// Companies.
        companies,
        /// Deals; an admin must have switched them on.
        deals,
        /// Users of the product; an admin must have switched them on.
        users,
        /// Workspaces of the product; an admin must have switched them on.
        workspaces,
        ; /// An object of a stack.
        else object(Link<Object>)
    }
}

impl On {
    /// The object meant.
    pub fn target(&self) -> &'static Object {
        match self {
            On::people => &STANDARD[0],
            On::companies => &STANDARD[1],
            On::deals => &STANDARD[2],
            On::users => &STANDARD[3],
            On::workspaces => &STANDARD[4],
            On::object(object) => object,
        }
    }
}

#[derive(Debug)]
struct Objects;

impl Wire for Objects {
    fn listing(&self, _: &Map) -> Listing {
        Listing { path: "/v2/objects".into(), paging: Paging::Data }
    }

    fn read(&self, json: &Json) -> Option<Live> {
        let row = attio::row(json)?;
        let id = row.get("id")?.get("object_id")?.clone();
        let slug = row.get("api_slug").cloned().unwrap_or(Json::Null);
        let mut live = attio::live(row, &id)?;
        live.outputs.insert("slug".into(), slug.clone());
        live.system = slug.as_str().is_some_and(|s| RESERVED.contains(&s));
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", "/v2/objects", attio::wrap(want.clone()))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        Some(Call::new("PATCH", format!("/v2/objects/{}", segment(&prior.id)), attio::wrap(pick(want, changed))))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        Removal::Delete(Call::bare("DELETE", format!("/v2/objects/{}", segment(&prior.id))))
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "api_slug").to_owned())
    }

    fn fields_of(&self, word: &str) -> &'static [&'static str] {
        match word {
            "slug" => &["api_slug"],
            "singular" => &["singular_noun"],
            "plural" => &["plural_noun"],
            _ => &[],
        }
    }
}
