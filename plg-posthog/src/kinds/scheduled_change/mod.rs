//! PostHog scheduled changes: what becomes of a flag at its time, without a deploy.

mod check;
mod import;

use super::feature_flag::release_sets;
use super::posthog;
use super::prelude::*;
use super::{FeatureFlag, Release};

pub(super) use check::{check_apart, check_flag};

plg_core::record! {
    /// Other shares of a flag's variants.
    VariantChange {
        /// Each variant with its share: 2 to 20, together 100 %.
        variants: Keyed<Percent>,
        /// What code gets along with each variant. PostHog takes the flag's other payloads away.
        payloads: Keyed<plg_core::Json> = Keyed(&[]),
    }
}

plg_core::choice! {
    /// What becomes of the flag.
    ScheduledDo "scheduled change" {
        /// It is switched on or off: `set_active(true)`.
        set_active(bool),
        /// People join those who get it, behind its other condition sets: `add_release { rollout: 20% }`.
        add_release(Release),
        /// Its variants get other shares: `set_variants { variants: { control: 10%, test: 90% } }`.
        set_variants(VariantChange),
    }
}

plg_core::words! {
    /// How often something is done again.
    Recurrence "recurrence of a scheduled change" {
        /// Every day.
        daily,
        /// Every week.
        weekly,
        /// Every month.
        monthly,
        /// Every year.
        yearly,
    }
}

plg_core::kind! {
    /// Something that PostHog does to a flag at its time. Once it is done, what it changed is what the flag is wanted to
    /// be for as long as both are declared: no plan takes it back, and the scheduled change is never made again. To
    /// change the flag afterwards, write into the flag what became of it, and leave this out.
    scheduled_change ScheduledChange {
        /// The flag. It cannot change later.
        flag: Link<FeatureFlag>,
        /// When it is done. A time that is over is done at once. It cannot change later.
        at: When,
        /// What is done. What it is of the three cannot change later.
        does: ScheduledDo,
        /// How often it is done again; once, where neither this nor `cron` is written.
        every: Option<Recurrence> = None,
        /// When it is done again, as five fields of cron in the project's time zone: `"0 9 * * 1-5"`.
        cron: Option<Str> = None,
        /// When it is done no more, where it is done again and again.
        until: Option<When> = None,
        /// Whether it rests, where it is done again and again. PostHog makes none that rests: a new one is made, and put to
        /// rest right after, so that its time has to be one that is to come.
        paused: bool = false,
    }
    provider: &crate::PROVIDER,
    key: &["flag", "at", "does"],
    check: check::check,
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &ScheduledChanges,
}

impl ScheduledDo {
    /// PostHog's name for it.
    const fn operation(&self) -> &'static str {
        match self {
            ScheduledDo::set_active(_) => "update_status",
            ScheduledDo::add_release(_) => "add_release_condition",
            ScheduledDo::set_variants(_) => "update_variants",
        }
    }

    /// What is stored of it; PostHog replaces a variant as a whole, so that what it is called goes along.
    fn payload(&self, flag: &FeatureFlag) -> Term {
        let value: Term = match self {
            ScheduledDo::set_active(active) => (*active).into(),
            ScheduledDo::add_release(release) => term!({ "groups": [release.json()] }),
            ScheduledDo::set_variants(change) => {
                let variant = |variant: &Pair<Percent>| flag.variant(variant);
                let variants: Vec<Term> = change.variants.iter().map(variant).collect();
                let payloads: Terms = change.payloads.iter().map(|p| (p.key.to_owned(), p.value.term())).collect();
                let mut value = Terms::new();
                value.insert("variants", variants);
                // Nothing is nothing, whether it is said or not.
                if !payloads.is_empty() {
                    value.insert("payloads", payloads);
                }
                value.into()
            }
        };
        term!({ "operation": self.operation(), "value": value })
    }
}

impl Describe for ScheduledChange {
    fn want(&self) -> Want {
        let recurs = self.every.is_some() || self.cron.is_some();
        Want::of(&self.common)
            .set("record_id", reference(self.flag))
            .set("model_name", "FeatureFlag")
            .set("scheduled_at", posthog::instant(self.at.0))
            .set("payload", self.does.payload(self.flag))
            .set("is_recurring", recurs && !self.paused)
            .set("recurrence_interval", self.every.map(Recurrence::as_str))
            .set("cron_expression", self.cron.map(|cron| cron.0))
            .set("end_date", self.until.map(|until| posthog::instant(until.0)))
    }
}

