//! Dashboards, from what is live.

use super::*;
use crate::source::{self, Answers, Import, Known, read};

impl Import for Dashboard {
    const ANSWERS: Answers = Answers { noise: &[source::POSTHOG], usual: &[], called: &[], placed: &[] };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let filters = fields.get("filters").unwrap_or(&Json::Null);
        let last = filters.get("date_from").and_then(Json::as_str).and_then(read::ago);
        if !crate::kinds::hollow::is_hollow(filters) {
            let rest: Vec<&str> = filters.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            if rest != ["date_from"] || last.is_none() {
                known.lose("filters", format!("its filters {filters} have no word in part, and stay as they are"));
            }
        }
        Ok(Dashboard {
            common,
            title: read::name(fields.get("name")),
            pinned: read::on(fields.get("pinned")),
            tags: read::tags(fields.get("tags")),
            filters: last.map(|last| DashboardFilters { last: last.0 }),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep_dashboard(self, live);
    }
}
