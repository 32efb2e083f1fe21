//! Attio objects.

mod import;

use super::attio::{extra, live, row, whole};
use super::prelude::*;

plg_core::kind! {
    /// A type of record in Attio next to people and companies.
    object Object {
        /// Its name in Attio's API: snake case, unique in the workspace.
        slug: Slug,
        /// What one record is called; from the item's name unless given. No other object may have it.
        singular: Name,
        /// What several records are called. No other object may have it.
        plural: Name,
    }
    provider: &crate::PROVIDER,
    key: &["slug"],
    check: check,
    unique: &[("slug", None)],
    titled: Some("singular"),
    surface: Surface { constants: &[("SLUG", "slug")], variants: None, word: "", properties: None },
    wire: &AttioObjects,
}

plg_core::choice! {
    /// An object: one of Attio's own, or one that is declared.
    On "standard object", code: plg_core::codes::UNKNOWN_NAME {
        /// People; always there.
        people,
        /// Companies; always there.
        companies,
        /// Deals; an admin has to switch them on in Attio.
        deals,
        /// Users of a product; an admin has to switch them on in Attio.
        users,
        /// Workspaces of a product; an admin has to switch them on in Attio.
        workspaces,
        ; /// An object that is declared.
        else object(Link<Object>)
    }
}

/// The declarations that attributes can be put on: objects and lists.
#[diagnostic::on_unimplemented(
    message = "attributes cannot be put on `{Self}`",
    label = "expected an object or a list"
)]
pub trait Extendable: Declared {
    /// What its paths start with.
    fn collection(&self) -> &'static str;
}

impl plg_core::Value for &'static dyn Extendable {
    const SHAPE: plg_core::Shape = plg_core::Shape::Ref(|| &["object", "list"]);
    const BLANK: Self = <Object as plg_core::kinds::Kind>::LINK;

    fn given(&self) -> Option<Given> {
        Some(Given::Ref(Some(self.common().name.to_owned())))
    }
}

impl Extendable for Object {
    fn collection(&self) -> &'static str {
        "objects"
    }
}

/// Attio's own objects: they can be extended and referred to, never created or deleted.
pub static STANDARD: [Object; 5] = [
    own("people", "Person", "People"),
    own("companies", "Company", "Companies"),
    own("deals", "Deal", "Deals"),
    own("users", "User", "Users"),
    own("workspaces", "Workspace", "Workspaces"),
];

const fn own(slug: &'static str, singular: &'static str, plural: &'static str) -> Object {
    Object {
        common: Common::named(slug).handled(&Handling { existing: true, ..Handling::PLAIN }),
        slug: Slug(slug),
        singular: Name(singular),
        plural: Name(plural),
    }
}

/// One of [`STANDARD`] by its address, such as `object.companies`.
pub fn standard(address: &str) -> Option<&'static dyn Declared> {
    let slug = address.strip_prefix("object.")?;
    STANDARD.iter().find(|o| o.slug.0 == slug).map(|o| o as &dyn Declared)
}