#[derive(Debug)]
struct ScheduledChanges;

/// Under which key the time of what is done again stands.
const NEXT: &str = "next";

/// What a payload does.
fn operation(fields: &Map) -> &str {
    fields.get("payload").and_then(|payload| payload.get("operation")).and_then(Json::as_str).unwrap_or_default()
}

/// A payload in comparable form: condition sets as flags have them, and nothing where there is nothing.
fn comparable(payload: &Json) -> Json {
    let mut payload = payload.clone();
    let Some(value) = payload.get_mut("value").and_then(Json::as_object_mut) else { return payload };
    posthog::normalise(value, "groups", |groups| {
        let mut groups = release_sets::comparable(groups);
        // The web app tells sets apart by it.
        groups.as_array_mut().into_iter().flatten().filter_map(Json::as_object_mut).for_each(|set| {
            set.remove("sort_key");
        });
        groups
    });
    posthog::normalise(value, "payloads", release_sets::decoded);
    posthog::normalise(value, "variants", |variants| posthog::compact(variants, &["description"]));
    value.retain(|key, value| {
        let says_nothing = value.is_null() || value.as_object().is_some_and(Map::is_empty);
        matches!(key.as_str(), "groups" | "variants" | "payloads" | "multivariate") && !says_nothing
    });
    payload
}

/// A payload without what variants are called: that is the flag's, and people's.
fn nameless(payload: &Json) -> Json {
    let mut payload = payload.clone();
    if let Some(variants) = payload.pointer_mut("/value/variants") {
        *variants = posthog::compact(variants, &["name"]);
    }
    payload
}

/// A body: the flag is named by its id as text, other flags and payloads as in a flag.
fn body(mut want: Map) -> Map {
    posthog::normalise(&mut want, "record_id", |id| id_text(id).map_or_else(|| id.clone(), Json::from));
    posthog::normalise(&mut want, "payload", |payload| {
        let mut payload = payload.clone();
        if let Some(value) = payload.get_mut("value").and_then(Json::as_object_mut) {
            posthog::normalise(value, "groups", release_sets::sent);
            posthog::normalise(value, "payloads", release_sets::encoded);
        }
        payload
    });
    want
}

/// Whether it says when it is done again, and is not.
fn is_resting(want: &Map) -> bool {
    let says = |field: &str| want.get(field).is_some_and(|value| !value.is_null());
    want.get("is_recurring") == Some(&Json::Bool(false)) && (says("recurrence_interval") || says("cron_expression"))
}

