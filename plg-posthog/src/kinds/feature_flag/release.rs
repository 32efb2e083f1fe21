//! Condition sets of a flag, and what of them would be refused.

use crate::kinds::prelude::*;
use crate::kinds::property::{self, Place, PropertyTest};
use crate::kinds::{Cohort, FeatureFlag};
use plg_core::Site;
use plg_core::source::{Known, read};

plg_core::choice! {
    /// What a share is a share of.
    Population "unit of a rollout" {
        /// People, each by themselves.
        people,
        /// Groups of this type, as PostHog counts the types, 0 to 4: all people of one group get the same. A project
        /// without group analytics stores it, and nobody gets the flag.
        group(i64),
    }
}

plg_core::record! {
    /// Another flag, and what it has to be for somebody.
    FlagNeed {
        /// The other flag. It has to be switched on.
        flag: Link<FeatureFlag>,
        /// The variant of it that they get; any, and simply on, where nothing is written.
        is: Option<VariantKey> = None,
    }
}

plg_core::choice! {
    /// One thing people must have in common to get a flag.
    Audience "condition of a flag" {
        /// A property of theirs compares: `person("plan", is: ["trial"])`.
        person(PropertyTest),
        /// A property of their group compares: `group("industry", is: ["retail"])`. Only in a set that is a share `of`
        /// groups, and nothing else stands in such a set. Nothing declares the properties of groups: their names are not checked.
        group(PropertyTest),
        /// They are in a cohort: `member(BetaTesters)`. A cohort found by what people did cannot be used.
        member(Link<Cohort>),
        /// They are not in a cohort.
        not_member(Link<Cohort>),
        /// They get another flag: `needs(NewBilling)`, or a variant of it: `needs(NewBilling, is: "test")`.
        needs(FlagNeed),
        /// They do not get another flag, which is switched on: `needs_off(OldBilling)`.
        needs_off(Link<FeatureFlag>),
    }
}

plg_core::record! {
    /// A condition set: some people, and the share of them who get the flag.
    Release {
        /// What these people have in common, all of it; everybody, if nothing is written.
        to: &'static [Audience] = &[],
        /// What `rollout` is a share of: `people`, or `group(0)`. People at first, and left as it is where no set says `group`.
        of: Option<Population> = None,
        /// The share of them who get it.
        rollout: Percent = Percent(100.0),
        /// The variant that they all get, instead of falling into one.
        variant: Option<VariantKey> = None,
        /// What people read beside the set. Left to people, where nothing is written.
        description: Option<Str> = None,
    }
}

/// What PostHog calls the type of group that a set is a share of.
pub(super) const TYPE_OF_GROUP: &str = "aggregation_group_type_index";

/// The operator of conditions on other flags.
const EVALUATES_TO: &str = "flag_evaluates_to";

impl Release {
    pub(in crate::kinds) fn json(&self) -> Term {
        let of = match self.of {
            Some(Population::group(of)) => of,
            // Refused in any other set.
            _ => 0,
        };
        let properties: Vec<Term> = self.to.iter().map(|audience| audience.json(of)).collect();
        let mut group = Terms::new();
        group.insert("properties", properties);
        group.insert("rollout_percentage", number(self.rollout.0));
        group.extend(self.variant.map(|variant| ("variant", variant.0)));
        group.extend(self.description.map(|text| ("description", text.0)));
        match self.of {
            Some(Population::group(of)) => drop(group.insert(TYPE_OF_GROUP, of)),
            Some(Population::people) => drop(group.insert(TYPE_OF_GROUP, Term::Null)),
            None => {}
        }
        group.into()
    }

    /// The condition set that PostHog stores.
    pub(in crate::kinds) fn read(group: &Json, known: &mut Known) -> Result<Self, String> {
        let of = group.get(TYPE_OF_GROUP).and_then(Json::as_i64);
        let tests = group.get("properties").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let to: Result<Vec<_>, String> = tests.iter().map(|test| Audience::read(test, of, known)).collect();
        Ok(Release {
            to: read::slice(to?),
            of: of.map(Population::group),
            rollout: Percent(group.get("rollout_percentage").and_then(Json::as_f64).unwrap_or(100.0)),
            variant: read::text(group, "/variant").map(|variant| VariantKey(variant.0)),
            description: read::text(group, "/description"),
        })
    }
}

