//! Attio lists.

mod import;

use super::attio::{extra, is_uuid, live, row, whole};
use super::prelude::*;
use super::{Extendable, Member, On};
use plg_core::checks::once;
use plg_core::wire::same_entries;

plg_core::kind! {
    /// A list of records of one object, such as a pipeline or a target group.
    list List {
        /// Its name in Attio's API: snake case, unique in the workspace.
        slug: Slug,
        /// What people read in Attio; from the item's name unless given.
        title: Name,
        /// The object whose records it lists. Cannot be changed later: another object makes another list, and the old one stays.
        of: On,
        /// What everybody in the workspace may do with it.
        access: ListAccess = ListAccess::full_access,
        /// What single members may do with it beyond that. Members who are not written keep what people gave them, also
        /// whoever made the list in Attio.
        members: &'static [ListMember] = &[],
    }
    provider: &crate::PROVIDER,
    key: &["slug"],
    check: check,
    unique: &[("slug", None)],
    titled: Some("title"),
    surface: Surface { constants: &[("SLUG", "slug")], variants: None, word: "", properties: None },
    wire: &AttioLists,
}

plg_core::words! {
    /// What everybody may do with a list.
    ListAccess "kind of access to a list" {
        /// Everything, its settings too.
        full_access = "full-access",
        /// See and change its entries.
        read_and_write = "read-and-write",
        /// See its entries.
        read_only = "read-only",
        /// Not even see it.
        nothing,
    }
}

plg_core::words! {
    /// What a member may do with a list.
    ListLevel "kind of access to a list" {
        /// Everything, its settings too.
        full_access = "full-access",
        /// See and change its entries.
        read_and_write = "read-and-write",
        /// See its entries.
        read_only = "read-only",
    }
}

plg_core::record! {
    /// What a member may do with a list.
    ListMember {
        /// The member, declared by the address: `existing member Ada { email: "ada@example.com" }`.
        who: Option<Link<Member>> = None,
        /// The member by the id in Attio, in place of `who`.
        id: Option<Str> = None,
        /// What they may do.
        level: ListLevel,
    }
}

impl Extendable for List {
    fn collection(&self) -> &'static str {
        "lists"
    }
}

fn check(list: &Block, _: &Declarations, report: &mut Report) {
    let members = list.get("members").map_or(&[][..], Node::list);
    for id in members.iter().filter_map(|member| member.field("id")) {
        if let Some(text) = id.text()
            && !is_uuid(text)
        {
            report.error(
                codes::TEXT,
                id.at,
                format!("`{text}` is not a member's id\nhelp: write it as Attio shows it, such as \"50cf242c-7fa3-4cad-87d0-75b1af71c57b\""),
            );
        }
    }
    for member in members {
        if member.field("id").is_some() == member.field("who").is_some() {
            report.error(
                codes::MISSING_FIELD,
                member.at,
                "a member has either `who` or `id`\nhelp: write `who: Ada` with `existing member Ada { email: \"ada@example.com\" }` beside the list, or the member's `id`",
            );
        }
    }
    let named = |member: &Node| match member.field("who").map(|who| &who.given) {
        Some(Given::Ref(name)) => name.clone(),
        _ => Some(member.field("id")?.text()?.to_lowercase()),
    };
    once(members, named, report);
    let everybody = list.get("access").and_then(Node::word).unwrap_or("full_access") == "full_access";
    let somebody = members.iter().any(|m| m.field("level").and_then(Node::word) == Some("full_access"));
    if !list.existing && !everybody && !somebody {
        report.error(
            crate::codes::CHANGED_BY_NOBODY, list.get("access").map_or(list.at, |node| node.at),
            "nobody could edit this list\nhelp: write `access: full_access`, or give a member that level: `members: [{ who: Ada, level: full_access }]`",
        );
    }
}

impl Describe for List {
    fn want(&self) -> Want {
        let want = Want::new().set("api_slug", self.slug.0);
        if self.common.existing {
            return want;
        }
        let access = match self.access {
            ListAccess::nothing => Term::Null,
            access => access.as_str().into(),
        };
        let members: Vec<Term> = self.members.iter().filter_map(ListMember::term).collect();
        let want = want
            .set("name", self.title.0)
            .set("parent_object", reference_to(self.of.object(), "slug"))
            .set("workspace_access", access)
            .set("workspace_member_access", members);
        extra(want, &self.common)
    }
}

impl ListMember {
    fn term(&self) -> Option<Term> {
        let id = self.who.map(|who| reference(who)).or_else(|| self.id.map(|id| id.0.into()))?;
        Some(term!({ "workspace_member_id": id, "level": self.level.as_str() }))
    }
}

#[derive(Debug)]
struct AttioLists;

const FIXED: &[&str] = &["parent_object"];

impl Wire for AttioLists {
    fn collection(&self, _: &Map) -> RestCollection {
        whole("lists")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = live(row(json)?, "list_id")?;
        // Written as one object, answered as a list of one.
        if let Some(parent) = live.fields.get("parent_object").and_then(|p| p.get(0)).cloned() {
            live.fields.insert("parent_object".into(), parent);
        }
        live.outputs.insert("slug".into(), live.fields.get("api_slug").cloned().unwrap_or(Json::Null));
        Some(live)
    }

