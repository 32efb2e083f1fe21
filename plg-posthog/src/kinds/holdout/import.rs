//! Holdouts, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, read};

impl Import for Holdout {
    const ANSWERS: Answers = Answers { noise: &[crate::noise::POSTHOG], usual: &[], called: &[], placed: &[] };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let share = live.fields.get("filters").and_then(|filters| filters.pointer("/0/rollout_percentage"));
        Ok(Holdout {
            common,
            title: read::name(live.fields.get("name")),
            share: Percent(share.and_then(Json::as_f64).ok_or("it has no share")?),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}
