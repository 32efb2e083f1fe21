//! One account's part of the page, as its API writes it.

use super::html::{escaped, section};
use crate::settings::Settings;
use serde_json::Value;
use std::fmt::Write;

/// What an account holds, as it is shown on the sandbox's page.
pub struct HomePart<'a> {
    look: &'a dyn Fn(&str) -> Value,
    settings: &'a Settings,
    /// What the account's own paths begin with: nothing, or `/accounts/<name>`.
    address: String,
    /// What the ids of its sections begin with, so that no two on the page are the same.
    prefix: String,
    html: String,
    /// The id and the name of each section.
    sections: Vec<(String, String)>,
}

impl std::fmt::Debug for HomePart<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HomePart").field("sections", &self.sections).finish_non_exhaustive()
    }
}

impl<'a> HomePart<'a> {
    /// A part that asks its account by `look`; its paths and its ids begin as the pair says.
    pub(super) fn new(
        look: &'a dyn Fn(&str) -> Value,
        settings: &'a Settings,
        (address, prefix): (String, String),
    ) -> Self {
        HomePart { look, settings, address, prefix, html: String::new(), sections: Vec::new() }
    }

    /// What the account answers to a `GET` of this path from a client with every permission; null where that is
    /// nothing.
    pub fn get(&self, path: &str) -> Value {
        (self.look)(path)
    }

    /// What the sandbox was told about the account.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// A section of rows: what each is called, and what there is to say of it. Both are shown as they are written.
    pub fn list<N: AsRef<str>, S: AsRef<str>>(&mut self, title: &str, rows: impl IntoIterator<Item = (N, S)>) {
        let mut cards = String::new();
        let mut count = 0;
        for (name, says) in rows {
            count += 1;
            let _ = write!(cards, "<article class=\"card\"><h3>{}</h3>", escaped(name.as_ref()));
            if !says.as_ref().is_empty() {
                let _ = write!(cards, "<p>{}</p>", escaped(says.as_ref()));
            }
            cards.push_str("</article>\n");
        }
        let id: String =
            title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        let title = escaped(title);
        self.section(&id, &title, &title, count);
        let _ = write!(self.html, "<div class=\"cards\">\n{cards}</div>\n</section>\n");
    }

    /// The start of a section, with what it is called at the top of the page.
    pub(crate) fn section(&mut self, id: &str, short: &str, title: &str, count: usize) {
        let id = format!("{}{id}", self.prefix);
        section(&mut self.html, &id, title, count);
        self.sections.push((id, short.to_owned()));
    }

    /// The start of a section that stays as it is while the page follows the sandbox, as somebody types into it. Gives
    /// its id.
    pub(crate) fn kept(&mut self, id: &str, title: &str) -> String {
        let id = format!("{}{id}", self.prefix);
        let _ = writeln!(self.html, "<section aria-labelledby=\"{id}\" data-kept>\n<h2 id=\"{id}\">{title}</h2>");
        self.sections.push((id.clone(), title.to_owned()));
        id
    }

    /// Where the account has a control.
    pub(crate) fn control(&self, name: &str) -> String {
        format!("{}/_sandbox/{name}", self.address)
    }

    /// Where the rows of a section are written.
    pub(crate) fn html(&mut self) -> &mut String {
        &mut self.html
    }

    /// Links to its sections, and what it wrote.
    pub(super) fn done(self) -> (String, String) {
        let links = self.sections.iter().map(|(id, name)| format!("<a href=\"#{id}\">{name}</a>"));
        (links.collect::<Vec<_>>().join(" "), self.html)
    }
}
