//! PostHog feature flags.

use super::posthog;
use super::prelude::*;

mod check;
mod import;
mod release;
pub(super) mod release_sets;
mod settled;
mod wire;

pub(super) use check::{check_cohorts, check_needs, check_parts, check_shares};
pub(super) use release::check_release;
pub use release::{Audience, FlagNeed, Population, Release};

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

plg_core::words! {
    /// Which of a flag's contexts an application has to be in.
    ContextMatch "way to match contexts" {
        /// One of them.
        any,
        /// All of them.
        all,
    }
}

plg_core::kind! {
    /// A switch that code asks about by key.
    ///
    /// Left out: whether it is archived. One that stands in the stack is in use, and is restored where people archived it.
    feature_flag FeatureFlag {
        /// What the code asks for, up to 400 letters, digits, `-` and `_`. Unique in the project.
        key: Key,
        /// The share of all people who get it: everybody, unless it or `release` is written.
        rollout: Option<Percent> = None,
        /// Condition sets, tried in order before `rollout`: the first that somebody fits decides.
        release: &'static [Release] = &[],
        /// What those people get, each with its share: 2 to 20, together 100 %. Without variants the flag is on or off.
        variants: Keyed<Percent> = Keyed(&[]),
        /// What people read for each variant. Left to people, where nothing is written.
        names: Keyed<Name> = Keyed(&[]),
        /// What code gets along with the flag, where it has no variants.
        payload: Option<plg_core::Json> = None,
        /// What code gets along with each variant.
        payloads: Keyed<plg_core::Json> = Keyed(&[]),
        /// What code gets of a remote configuration that PostHog keeps encrypted: JSON, or a text. Its value is never
        /// read back; another one in the variable is a rotation, which a plan shows without it.
        secret_payload: Option<Secret> = None,
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
        /// Where applications ask that it is for, up to 50, such as `["web", "checkout"]`. Left to people, where nothing
        /// is written. An organization whose plan lacks evaluation contexts stores none and does not say so: a deploy
        /// then notes that they are not there, and sends them again once they are written otherwise.
        contexts: Option<&'static [Tag]> = None,
        /// Which of its contexts an application has to be in. Left to people, where nothing is written; it needs the same plan.
        contexts_match: Option<ContextMatch> = None,
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
            .set("variants", self.variants.iter().map(|variant| self.variant(variant)).collect::<Vec<_>>());
        // Both are in one place of the request, and only one is there.
        let want = match self.secret_payload {
            Some(secret) => want.set("secret_payload", Term::Env(secret.0.to_owned())).set(wire::ENCRYPTED, true),
            None => want.set("payloads", payloads),
        };
        let want = want
            .set("ensure_experience_continuity", self.persist)
            .set("evaluation_runtime", self.evaluated.as_str())
            .set("bucketing_identifier", self.bucketed_by.as_str())
            .set("is_remote_configuration", self.remote_config)
            .set("tags", posthog::tags(self.tags))
            .set_some(wire::CONTEXTS, self.contexts.map(posthog::tags))
            .set_some("evaluation_contexts_match_mode", self.contexts_match.map(ContextMatch::as_str));
        match self.active {
            Some(active) => want.set("active", active),
            None => want.set_create_only("active", true),
        }
    }
}

impl FeatureFlag {
    /// A variant with its share, and with its name where one is written.
    pub(super) fn variant(&self, variant: &Pair<Percent>) -> Term {
        let mut json = Terms::new();
        json.insert("key", variant.key);
        json.insert("rollout_percentage", number(variant.value.0));
        let name = self.names.iter().find(|name| name.key == variant.key);
        json.extend(name.map(|name| ("name", name.value.0)));
        json.into()
    }

    fn groups(&self) -> Vec<Term> {
        let everybody = match (self.rollout, self.release) {
            (None, [_, ..]) => None,
            (rollout, _) => Some(Release { rollout: rollout.unwrap_or(Percent(100.0)), ..Release::BLANK }),
        };
        // Beside a share of groups PostHog takes what says nothing for one, too.
        let is_mixed = self.release.iter().any(|set| matches!(set.of, Some(Population::group(_))));
        let of = |set: &Release| set.of.or(is_mixed.then_some(Population::people));
        self.release.iter().chain(&everybody).map(|set| Release { of: of(set), ..*set }.json()).collect()
    }
}

#[cfg(test)]
mod tests;
