//! What the tests of generated files share.

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

/// Generated files in a folder.
pub(crate) fn write(language: Language, names: &AppNames, folder: &Path) {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    for file in generate(language, names) {
        std::fs::write(folder.join(file.name), file.text).expect("the folder can be written");
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