impl Wire for ScheduledChanges {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("scheduled_changes")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        let fields = &mut live.fields;
        // A number in text, whatever stands around it.
        let id = |id: &Json| id.as_str().and_then(|id| id.trim().parse::<u64>().ok()).map(Json::from);
        posthog::normalise(fields, "record_id", |record| id(record).unwrap_or_else(|| record.clone()));
        for field in ["scheduled_at", "end_date"] {
            posthog::normalise(fields, field, |at| at.as_str().map_or(Json::Null, |at| posthog::instant(at).into()));
        }
        posthog::normalise(fields, "payload", comparable);
        // What was done, and is done again, says when that is next.
        if fields.get("last_executed_at").is_some_and(|at| !at.is_null()) {
            posthog::normalise(fields, "scheduled_at", |at| json!({ NEXT: at }));
        }
        posthog::default(fields, "is_recurring", false);
        for field in ["recurrence_interval", "cron_expression", "end_date"] {
            fields.entry(field).or_insert(Json::Null);
        }
        Some(live)
    }

    // What is done, and when, may be answered otherwise than it was sent, or not at all; it was made all the same.
    fn answers(&self, want: &Map, live: &Map) -> bool {
        let flag = |fields: &Map| fields.get("record_id").and_then(id_text);
        flag(live).is_none() || flag(live) == flag(want)
    }

    fn create(&self, want: &Map) -> Call {
        let mut body = body(want.clone());
        if is_resting(want) {
            body.insert("is_recurring".into(), Json::Bool(true));
        }
        // A change that does not recur takes none of these, on older servers not even as null.
        body.retain(|_, value| !value.is_null());
        self.collection(want).create(body)
    }

    fn is_made_in_two(&self, want: &Map) -> bool {
        is_resting(want)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let part = pick(want, changed);
        // Both say when it is done again, and one of them has to be empty.
        let mut part = part;
        posthog::together(&mut part, want, &["recurrence_interval", "cron_expression"]);
        part.retain(|field, _| !self.fixed().contains(&field.as_str()));
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, body(part)))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        if let Some(Done { .. }) = Done::of(&prior.fields) {
            return Removal::Keep("PostHog made the change already: it stays, and so does its record");
        }
        self.collection_of(prior).remove(prior)
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["record_id", "model_name", "scheduled_at"]
    }

    fn lost(&self) -> &'static str {
        "nothing: the change is made at its new time"
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        let flag = id_text(fields.get("record_id")?)?;
        let operation = operation(fields);
        let again =
            ["recurrence_interval", "cron_expression"].into_iter().find_map(|field| fields.get(field)?.as_str());
        Some(match again.filter(|again| !again.is_empty()) {
            // Its time moves on.
            Some(again) => format!("{flag} {operation} {again} {}", fields.get("payload")?.get("value")?),
            None => format!("{flag} {operation} {}", text(fields, "scheduled_at")),
        })
    }

    // PostHog keeps several of one flag, operation and time.
    fn identity_is_unique(&self) -> bool {
        false
    }

    fn agrees(&self, field: &str, want: &Json, applied: Option<&Json>, live: &Json) -> bool {
        if field == "scheduled_at" && live.get(NEXT).is_some() {
            return applied.is_none_or(|applied| same(applied, want));
        }
        self.same(field, want, live)
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "payload" { same(&nameless(want), &nameless(live)) } else { same(want, live) }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "flag" => &["record_id", "model_name"],
            "at" => &["scheduled_at"],
            "does" => &["payload"],
            "every" => &["recurrence_interval"],
            "cron" => &["cron_expression"],
            "until" => &["end_date"],
            "paused" => &["is_recurring"],
            _ => itself(word),
        }
    }

    fn standing(&self, _: &Map, live: &Live) -> Option<Standing> {
        let done = Done::of(&live.fields)?;
        let says = match done.failed {
            Some(why) => format!("PostHog tried it on {}, and it failed: {why}", done.day),
            None => format!("PostHog made the change on {}", done.day),
        };
        Some(Standing {
            says,
            held: &["payload", "is_recurring", "recurrence_interval", "cron_expression", "end_date"],
            help: "restore its declaration, or replace it with one that has a future time",
        })
    }

    fn over(&self, want: &Map, now: &str) -> Option<&'static str> {
        let recurs = |field: &str| want.get(field).is_some_and(|value| !value.is_null());
        let until =
            if recurs("recurrence_interval") || recurs("cron_expression") { "end_date" } else { "scheduled_at" };
        let until = text(want, until);
        // Without its end, so that what has a fraction sorts behind what has none.
        let moment = |at: &str| posthog::instant(at).trim_end_matches('Z').to_owned();
        let is_over = !until.is_empty() && moment(until) <= moment(now);
        is_over.then_some("its time is over, and it no longer exists: plg does not create it again, as PostHog would make the change at once")
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["cohort", "feature_flag"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let mut found = crate::query::in_query(live.fields.get("payload"));
        found.extend(mention::id("feature_flag", live.fields.get("record_id")));
        found
    }
}

/// What became of one.
#[derive(Debug, Clone, Copy)]
struct Done<'a> {
    /// The day it was done.
    day: &'a str,
    /// Why it came to nothing.
    failed: Option<&'a str>,
}

impl<'a> Done<'a> {
    /// What was done for good: what recurs is done once it has come to its end.
    fn of(fields: &'a Map) -> Option<Self> {
        let day = posthog::day(fields, "executed_at")?;
        Some(Done { day, failed: Some(text(fields, "failure_reason")).filter(|why| !why.is_empty()) })
    }
}

#[cfg(test)]
mod tests;
