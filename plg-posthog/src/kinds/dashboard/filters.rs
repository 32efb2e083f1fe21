//! What a dashboard, or one of its tiles, imposes on insights.

use crate::kinds::filter::{self, Filter};
use crate::kinds::prelude::*;
use plg_core::hollow::is_hollow;
use plg_core::source::{Known, read};

plg_core::record! {
    /// What a dashboard imposes on its insights, or a tile on its insight: at least one of these.
    DashboardFilters {
        /// How far back they look, such as `30 days`.
        last: Option<Span> = None,
        /// What must be so for something to count, all of it: `[member(PowerUsers)]`.
        with: &'static [Filter] = &[],
    }
}

impl DashboardFilters {
    /// As PostHog keeps it: only what is written.
    pub(super) fn term(&self) -> Term {
        let mut filters = Terms::new();
        if let Some(last) = self.last {
            filters.insert("date_from", Ago(last).relative());
        }
        if !self.with.is_empty() {
            filters.insert("properties", Filter::list(self.with));
        }
        filters.into()
    }

    /// Reads what is kept.
    ///
    /// # Errors
    /// What of it there is no word for: then all of it stays as it is.
    pub(super) fn read(filters: &Json, known: &mut Known) -> Result<Self, String> {
        let unknown = || format!("{filters} has no word in part");
        let Json::Object(map) = filters else { return Err(unknown()) };
        let mut read = DashboardFilters::BLANK;
        for (key, value) in map.iter().filter(|(_, value)| !is_hollow(value)) {
            match key.as_str() {
                "date_from" => read.last = Some(value.as_str().and_then(read::ago).ok_or_else(unknown)?.0),
                "properties" => read.with = Filter::read_all(Some(value), known)?,
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
        assert!(DashboardFilters::read(&json!({ "date_from": "-30d", "explicitDate": true }), &mut known).is_err());
    }
}
