//! One comparison of one property, as cohorts, flags, actions and insights make them.

mod check;
mod fills;
mod holds;
mod own;
mod rule;
mod session;
mod uses;
mod version;

pub(super) use check::{Place, check};
pub(super) use rule::RULE;
pub use version::VersionTest;

use super::prelude::*;
use plg_core::source::read;

plg_core::choice! {
    /// A property, by its name.
    PropertyKey "property" {
        /// One that nothing in the stack knows, on purpose: `anything("legacy_plan")`.
        anything(PropertyName),
        ; /// One that an event or a property of the stack declares, or one of PostHog's own.
        else declared(PropertyName)
    }
}

impl PropertyKey {
    /// The property of this name, which something declares.
    pub const fn of(name: &'static str) -> Self {
        PropertyKey::declared(PropertyName(name))
    }

    /// The property's name.
    pub const fn name(self) -> &'static str {
        match self {
            PropertyKey::anything(name) | PropertyKey::declared(name) => name.0,
        }
    }
}

plg_core::record! {
    /// A property and what it is compared with: exactly one comparison.
    PropertyTest {
        /// The property's name.
        property: PropertyKey,
        /// It is one of these texts.
        is: Option<&'static [Str]> = None,
        /// It is none of these texts.
        is_not: Option<&'static [Str]> = None,
        /// The text is somewhere in it, in upper or lower case.
        contains: Option<Str> = None,
        /// The text is nowhere in it.
        lacks: Option<Str> = None,
        /// One of these texts is somewhere in it, in upper or lower case.
        contains_any: Option<&'static [Str]> = None,
        /// None of these texts is in it.
        lacks_all: Option<&'static [Str]> = None,
        /// It matches this regular expression, in RE2's syntax.
        matches: Option<Str> = None,
        /// It does not match this regular expression, in RE2's syntax.
        not_matches: Option<Str> = None,
        /// It is this number or more.
        at_least: Option<f64> = None,
        /// It is this number or less.
        at_most: Option<f64> = None,
        /// It is more than this number.
        more_than: Option<f64> = None,
        /// It is less than this number.
        less_than: Option<f64> = None,
        /// It is one of these two numbers or between them: `between: [5, 10]`. Not in flags and cohorts.
        between: Option<&'static [f64]> = None,
        /// It is below the first of these two numbers or above the second. Not in flags and cohorts.
        not_between: Option<&'static [f64]> = None,
        /// It is a date later than this: `7 days ago`. PostHog has no relative dates ahead.
        after: Option<Ago> = None,
        /// It is a date earlier than this: `7 days ago`. PostHog has no relative dates ahead.
        before: Option<Ago> = None,
        /// It is a date later than this day.
        after_day: Option<When> = None,
        /// It is a date earlier than this day.
        before_day: Option<When> = None,
        /// It is a date on this day. Not in cohorts.
        on_day: Option<When> = None,
        /// It is a version, and compares: `version: at_least("2.3.0")`.
        version: Option<VersionTest> = None,
        /// It is this address, once PostHog has cleaned it as the project's settings say. In insights only.
        cleaned_path: Option<Str> = None,
        /// Whether it has any value.
        set: Option<bool> = None,
    }
}

impl PropertyTest {
    /// As a property filter of type `ty`: `person` or `event`.
    pub(super) fn filter(&self, ty: &str) -> Json {
        let (operator, value) = self.comparison();
        json!({ "key": self.property.name(), "type": ty, "operator": operator, "value": value })
    }

