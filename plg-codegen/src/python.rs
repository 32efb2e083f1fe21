//! Python: frozen dataclasses and enums of text, laid out as black and ruff leave them. Nothing is
//! imported at run time but the standard library.

use crate::layout::{Scope, eased, fallback, is_identifier, width, wrap};
use crate::{
    AppAttribute, AppEvent, AppNames, AppProperty, Collection, CollectionKind, File, PropertyType, ValueType, header,
};
use plg_core::inert::visible;
use plg_core::text;
use std::fmt::Write;

const WIDTH: usize = 88;

/// Words that no name may be, and those that have a meaning in every place.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// What the modules of an account are called: no further account's package is called so.
const MODULES: &[&str] = &["crm", "events", "flags", "ids"];

pub(crate) fn files(names: &AppNames) -> Vec<File> {
    let mut files = modules(names, "", &format!("The names that {} declares.", names.stack));
    // Says that the types here are to be believed, in the packages within this one as well.
    files.push(File { name: "py.typed".into(), text: String::new() });
    let mut taken = Scope::with(MODULES);
    for account in &names.accounts {
        let folder = taken.take(&safe(account.name));
        let doc = format!("The names that {} declares in {}.", names.stack, account.name);
        files.extend(modules(&account.names, &format!("{folder}/"), &doc));
    }
    files
}

/// The modules of one account of each provider, as a package.
fn modules(names: &AppNames, folder: &str, doc: &str) -> Vec<File> {
    let file = |name: &str, text: String| File { name: format!("{folder}{name}.py"), text };
    let mut files = vec![file("__init__", start(names, doc))];
    if names.is_product {
        files.extend([file("events", events(names)), file("flags", flags(names))]);
    }
    if names.is_crm {
        files.push(file("crm", crm(names)));
    }
    if names.is_product {
        files.push(file("ids", ids(names)));
    }
    files
}

fn events(names: &AppNames) -> String {
    let mut out = start(names, "What is sent to PostHog.");
    // Sorted, as what orders imports leaves them.
    let head = match names.has_texts() {
        true => EVENTS_HEAD.replace("from typing import", "from enum import Enum\nfrom typing import"),
        false => EVENTS_HEAD.to_owned(),
    };
    let has_lists = names.events.iter().flat_map(|event| &event.properties).any(|property| property.is_list);
    out.push_str(&if has_lists { head.replace("Dict, ", "Dict, List, ") } else { head });
    if names.has_texts() {
        out.push_str(WORD);
    }
    let mut scope = Scope::with(&[
        "Client",
        "Dict",
        "Enum",
        "Event",
        "NoReturn",
        "Optional",
        "TYPE_CHECKING",
        "Union",
        "Word",
        "annotations",
        "capture",
        "dataclass",
        "datetime",
        "_given",
    ]);
    if has_lists {
        scope.take("List");
    }
    let classes: Vec<String> = names.events.iter().map(|event| dataclass(&mut out, &mut scope, event)).collect();
    match &classes[..] {
        [] => out.push_str("\n\nEvent = NoReturn\n"),
        [one] => out.push_str(&format!("\n\nEvent = Union[{one}]\n")),
        several => {
            let lines: String = several.iter().map(|class| format!("    {class},\n")).collect();
            out.push_str(&format!("\n\nEvent = Union[\n{lines}]\n"));
        }
    }
    out.push_str(CAPTURE);
    out
}

const EVENTS_HEAD: &str = r#"
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Dict, NoReturn, Optional, Union

if TYPE_CHECKING:
    from posthog.client import Client
"#;

const CAPTURE: &str = r#"

def capture(
    client: Client,
    distinct_id: str,
    event: Event,
    *,
    timestamp: Optional[datetime] = None,
    groups: Optional[Dict[str, str]] = None,
) -> Optional[str]:
    """Sends an event with a client of `posthog`."""
    sent: Optional[str] = client.capture(
        event.NAME,
        distinct_id=distinct_id,
        properties=event.to_properties(),
        timestamp=timestamp,
        groups=groups,
    )
    return sent


