//! The files of `plg/templates`, as this program has them.

/// A file of a new folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template {
    /// Where it goes.
    pub(crate) path: &'static str,
    /// What is in it, before it is filled.
    pub(crate) text: &'static str,
}

/// Files by where they go. One that has another name in `plg/templates` says which: cargo packages no folder with a
/// `Cargo.toml` of its own, and a `.gitignore` would be heeded there.
macro_rules! templates {
    ($folder:literal: $($path:literal $(= $name:literal)?),* $(,)?) => {
        &[$(Template { path: $path, text: templates!(@ $folder, $path $(, $name)?) }),*]
    };
    (@ $folder:literal, $path:literal) => { templates!(@ $folder, $path, $path) };
    (@ $folder:literal, $path:literal, $name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $folder, "/", $name))
    };
}

const STACK: &[Template] = templates! { "stack":
    "Cargo.toml" = "Cargo.toml.txt",
    "README.md",
    ".gitignore" = "gitignore.txt",
    ".env.example" = "env.example",
    ".github/workflows/plg.yml" = "plg.yml",
    "src/lib.rs",
    "src/main.rs",
    "src/crm.rs",
    "src/product.rs",
    "src/policies.rs",
    "examples/application.rs",
    "tests/nothing_is_lost.rs",
};

const PROVIDER: &[Template] = templates! { "provider":
    "Cargo.toml" = "Cargo.toml.txt",
    "README.md",
    ".gitignore" = "gitignore.txt",
    ".env.example" = "env.example",
    ".github/workflows/plg.yml" = "plg.yml",
    "plg-beacon/Cargo.toml" = "plg-beacon/Cargo.toml.txt",
    "plg-beacon/src/lib.rs",
    "plg-beacon/src/settings.rs",
    "plg-beacon/src/monitor.rs",
    "plg-beacon/src/api.rs",
    "plg-beacon-sandbox/Cargo.toml" = "plg-beacon-sandbox/Cargo.toml.txt",
    "plg-beacon-sandbox/src/lib.rs",
    "plg-beacon-macros/Cargo.toml" = "plg-beacon-macros/Cargo.toml.txt",
    "plg-beacon-macros/src/lib.rs",
    "beacon-stack/Cargo.toml" = "beacon-stack/Cargo.toml.txt",
    "beacon-stack/src/lib.rs",
    "beacon-stack/src/main.rs",
    "beacon-stack/tests/deploys.rs",
    "beacon-stack/tests/nothing_is_lost.rs",
};

/// The files of a stack of one provider, or of both.
pub(crate) fn stack(attio: bool, posthog: bool) -> Vec<Template> {
    let is_wanted = |path: &str| match path {
        "src/crm.rs" => attio,
        "src/product.rs" => posthog,
        _ => true,
    };
    STACK.iter().filter(|template| is_wanted(template.path)).copied().collect()
}

/// The files of a provider, and of a stack that uses it.
pub(crate) fn provider() -> Vec<Template> {
    PROVIDER.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::new::fill::{Filling, condition};
    use crate::new::source::Source;
    use std::path::Path;

    fn files(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }

    #[test]
    fn every_file_is_in_a_list() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        assert_eq!(files(&folder.join("stack")), STACK.len());
        assert_eq!(files(&folder.join("provider")), PROVIDER.len());
    }

    #[test]
    fn what_is_asked_is_answered_and_nothing_of_a_template_is_left() {
        for template in STACK.iter().chain(PROVIDER) {
            let asked: Vec<&str> = template.text.lines().filter_map(condition).collect();
            for (at, line) in asked.iter().enumerate() {
                assert_eq!(*line == "end", at % 2 == 1, "{}: {asked:?}", template.path);
            }
            assert!(asked.len().is_multiple_of(2), "{}: {asked:?}", template.path);
            let filling = Filling {
                words: vec![("my_stack", "shop".into()), ("my-stack", "shop".into()), ("beacon", "acme".into())],
                facts: ["attio", "posthog", "alone", "path"].map(|fact| (fact, true)).to_vec(),
                source: Source::Version("0.1".into()),
            };
            let text = filling.text(template.text);
            for left in ["my-stack", "my_stack", "beacon", "../plg", "//?", "#?"] {
                assert!(!text.contains(left), "{}: {left}", template.path);
            }
        }
    }
}
