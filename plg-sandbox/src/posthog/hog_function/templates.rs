//! The templates that functions are made from, as far as the sandbox has them.

use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::json::text_at;
use serde_json::Value;
use std::sync::LazyLock;

static TEMPLATES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it.
    serde_json::from_str(include_str!("templates.json")).unwrap_or_default()
});

/// The template of this id.
pub(super) fn find(id: &str) -> Option<&'static Value> {
    TEMPLATES.iter().find(|template| template["id"] == id)
}

pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => Ok(list(call)),
        ("GET", [id]) => find(id).map(|template| Reply::json(200, template.clone())).ok_or_else(Fault::not_found),
        _ => call.no_method(),
    }
}

fn list(call: &PosthogCall) -> Reply {
    let asked: Vec<&str> =
        ["type", "types"].iter().filter_map(|key| call.request.query(key)).flat_map(|types| types.split(',')).collect();
    let one = call.request.query("template_id");
    let is_asked = |template: &&Value| {
        let ty = text_at(template, "type");
        let of_type = if asked.is_empty() { ty == "destination" } else { asked.contains(&ty) };
        of_type && one.is_none_or(|id| template["id"] == id)
    };
    call.page(TEMPLATES.iter().filter(is_asked).cloned().collect(), 100)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_is_read() {
        assert!(super::TEMPLATES.len() > 10 && super::find("template-attio").is_some());
    }
}