def _given(properties: Dict[str, object]) -> Dict[str, object]:
    return {key: value for key, value in properties.items() if value is not None}
"#;

/// The enum of a property that is one of a list of texts.
fn texts(out: &mut String, scope: &mut Scope, event: &AppEvent, property: &AppProperty) -> Option<String> {
    if property.texts.is_empty() {
        return None;
    }
    let class = scope.take(&format!("{}{}", safe(event.name), text::pascal(property.key)));
    let doc = format!("What `{}` of `{}` can be.", property.key, event.event);
    enumeration(out, &class, "Word", doc, property.texts.iter().map(|one| (one.name.as_str(), "", one.text.as_str())));
    Some(class)
}

fn dataclass(out: &mut String, scope: &mut Scope, event: &AppEvent) -> String {
    let class = scope.take(&safe(event.name));
    let types: Vec<Option<String>> =
        event.properties.iter().map(|property| texts(out, scope, event, property)).collect();
    let _ = write!(out, "\n\n@dataclass(frozen=True, kw_only=True)\nclass {class}:\n");
    docstring(out, 4, or(event.doc, || format!("The event `{}`.", event.event)));
    out.push('\n');
    assigned(out, "NAME", &eased(event.event));
    let mut fields = Scope::with(&["NAME", "to_properties"]);
    let mut pairs = Vec::new();
    for (property, texts) in event.properties.iter().zip(&types) {
        let field = fields.take(&field(property.key));
        let ty = match (texts, property.ty) {
            (Some(own), _) => own,
            (None, PropertyType::Text | PropertyType::Datetime) => "str",
            (None, PropertyType::Number) => "float",
            (None, PropertyType::Boolean) => "bool",
            (None, PropertyType::Object) => "Dict[str, object]",
        };
        let ty = &if property.is_list { format!("List[{ty}]") } else { ty.to_owned() };
        if pairs.is_empty() {
            out.push('\n');
        }
        let ty = if property.optional { format!("Optional[{ty}] = None") } else { ty.to_owned() };
        let _ = writeln!(out, "    {field}: {ty}");
        if !property.doc.trim().is_empty() {
            docstring(out, 4, property.doc.to_owned());
        }
        pairs.push((eased(property.key), field));
    }
    out.push_str("\n    def to_properties(self) -> Dict[str, object]:\n");
    out.push_str("        \"\"\"What is sent with it.\"\"\"\n");
    if pairs.is_empty() {
        out.push_str("        return {}\n");
        return class;
    }
    out.push_str("        properties: Dict[str, object] = {\n");
    for (key, field) in pairs {
        let _ = writeln!(out, "            {key}: self.{field},");
    }
    out.push_str("        }\n        return _given(properties)\n");
    class
}

fn flags(names: &AppNames) -> String {
    let mut out = start(names, "What code asks PostHog about.");
    out.push_str("\nfrom enum import Enum\nfrom typing import Optional, Type, TypeVar\n");
    out.push_str(WORD);
    let mut scope = Scope::with(&["Enum", "Flag", "Kind", "Optional", "Type", "TypeVar", "Variant", "Word", "variant"]);
    enumeration(
        &mut out,
        "Flag",
        "Word",
        "The key of every flag.".to_owned(),
        names.flags.iter().map(|flag| (flag.name, flag.doc, flag.key)),
    );
    out.push_str("\n\nclass Variant(Word):\n    \"\"\"A variant of a flag, by its key.\"\"\"\n");
    for flag in names.flags.iter().filter(|flag| !flag.variants.is_empty()) {
        let class = scope.take(&safe(flag.name));
        let doc = or(flag.doc, || format!("The variants of `{}`.", flag.key));
        let variants = flag.variants.iter().map(|variant| (variant.name.as_str(), "", variant.key));
        enumeration(&mut out, &class, "Variant", doc, variants);
    }
    out.push_str(VARIANT);
    out
}

const WORD: &str = r#"

class Word(str, Enum):
    """A text out of a list."""

    def __str__(self) -> str:
        return str(self.value)
"#;

const VARIANT: &str = r#"

Kind = TypeVar("Kind", bound=Variant)


