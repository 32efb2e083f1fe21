//! Whom a survey is shown to, and how often.

use super::asked::{Respondent, RespondentSet};
use crate::kinds::FeatureFlag;
use crate::kinds::prelude::*;

plg_core::words! {
    /// How an address is compared.
    UrlMatch "way to compare an address" {
        /// The text is somewhere in it.
        contains = "icontains",
        /// The text is nowhere in it.
        contains_not = "not_icontains",
        /// It is the text.
        exact,
        /// It is not the text.
        is_not,
        /// It matches the regular expression.
        regex,
        /// It does not match the regular expression.
        not_regex,
    }
}

plg_core::words! {
    /// What a survey is shown on.
    Device "device" {
        /// A computer.
        desktop = "Desktop",
        /// A phone.
        mobile = "Mobile",
        /// A tablet.
        tablet = "Tablet",
    }
}

plg_core::record! {
    /// Whom a survey is shown to, and when. Everything that is said must hold, and what people add in PostHog, too. What is
    /// taken out here, is taken out there.
    Occasion {
        /// Events or actions of which one has just happened.
        after: &'static [&'static dyn Trackable] = &[],
        /// Whether it is shown again each time one of these happens.
        repeat: bool = false,
        /// The address of the page.
        url: Option<Str> = None,
        /// How the address is compared.
        url_match: UrlMatch = UrlMatch::contains,
        /// A CSS selector for what must be on the page.
        selector: Option<Str> = None,
        /// How long a person is left alone after any other survey.
        wait: Option<Days> = None,
        /// The flag that must be on for a person.
        flag: Option<Link<FeatureFlag>> = None,
        /// The variant of the flag a person must have, or `"any"` of them.
        variant: Option<VariantKey> = None,
        /// What these people have in common, all of it: `to: [member(PowerUsers), person("plan", is: ["pro"])]`. PostHog keeps
        /// it in a flag of the survey's own, so that the key may write flags, too: `feature_flag:write`.
        to: &'static [Respondent] = &[],
        /// The share of these people who are asked.
        share: Percent = Percent(100.0),
        /// Some people or others, in place of `to`: `to_any: [{ to: [member(Beta)] }, { to: [member(Pros)], share: 50% }]`.
        to_any: &'static [RespondentSet] = &[],
        /// The devices it is shown on; all of them, if nothing is written.
        devices: &'static [Device] = &[],
        /// How what it is shown on is compared: whether it is one of them, or none.
        devices_match: UrlMatch = UrlMatch::contains,
        /// How many seconds pass before it is shown.
        delay_seconds: Option<i64> = None,
    }
}

plg_core::record! {
    /// A survey that is asked again and again.
    Again {
        /// How many days or weeks lie between; PostHog knows no months here, and no day of a month.
        every: Span,
        /// How many times it is asked; 500 at most.
        times: i64,
    }
}

plg_core::choice! {
    /// How often a person sees a survey.
    Repeats "number of times" {
        /// Once.
        once,
        /// Each time its conditions hold.
        always,
        ; /// Again after some days.
        else again(Again)
    }
}

impl Again {
    /// How many days lie between.
    pub(super) fn days(&self) -> u32 {
        Days(self.every).count()
    }
}

impl Occasion {
    /// Whom it is shown to, as the conditions of a flag.
    pub(super) fn targeting(&self) -> Term {
        let one = RespondentSet { to: self.to, share: self.share };
        let sets = match (self.to, self.to_any) {
            ([], []) => return Terms::new().into(),
            ([], sets) => sets,
            _ => std::slice::from_ref(&one),
        };
        term!({ "groups": sets.iter().map(RespondentSet::json).collect::<Vec<_>>() })
    }

    /// As the API has it, with references to actions.
    pub(super) fn conditions(&self) -> Term {
        let mut out = Terms::new();
        let mut set = |key: &str, value: Term| out.insert(key, value);
        if let Some(url) = self.url {
            set("url", url.0.into());
            set("urlMatchType", self.url_match.as_str().into());
        }
        if !self.devices.is_empty() {
            let devices: Vec<&str> = self.devices.iter().map(|device| device.as_str()).collect();
            set("deviceTypes", devices.into());
            set("deviceTypesMatchType", self.devices_match.as_str().into());
        }
        if let Some(selector) = self.selector {
            set("selector", selector.0.into());
        }
        if let Some(wait) = self.wait {
            set("seenSurveyWaitPeriodInDays", wait.count().into());
        }
        if let Some(variant) = self.variant {
            set("linkedFlagVariant", variant.0.into());
        }
        let (mut events, mut actions) = (Vec::new(), Vec::new());
        for what in self.after {
            match what.tracked() {
                Tracked::Event(name) => events.push(term!({ "name": name })),
                Tracked::Action { id, .. } => actions.push(term!({ "id": id })),
            }
        }
        // PostHog keeps the switch for repeating with the events, also where only actions are listed.
        if !events.is_empty() || self.repeat {
            let mut listed = Terms::from_iter([("values", events)]);
            if self.repeat {
                listed.insert("repeatedActivation", true);
            }
            set("events", listed.into());
        }
        if !actions.is_empty() {
            set("actions", term!({ "values": actions }));
        }
        out.into()
    }
}
