//! What is counted, and for whom: the property filters of insights, dashboards and metrics.

use super::element::{self, ElementTest};
use super::property::{self, Place, PropertyTest};
use super::{Cohort, FeatureFlag, Hogql, prelude::*};
use plg_core::source::{Known, read};

plg_core::record! {
    /// A property of a group, and what it is compared with. Nothing declares the properties of groups: their names are not checked.
    GroupTest {
        /// The type of group, as PostHog counts them: 0 to 4.
        of: i64,
        /// The comparison: `{ property: "industry", is: ["retail"] }`.
        that: PropertyTest,
    }
}

plg_core::record! {
    /// What a flag was for whoever did it; on, where nothing is written.
    FlagTest {
        /// The flag.
        flag: Link<FeatureFlag>,
        /// It was one of these: `true`, `false`, or the key of a variant.
        is: &'static [Str] = &[],
        /// It was none of these.
        is_not: &'static [Str] = &[],
    }
}

plg_core::choice! {
    /// What must be so for something to count.
    Filter "filter" {
        /// A property of the person: `person("plan", is: ["pro"])`.
        person(PropertyTest),
        /// A property of the session, which is one of those that PostHog works out: `session("$session_duration", at_least: 60)`.
        session(PropertyTest),
        /// A property of a group: `group(0, { property: "industry", is: ["retail"] })`.
        group(GroupTest),
        /// What was clicked: `element(text, contains: "Upgrade")`.
        element(ElementTest),
        /// The person is in a cohort: `member(PowerUsers)`.
        member(Link<Cohort>),
        /// The person is not in a cohort.
        not_member(Link<Cohort>),
        /// A flag was on, or one of its variants: `flag(NewOnboarding, is: ["test"])`.
        flag(FlagTest),
        /// An expression in HogQL: `sql("properties.amount > 100")`.
        sql(Hogql),
        ; /// A property of the event: `{ property: "plan", is: ["pro"] }`.
        else event(PropertyTest)
    }
}

/// Before the key of a flag, in the property that says what it was.
const FEATURE: &str = "$feature/";

impl FlagTest {
    fn filter(&self) -> Term {
        let (operator, texts) = if self.is_not.is_empty() { ("exact", self.is) } else { ("is_not", self.is_not) };
        let on = ["true"];
        let texts: Vec<&str> = if texts.is_empty() { on.to_vec() } else { texts.iter().map(|text| text.0).collect() };
        term!({ "type": "feature", "key": format!("{FEATURE}{}", self.flag.key.0), "operator": operator, "value": texts })
    }

    fn read(filter: &Json, known: &Known) -> Option<Self> {
        let filter = property::comparable(filter);
        let key = filter.get("key")?.as_str()?.strip_prefix(FEATURE)?;
        let flag = super::known::flag(known, key).ok()?;
        let texts = read::texts(filter.get("value"));
        match filter.get("operator")?.as_str()? {
            "exact" if texts == [Str("true")] => Some(FlagTest { flag, is: &[], is_not: &[] }),
            "exact" => Some(FlagTest { flag, is: texts, is_not: &[] }),
            "is_not" => Some(FlagTest { flag, is: &[], is_not: texts }),
            _ => None,
        }
    }
}

impl Filter {
    /// As PostHog's property filter.
    pub(super) fn json(&self) -> Term {
        match self {
            Filter::event(test) => test.filter("event").into(),
            Filter::person(test) => test.filter("person").into(),
            Filter::session(test) => test.filter("session").into(),
            Filter::group(group) => {
                let mut filter = group.that.filter("group");
                filter["group_type_index"] = group.of.into();
                filter.into()
            }
            Filter::element(element) => element.filter().into(),
            Filter::member(cohort) => {
                term!({ "type": "cohort", "key": "id", "operator": "in", "value": reference(*cohort) })
            }
            Filter::not_member(cohort) => {
                term!({ "type": "cohort", "key": "id", "operator": "not_in", "value": reference(*cohort) })
            }
            Filter::flag(flag) => flag.filter(),
            Filter::sql(sql) => term!({ "type": "hogql", "key": sql.0 }),
        }
    }