    /// The comparison that a filter of type `ty` makes.
    pub(super) fn read(filter: &Json, ty: &str) -> Result<Self, String> {
        let unknown = || format!("the language has no word for the comparison {filter}");
        let filter = comparable(filter);
        let says = |key: &str| filter.get(key).and_then(Json::as_str).unwrap_or_default();
        let value = filter.get("value").unwrap_or(&Json::Null);
        let text = || value.as_str().map(|text| Str(read::leak(text)));
        let texts = || value.as_array().map(|_| read::texts(Some(value)));
        let digits = || value.as_str().and_then(|text| text.parse::<f64>().ok());
        let ago = value.as_str().and_then(read::ago);
        let day = || value.as_str().map(|day| When(read::leak(day)));
        let pair = || {
            let two: Vec<f64> = value.as_array()?.iter().filter_map(number_of).collect();
            (two.len() == 2).then(|| read::slice(two))
        };
        if says("type") != ty {
            return Err(unknown());
        }
        let mut test = PropertyTest::any(read::leak(says("key")));
        match says("operator") {
            "exact" => test.is = texts(),
            "is_not" => test.is_not = texts(),
            "icontains" => test.contains = text(),
            "not_icontains" => test.lacks = text(),
            "icontains_multi" => test.contains_any = texts(),
            "not_icontains_multi" => test.lacks_all = texts(),
            "regex" => test.matches = text(),
            "not_regex" => test.not_matches = text(),
            "between" => test.between = pair(),
            "not_between" => test.not_between = pair(),
            "is_date_exact" => test.on_day = day(),
            "is_cleaned_path_exact" => test.cleaned_path = text(),
            "gte" => test.at_least = digits(),
            "lte" => test.at_most = digits(),
            "gt" => test.more_than = digits(),
            "lt" => test.less_than = digits(),
            "is_date_after" if ago.is_some() => test.after = ago,
            "is_date_before" if ago.is_some() => test.before = ago,
            "is_date_after" => test.after_day = day(),
            "is_date_before" => test.before_day = day(),
            "is_set" => test.set = Some(true),
            "is_not_set" => test.set = Some(false),
            operator => {
                let version = VersionTest::read(operator, value);
                test.version = Some(version.ok_or_else(unknown)?);
            }
        }
        // What else it says would be lost, and a comparison that could not be read is none.
        if same_filter(&test.filter(ty), &filter) { Ok(test) } else { Err(unknown()) }
    }

    /// No comparison yet.
    pub(super) const fn any(property: &'static str) -> Self {
        PropertyTest { property: PropertyKey::of(property), ..PropertyTest::BLANK }
    }

    fn comparison(&self) -> (&'static str, Json) {
        let list = |list: &[Str]| Json::from(list.iter().map(|text| text.0).collect::<Vec<_>>());
        // Flags accept numbers as text only, cohorts either.
        let digits = |n: f64| Json::from(number(n).to_string());
        let words = |text: Str| Json::from(text.0);
        let pair = |two: &[f64]| Json::from(two.iter().map(|n| number(*n)).collect::<Vec<_>>());
        let none = ("is_set", Json::from("is_set"));
        let found = [
            self.is.map(|texts| ("exact", list(texts))),
            self.is_not.map(|texts| ("is_not", list(texts))),
            self.contains.map(|text| ("icontains", words(text))),
            self.lacks.map(|text| ("not_icontains", words(text))),
            self.contains_any.map(|texts| ("icontains_multi", list(texts))),
            self.lacks_all.map(|texts| ("not_icontains_multi", list(texts))),
            self.matches.map(|text| ("regex", words(text))),
            self.not_matches.map(|text| ("not_regex", words(text))),
            self.at_least.map(|n| ("gte", digits(n))),
            self.at_most.map(|n| ("lte", digits(n))),
            self.more_than.map(|n| ("gt", digits(n))),
            self.less_than.map(|n| ("lt", digits(n))),
            self.between.map(|two| ("between", pair(two))),
            self.not_between.map(|two| ("not_between", pair(two))),
            self.after.map(|ago| ("is_date_after", Json::from(ago.relative()))),
            self.before.map(|ago| ("is_date_before", Json::from(ago.relative()))),
            self.after_day.map(|day| ("is_date_after", Json::from(day.0))),
            self.before_day.map(|day| ("is_date_before", Json::from(day.0))),
            self.on_day.map(|day| ("is_date_exact", Json::from(day.0))),
            self.version.map(|version| version.comparison()),
            self.cleaned_path.map(|text| ("is_cleaned_path_exact", words(text))),
            self.set.filter(|set| !set).map(|_| ("is_not_set", Json::from("is_not_set"))),
        ];
        found.into_iter().flatten().next().unwrap_or(none)
    }
}

/// Whether both filters say the same.
pub(super) fn same_filter(one: &Json, other: &Json) -> bool {
    let plain = |filter: &Json| {
        let mut filter = comparable(filter);
        if let Some(filter) = filter.as_object_mut() {
            filter.remove("label");
        }
        filter
    };
    same(&plain(one), &plain(other))
}

/// A property filter as it is compared: values as text, lists where there may be several.
pub(super) fn comparable(filter: &Json) -> Json {
    let Json::Object(filter) = filter else { return filter.clone() };
    let mut filter = filter.clone();
    let cohort = text(&filter, "type") == "cohort";
    if !filter.contains_key("operator") {
        filter.insert("operator".into(), Json::from(if cohort { "in" } else { "exact" }));
    }
    let operator = match text(&filter, "operator") {
        "min" => "gte",
        "max" => "lte",
        other => other,
    }
    .to_owned();
    if !cohort {
        let value = filter.get("value").unwrap_or(&Json::Null);
        let value = match operator.as_str() {
            "is_set" | "is_not_set" => Json::from(operator.as_str()),
            "between" | "not_between" => match value {
                Json::Array(two) => two.iter().map(|n| number_of(n).map_or_else(|| n.clone(), number)).collect(),
                other => other.clone(),
            },
            "exact" | "is_not" | "icontains_multi" | "not_icontains_multi" => match value {
                Json::Array(list) => list.iter().map(plain).collect(),
                one => Json::Array(vec![plain(one)]),
            },
            _ => plain(value),
        };
        filter.insert("value".into(), value);
    }
    filter.insert("operator".into(), Json::from(operator));
    Json::Object(filter)
}

