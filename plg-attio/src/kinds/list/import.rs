//! Lists, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, read, readable};

impl Import for List {
    const ANSWERS: Answers = Answers { noise: &[crate::kinds::NOISE], usual: &[], called: &[], placed: &[] };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let access = match fields.get("workspace_access").and_then(Json::as_str) {
            None => ListAccess::nothing,
            Some(word) => ListAccess::spelt(word).ok_or_else(|| format!("the access `{word}` has no word"))?,
        };
        let members = fields.get("workspace_member_access").and_then(Json::as_array).cloned().unwrap_or_default();
        let members: Vec<_> = members.iter().map(member).collect();
        Ok(List {
            common,
            slug: Slug(read::leak(text(fields, "api_slug"))),
            title: read::name(fields.get("name")),
            of: crate::kinds::known::object(known, text(fields, "parent_object"))?,
            access,
            members: readable(known, "workspace_member_access", "members", members),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

fn member(json: &Json) -> Result<ListMember, String> {
    let level = json.get("level").and_then(Json::as_str).and_then(ListLevel::spelt);
    let (Some(level), Some(id)) = (level, read::text(json, "/workspace_member_id")) else {
        return Err(format!("{json} has no word"));
    };
    Ok(ListMember { id: Some(id), level, who: None })
}
