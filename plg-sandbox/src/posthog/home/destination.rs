//! Destinations, with what became of the last events that set them off.

use crate::home::html::{described, escaped, text};
use crate::home::part::HomePart;
use serde_json::Value;
use std::fmt::Write;

/// So many lines of a log are shown.
const LINES: usize = 5;

/// A destination with the last lines of its log.
pub(super) struct LoggedDestination {
    row: Value,
    log: Value,
}

impl LoggedDestination {
    /// Every destination of a project.
    pub(super) fn all(home: &HomePart<'_>, project: u64) -> Vec<Self> {
        let functions = format!("/api/projects/{project}/hog_functions");
        let all = home.get(&format!("{functions}/?type=destination&limit=500"));
        let rows = all["results"].as_array().into_iter().flatten();
        let one = |row: &Value| {
            let log = home.get(&format!("{functions}/{}/logs/?limit={LINES}", text(row, "id")));
            LoggedDestination { row: row.clone(), log: log["results"].clone() }
        };
        rows.map(one).collect()
    }

    pub(super) fn write(&self, out: &mut String) {
        let row = &self.row;
        let state = if row["enabled"] == true { "on" } else { "off" };
        let _ = writeln!(out, "<h3>{} <span class=\"state {state}\">{state}</span></h3>", escaped(text(row, "name")));
        described(out, row);
        let template = row.pointer("/template/id").and_then(Value::as_str).unwrap_or("code of its own");
        let _ = writeln!(out, "<p class=\"type\">{}</p>", escaped(template));
        out.push_str("<ul class=\"criteria\" aria-label=\"Log\">");
        for line in self.log.as_array().into_iter().flatten() {
            let failed = if text(line, "level") == "ERROR" { "failed: " } else { "" };
            let when = text(line, "timestamp").get(..19).unwrap_or_default().replacen('T', " ", 1);
            let says = escaped(text(line, "message"));
            let _ = write!(out, "<li><time>{}</time> {failed}{says}</li>", escaped(&when));
        }
        out.push_str("</ul>\n");
    }
}
