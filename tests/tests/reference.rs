//! The language reference, rendered from the kinds: `docs/reference.md` must say what they say.
//!
//! `PLG_WRITE=1 cargo test -p tests --test reference` writes it anew.

use plg_core::{Call, Choice, Field, OnDestroy, Prior, Record, Removal, Shape, Spec, Words};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

const INTRODUCTION: &str = r#"# Language reference

Every kind of resource that a stack can declare, with every field and every word. This page is rendered from the
kinds themselves, in `plg-attio/src/kinds` and `plg-posthog/src/kinds`: `PLG_WRITE=1 cargo test -p tests --test reference` writes it anew.

    /// The doc comment is the description in the web app.
    kind Name {
        field: value,
        in prod { field: another_value }
    }

Names are in PascalCase and unique in a stack. A bare name is a declaration of this stack, a path
(`crm::LifecycleStage`) one of another stack. `in stage { … }` says what is different in one stage.

**Default** is what a field is where it is not written: *required* must be written, *from the name* is made from the
declaration's name, and – is nothing, or what the field says of itself. A **fixed** field cannot change in place: where
it differs, the resource is made anew.

## The head

A `stack!` starts with the lines of its head, in any order:

| Line | Value | What it says |
|---|---|---|
| `name` | `"my-stack"` | The name of the whole stack; a part has none. |
| `stages` | `{ local: sandbox, prod: { … } }` | Where it is deployed; in a part the module of the whole stack, `crate`, for `in stage { … }`. |
| `parts` | `[crm, product]` | The modules and crates that it is put together from. |
| `accounts` | `{ posthog: marketing }` | For each provider the account that the declarations of this `stack!` are in, where they name none. |
| `crate` | `my_plg`, `crate::plg` | What this crate calls `plg`, where it does not call it that. |

A stage is `sandbox`, or the accounts it deploys to, any of them: `prod: { posthog: { … } }` is enough for a stack of
PostHog's kinds. `protect: true` refuses to destroy it, `state: …` says where [its state is kept](state.md).

An account is `provider: { … }`, or under a name of its own `name: provider { … }`: so one stage has several of a provider.
Names are lower-case words. A declaration is in the account that its `account` says, or the head of its `stack!`, or in
the one that is named like its provider. A stage without an account that a declaration is in does not compile, nor does
a reference from one account of a provider into another one; an account that nothing is declared in is a warning.
References between providers are fine, whichever accounts they lead from and to. A sandbox has every account that a stage or
a declaration names.

## Every kind

| Field | Value | What it says |
|---|---|---|
| `was` | a name | The declaration's name before it was renamed: what is there is kept. |
| `account` | an account's name | The account that it is in: without it that of the head's `accounts`, or the one named like its provider. What is declared inside it is there, too. |
| `protect` | `true` or `false` | Whether every plan is refused that would delete, archive or replace it. |
| `ignore` | a list of its fields, in brackets | Managed in the web app: sent when it is created, never compared. |
"#;

const AFTER_COMMON: &str = r#"| `extra` | `{ "json_key": … }` | JSON keys that have no word in the language yet, sent as they are. |

`existing kind Name { … }` is read and referred to, never created, changed or deleted. Only fields that find it are
written, and those that an application sees: a flag's `variants`, an event's `properties`, what an attribute holds.
The options and statuses inside an existing attribute are declarations of their own: they are made and changed.
"#;