    /// The declaration it names by its key, where it does.
    pub(super) fn named(&self) -> Option<&'static dyn Declared> {
        match self {
            Filter::flag(test) => Some(test.flag),
            _ => None,
        }
    }

    /// The filter that PostHog stores; why there is no word for it, where there is none.
    pub(super) fn read(filter: &Json, known: &mut Known) -> Result<Self, String> {
        let unknown = || format!("the language has no word for the filter {filter}");
        let read = match filter.get("type").and_then(Json::as_str).unwrap_or_default() {
            "event" => Filter::event(PropertyTest::read(filter, "event")?),
            "person" => Filter::person(PropertyTest::read(filter, "person")?),
            "session" => Filter::session(PropertyTest::read(filter, "session")?),
            "group" => {
                let Json::Object(mut rest) = filter.clone() else { return Err(unknown()) };
                let of = rest.remove("group_type_index").as_ref().and_then(read::number).ok_or_else(unknown)?;
                rest.remove("group_key_names");
                Filter::group(GroupTest { of, that: PropertyTest::read(&rest.into(), "group")? })
            }
            "element" => Filter::element(ElementTest::read(filter).ok_or_else(unknown)?),
            "cohort" => {
                let cohort = known.find::<Cohort>(filter.get("value").unwrap_or(&Json::Null))?;
                match filter.get("operator").and_then(Json::as_str).unwrap_or("in") {
                    "in" | "exact" => Filter::member(cohort),
                    "not_in" | "is_not" => Filter::not_member(cohort),
                    _ => return Err(unknown()),
                }
            }
            "feature" => Filter::flag(FlagTest::read(filter, known).ok_or_else(unknown)?),
            "hogql" => {
                let expression = filter.get("key").and_then(Json::as_str).ok_or_else(unknown)?;
                Filter::sql(Hogql(read::leak(expression)))
            }
            _ => return Err(unknown()),
        };
        Ok(read)
    }

    /// The filters of a list, or of a group that joins them all.
    pub(super) fn read_all(filters: Option<&Json>, known: &mut Known) -> Result<&'static [Filter], String> {
        let mut flat = Vec::new();
        flatten(filters.unwrap_or(&Json::Null), &mut flat)?;
        let all: Result<Vec<_>, _> = flat.into_iter().map(|filter| Filter::read(filter, known)).collect();
        Ok(read::slice(all?))
    }

    /// These as a list of PostHog's.
    pub(super) fn list(filters: &[Filter]) -> Term {
        Term::from(filters.iter().map(Filter::json).collect::<Vec<_>>())
    }
}

/// Filters that all hold, out of the groups that the web app keeps them in.
fn flatten<'a>(filters: &'a Json, flat: &mut Vec<&'a Json>) -> Result<(), String> {
    match filters {
        Json::Null => Ok(()),
        Json::Array(list) => list.iter().try_for_each(|filter| flatten(filter, flat)),
        Json::Object(group) if group.contains_key("values") && !group.contains_key("key") => {
            let values = group.get("values").unwrap_or(&Json::Null);
            let joins_all = text(group, "type") != "OR" || values.as_array().is_some_and(|values| values.len() < 2);
            if joins_all { flatten(values, flat) } else { Err("filters of which any holds have no word".to_owned()) }
        }
        Json::Object(empty) if text(empty, "type") == "empty" => Ok(()),
        filter => {
            flat.push(filter);
            Ok(())
        }
    }
}

/// A list of filters as it is compared: whichever form the web app stores, and what it notes for itself left out.
pub(super) fn comparable(filters: &Json) -> Json {
    let mut flat = Vec::new();
    match flatten(filters, &mut flat) {
        Ok(()) => flat.into_iter().map(comparable_filter).collect(),
        Err(_) => filters.clone(),
    }
}

fn comparable_filter(filter: &Json) -> Json {
    let mut filter = property::comparable(filter);
    if let Some(filter) = filter.as_object_mut() {
        for note in ["label", "cohort_name", "group_key_names"] {
            filter.remove(note);
        }
        if text(filter, "type") == "hogql" {
            // An expression compares with nothing.
            filter.remove("operator");
            filter.remove("value");
        }
    }
    filter
}

/// Checks filters of what is counted; `filters` is their list.
pub(super) fn check(filters: Option<&Node>, report: &mut Report) {
    check_at(filters, Place::Insight, report);
}

/// Checks filters at a place.
pub(super) fn check_at(filters: Option<&Node>, place: Place, report: &mut Report) {
    for filter in filters.map_or(&[][..], Node::list) {
        let Some(held) = filter.held() else { continue };
        match filter.word().unwrap_or_default() {
            "event" | "person" | "session" => property::check(held, place, report),
            "group" => {
                check_group_type(held.field("of"), report);
                if let Some(that) = held.field("that") {
                    property::check(that, place, report);
                }
            }
            "element" => element::check(held, report),
            "flag" => {
                if let (Some(_), Some(other)) = (held.field("is"), held.field("is_not")) {
                    let message = "a filter has either `is` or `is_not`\nhelp: leave one of them out";
                    report.error(crate::codes::EXCLUDE_EACH_OTHER, other.at, message);
                }
            }
            _ => {}
        }
    }
}

/// A type of group is known by its number.
pub(super) fn check_group_type(of: Option<&Node>, report: &mut Report) {
    if let Some(Node { at, given: Given::Int(5..) }) = of {
        report.error(
            codes::OUT_OF_RANGE,
            *at,
            "PostHog has five types of groups, 0 to 4\nhelp: write a number from 0 to 4",
        );
    }
}
