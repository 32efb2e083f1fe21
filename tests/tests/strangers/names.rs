//! Accounts full of names that nobody would choose but to break something: the same for the same number.

use plg_sandbox::{Sandbox, SandboxRequest};
use serde_json::{Value, json};

/// What ends, begins or turns something in some language.
const PARTS: &[&str] = &[
    "*/",
    "/*",
    "\"\"\"",
    "'''",
    "\\",
    "\\\"",
    "${process.exit(1)}",
    "`",
    "```",
    "```rust",
    "~~~",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{2066}",
    "\u{61c}",
    "\0",
    "\r",
    "\r\n",
    "\n",
    "\n\n",
    "\t",
    "\u{1b}[31m",
    "\u{9b}31m",
    "\u{7f}",
    "\u{feff}",
    "\u{200b}",
    "\u{a0}",
    "    compile_error!()",
    "\n\n    compile_error!()\n\n",
    "- a\n\n      compile_error!()",
    ">     compile_error!()",
    "\n```\ncompile_error!()\n",
    "\n~~~\nloop {}\n~~~\n",
    "</script><script>document.title='RAN'</script>",
    "\"><img src=x onerror=document.title='RAN'>",
    "<!--",
    "]]>",
    "{{7*7}}",
    "{x}",
    "%s",
    "#[doc = \"x\"]",
    "r#\"x\"#",
    "\"#",
    "//",
    "///",
    "//!",
    "#",
    "$",
    "$(id)",
    "@deprecated",
    "self",
    "Self",
    "crate",
    "super",
    "type",
    "class",
    "None",
    "True",
    "await",
    "yield",
    "default",
    "constructor",
    "__proto__",
    "prototype",
    "toString",
    "name",
    "mro",
    "_",
    "__init__",
    "é\u{301}",
    "½",
    "ⓐ",
    "ﬁ",
    "ß",
    "İ",
    "ǅ",
    "日本",
    "🎉",
    "👩\u{200d}💻",
    "a",
    "A",
    "b c",
    "b_c",
    "b-c",
    "bC",
    "1",
    "2nd",
    "NaN",
    "null",
    "; DROP TABLE",
    "\u{e0041}",
    "\u{ad}",
    "\\u{202e}",
    "\\N{NULL}",
    "\\x00",
    "\\",
    "env(\"HOME\")",
    "} } compile_error!();",
];

/// A sequence of numbers that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most
    }

    /// One to five parts; each alone comes first.
    fn name(&mut self, number: usize) -> String {
        if let Some(part) = PARTS.get(number) {
            return (*part).to_owned();
        }
        let join = ["", " ", "_", "-"][self.below(4)];
        let parts: Vec<&str> = (0..2 + self.below(4)).map(|_| PARTS[self.below(PARTS.len())]).collect();
        parts.join(join)
    }
}

/// One request. What the API refuses is left out: there are names that no account can have.
fn send(sandbox: &Sandbox, path: &str, body: &Value) -> Option<Value> {
    let mut request = SandboxRequest::new("POST", path);
    request.headers =
        vec![("authorization".into(), "Bearer k".into()), ("content-type".into(), "application/json".into())];
    request.body = body.to_string().into_bytes();
    sandbox.answer(&request).body.filter(|body| body.get("id").is_some() || body.get("data").is_some())
}

/// Makes one thing after another, each with the next of so many names.
pub(crate) fn fill(sandbox: &Sandbox, many: usize) {
    let mut dice = Dice(18);
    let posthog = |path: &str, body: Value| send(sandbox, &format!("/api/projects/12345/{path}/"), &body);
    let attio = |path: &str, data: Value| send(sandbox, path, &json!({ "data": data }));
    let choices = ["select", "status"].map(|ty| {
        let slug = format!("a_{ty}");
        attio("/v2/objects/deals/attributes", attribute(&slug, ty, "", ty));
        let words = if ty == "select" { "options" } else { "statuses" };
        format!("/v2/objects/deals/attributes/{slug}/{words}")
    });
    let mut properties = serde_json::Map::new();
    for number in 0..many {
        let name = dice.name(number);
        let said = format!("{name} {}", dice.name(many));
        let filter = json!({ "properties": { "type": "OR", "values": [{ "type": "OR", "values": [
            { "key": "email", "type": "person", "operator": "icontains", "value": name }] }] } });
        properties.insert(name.clone(), json!(number));
        match number % 12 {
            0 => drop(posthog("cohorts", json!({ "name": name, "description": said, "filters": filter }))),
            1 => drop(posthog(
                "feature_flags",
                json!({ "key": format!("k{number}"), "name": said, "filters": { "groups": [
                    { "properties": [], "rollout_percentage": 3 }] } }),
            )),
            2 => drop(posthog("dashboards", json!({ "name": name, "description": said, "tags": [name] }))),
            3 => drop(posthog("actions", json!({ "name": name, "description": said, "steps": [{ "event": name }] }))),
            4 => {
                let question = json!({ "type": "single_choice", "question": said, "choices": [name, "b"] });
                drop(posthog(
                    "surveys",
                    json!({ "name": name, "description": said, "type": "popover", "questions": [question] }),
                ));
            }
            5 => drop(posthog(
                "annotations",
                json!({ "content": said, "scope": "project", "date_marker": "2026-01-01T00:00:00Z" }),
            )),
            6 => {
                drop(attio("/v2/objects/companies/attributes", attribute(&format!("at{number}"), "text", &said, &name)))
            }
            7 => drop(attio(&choices[0], json!({ "title": name }))),
            8 => drop(attio(&choices[1], json!({ "title": name }))),
            9 => drop(attio(
                "/v2/objects",
                json!({ "api_slug": format!("ob{number}"), "singular_noun": name, "plural_noun": format!("{name} s") }),
            )),
            10 => {
                let _ = sandbox.ingest(&name, &std::mem::take(&mut properties));
            }
            _ => {
                let query = json!({ "kind": "InsightVizNode", "source": { "kind": "TrendsQuery", "series": [
                    { "kind": "EventsNode", "event": name, "name": name, "custom_name": said }] } });
                drop(posthog("insights", json!({ "name": name, "description": said, "query": query })));
            }
        }
    }
}

fn attribute(slug: &str, ty: &str, said: &str, title: &str) -> Value {
    json!({
        "api_slug": slug, "title": title, "type": ty, "description": said, "is_required": false, "is_unique": false,
        "is_multiselect": false, "config": {},
    })
}