impl Audience {
    fn json(&self, of: i64) -> Term {
        let cohort = |cohort: Link<Cohort>, operator: &str| term!({ "key": "id", "type": "cohort", "operator": operator, "value": reference(cohort) });
        let flag = |flag: Link<FeatureFlag>, value: Term| term!({ "key": reference(flag), "type": "flag", "operator": EVALUATES_TO, "value": value });
        match self {
            Audience::person(test) => test.filter("person").into(),
            Audience::group(test) => {
                let mut filter = test.filter("group");
                filter["group_type_index"] = of.into();
                filter.into()
            }
            Audience::member(of) => cohort(of, "in"),
            Audience::not_member(of) => cohort(of, "not_in"),
            Audience::needs(need) => flag(need.flag, need.is.map_or(true.into(), |key| key.0.into())),
            Audience::needs_off(of) => flag(of, false.into()),
        }
    }

    fn read(test: &Json, of: Option<i64>, known: &mut Known) -> Result<Self, String> {
        let unknown = || format!("the language has no word for the condition {test}");
        let says = |key: &str| test.get(key).and_then(Json::as_str).unwrap_or_default();
        let value = test.get("value").unwrap_or(&Json::Null);
        match (says("type"), says("operator")) {
            ("cohort", "in") => Ok(Audience::member(known.find::<Cohort>(value)?)),
            ("cohort", "not_in") => Ok(Audience::not_member(known.find::<Cohort>(value)?)),
            ("cohort", _) => Err(unknown()),
            ("flag", EVALUATES_TO) => {
                let flag = known.find::<FeatureFlag>(test.get("key").unwrap_or(&Json::Null))?;
                match value {
                    Json::Bool(true) => Ok(Audience::needs(FlagNeed { flag, is: None })),
                    Json::Bool(false) => Ok(Audience::needs_off(flag)),
                    Json::String(key) => {
                        let is = Some(VariantKey(read::leak(key)));
                        Ok(Audience::needs(FlagNeed { flag, is }))
                    }
                    _ => Err(unknown()),
                }
            }
            ("flag", _) => Err(unknown()),
            ("group", _) => {
                let Json::Object(mut rest) = test.clone() else { return Err(unknown()) };
                let own = rest.remove("group_type_index").as_ref().and_then(read::number);
                if own.is_none() || own != of {
                    return Err(unknown());
                }
                PropertyTest::read(&rest.into(), "group").map(Audience::group)
            }
            _ => PropertyTest::read(test, "person").map(Audience::person),
        }
    }
}

/// Checks one condition set of a flag that has these variants.
pub(in crate::kinds) fn check_release(release: &Node, report: &mut Report) {
    let of = release.field("of");
    let is_of_groups = of.and_then(Node::word) == Some("group");
    if is_of_groups {
        crate::kinds::filter::check_group_type(of.and_then(Node::held), report);
    }
    for audience in release.field("to").map_or(&[][..], Node::list) {
        let (Some(word), Some(held)) = (audience.word(), audience.held()) else { continue };
        match (word, is_of_groups) {
            ("group", false) => report.error(
                crate::codes::MATCHES_NOTHING,
                audience.at,
                "this set is a share of people, and `group(…)` is a condition on groups\nhelp: write `of: group(0)` in the set, with the number of the type of group",
            ),
            ("person" | "member" | "not_member" | "needs" | "needs_off", true) => report.error(
                crate::codes::MATCHES_NOTHING,
                audience.at,
                format!("this set is a share of groups, and `{word}` is a condition on people\nhelp: write `group(…)`, or leave out `of`"),
            ),
            _ => {}
        }
        if ["person", "group"].contains(&word) {
            property::check(held, Place::Flag, report);
        }
    }
}

/// The conditions of a list of condition sets that name another declaration: the word, and what it holds.
pub(in crate::kinds) fn referring(releases: &[Node]) -> impl Iterator<Item = (&str, &Node)> {
    let all = releases.iter().flat_map(|release| release.field("to").map_or(&[][..], Node::list));
    all.filter_map(|audience| Some((audience.word()?, audience.held()?)))
}

/// The flags that condition sets need, each with where it is named and the variant that is asked for.
pub(in crate::kinds) fn needed(releases: &[Node]) -> impl Iterator<Item = (&Node, Option<(&str, Site)>)> {
    referring(releases).filter_map(|(word, held)| match word {
        "needs" => {
            let is = held.field("is").and_then(|is| Some((is.text()?, is.at)));
            Some((held.field("flag")?, is))
        }
        "needs_off" => Some((held, None)),
        _ => None,
    })
}