impl On {
    /// The object.
    pub fn object(&self) -> &'static Object {
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

fn check(object: &Block, _: &Declarations, report: &mut Report) {
    if object.existing {
        return;
    }
    if let Some(node) = object.get("slug")
        && let Some(own) = STANDARD.iter().find(|o| node.text() == Some(o.slug.0))
    {
        let slug = own.slug.0;
        report.error(
            crate::codes::MADE_BY_ATTIO, node.at,
            format!("`{slug}` is the slug of Attio's own object\nhelp: write `on: {slug}` where that one is meant, or take another slug here, such as \"product_{slug}\""),
        );
    }
}

/// Attio keeps objects apart by their nouns, also from its own.
pub(super) fn check_nouns(object: &Block, world: &Declarations, report: &mut Report) {
    if object.existing {
        return;
    }
    let earlier = || world.of_kind(object.kind).iter().take_while(|b| !b.is(object));
    for (field, of) in [("singular", (|o| o.singular.0) as fn(&Object) -> &'static str), ("plural", |o| o.plural.0)] {
        let Some(node) = object.get(field) else { continue };
        let Some(noun) = node.text() else { continue };
        let taken = match STANDARD.iter().find(|o| of(o) == noun) {
            Some(own) => format!("Attio's own object `{}`", own.slug.0),
            None => match earlier().find(|b| b.text(field) == Some(noun)) {
                Some(other) => format!("`{}`", other.name),
                None => continue,
            },
        };
        report.error(
            codes::SAME_KEY, node.at,
            format!("\"{noun}\" is already the name of {taken}\nhelp: give `{}` another `{field}`, as Attio distinguishes objects by their names", object.name),
        );
    }
}

impl Describe for Object {
    fn want(&self) -> Want {
        let want = Want::new().set("api_slug", self.slug.0);
        if self.common.existing {
            return want;
        }
        extra(want.set("singular_noun", self.singular.0).set("plural_noun", self.plural.0), &self.common)
    }
}

#[derive(Debug)]
struct AttioObjects;

impl Wire for AttioObjects {
    fn collection(&self, _: &Map) -> RestCollection {
        whole("objects")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = live(row(json)?, "object_id")?;
        let slug = live.fields.get("api_slug").cloned().unwrap_or(Json::Null);
        live.system = STANDARD.iter().any(|o| slug.as_str() == Some(o.slug.0));
        live.outputs.insert("slug".into(), slug);
        Some(live)
    }

    fn identity_is_path(&self) -> bool {
        true
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "api_slug").to_owned())
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "slug" => &["api_slug"],
            "singular" => &["singular_noun"],
            "plural" => &["plural_noun"],
            _ => itself(word),
        }
    }

    fn held_by(&self, prior: &Prior, _: &dyn Fn(&str, &str) -> Option<Map>) -> Option<Call> {
        Some(super::attio::holders("objects", &prior.id, None))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{block, mistakes, node};
    use super::*;
    use crate::kinds::Kind;
    use crate::kinds::fixture::wanted;

    static TENANTS: Object = Object {
        common: Common::named("Tenants"),
        slug: Slug("tenants"),
        singular: Name("Tenant"),
        plural: Name("Tenants"),
    };

    #[test]
    fn sent_and_recognised() {
        let (wire, want) = (Object::SPEC.wire, wanted(&TENANTS).fields);
        assert_eq!(
            wire.create(&want),
            Call::new(
                "POST",
                crate::kinds::attio::at!("objects"),
                json!({ "data": { "api_slug": "tenants", "singular_noun": "Tenant", "plural_noun": "Tenants" } })
            )
        );
        let live = wire
            .read(json!({ "id": { "workspace_id": "w", "object_id": "o" }, "api_slug": "tenants", "singular_noun": "Tenant",
                "plural_noun": "Tenants", "created_at": "2025-07-18T13:49:44.655000000Z" }))
            .unwrap();
        assert!(want.iter().all(|(field, value)| wire.same(field, value, &live.fields[field])));
        assert_eq!((live.id.as_str(), live.system), ("o", false));
        let prior = Prior { id: live.id, outputs: live.outputs, fields: live.fields };
        assert_eq!(
            wire.update(&want, &["plural_noun".into()], &prior),
            Some(Call::new(
                "PATCH",
                crate::kinds::attio::at!("objects/o"),
                json!({ "data": { "plural_noun": "Tenants" } })
            ))
        );
        assert_eq!(wire.update(&want, &[], &prior), None, "an empty update is refused by the API");
        assert_eq!(wire.remove(&prior), Removal::Delete(Call::bare("DELETE", crate::kinds::attio::at!("objects/o"))));
    }

    #[test]
    fn own_objects_are_found_not_made() {
        let deals = standard("object.deals").unwrap();
        assert_eq!(deals.address(), "object.deals");
        assert!(deals.common().existing);
        assert_eq!(Json::Object(wanted(deals).fields), json!({ "api_slug": "deals" }));
        assert!(standard("object.Tenants").is_none() && standard("deals").is_none());
        for on in [On::people, On::companies, On::deals, On::users, On::workspaces] {
            assert!(On::CHOICE.cases.iter().any(|case| case.word == on.object().slug.0));
        }
        let row = json!({ "id": { "object_id": "o" }, "api_slug": "deals" });
        assert!(Object::SPEC.wire.read(row.clone()).unwrap().system);
    }

    #[test]
    fn what_is_refused() {
        let object = |name: &str, slug: &str, singular: &str, plural: &str| {
            let fields = [slug, singular, plural].map(|text| node(7, Given::Text(text.into())));
            let [slug, singular, plural] = fields;
            block("object", name, vec![("slug", slug), ("singular", singular), ("plural", plural)])
        };
        let (first, second) =
            (object("Tenants", "a", "Tenant", "Tenants"), object("Renters", "b", "Renter", "Tenants"));
        let refused = |block: &Block, others: &[&Block]| {
            mistakes("object", block, others).into_iter().map(|(_, message)| message).collect::<Vec<_>>()
        };
        let both = [&first, &second];
        assert!(refused(&first, &both).is_empty());
        assert_eq!(refused(&second, &both), ["\"Tenants\" is already the name of `Tenants`"]);
        let mut own = object("Accounts", "workspaces", "Account", "Accounts");
        assert_eq!(refused(&own, &[]), ["`workspaces` is the slug of Attio's own object"]);
        own.existing = true;
        assert!(refused(&own, &[]).is_empty());
        let user = object("Members", "members", "User", "Members");
        assert_eq!(refused(&user, &[]), ["\"User\" is already the name of Attio's own object `users`"]);
    }
}