/// What has a section of its own.
enum Section {
    Record(&'static Record),
    Choice(&'static Choice),
    Words(&'static Words),
}

#[derive(Default)]
struct Page {
    out: String,
    /// Types with a section, here or further down.
    known: BTreeSet<&'static str>,
    /// Types whose section is still to be written, in the order met.
    open: Vec<(&'static str, Section)>,
    headings: BTreeMap<String, usize>,
}

impl Page {
    fn heading(&mut self, level: usize, text: &str) {
        let anchor = text.trim_matches('`').to_lowercase();
        *self.headings.entry(anchor).or_default() += 1;
        let _ = write!(self.out, "\n{} {text}\n\n", "#".repeat(level));
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn link(&mut self, ty: &'static str, section: Section) -> String {
        if self.known.insert(ty) {
            self.open.push((ty, section));
        }
        format!("[{ty}](#{})", ty.to_lowercase())
    }

    /// What may be written, with links to what has a section of its own.
    fn written(&mut self, shape: &Shape) -> String {
        match shape {
            Shape::Text(rule) | Shape::EnvText(rule) => {
                let described = shape.describe().replace(",,", ",");
                format!("{}, up to {} characters", described.trim_end_matches(','), rule.max)
            }
            Shape::Int { min, max } => format!("a whole number, {min} to {max}"),
            Shape::Span { units, .. } => format!("{}, in {}", shape.describe(), units.join(", ")),
            Shape::Word(words) => format!("a word: {}", self.link(words().ty, Section::Words(words()))),
            Shape::List { item } => format!("a list in brackets, each entry {}", self.written(item)),
            Shape::Maybe(inner) => self.written(inner),
            Shape::Record(record) => format!("`{{ … }}`: {}", self.link(record().ty, Section::Record(record()))),
            Shape::Choice(choice) => format!("one of {}", self.link(choice().ty, Section::Choice(choice()))),
            Shape::Topic { subject, verb } => {
                let subject = self.written(subject);
                format!("`subject.verb`: {subject}, and {}", self.link(verb().ty, Section::Words(verb())))
            }
            Shape::Map { item, key, .. } => {
                format!("`{{ name: value, … }}`: each name {}, each value {}", key.what, self.written(item))
            }
            Shape::Items(spec) => {
                let keyword = spec().keyword;
                format!("declarations of [`{keyword}`](#{keyword}) by name, in braces")
            }
            Shape::Ref(kinds) => {
                let kinds: Vec<String> = kinds().iter().map(|k| format!("[`{k}`](#{k})")).collect();
                format!("the name of {}", kinds.join(" or "))
            }
            Shape::Secret
            | Shape::EnvNumber
            | Shape::Stage
            | Shape::Bool
            | Shape::Float
            | Shape::Percent
            | Shape::Ago
            | Shape::Json
            | Shape::KeyText => shape.describe(),
        }
    }

    fn fields(
        &mut self,
        fields: &'static [Field],
        default: impl Fn(&Field) -> String,
        note: impl Fn(&Field) -> String,
    ) {
        self.line("| Field | Value | Default | What it says |");
        self.line("|---|---|---|---|");
        for field in fields {
            let written = self.written(&field.shape);
            let row = format!(
                "| `{}` | {} | {} | {}{} |",
                field.name,
                cell(&written),
                default(field),
                cell(field.doc),
                note(field)
            );
            self.line(&row);
        }
    }

    fn section(&mut self, ty: &'static str, section: &Section) {
        self.heading(4, ty);
        match section {
            Section::Record(record) => {
                self.line(&format!("{}\n", record.doc.trim()));
                self.fields(record.fields, default_of, |_| String::new());
            }
            Section::Words(words) => {
                let plain = words.words.iter().all(|(_, doc)| doc.is_empty());
                if plain {
                    let all: Vec<String> = words.words.iter().map(|(word, _)| format!("`{word}`")).collect();
                    self.line(&all.join(", "));
                    return;
                }
                self.line("| Word | What it says |");
                self.line("|---|---|");
                for (word, doc) in words.words {
                    self.line(&format!("| `{word}` | {} |", cell(doc)));
                }
            }
            Section::Choice(choice) => {
                self.line("| Case | Value | What it says |");
                self.line("|---|---|---|");
                for case in choice.cases {
                    let written = case.holds.as_ref().map_or(String::new(), |shape| self.written(shape));
                    self.line(&format!("| `{}` | {} | {} |", case.word, cell(&written), cell(case.doc)));
                }
                if let Some(other) = &choice.otherwise {
                    let written = other.holds.as_ref().map_or(String::new(), |shape| self.written(shape));
                    self.line(&format!("| *no word* | {} | {} |", cell(&written), cell(other.doc)));
                }
            }
        }
    }

    fn kind(&mut self, spec: &'static Spec) {
        self.heading(3, &format!("`{}`", spec.keyword));
        self.line(&format!("{}\n", spec.doc.trim()));
        let key: Vec<String> = spec.key.iter().map(|word| format!("`{word}`")).collect();
        let within = match spec.wire.part_of() {
            _ if spec.wire.parents().is_empty() || spec.key.contains(&"on") => String::new(),
            whole => format!(" within its {}", whole.unwrap_or("attribute")),
        };
        let apart = if spec.wire.identity_is_unique() {
            "the API keeps these apart, so one that is there already is adopted"
        } else {
            "the API does not keep these apart: one that is there already is adopted, of several it is asked which is meant"
        };
        if spec.wire.keys_in().is_some() {
            self.line(&format!(
                "- **Found by** what stands at its `key`; without one, by all that it says in `body`: {apart}."
            ));
        } else if key.is_empty() {
            self.line("- **Found** where it always is: an account has one, which is adopted.");
        } else {
            self.line(&format!("- **Found by** {}{within}: {apart}.", key.join(" and ")));
        }
        if let Some(why) = spec.wire.made_elsewhere() {
            self.line(&format!(
                "- **Made elsewhere.** No request can make it. Until it is there, each plan says: {why}."
            ));
        }
        self.line(&format!("- **Removed:** {}", removal(spec)));
        if let Some(seen) = surface(spec) {
            self.line(&format!("- **In an application:** {seen}."));
        }
        self.out.push('\n');
        let titled = |field: &Field| match spec.titled {
            Some(title) if title == field.name => "*from the name*".to_owned(),
            _ => default_of(field),
        };
        self.fields(spec.fields, titled, |field| fixed(spec, field));
        while !self.open.is_empty() {
            for (ty, section) in std::mem::take(&mut self.open) {
                self.section(ty, &section);
            }
        }
    }
}

/// Text inside a table.
fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|").replace('\n', " ")
}

/// A default as it would be written in a stack.
fn default_of(field: &Field) -> String {
    let default = field.default;
    let inside = |start: &str, end: &str| default.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    match default {
        "" => "*required*".to_owned(),
        "None" => "–".to_owned(),
        "&[]" => "`[]`".to_owned(),
        _ if inside("Keyed(&[", "])").or_else(|| inside("Named(&[", "])")).is_some() => "`{}`".to_owned(),
        _ => {
            if let Some(percent) = inside("Percent(", ".0)") {
                return format!("`{percent}%`");
            }
            if let Some((count, unit)) =
                default.split_once("count: ").and_then(|(_, rest)| rest.split_once(", unit: Unit::"))
            {
                return format!("`{count} {}`", unit.trim_end_matches([' ', '}', ')']));
            }
            format!("`{}`", default.rsplit("::").next().unwrap_or(default))
        }
    }
}

fn fixed(spec: &Spec, field: &Field) -> String {
    let fields = spec.wire.fields_of(&field.name);
    let is_parent = |field: &str| spec.wire.parents().contains(&field) && !spec.wire.ways().contains(&field);
    let is_fixed = |field: &&&str| spec.wire.fixed().contains(*field) || is_parent(field);
    match fields.iter().filter(is_fixed).count() {
        0 => String::new(),
        n if n == fields.len() => " **Fixed.**".to_owned(),
        _ => " **Fixed** in part.".to_owned(),
    }
}

fn removal(spec: &Spec) -> String {
    if spec.wire.keys_in().is_some() {
        return "as `remove` says.".to_owned();
    }
    match spec.wire.remove(&Prior { id: "1".into(), ..Prior::default() }) {
        Removal::Delete(Call { method: "DELETE", .. }) => "deleted for good (`on_destroy: delete`).".to_owned(),
        Removal::Delete(_) => "marked as deleted, which people see as gone (`on_destroy: delete`).".to_owned(),
        Removal::Archive(_) => {
            "archived, as it cannot be deleted (`on_destroy: archive`): hidden, with the values that are there; declared \
             again, it comes back."
                .to_owned()
        }
        Removal::Forget(why) => format!("left as it is. {why}."),
        Removal::Keep(why) => format!("left as it is, and named at the end. {why}."),
    }
}

fn surface(spec: &Spec) -> Option<String> {
    let mut seen: Vec<String> =
        spec.surface.constants.iter().map(|(constant, field)| format!("`Name::{constant}` is its `{field}`")).collect();
    if let Some(field) = spec.surface.variants {
        seen.push(format!("`Name` is an enum, with a variant for each {} of `{field}`", spec.surface.word));
    }
    if let Some(field) = spec.surface.properties {
        seen.push(format!("`Name` is a struct of its `{field}`"));
    }
    (!seen.is_empty()).then(|| seen.join("; "))
}

fn render() -> Page {
    let mut page = Page { out: INTRODUCTION.to_owned(), ..Page::default() };
    let words: Vec<String> =
        OnDestroy::WORDS.words.iter().map(|(word, doc)| format!("`{word}`: {}", cell(doc))).collect();
    page.line(&format!(
        "| `on_destroy` | `keep`, or what the kind takes: `delete` or `archive` | What becomes of it when it is no longer \
         declared. Not written: what plg made is removed, and what was there before plg stays as it is. {} |",
        words.join(" ")
    ));
    page.out.push_str(AFTER_COMMON);
    for provider in tests::providers() {
        page.heading(2, provider.title);
        let kinds = || tests::kinds().filter(|spec| spec.provider() == provider);
        let list: Vec<String> = kinds().map(|s| format!("[`{0}`](#{0})", s.keyword)).collect();
        page.line(&list.join(" · "));
        for spec in kinds() {
            page.kind(spec);
        }
    }
    page
}

#[test]
fn the_reference_says_what_the_kinds_say() {
    let page = render();
    let twice: Vec<&String> =
        page.headings.iter().filter(|(_, count)| **count > 1).map(|(heading, _)| heading).collect();
    assert!(twice.is_empty(), "links would not know which of these is meant: {twice:?}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference.md");
    if std::env::var_os("PLG_WRITE").is_some() {
        std::fs::write(&path, &page.out).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page.out,
        "docs/reference.md is not what the kinds say; `PLG_WRITE=1 cargo test -p tests --test reference` writes it anew"
    );
}

#[test]
fn every_link_leads_somewhere() {
    let page = render();
    for link in page.out.split("](#").skip(1) {
        let anchor = link.split(')').next().unwrap_or_default();
        assert!(page.headings.contains_key(anchor), "#{anchor}");
    }
}

#[test]
fn everything_is_described() {
    for spec in tests::kinds() {
        assert!(!spec.doc.trim().is_empty(), "{}", spec.keyword);
        for field in spec.fields {
            assert!(!field.doc.trim().is_empty(), "{}.{}", spec.keyword, field.name);
        }
    }
}