def variant(kind: Type[Kind], answer: object) -> Optional[Kind]:
    """What a client answered for a flag; nothing where that is none of its variants."""
    try:
        return kind(answer)
    except ValueError:
        return None
"#;

fn crm(names: &AppNames) -> String {
    let mut out = start(names, "What Attio holds.");
    out.push_str("\nfrom enum import Enum\nfrom typing import List, Optional, TypedDict\n");
    out.push_str(WORD);
    let mut scope = Scope::with(&[
        "ActorReference",
        "Enum",
        "List",
        "ListSlug",
        "ObjectSlug",
        "Optional",
        "RecordReference",
        "TypedDict",
        "Word",
    ]);
    for (kind, class, of) in
        [(CollectionKind::Object, "ObjectSlug", "object"), (CollectionKind::List, "ListSlug", "list")]
    {
        let slugs =
            names.collections(kind).map(|collection| (collection.name.as_str(), collection.doc, collection.slug));
        enumeration(&mut out, class, "Word", format!("The slug of every {of}."), slugs);
    }
    out.push_str(REFERENCES);
    let mut options = Vec::new();
    for attribute in names.with_choices() {
        let class = scope.take(&safe(attribute.name));
        let doc = or(attribute.doc, || format!("The options of `{}`.", attribute.slug));
        let choices = attribute.choices.iter().map(|choice| (choice.name, choice.doc, choice.title));
        enumeration(&mut out, &class, "Word", doc, choices);
        options.push((attribute.name, class));
    }
    for collection in &names.collections {
        let have = if collection.kind == CollectionKind::Object { "records" } else { "entries" };
        let class = scope.take(&format!("{}Slug", safe(&collection.name)));
        let slugs = collection.attributes.iter().map(|a| (a.name, a.doc, a.slug));
        let doc = format!("The slugs of the attributes that {have} of `{}` have.", collection.slug);
        enumeration(&mut out, &class, "Word", doc, slugs);
        let class = scope.take(&format!("{}Values", safe(&collection.name)));
        values(&mut out, &class, collection, have, &options);
    }
    out
}

const REFERENCES: &str = r#"

class RecordReference(TypedDict):
    """A record, as an attribute refers to it."""

    target_object: str
    target_record_id: str


class ActorReference(TypedDict):
    """A member of the workspace, as an attribute refers to them."""

    referenced_actor_type: str
    referenced_actor_id: str
"#;

fn values(out: &mut String, class: &str, collection: &Collection, have: &str, options: &[(&str, String)]) {
    let doc = format!("What {have} of `{}` hold: what Attio takes as `values`.", collection.slug);
    // A slug that cannot be a name can still be a key.
    if collection.attributes.iter().any(|a| safe(a.slug) != a.slug) {
        let _ = write!(out, "\n\n# {doc}\n{class} = TypedDict(\n    \"{class}\",\n    {{\n");
        for attribute in &collection.attributes {
            let _ = writeln!(out, "        {}: {},", eased(attribute.slug), value(attribute, options));
        }
        out.push_str("    },\n    total=False,\n)\n");
        return;
    }
    let _ = write!(out, "\n\nclass {class}(TypedDict, total=False):\n");
    docstring(out, 4, doc);
    for (number, attribute) in collection.attributes.iter().enumerate() {
        if number == 0 {
            out.push('\n');
        }
        let _ = writeln!(out, "    {}: {}", attribute.slug, value(attribute, options));
        if !attribute.doc.trim().is_empty() {
            docstring(out, 4, attribute.doc.to_owned());
        }
    }
}

fn value(attribute: &AppAttribute, options: &[(&str, String)]) -> String {
    let one = match attribute.ty {
        ValueType::Text
        | ValueType::Date
        | ValueType::Timestamp
        | ValueType::Location
        | ValueType::PhoneNumber
        | ValueType::EmailAddress
        | ValueType::Domain => "str",
        ValueType::Number | ValueType::Currency | ValueType::Rating => "float",
        ValueType::Checkbox => "bool",
        // One without options holds nothing yet.
        ValueType::Select | ValueType::Status => {
            options.iter().find(|(name, _)| *name == attribute.name).map_or("None", |(_, class)| class)
        }
        ValueType::Record => "RecordReference",
        ValueType::Actor => "ActorReference",
    };
    if attribute.multiple { format!("List[{one}]") } else { format!("Optional[{one}]") }
}

