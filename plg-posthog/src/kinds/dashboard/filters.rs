//! What a dashboard, or one of its tiles, imposes on insights.

use crate::kinds::filter::{self, Filter};
use crate::kinds::insight::{Breakdown, Since, Source, Split};
use crate::kinds::prelude::*;
use plg_core::hollow::is_hollow;
use plg_core::source::Known;

plg_core::record! {
    /// What a dashboard imposes on its insights, or a tile on its insight: at least one of these.
    DashboardFilters {
        /// How far back they look, such as `30 days`.
        last: Option<Span> = None,
        /// Where the time begins that they look at, instead of `last`: `from: "2026-01-01"`, `from: this(month)`.
        from: Option<Since> = None,
        /// Where the time ends that they look at; now, where nothing is written.
        to: Option<Since> = None,
        /// Whether it begins and ends to the second, instead of with a whole day.
        exact: bool = false,
        /// What must be so for something to count, all of it: `[member(PowerUsers)]`.
        with: &'static [Filter] = &[],
        /// What their lines are split by.
        breakdown: Option<Breakdown> = None,
    }
}

/// The key of a breakdown in filters, and the one that it has in queries.
const BREAKDOWN: &str = "breakdown_filter";
const IN_QUERIES: &str = "breakdownFilter";

impl DashboardFilters {
    /// As PostHog keeps it: only what is written.
    pub(super) fn term(&self) -> Term {
        let mut filters = Terms::new();
        let from = self.last.map(|last| Ago(last).relative()).or_else(|| self.from.map(Since::spelt));
        filters.extend(from.map(|from| ("date_from", from)));
        filters.extend(self.to.map(|to| ("date_to", to.spelt())));
        filters.extend(self.exact.then_some(("explicitDate", true)));
        if !self.with.is_empty() {
            filters.insert("properties", Filter::list(self.with));
        }
        let mut split = Source(Terms::new()).split(Split { breakdown: self.breakdown, ..Split::default() }).0;
        filters.extend(split.remove(IN_QUERIES).map(|split| (BREAKDOWN, split)));
        filters.into()
    }

    /// Declarations that it names by their keys, and that have to be there.
    pub(super) fn named(&self) -> impl Iterator<Item = &'static dyn Declared> {
        self.with.iter().filter_map(Filter::named)
    }

    /// Reads what is kept.
    ///
    /// # Errors
    /// What of it there is no word for: then all of it stays as it is.
    pub(super) fn read(filters: &Json, known: &mut Known) -> Result<Self, String> {
        let unknown = || format!("{filters} is in part unknown to the language");
        let Json::Object(map) = filters else { return Err(unknown()) };
        let mut read = DashboardFilters::BLANK;
        for (key, value) in map.iter().filter(|(_, value)| !is_hollow(value)) {
            match key.as_str() {
                "date_from" => match value.as_str().and_then(Since::read).ok_or_else(unknown)? {
                    Since::ago(span) => read.last = Some(span),
                    from => read.from = Some(from),
                },
                "date_to" => read.to = Some(value.as_str().and_then(Since::read).ok_or_else(unknown)?),
                "explicitDate" => read.exact = true,
                "properties" => read.with = Filter::read_all(Some(value), known)?,
                BREAKDOWN => {
                    let split = Split::read(&json!({ IN_QUERIES: value }), known).ok_or_else(unknown)?;
                    if !split.breakdowns.is_empty() || split.options.is_some() {
                        return Err(unknown());
                    }
                    read.breakdown = split.breakdown;
                }
                _ => return Err(unknown()),
            }
        }
        Ok(read)
    }
}

/// Whether both impose the same: keys that hold nothing are as good as none, and filters are as the web app may keep them.
pub(super) fn same_filters(want: &Json, live: &Json) -> bool {
    let plain = |filters: &Json| -> Json {
        let Json::Object(map) = filters else { return if is_hollow(filters) { json!({}) } else { filters.clone() } };
        let said = map.iter().filter(|(_, value)| !is_hollow(value));
        said.map(|(key, value)| {
            (key.clone(), if key == "properties" { filter::comparable(value) } else { value.clone() })
        })
        .collect::<Map>()
        .into()
    };
    same(&plain(want), &plain(live))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_nothing_is_not_there() {
        let want = json!({ "date_from": "-7d" });
        assert!(same_filters(&want, &json!({ "date_from": "-7d", "date_to": null, "properties": [] })));
        assert!(!same_filters(&want, &json!({ "date_from": "-7d", "properties": [{ "type": "cohort", "value": 4 }] })));
        let group = json!({ "type": "AND", "values": [{ "type": "AND", "values": [{ "key": "id", "type": "cohort", "value": 4 }] }] });
        let list = json!([{ "key": "id", "type": "cohort", "operator": "in", "value": 4 }]);
        assert!(same_filters(&json!({ "properties": list }), &json!({ "properties": group })));
        assert!(same_filters(&json!({}), &Json::Null));
    }

    #[test]
    fn what_has_no_word_is_said() {
        let mut known = Known::default();
        let read = DashboardFilters::read(&json!({ "date_from": "-30d", "explicitDate": false }), &mut known);
        assert_eq!(read.expect("it has words").term(), term!({ "date_from": "-30d" }));
        for (kept, has_words) in [
            (json!({ "date_from": "2026-01-01", "date_to": "mEnd", "explicitDate": true }), false),
            (json!({ "date_from": "2026-01-01", "date_to": "2026-02-01", "explicitDate": true }), true),
            (json!({ "breakdown_filter": { "breakdown": "plan", "breakdown_type": "person" } }), true),
            (json!({ "breakdown_filter": { "breakdown": "plan", "breakdown_limit": 3 } }), false),
            (json!({ "date_from": "-30d", "more": 1 }), false),
        ] {
            let read = DashboardFilters::read(&kept, &mut known);
            assert_eq!(read.is_ok(), has_words, "{kept}");
            if let Ok(read) = read {
                assert_eq!(read.term(), Term::from(kept));
            }
        }
    }
}