    fn remove(&self, _: &Prior) -> Removal {
        Removal::Keep("Attio's API cannot delete a list; delete it in the web app")
    }

    fn lost(&self) -> &'static str {
        "entries stay with the old list, which stays under another slug"
    }

    // What cannot be deleted keeps its slug, so it has to give it up first.
    fn retire(&self, prior: &Prior, mark: &str) -> Option<Call> {
        let slug = super::attio::retired(text(&prior.fields, "api_slug"), mark);
        Some(self.collection_of(prior).change(prior, Map::from_iter([("api_slug".to_owned(), slug.into())])))
    }

    fn fixed(&self) -> &'static [&'static str] {
        FIXED
    }

    fn identity_is_path(&self) -> bool {
        true
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "api_slug").to_owned())
    }

    // People give others access too.
    fn owned(&self, field: &str) -> &'static Owned {
        if field == "workspace_member_access" {
            const { &Owned::members(&["workspace_member_id"]) }
        } else {
            &Owned::Whole
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want, live) {
            ("workspace_member_access", Json::Array(want), Json::Array(live)) => same_entries(want, live, same),
            _ => same(want, live),
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "slug" => &["api_slug"],
            "title" => &["name"],
            "of" => &["parent_object"],
            "access" => &["workspace_access"],
            "members" => &["workspace_member_access"],
            _ => itself(word),
        }
    }

    fn unfit(&self, kind: &str, needed: &Live) -> Option<Hold> {
        if kind == "member" { super::member::unfit(needed) } else { None }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["object", "member"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let object = live.fields.get("parent_object");
        let members = live.fields.get("workspace_member_access").and_then(Json::as_array).into_iter().flatten();
        let members = members.filter_map(|one| mention::id("member", one.get("workspace_member_id")));
        let object = mention::key("object", object).into_iter().chain(mention::id("object", object));
        object.chain(members).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{block, mistakes, node, record, to, word};
    use super::*;
    use crate::kinds::Kind;
    use crate::kinds::fixture::wanted;

    static TARGETS: List = List {
        common: Common::named("Targets"),
        slug: Slug("targets"),
        title: Name("Targets"),
        of: On::people,
        access: ListAccess::nothing,
        members: &[
            ListMember { id: Some(Str("m1")), level: ListLevel::full_access, who: None },
            ListMember { id: Some(Str("m2")), level: ListLevel::read_only, who: None },
        ],
    };

    #[test]
    fn sent_and_recognised() {
        let (wire, mut want) = (List::SPEC.wire, wanted(&TARGETS).fields);
        assert_eq!(want["parent_object"], json!({ "$ref": "object.people", "get": "slug" }));
        want.insert("parent_object".into(), "people".into());
        assert_eq!(
            wire.create(&want).body,
            Some(
                json!({ "data": { "name": "Targets", "api_slug": "targets", "parent_object": "people", "workspace_access": null,
                "workspace_member_access": [
                    { "workspace_member_id": "m1", "level": "full-access" },
                    { "workspace_member_id": "m2", "level": "read-only" },
                ] } })
            )
        );
        let live = wire
            .read(json!({ "data": { "id": { "workspace_id": "w", "list_id": "l" }, "api_slug": "targets", "name": "Targets",
                "created_at": "2025-07-27T14:06:20.785000000Z", "workspace_access": null, "parent_object": ["people"],
                "workspace_member_access": [
                    { "level": "read-only", "workspace_member_id": "m2" },
                    { "level": "full-access", "workspace_member_id": "m1" },
                ],
                "created_by_actor": { "type": "api-token", "id": "t" } } }))
            .unwrap();
        assert!(want.iter().all(|(field, value)| wire.same(field, value, &live.fields[field])));
        let prior = Prior { id: live.id, outputs: live.outputs, fields: live.fields };
        assert_eq!(
            wire.update(&want, &["name".into(), "parent_object".into()], &prior),
            Some(Call::new("PATCH", crate::kinds::attio::at!("lists/l"), json!({ "data": { "name": "Targets" } })))
        );
        assert_eq!(
            wire.retire(&prior, "7f"),
            Some(Call::new(
                "PATCH",
                crate::kinds::attio::at!("lists/l"),
                json!({ "data": { "api_slug": "targets_archived_7f" } })
            ))
        );
        assert!(matches!(wire.remove(&prior), Removal::Keep(_)));
    }

    #[test]
    fn somebody_can_change_it() {
        let with = |level: &str| {
            let member = record(3, vec![("who", to(3, "Ada")), ("level", node(3, Given::Word(level.into())))]);
            block(
                "list",
                "Targets",
                vec![("access", word(2, "nothing")), ("members", node(3, Given::List(vec![member])))],
            )
        };
        let found = mistakes("list", &with("read_only"), &[]);
        assert_eq!(found, [(2, "nobody could edit this list".to_owned())]);
        assert_eq!(mistakes("list", &with("full_access"), &[]), []);
        assert_eq!(mistakes("list", &block("list", "Targets", Vec::new()), &[]), []);
    }
}