fn ids(names: &AppNames) -> String {
    let mut out = start(names, "Remote ids of what is deployed, by stage.");
    let mut scope = Scope::default();
    if !names.stages.is_empty() {
        out.push_str("\nfrom typing import Final\n");
        scope.take("Final");
    }
    for stage in &names.stages {
        for (title, pages) in [("surveys", &names.surveys), ("dashboards", &names.dashboards)] {
            let class = scope.take(&safe(&text::pascal(&format!("{stage} {title}"))));
            let _ = write!(out, "\n\nclass {class}:\n    \"\"\"The ids of {title} in stage {stage}.\"\"\"\n");
            let mut members = Scope::default();
            for (number, (page, id)) in pages.iter().filter_map(|p| Some((p, p.ids.get(stage)?))).enumerate() {
                if number == 0 {
                    out.push('\n');
                }
                let id = id.as_str().map_or_else(|| id.to_string(), eased);
                assigned(&mut out, &format!("{}: Final", members.take(&upper(page.name))), &id);
                if !page.doc.trim().is_empty() {
                    docstring(&mut out, 4, page.doc.to_owned());
                }
            }
        }
    }
    out
}

fn start(names: &AppNames, doc: &str) -> String {
    format!("# {}\n\"\"\"{doc}\"\"\"\n", header(names))
}

fn enumeration<'a>(
    out: &mut String,
    class: &str,
    base: &str,
    doc: String,
    members: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
) {
    let _ = write!(out, "\n\nclass {class}({base}):\n");
    docstring(out, 4, doc);
    let mut scope = Scope::default();
    for (number, (name, doc, text)) in members.enumerate() {
        if number == 0 {
            out.push('\n');
        }
        assigned(out, &scope.take(&upper(name)), &eased(text));
        if !doc.trim().is_empty() {
            docstring(out, 4, doc.to_owned());
        }
    }
}

/// A value in a class, in parentheses on a line of its own where it fits only there.
fn assigned(out: &mut String, name: &str, value: &str) {
    let line = format!("    {name} = {value}");
    let _ = if width(&line) > WIDTH && width(value) + 8 <= WIDTH {
        writeln!(out, "    {name} = (\n        {value}\n    )")
    } else {
        writeln!(out, "{line}")
    };
}

fn docstring(out: &mut String, indent: usize, doc: String) {
    let text = visible(doc.trim()).replace('\\', "\\\\").replace('"', "'");
    let margin = " ".repeat(indent);
    let line = format!("{margin}\"\"\"{text}\"\"\"");
    if !text.contains('\n') && width(&line) <= WIDTH {
        let _ = writeln!(out, "{line}");
        return;
    }
    let lines = wrap(&text, WIDTH - indent - 3);
    for (number, line) in lines.iter().enumerate() {
        let open = if number == 0 { "\"\"\"" } else { "" };
        let _ = writeln!(out, "{}", format!("{margin}{open}{}", line.trim()).trim_end());
    }
    let _ = writeln!(out, "{margin}\"\"\"");
}

fn or(doc: &str, otherwise: impl FnOnce() -> String) -> String {
    if doc.trim().is_empty() { otherwise() } else { doc.to_owned() }
}

/// A name that is no keyword.
fn safe(name: &str) -> String {
    if KEYWORDS.contains(&name) || name.starts_with("__") {
        format!("{}_", name.trim_start_matches('_'))
    } else {
        name.to_owned()
    }
}

/// A property's key as a field.
fn field(key: &str) -> String {
    if is_identifier(key) && !key.starts_with("__") {
        return safe(key);
    }
    let name = text::snake(&text::pascal(key));
    if is_identifier(&name) { safe(&name) } else { fallback(&name) }
}

fn upper(name: &str) -> String {
    let name = text::snake(name).to_uppercase();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("V{name}") } else { safe(&name) }
}
