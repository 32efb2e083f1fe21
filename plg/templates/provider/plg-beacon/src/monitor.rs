//! Beacon's monitors.

use plg_core::prelude::*;
use plg_core::source::{Answers, Import, Known, Noise, read};
use plg_core::wire::Ending;

plg_core::kind! {
    /// Looks at an address again and again, and tells when it does not answer.
    monitor Monitor {
        /// What people read in Beacon; from the item's name unless given.
        title: Name,
        /// The address that is looked at.
        address: WebUrl,
        /// How many minutes lie between two looks, 1 to 60.
        every: i64 = 5,
        /// Whether it starts without looking. People pause it and let it go on afterwards.
        paused: bool = false,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: check,
    unique: &[("title", None)],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Monitors,
}

fn check(monitor: &Block, _: &Declarations, report: &mut Report) {
    if let Some(every) = monitor.get("every")
        && !matches!(every.given, Given::Int(1..=60))
    {
        let message = "a monitor looks every 1 to 60 minutes\nhelp: write `every: 60`";
        report.error(codes::OUT_OF_RANGE, every.at, message);
    }
}

impl Describe for Monitor {
    fn want(&self) -> Want {
        Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("url", self.address.0)
            .set("interval", self.every)
            .set_create_only("paused", self.paused)
    }
}

#[derive(Debug)]
struct Monitors;

impl Wire for Monitors {
    fn collection(&self, _: &Map) -> RestCollection {
        RestCollection {
            path: "/v1/monitors".to_owned(),
            query: "",
            paging: Paging::DataOffset { limit: 50 },
            envelope: None,
            ending: Ending::Delete,
        }
    }

    fn read(&self, json: Json) -> Option<Live> {
        let Json::Object(fields) = json else { return None };
        let id = fields.get("id")?.clone();
        Some(Live {
            id: id_text(&id)?,
            outputs: Map::from_iter([("id".to_owned(), id)]),
            created: fields.get("created").and_then(Json::as_str).map(str::to_owned),
            fields,
            ..Live::default()
        })
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "address" => &["url"],
            "every" => &["interval"],
            _ => itself(word),
        }
    }
}

impl Import for Monitor {
    const ANSWERS: Answers = Answers {
        noise: &[&[Noise { because: "Beacon gives it out", keys: &["id", "created"] }]],
        usual: &[("paused", "false")],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        Ok(Monitor {
            common,
            title: read::name(fields.get("name")),
            address: WebUrl(read::leak(text(fields, "url"))),
            every: fields.get("interval").and_then(Json::as_i64).ok_or("it has no interval")?,
            paused: read::on(fields.get("paused")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::fixture::{at, block, differing, mistakes, node, resolved};

    static SHOP: Monitor =
        Monitor { common: Common::named("Shop"), title: Name("Shop"), address: WebUrl("https://shop.example"), ..Monitor::BLANK };

    #[test]
    fn what_was_made_is_found_as_it_was_declared() {
        let want = resolved(&SHOP, &Json::Null);
        let sent = Monitors.create(&want).body.expect("a body");
        assert_eq!(sent["interval"], 5);
        let live = json!({
            "id": 7, "name": "Shop", "description": "", "url": "https://shop.example", "interval": 5, "paused": false,
            "created": "2026-11-30T10:00:00Z",
        });
        assert_eq!(differing(&SHOP, &want, &live), [""; 0]);
    }

    #[test]
    fn it_looks_every_hour_at_least() {
        let monitor = block("monitor", "Shop", vec![("every", node(4, Given::Int(61)))]);
        let found = mistakes(&crate::PROVIDER, "monitor", &monitor, &[]);
        assert_eq!(found, at(4, "a monitor looks every 1 to 60 minutes"));
    }
}
