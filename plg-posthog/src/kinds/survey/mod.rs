//! PostHog surveys.

mod check;
mod form;
mod import;
mod question;
mod show;

pub(super) use check::check_variant;
pub use question::*;
pub use show::*;

use super::prelude::*;

plg_core::words! {
    /// Where a survey is asked.
    SurveyKind "kind of survey" {
        /// A window over the page.
        popover,
        /// Behind a button or tab on the page.
        widget,
        /// Wherever the application shows it: PostHog only keeps it.
        api,
        /// On a page of its own, behind a link.
        external_survey,
    }
}

plg_core::kind! {
    /// Questions for the people who use the product.
    survey Survey {
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. Unique in the project.
        title: Name,
        /// Where it is asked. Cannot be changed: another kind is another survey.
        kind: SurveyKind = SurveyKind::popover,
        /// What it asks, in order. Answers stay with a question as long as its text or its place stays.
        questions: &'static [Question],
        /// Whom it is shown to, and when. Where it is not written, it is left to the people who click.
        shown: Option<Occasion> = None,
        /// How often a person sees it: `once`, `always`, or `{ every: 30 days, times: 12 }`.
        repeats: Repeats = Repeats::once,
        /// How it looks. Where it is not written, it is left to the people who click.
        appearance: Option<Appearance> = None,
        /// When it starts. Without it, it is a draft until somebody launches it in PostHog.
        starts: Option<When> = None,
        /// When it stops. Where it is not written, somebody stops it in PostHog.
        ends: Option<When> = None,
        /// How many answers are enough; it stops after them.
        limit: Option<i64> = None,
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: check::check,
    unique: &[("title", None)],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &form::Surveys,
}

impl Describe for Survey {
    fn want(&self) -> Want {
        let mut want = Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("type", self.kind.as_str())
            .set("questions", self.questions.iter().map(Question::wire).collect::<Vec<_>>());
        let (schedule, count, days) = match self.repeats {
            Repeats::once => ("once", Json::Null, Json::Null),
            Repeats::always => ("always", Json::Null, Json::Null),
            Repeats::again(again) => ("recurring", again.times.into(), again.every.count().into()),
        };
        want = want.set("schedule", schedule).set("iteration_count", count).set("iteration_frequency_days", days);
        if let Some(shown) = &self.shown {
            want = want.set("conditions", shown.conditions());
            if self.kind.as_str() != SurveyKind::external_survey.as_str() {
                want = want.set("linked_flag_id", shown.flag.map(|flag| reference(flag)));
            }
        }
        let delay = self.shown.and_then(|shown| shown.delay_seconds);
        if self.appearance.is_some() || delay.is_some() {
            want = want.set("appearance", look(self.appearance.as_ref(), delay));
        }
        want.set_some("start_date", self.starts.map(|day| form::instant(day.0)))
            .set_some("end_date", self.ends.map(|day| form::instant(day.0)))
            .set_some("responses_limit", self.limit)
    }
}

#[cfg(test)]
mod tests;
