//! PostHog feature flags.

use super::Cohort;
use super::posthog;
use super::prelude::*;
use super::property::PropertyTest;

mod check;
mod import;
mod wire;

pub(super) use check::check_cohorts;

plg_core::words! {
    /// Where a flag may be asked about.
    Evaluated "place to evaluate a flag" {
        /// Anywhere.
        all,
        /// On servers only.
        server,
        /// In browsers and apps only.
        client,
    }
}

plg_core::words! {
    /// What decides which share somebody falls into.
    BucketedBy "way to bucket people" {
        /// The person.
        person = "distinct_id",
        /// The device, signed in or not.
        device = "device_id",
    }
}

plg_core::choice! {
    /// One thing people must have in common to get a flag.
    Audience "condition of a flag" {
        /// A property of theirs compares: `person("plan", is: ["trial"])`.
        person(PropertyTest),
        /// They are in a cohort: `member(BetaTesters)`. A cohort found by what people did cannot be used.
        member(Link<Cohort>),
        /// They are not in a cohort.
        not_member(Link<Cohort>),
    }
}

plg_core::record! {
    /// A condition set: some people, and the share of them who get the flag.
    Release {
        /// What these people have in common, all of it; everybody, if nothing is written.
        to: &'static [Audience] = &[],
        /// The share of them who get it.
        rollout: Percent = Percent(100.0),
        /// The variant that they all get, instead of falling into one.
        variant: Option<VariantKey> = None,
    }
}

plg_core::kind! {
    /// A switch that code asks about by key.
    feature_flag FeatureFlag {
        /// What the code asks for, up to 400 letters, digits, `-` and `_`. Unique in the project.
        key: Key,
        /// The share of all people who get it: everybody, unless it or `release` is written.
        rollout: Option<Percent> = None,
        /// Condition sets, tried in order before `rollout`: the first that somebody fits decides.
        release: &'static [Release] = &[],
        /// What those people get, each with its share: 2 to 20, together 100 %. Without variants the flag is on or off.
        variants: Keyed<Percent> = Keyed(&[]),
        /// What code gets along with the flag, where it has no variants.
        payload: Option<plg_core::Json> = None,
        /// What code gets along with each variant.
        payloads: Keyed<plg_core::Json> = Keyed(&[]),
        /// Whether it is switched on. People flip it in the web app, and so does an experiment on
        /// it, so it is only compared where it is written here.
        active: Option<bool> = None,
        /// Whether people keep what they got when they sign in. Not together with `bucketed_by: device`.
        persist: bool = false,
        /// Where it may be asked about.
        evaluated: Evaluated = Evaluated::all,
        /// What decides which share somebody falls into.
        bucketed_by: BucketedBy = BucketedBy::person,
        /// Whether it is there for its payload alone, the same for everybody.
        remote_config: bool = false,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Tag] = &[],
    }
    provider: &crate::PROVIDER,
    key: &["key"],
    check: check::check,
    unique: &[("key", None)],
    titled: None,
    surface: Surface { constants: &[("KEY", "key")], variants: Some("variants"), word: "variant key", properties: None },
    wire: &wire::Flags,
}

impl Describe for FeatureFlag {
    fn want(&self) -> Want {
        let variants: Vec<Term> =
            self.variants.iter().map(|v| term!({ "key": v.key, "rollout_percentage": number(v.value.0) })).collect();
        let payloads: Terms = self
            .payload
            .iter()
            .map(|payload| ("true".to_owned(), payload.term()))
            .chain(self.payloads.iter().map(|entry| (entry.key.to_owned(), entry.value.term())))
            .collect();
        let want = Want::of(&self.common)
            .set("key", self.key.0)
            .set("name", self.common.doc)
            .set("groups", self.groups())
            .set("variants", variants)
            .set("payloads", payloads)
            .set("ensure_experience_continuity", self.persist)
            .set("evaluation_runtime", self.evaluated.as_str())
            .set("bucketing_identifier", self.bucketed_by.as_str())
            .set("is_remote_configuration", self.remote_config)
            .set("tags", posthog::tags(self.tags));
        match self.active {
            Some(active) => want.set("active", active),
            None => want.set_create_only("active", true),
        }
    }
}

impl FeatureFlag {
    fn groups(&self) -> Vec<Term> {
        let everybody = match (self.rollout, self.release) {
            (None, [_, ..]) => None,
            (rollout, _) => Some(rollout.unwrap_or(Percent(100.0))),
        };
        let everybody = everybody.map(|share| term!({ "properties": [], "rollout_percentage": number(share.0) }));
        self.release.iter().map(Release::json).chain(everybody).collect()
    }
}

impl Release {
    fn json(&self) -> Term {
        let properties: Vec<Term> = self.to.iter().map(Audience::json).collect();
        let mut group = Terms::new();
        group.insert("properties", properties);
        group.insert("rollout_percentage", number(self.rollout.0));
        group.extend(self.variant.map(|variant| ("variant", variant.0)));
        group.into()
    }
}

impl Audience {
    fn json(&self) -> Term {
        let cohort = |cohort: Link<Cohort>, operator: &str| term!({ "key": "id", "type": "cohort", "operator": operator, "value": reference(cohort) });
        match self {
            Audience::person(test) => test.filter("person").into(),
            Audience::member(of) => cohort(of, "in"),
            Audience::not_member(of) => cohort(of, "not_in"),
        }
    }
}

#[cfg(test)]
mod tests;
