//! Templates are files as they would stand in a project called `my-stack`, or `beacon`. What depends on what was asked for
//! stands between two lines:
//!
//! ```text
//! //? attio !posthog
//! parts: [crm],
//! //? end
//! ```
//!
//! with `#?` in place of `//?` where that is a comment, and `<!--? … -->` in Markdown.

use super::source::Source;

/// The values that templates are filled with.
#[derive(Debug)]
pub(crate) struct Filling {
    /// Words of the template, and what stands in their place.
    pub(crate) words: Vec<(&'static str, String)>,
    /// What is so, and what is not.
    pub(crate) facts: Vec<(&'static str, bool)>,
    /// Where plg comes from.
    pub(crate) source: Source,
}

/// What a template says in place of a source.
const PATH: &str = "path = \"../plg/";

impl Filling {
    /// The path of a file.
    pub(crate) fn path(&self, template: &str) -> String {
        self.replaced(template)
    }

    /// The text of a file.
    pub(crate) fn text(&self, template: &str) -> String {
        let mut text = String::new();
        let mut kept = true;
        for line in template.lines() {
            match condition(line) {
                Some("end") => kept = true,
                Some(condition) => kept = condition.split_whitespace().all(|fact| self.is(fact)),
                None if kept => {
                    text.push_str(&self.replaced(line));
                    text.push('\n');
                }
                None => {}
            }
        }
        text
    }

    fn is(&self, fact: &str) -> bool {
        let (name, wanted) = fact.strip_prefix('!').map_or((fact, true), |name| (name, false));
        self.facts.iter().any(|(known, holds)| *known == name && *holds == wanted)
    }

    /// In one pass: what was put in is not looked at again.
    fn replaced(&self, text: &str) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some(letter) = rest.chars().next() {
            if let Some((name, after)) = rest.strip_prefix(PATH).and_then(|rest| rest.split_once('"')) {
                out.push_str(&self.source.entry(name));
                rest = after;
            } else if let Some((word, value)) = self.words.iter().find(|(word, _)| rest.starts_with(word)) {
                out.push_str(value);
                rest = &rest[word.len()..];
            } else {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
        out
    }
}

/// What a line of a template asks, where it is one that does.
pub(crate) fn condition(line: &str) -> Option<&str> {
    let line = line.trim();
    let markdown = line.strip_prefix("<!--?").and_then(|rest| rest.strip_suffix("-->"));
    line.strip_prefix("//?").or_else(|| line.strip_prefix("#?")).or(markdown).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_words() {
        let filling = Filling {
            words: vec![("my_stack", "a_my_stack".into()), ("my-stack", "a-my-stack".into())],
            facts: vec![("attio", true), ("posthog", false)],
            source: Source::Version("0.1".into()),
        };
        let template = "use my_stack;\n#? attio !posthog\none # my-stack\n  //? end\n//? posthog\ntwo\n//? end\n<!--? other -->\nthree\n<!--? end -->\nplg = { path = \"../plg/plg-core\" }\n";
        let wanted = "use a_my_stack;\none # a-my-stack\nplg = { version = \"0.1\" }\n";
        assert_eq!(filling.text(template), wanted);
    }
}
