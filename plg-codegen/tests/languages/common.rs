//! What the tests of generated files share.

use plg::Stack;
use plg_codegen::{AppNames, Ids, Language, generate};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Ids as a deploy would remember them.
pub(crate) fn ids() -> Ids {
    let stage = |survey: &str, dashboard: u64| {
        let id = |address: &str, id: serde_json::Value| (address.to_owned(), id);
        [
            id("survey.ChurnExit", survey.into()),
            id("survey.FeatureCsat", format!("{survey}-2").into()),
            id("dashboard.ExecutiveOverview", dashboard.into()),
        ]
        .into_iter()
        .collect()
    };
    [("dev".to_owned(), stage("0190a1b2-dev", 7)), ("prod".to_owned(), stage("0190a1b2-prod", 4711))]
        .into_iter()
        .collect()
}

/// The names of our stack.
pub(crate) fn names() -> AppNames {
    AppNames::of(&plg_stack::STACK, &ids())
}

/// A stack whose words are awkward in every language.
pub(crate) fn awkward() -> AppNames {
    let ids = [("local".to_owned(), Default::default())].into_iter().collect();
    AppNames::of(&stack::STACK, &ids)
}

/// The names of a stack with two PostHog projects and two Attio workspaces: what the default ones have is what our own
/// stack has.
pub(crate) fn several() -> AppNames {
    let further = |items: &'static Stack, accounts| -> &'static Stack {
        let (items, providers) = (items.items, items.providers);
        Box::leak(Box::new(Stack { items, providers, accounts, ..Stack::NOTHING }))
    };
    let parts: Vec<&'static Stack> = vec![
        &plg_stack::STACK,
        further(&marketing::STACK, &[("posthog", "marketing")]),
        further(&events::STACK, &[("attio", "events"), ("posthog", "class")]),
    ];
    let whole = Stack { name: "several", parts: parts.leak(), providers: plg_stack::STACK.providers, ..Stack::NOTHING };
    let mut ids = ids();
    ids.entry("prod".to_owned()).or_default().insert("dashboard.Campaigns".to_owned(), 9.into());
    AppNames::of(Box::leak(Box::new(whole)), &ids)
}

/// What is in the further project.
mod marketing {
    plg::stack! {
        name: "marketing",
        stages: { local: sandbox },

        property_group Origin {
            properties: {
                /// Where people came from.
                campaign: optional(text),
                medium: one_of(["mail", "search"]),
            },
            descriptions: { medium: "How they came" },
        }

        /// Somebody asked for a call.
        event CallAsked { name: "call_asked", schema: [Origin], properties: { source: optional(one_of(["web", Campaign, Campaigns])), budget: number, channels: optional(list(one_of(["web", Campaign]))), weights: optional(list(number)) } }

        /// The page of the campaign, which is described at such a length that no line of a hundred columns would ever hold it.
        feature_flag Campaign { key: "campaign", variants: { control: 50%, test: 50% } }

        dashboard Campaigns {}
    }
}

/// What is in accounts whose names have a meaning in each language.
mod events {
    plg::stack! {
        name: "events",
        stages: { local: sandbox },

        attribute Attended { on: people, slug: "attended", holds: select { Once { title: "Once, or perhaps one more time, as far as anybody knows for sure" }, Often } }

        feature_flag Calendar { key: "calendar" }
    }
}

/// Generated files in a folder.
pub(crate) fn write(language: Language, names: &AppNames, folder: &Path) {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    for file in generate(language, names) {
        let path = folder.join(file.name);
        std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be made");
        std::fs::write(path, file.text).expect("the folder can be written");
    }
}

/// A folder that is named by the environment; says so where it is not.
pub(crate) fn tools(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    if path.is_none() {
        eprintln!("SKIPPED: {variable} is not set; .ci/run installs what this test needs and sets it");
    }
    path
}

/// Runs a tool; its output where it refuses.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|e| format!("{command:?} does not start: {e}"))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(said) } else { Err(said) }
}

/// A stack without the lines of one declaration that is in the other: what the application still
/// sends was removed.
pub(crate) fn without_event(names: &AppNames, name: &str) -> AppNames {
    let mut names = names.clone();
    let before = names.events.len();
    names.events.retain(|event| event.name != name);
    assert_eq!(names.events.len() + 1, before, "there is an event {name}");
    names
}

/// Words that are keywords, long, quoted, numbered and in other scripts.
pub(crate) mod stack {
    plg::stack! {
        name: "awkward",
        stages: { local: sandbox },

        /// A "quoted" description with a \ and an end of comment */ in it, which goes on for so long that no language
        /// has it on one line.
        event Class {
            name: "Class, a \"long\" name of an event that does not fit on a line of eighty characters 🎉",
            properties: {
                from: text,
                "type": boolean,
                NAME: optional(datetime),
                "a property with spaces": number,
                "3d": optional(number),
                "properties": text,
                /// One of a few.
                chosen: one_of([Flag, Flag.control, Import.A, "3d", "ALL", LongKey]),
                seen: list(text),
                picked: optional(list(one_of(["a", "b"]))),
                List: object,
                extra: optional(object),
            },
        }

        event Event { name: "event" }

        /// Nothing but an end: "
        feature_flag Flag { key: "a", variants: { "control": 40%, "2nd": 30%, "None": 30% } }

        feature_flag LongKey { key: "a-key-that-somebody-thought-should-say-everything-there-is-to-say-about-a-flag-in-one-line" }

        object Things { slug: "class", singular: "Thing", plural: "Things" }

        object People { slug: "crowds", singular: "Crowd", plural: "Crowds" }
        attribute Mood { on: people, slug: "mood", holds: text }

        attribute Import { on: Things, slug: "import", holds: select { A { title: "An \"A\"" }, B, C, D, E, F, G, H, I, J, K }, multiple: true }
        attribute Owner { on: Things, slug: "owner", holds: actor }
        attribute Company { on: Things, slug: "company", holds: record [companies], multiple: true }

        attribute Long {
            on: deals,
            slug: "long",
            holds: status {
                SomethingThatTakesAWhile { title: "Something that takes a while to read, and to do, and is over seventy characters" },
                Done { celebrate: true },
            },
        }

        list Pipeline { slug: "pipeline", of: companies }
        attribute Priority { on: Pipeline, slug: "priority", holds: rating }
    }
}
