//! What applications send, against what was declared here.

use crate::home::html::{escaped, text};
use crate::home::part::HomePart;
use crate::posthog::application::page::SENT;
use plg_flags::sent::SentClass;
use serde_json::Value;
use std::fmt::Write;

pub(super) fn write(home: &mut HomePart<'_>) {
    let answer = home.get(SENT);
    let all = answer["differences"].as_array().map_or(&[][..], Vec::as_slice);
    home.section("sent", "Sent and declared", "Sent and declared", all.len());
    let out = home.html();
    out.push_str(
        "<p>Events, properties and flags that arrived, compared with those that a deploy wrote here. A deploy writes a \
         property once it has arrived. The properties of an event are those of its property groups.</p>\n",
    );
    for class in SentClass::ALL {
        let of = || all.iter().filter(|one| text(one, "class") == class.word());
        if of().next().is_none() {
            continue;
        }
        let _ =
            writeln!(out, "<h3>{}</h3>\n<p class=\"note\">{}</p>\n<ul class=\"sent\">", class.title(), class.means());
        for one in of() {
            item(out, one);
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</section>\n");
}

fn item(out: &mut String, one: &Value) {
    let name = match text(one, "event") {
        "" => text(one, "name").to_owned(),
        event => format!("{event}.{}", text(one, "name")),
    };
    let subject = text(one, "subject").replace('_', " ");
    let _ = writeln!(
        out,
        "<li><code>{}</code> <span class=\"type\">{}</span> {}</li>",
        escaped(&name),
        escaped(&subject),
        escaped(text(one, "says"))
    );
}