/// A number, also one that is written as text.
fn number_of(value: &Json) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn plain(value: &Json) -> Json {
    match value {
        Json::Number(_) | Json::Bool(_) => Json::from(value.to_string()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::Site;

    const PLAN: PropertyTest = PropertyTest::any("plan");

    #[test]
    fn filters_as_posthog_spells_them() {
        let ago = Ago(Span { count: 7, unit: Unit::days });
        for (test, operator, value) in [
            (PropertyTest { is: Some(&[Str("trial")]), ..PLAN }, "exact", json!(["trial"])),
            (PropertyTest { more_than: Some(1.0), ..PLAN }, "gt", json!("1")),
            (PropertyTest { at_most: Some(0.5), ..PLAN }, "lte", json!("0.5")),
            (PropertyTest { before: Some(ago), ..PLAN }, "is_date_before", json!("-7d")),
            (PropertyTest { after_day: Some(When("2026-02-01")), ..PLAN }, "is_date_after", json!("2026-02-01")),
            (PropertyTest { on_day: Some(When("2026-02-01")), ..PLAN }, "is_date_exact", json!("2026-02-01")),
            (PropertyTest { contains_any: Some(&[Str("a")]), ..PLAN }, "icontains_multi", json!(["a"])),
            (PropertyTest { not_matches: Some(Str("^x")), ..PLAN }, "not_regex", json!("^x")),
            (PropertyTest { between: Some(&[1.0, 2.5]), ..PLAN }, "between", json!([1, 2.5])),
            (PropertyTest { version: Some(VersionTest::at_least(Str("1.2.0"))), ..PLAN }, "semver_gte", json!("1.2.0")),
            (
                PropertyTest { version: Some(VersionTest::like(Str("1.2.*"))), ..PLAN },
                "semver_wildcard",
                json!("1.2.*"),
            ),
            (PropertyTest { set: Some(true), ..PLAN }, "is_set", json!("is_set")),
            (PropertyTest { set: Some(false), ..PLAN }, "is_not_set", json!("is_not_set")),
        ] {
            let filter = test.filter("person");
            assert_eq!(filter, json!({ "key": "plan", "type": "person", "operator": operator, "value": value }));
            assert_eq!(comparable(&filter), filter);
            let read = PropertyTest::read(&filter, "person").expect("it has a word");
            assert_eq!(read.filter("person"), filter);
        }
    }

    #[test]
    fn equal_filters_are_equal_json() {
        let live = json!({ "key": "plan", "type": "person", "value": "trial" });
        assert_eq!(comparable(&live), PropertyTest { is: Some(&[Str("trial")]), ..PLAN }.filter("person"));
        let live = json!({ "key": "plan", "type": "person", "operator": "min", "value": 7 });
        assert_eq!(comparable(&live), PropertyTest { at_least: Some(7.0), ..PLAN }.filter("person"));
        let live = json!({ "key": "id", "type": "cohort", "value": 4 });
        assert_eq!(comparable(&live), json!({ "key": "id", "type": "cohort", "value": 4, "operator": "in" }));
    }

    #[test]
    fn one_comparison_each() {
        let node = |given| Node { at: Site(7), given };
        let field = |name: &str, given| (name.to_owned(), node(given));
        let name = || field("property", Given::Text("plan".into()));
        let said = |fields| {
            let mut report = Report::default();
            check(&node(Given::Record(fields)), Place::Insight, &mut report);
            report
                .errors
                .into_iter()
                .map(|m| m.message.lines().next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(said(vec![name()]), ["this condition has no comparison"]);
        assert_eq!(said(vec![name(), field("is", Given::List(vec![]))]), ["`is` needs at least one text"]);
        assert_eq!(
            said(vec![name(), field("at_least", Given::Int(1)), field("at_most", Given::Int(2))]),
            ["a condition has one comparison, and this one has `at_least` and `at_most`"]
        );
        assert_eq!(said(vec![name(), field("set", Given::Bool(true))]), [""; 0]);
    }
}
