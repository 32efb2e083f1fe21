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
            Some(word) => {
                ListAccess::spelt(word).ok_or_else(|| format!("the language has no word for the access `{word}`"))?
            }
        };
        let members = fields.get("workspace_member_access").and_then(Json::as_array).cloned().unwrap_or_default();
        let members: Vec<_> = members.iter().map(|one| member(one, known)).collect();
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

fn member(json: &Json, known: &mut Known) -> Result<ListMember, String> {
    let level = json.get("level").and_then(Json::as_str).and_then(ListLevel::spelt);
    let (Some(level), Some(id)) = (level, read::text(json, "/workspace_member_id")) else {
        return Err(format!("the language has no word for {json}"));
    };
    Ok(match crate::kinds::member::referred_to(known, id.0) {
        Ok(member) => ListMember { who: Some(member), id: None, level },
        Err(_) => ListMember { who: None, id: Some(id), level },
    })
}
