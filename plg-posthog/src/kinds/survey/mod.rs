//! PostHog surveys.

mod asked;
mod asking;
mod branch;
mod check;
mod form;
mod import;
mod language;
mod look;
mod question;
mod show;
mod wording;

pub(super) use asked::check_cohorts as check_survey_cohorts;
pub use asked::{Respondent, RespondentSet};
pub use branch::{Branches, QuestionName, Then, Way};
pub(super) use check::check_variant;
pub use language::{Language, QuestionLanguages, SurveyLanguages, TranslatedQuestion, TranslatedSurvey};
pub use look::*;
pub use question::*;
pub use show::*;
pub use wording::{LinkTarget, Wording};

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

plg_core::words! {
    /// How long the unit of a survey's sampling is.
    SamplingUnit "unit of time" {
        /// Days.
        days = "day",
        /// Weeks.
        weeks = "week",
        /// Months.
        months = "month",
    }
}

plg_core::record! {
    /// How many answers are wanted, spread over some time.
    Sampling {
        /// How many answers are wanted in all of it.
        limit: i64,
        /// How long it takes, in units of `unit`.
        interval: i64,
        /// The unit of that time.
        unit: SamplingUnit = SamplingUnit::weeks,
        /// When it begins: today or later, as PostHog takes no day that is over, also where something else here changes.
        from: When,
    }
}

plg_core::kind! {
    /// Questions for the people who use the product.
    ///
    /// Left out: what the editor of PostHog keeps for itself, and conditions that only its libraries know.
    survey Survey {
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. Unique in the project.
        title: Name,
        /// Where it is asked. Cannot be changed: another kind is another survey.
        kind: SurveyKind = SurveyKind::popover,
        /// What it asks, in order. Answers stay with a question as long as its text or its place stays.
        questions: &'static [Question],
        /// Whom it is shown to, and when. Where it is not written, people manage it in PostHog, as they do each condition
        /// that is not in it.
        shown: Option<Occasion> = None,
        /// How often a person sees it: `once`, `always`, or `{ every: 30 days, times: 12 }`.
        repeats: Repeats = Repeats::once,
        /// How it looks. Where it is not written, people manage it in PostHog.
        appearance: Option<Appearance> = None,
        /// When it starts. Without it, it is a draft until somebody launches it in PostHog.
        starts: Option<When> = None,
        /// When it stops. Where it is not written, somebody stops it in PostHog.
        ends: Option<When> = None,
        /// How many answers are enough; it stops after them.
        limit: Option<i64> = None,
        /// How many answers are wanted over some time. Where it is not written, people manage it in PostHog.
        sampling: Option<Sampling> = None,
        /// The language it is written in. Where it is not written, people manage it in PostHog; PostHog begins with
        /// `en`.
        language: Option<Language> = None,
        /// Its own texts in other languages: `{ de: { thank_you: "Danke!" } }`.
        translations: Option<SurveyLanguages> = None,
        /// Whether answers count of people who stop before the last question. Where it is not written, it is left to the
        /// people who click.
        partial_answers: Option<bool> = None,
        /// Whether other pages can show an external survey in a frame. Where it is not written, it is left to the people who
        /// click.
        embeddable: Option<bool> = None,
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
            .set("questions", Question::wire(self.questions));
        let (schedule, count, days) = match self.repeats {
            Repeats::once => ("once", Json::Null, Json::Null),
            Repeats::always => ("always", Json::Null, Json::Null),
            Repeats::again(again) => ("recurring", again.times.into(), again.days().into()),
        };
        want = want.set("schedule", schedule).set("iteration_count", count).set("iteration_frequency_days", days);
        if let Some(shown) = &self.shown {
            want = want.set("conditions", shown.conditions());
            if self.kind.as_str() != SurveyKind::external_survey.as_str() {
                want = want
                    .set("linked_flag_id", shown.flag.map(|flag| reference(flag)))
                    .set(form::TARGETING, shown.targeting());
            }
        }
        let delay = self.shown.and_then(|shown| shown.delay_seconds);
        if self.appearance.is_some() || delay.is_some() {
            want = want.set("appearance", look(self.appearance.as_ref(), delay));
        }
        want.set_some("start_date", self.starts.map(|day| form::instant(day.0)))
            .set_some("end_date", self.ends.map(|day| form::instant(day.0)))
            .set_some("responses_limit", self.limit)
            .set_some("response_sampling_limit", self.sampling.map(|sampling| sampling.limit))
            .set_some("response_sampling_interval", self.sampling.map(|sampling| sampling.interval))
            .set_some("response_sampling_interval_type", self.sampling.map(|sampling| sampling.unit.as_str()))
            .set_some("response_sampling_start_date", self.sampling.map(|sampling| form::instant(sampling.from.0)))
            .set_some("base_language", self.language.map(|language| language.0))
            .set_some("translations", self.translations.map(|translations| translations.wire()))
            .set_some("enable_partial_responses", self.partial_answers)
            .set_some("enable_iframe_embedding", self.embeddable)
    }
}

#[cfg(test)]
mod tests;
