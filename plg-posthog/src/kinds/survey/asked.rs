//! Who is asked: the conditions of the flag that PostHog keeps for a survey.

use crate::kinds::Cohort;
use crate::kinds::prelude::*;
use crate::kinds::property::{self, Place, PropertyTest};
use plg_core::hollow::is_hollow;
use plg_core::source::{Known, read};

plg_core::choice! {
    /// One thing people must have in common to be asked.
    Respondent "condition of a survey" {
        /// A property of theirs compares: `person("plan", is: ["trial"])`.
        person(PropertyTest),
        /// They are in a cohort: `member(BetaTesters)`. A cohort found by what people did cannot be used.
        member(Link<Cohort>),
        /// They are not in a cohort.
        not_member(Link<Cohort>),
    }
}

plg_core::record! {
    /// Some people, and the share of them who are asked.
    RespondentSet {
        /// What these people have in common, all of it.
        to: &'static [Respondent],
        /// The share of them who are asked.
        share: Percent = Percent(100.0),
    }
}

impl RespondentSet {
    pub(super) fn json(&self) -> Term {
        let properties: Vec<Term> = self.to.iter().map(Respondent::json).collect();
        term!({ "properties": properties, "rollout_percentage": number(self.share.0) })
    }
}

impl Respondent {
    fn json(&self) -> Term {
        let cohort = |cohort: Link<Cohort>, operator: &str| term!({ "key": "id", "type": "cohort", "operator": operator, "value": reference(cohort) });
        match self {
            Respondent::person(test) => test.filter("person").into(),
            Respondent::member(of) => cohort(of, "in"),
            Respondent::not_member(of) => cohort(of, "not_in"),
        }
    }
}

/// The conditions of a survey's flag as they are compared; nothing, where everybody is asked.
pub(super) fn comparable(filters: Option<&Json>) -> Json {
    let groups = filters.and_then(|filters| filters.get("groups")).and_then(Json::as_array);
    let Some(groups) = groups.filter(|groups| !groups.is_empty()) else { return json!({}) };
    let groups = groups.iter().map(|group| {
        let mut group = group.as_object().cloned().unwrap_or_default();
        let properties = group.get("properties").and_then(Json::as_array).into_iter().flatten();
        let properties: Json = properties.map(condition).collect();
        group.insert("properties".into(), properties);
        if group.get("rollout_percentage").is_none_or(Json::is_null) {
            group.insert("rollout_percentage".into(), 100.into());
        }
        for note in ["description", "sort_key"] {
            group.remove(note);
        }
        group.retain(|key, value| key == "properties" || key == "rollout_percentage" || !is_hollow(value));
        Json::Object(group)
    });
    json!({ "groups": groups.collect::<Vec<_>>() })
}

fn condition(filter: &Json) -> Json {
    let mut filter = property::comparable(filter);
    if let Some(filter) = filter.as_object_mut() {
        for note in ["label", "cohort_name"] {
            filter.remove(note);
        }
        if filter.get("negation") == Some(&Json::Bool(false)) {
            filter.remove("negation");
        }
    }
    filter
}

/// Who is asked, out of what is compared.
pub(super) fn read_sets(targeting: &Json, known: &mut Known) -> Result<Vec<RespondentSet>, String> {
    let groups = targeting.get("groups").and_then(Json::as_array).into_iter().flatten();
    groups.map(|group| read_set(group, known)).collect()
}

fn read_set(group: &Json, known: &mut Known) -> Result<RespondentSet, String> {
    let mut rest = group.as_object().cloned().unwrap_or_default();
    let properties = rest.remove("properties").unwrap_or_default();
    let share = rest.remove("rollout_percentage").and_then(|share| share.as_f64()).unwrap_or(100.0);
    if let Some((key, _)) = rest.iter().next() {
        return Err(format!("the language has no word for the condition `{key}`"));
    }
    let mut to = Vec::new();
    for filter in properties.as_array().into_iter().flatten() {
        let unknown = || format!("the language has no word for the condition {filter}");
        to.push(match filter.get("type").and_then(Json::as_str).unwrap_or_default() {
            "person" => Respondent::person(PropertyTest::read(filter, "person")?),
            "cohort" => {
                let cohort = known.find::<Cohort>(filter.get("value").unwrap_or(&Json::Null))?;
                match filter.get("operator").and_then(Json::as_str).unwrap_or("in") {
                    "in" | "exact" => Respondent::member(cohort),
                    "not_in" | "is_not" => Respondent::not_member(cohort),
                    _ => return Err(unknown()),
                }
            }
            _ => return Err(unknown()),
        });
    }
    Ok(RespondentSet { to: read::slice(to), share: Percent(share) })
}

/// Checks who is asked; `shown` is the record.
pub(super) fn check(shown: &Node, report: &mut Report) {
    let (to, sets) = (shown.field("to"), shown.field("to_any"));
    if let (Some(_), Some(sets)) = (to, sets) {
        report.error(
            crate::codes::EXCLUDE_EACH_OTHER,
            sets.at,
            "a survey has either `to` or `to_any`\nhelp: move `to` into a set of its own: `to_any: [{ to: [ … ] }, … ]`",
        );
    }
    if let (None, Some(share)) = (to, shown.field("share")) {
        report.error(
            codes::NEEDS_ANOTHER,
            share.at,
            "`share` needs conditions on people\nhelp: write `to: [person(\"plan\", set: true)]` beside `share`",
        );
    }
    for list in
        [to].into_iter().flatten().chain(sets.map_or(&[][..], Node::list).iter().filter_map(|set| set.field("to")))
    {
        if list.list().is_empty() {
            report.error(
                crate::codes::MATCHES_NOTHING,
                list.at,
                "this set has no condition, so everybody is asked\nhelp: remove it, or add a condition: `[member(PowerUsers)]`",
            );
        }
        for condition in list.list() {
            if let (Some("person"), Some(test)) = (condition.word(), condition.held()) {
                property::check(test, Place::Flag, report);
            }
        }
    }
}

/// The cohorts of who is asked are found by conditions on people alone.
pub(in crate::kinds) fn check_cohorts(survey: &Block, world: &Declarations, report: &mut Report) {
    let Some(shown) = survey.get("shown") else { return };
    let sets = shown.field("to_any").map_or(&[][..], Node::list).iter().filter_map(|set| set.field("to"));
    for condition in shown.field("to").into_iter().chain(sets).flat_map(Node::list) {
        if let (Some("member" | "not_member"), Some(held)) = (condition.word(), condition.held())
            && let Some(cohort) = world.target(held)
            && crate::kinds::cohort::is_behavioral(cohort, world)
        {
            report.error(
                crate::codes::NEVER_CALCULATES,
                held.at,
                format!(
                    "`{}` has conditions on events, and a survey cannot use such a cohort\nhelp: use a cohort of `person(…)` \
                     conditions only, or one with `people: snapshot`",
                    cohort.name
                ),
            );
        }
    }
}
