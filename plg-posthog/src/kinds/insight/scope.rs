//! What every insight may say: the time it looks at, whom it leaves out, and what it is split by.

use crate::kinds::filter::{self, Filter};
use crate::kinds::prelude::*;
use crate::kinds::property::PropertyKey;
use crate::kinds::{Cohort, FeatureFlag, Hogql};
use plg_core::source::{Known, read};

plg_core::words! {
    /// The steps in which time passes in an insight.
    Interval "interval" {
        /// Minute by minute.
        minute,
        /// Hour by hour.
        hour,
        /// Day by day.
        day,
        /// Week by week.
        week,
        /// Month by month.
        month,
        /// Quarter by quarter. PostHog's servers know it since mid-2026.
        quarter,
        /// Year by year. PostHog's servers know it since mid-2026.
        year,
    }
}

plg_core::words! {
    /// A part of the calendar.
    CalendarUnit "part of the calendar" {
        /// The hour.
        hour = "h",
        /// The day.
        day = "d",
        /// The week.
        week = "w",
        /// The month.
        month = "m",
        /// The quarter.
        quarter = "q",
        /// The year.
        year = "y",
    }
}

plg_core::texts! {
    /// A day, or an instant in ISO 8601: without an offset, in the project's time zone.
    Moment { what: "a date, such as \"2026-12-01\" or \"2026-12-01T09:00\",", max: 40, code: codes::TIME, check: moment, constant: false }
}

/// A date as elsewhere, or one whose offset is the project's.
fn moment(text: &str) -> Result<(), String> {
    let local = text.contains('T') && plg_core::text::date(&format!("{text}Z")).is_ok();
    if local { Ok(()) } else { plg_core::text::date(text) }
}

plg_core::choice! {
    /// A point in time that an insight looks from, or up to.
    Since "point in time" {
        /// The first event there is.
        all_time,
        /// The start of the part of the calendar that it is now: `this(month)`.
        this(CalendarUnit),
        /// The start of one that is over: `start_of(1 months)` is the start of last month.
        start_of(Span),
        /// The end of one that is over: `end_of(1 months)` is the end of last month.
        end_of(Span),
        /// So long before now: `ago(30 days)`.
        ago(Span),
        ; /// A day or an instant.
        else day(Moment)
    }
}

impl Since {
    /// As PostHog writes it, such as `-30d`, `mStart` or `2026-01-01`.
    pub(in crate::kinds) fn spelt(self) -> String {
        match self {
            Since::all_time => "all".to_owned(),
            Since::this(unit) => format!("{}Start", unit.as_str()),
            Since::start_of(span) => format!("{}Start", Ago(span).relative()),
            Since::end_of(span) => format!("{}End", Ago(span).relative()),
            Since::ago(span) => Ago(span).relative(),
            Since::day(day) => day.0.to_owned(),
        }
    }

    /// The point in time that PostHog writes like this.
    pub(in crate::kinds) fn read(text: &str) -> Option<Self> {
        let (before, is_start) = match (text.strip_suffix("Start"), text.strip_suffix("End")) {
            (Some(before), _) => (before, true),
            (_, Some(before)) => (before, false),
            _ if text == "all" => return Some(Since::all_time),
            _ => {
                let ago = read::ago(text).map(|ago| Since::ago(ago.0));
                return ago.or_else(|| moment(text).is_ok().then(|| Since::day(Moment(read::leak(text)))));
            }
        };
        match read::ago(before) {
            Some(ago) if is_start => Some(Since::start_of(ago.0)),
            Some(ago) => Some(Since::end_of(ago.0)),
            None if is_start => CalendarUnit::spelt(before).map(Since::this),
            None => None,
        }
    }
}

plg_core::record! {
    /// A property of a group. Nothing declares these: their names are not checked.
    GroupProperty {
        /// The type of group, as PostHog counts them: 0 to 4.
        of: i64,
        /// The property.
        property: PropertyKey,
    }
}

plg_core::record! {
    /// Cohorts, each of which gets a line.
    CohortsSplit {
        /// The cohorts.
        of: &'static [Link<Cohort>],
        /// Whether everybody gets a line, too.
        everybody: bool = false,
    }
}

plg_core::choice! {
    /// What each line is split by.
    Breakdown "kind of property" {
        /// A property of the person: `person("plan")`.
        person(PropertyKey),
        /// A property of the session: `session("$entry_utm_source")`.
        session(PropertyKey),
        /// A property of a group: `group(0, "industry")`.
        group(GroupProperty),
        /// Whether people are in cohorts: `members [PowerUsers, Trials]`.
        members(CohortsSplit),
        /// What a flag was for whoever did it: `flag(NewOnboarding)`.
        flag(Link<FeatureFlag>),
        /// An expression in HogQL: `sql("properties.amount > 100")`.
        sql(Hogql),
        ; /// A property of the event.
        else event(PropertyKey)
    }
}

plg_core::record! {
    /// How the lines of a breakdown are drawn.
    BreakdownOptions {
        /// How many values get a line of their own.
        limit: Option<i64> = None,
        /// Whether those that get none are left out, instead of drawn as one.
        without_others: bool = false,
        /// In how many ranges the values of a number fall.
        bins: Option<i64> = None,
        /// Whether addresses count as the same that differ in a slash at the end, or in what stands after `?` and `#`.
        same_urls: bool = false,
        /// Whether paths are cleaned as the project's settings say.
        clean_paths: bool = false,
    }
}

/// What every insight may say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct InsightScope {
    pub(super) last: Option<Span>,
    pub(super) from: Option<Since>,
    pub(super) to: Option<Since>,
    pub(super) exact: bool,
    pub(super) with: &'static [Filter],
    pub(super) without_test_users: bool,
    pub(super) sampling: Option<Percent>,
}

/// The scope of a record that has all its fields.
macro_rules! scope {
    ($of:expr) => {
        InsightScope {
            last: $of.last,
            from: $of.from,
            to: $of.to,
            exact: $of.exact,
            with: $of.with,
            without_test_users: $of.without_test_users,
            sampling: $of.sampling,
        }
    };
}
pub(super) use scope;

/// A query under construction.
pub(in crate::kinds) struct Source(pub(in crate::kinds) Terms);

impl Source {
    pub(super) fn new(kind: &str) -> Self {
        Source(Terms::new()).set("kind", kind)
    }

    pub(super) fn set(mut self, key: &str, value: impl Into<Term>) -> Self {
        self.0.insert(key, value);
        self
    }

    pub(super) fn set_some(self, key: &str, value: Option<impl Into<Term>>) -> Self {
        match value {
            Some(value) => self.set(key, value),
            None => self,
        }
    }

    /// Sets what is not empty.
    pub(super) fn set_full(self, key: &str, value: Terms) -> Self {
        if value.is_empty() { self } else { self.set(key, value) }
    }

    pub(super) fn scope(self, scope: InsightScope) -> Self {
        let mut range = Terms::new();
        let from = scope.last.map(|span| Ago(span).relative()).or_else(|| scope.from.map(Since::spelt));
        range.extend(from.map(|from| ("date_from", from)));
        range.extend(scope.to.map(|to| ("date_to", to.spelt())));
        range.extend(scope.exact.then_some(("explicitDate", true)));
        let source = self.set_full("dateRange", range);
        let source = if scope.with.is_empty() { source } else { source.set("properties", Filter::list(scope.with)) };
        let source = if scope.without_test_users { source.set("filterTestAccounts", true) } else { source };
        source.set_some("samplingFactor", scope.sampling.map(|share| plg_core::number(share.0 / 100.0)))
    }

    pub(super) fn compare(self, compare: bool, to: Option<Span>) -> Self {
        match to {
            Some(span) => self.set("compareFilter", term!({ "compare": true, "compare_to": Ago(span).relative() })),
            None if compare => self.set("compareFilter", term!({ "compare": true })),
            None => self,
        }
    }

    pub(in crate::kinds) fn split(self, split: Split) -> Self {
        let mut filter = Terms::new();
        match (split.breakdown, split.breakdowns) {
            (Some(one), _) => {
                let (ty, property, group) = one.parts();
                filter.insert("breakdown", property);
                filter.insert("breakdown_type", ty);
                filter.extend(group.map(|of| ("breakdown_group_type_index", of)));
            }
            (None, several) if !several.is_empty() => {
                let each = several.iter().map(|one| {
                    let (ty, property, group) = one.parts();
                    let mut part = Terms::from_iter([("property", property), ("type", ty.into())]);
                    part.extend(group.map(|of| ("group_type_index", of)));
                    part
                });
                filter.insert("breakdowns", each.collect::<Vec<_>>());
            }
            _ => {}
        }
        if let Some(options) = split.options {
            filter.extend(options.limit.map(|limit| ("breakdown_limit", limit)));
            filter.extend(options.without_others.then_some(("breakdown_hide_other_aggregation", true)));
            filter.extend(options.bins.map(|bins| ("breakdown_histogram_bin_count", bins)));
            filter.extend(options.same_urls.then_some(("breakdown_normalize_url", true)));
            filter.extend(options.clean_paths.then_some(("breakdown_path_cleaning", true)));
        }
        self.set_full("breakdownFilter", filter)
    }
}

impl InsightScope {
    pub(super) fn read(source: &Json, known: &mut Known) -> Option<Self> {
        let says = |path: &str| source.pointer(path).and_then(Json::as_str);
        let from = says("/dateRange/date_from").map(|from| Since::read(from).ok_or(())).transpose().ok()?;
        let to = says("/dateRange/date_to").map(|to| Since::read(to).ok_or(())).transpose().ok()?;
        let (last, from) = match (from, to) {
            (Some(Since::ago(span)), None) => (Some(span), None),
            (from, _) => (None, from),
        };
        Some(InsightScope {
            last,
            from,
            to,
            exact: read::on(source.pointer("/dateRange/explicitDate")),
            with: Filter::read_all(source.get("properties"), known).ok()?,
            without_test_users: read::on(source.get("filterTestAccounts")),
            sampling: source
                .get("samplingFactor")
                .and_then(Json::as_f64)
                .map(|share| Percent((share * 1e11).round() / 1e9)),
        })
    }
}

/// What the lines of an insight are split by.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::kinds) struct Split {
    pub(in crate::kinds) breakdown: Option<Breakdown>,
    pub(in crate::kinds) breakdowns: &'static [Breakdown],
    pub(in crate::kinds) options: Option<BreakdownOptions>,
}

/// What a record that can be split is split by.
macro_rules! split {
    ($of:expr) => {
        Split { breakdown: $of.breakdown, breakdowns: $of.breakdowns, options: $of.breakdown_options }
    };
}
pub(super) use split;

/// Before the key of a flag, in the property that says what it was.
const FEATURE: &str = "$feature/";

impl Breakdown {
    /// PostHog's type of it, the property or the cohorts, and the type of group.
    fn parts(&self) -> (&'static str, Term, Option<i64>) {
        match self {
            Breakdown::event(property) => ("event", property.name().into(), None),
            Breakdown::person(property) => ("person", property.name().into(), None),
            Breakdown::session(property) => ("session", property.name().into(), None),
            Breakdown::group(group) => ("group", group.property.name().into(), Some(group.of)),
            Breakdown::flag(flag) => ("event", format!("{FEATURE}{}", flag.key.0).into(), None),
            Breakdown::sql(sql) => ("hogql", sql.0.into(), None),
            Breakdown::members(cohorts) => {
                let everybody = cohorts.everybody.then(|| Term::from("all"));
                let all = everybody.into_iter().chain(cohorts.of.iter().map(|cohort| reference(*cohort)));
                ("cohort", all.collect(), None)
            }
        }
    }

    fn read(ty: &str, property: &Json, group: Option<&Json>, known: &Known) -> Option<Self> {
        let named = || property.as_str().map(|name| known_key(known, name));
        Some(match ty {
            "event" => match property.as_str()?.strip_prefix(FEATURE) {
                Some(key) => Breakdown::flag(crate::kinds::known::flag(known, key).ok()?),
                None => Breakdown::event(named()?),
            },
            "person" => Breakdown::person(named()?),
            "session" => Breakdown::session(named()?),
            "group" => Breakdown::group(GroupProperty { of: read::number(group?)?, property: named()? }),
            "hogql" => Breakdown::sql(Hogql(read::leak(property.as_str()?))),
            "cohort" => {
                let list = property.as_array()?;
                let is_all = |id: &&Json| id.as_str() == Some("all");
                let of: Result<Vec<_>, _> =
                    list.iter().filter(|id| !is_all(id)).map(|id| known.find::<Cohort>(id)).collect();
                Breakdown::members(CohortsSplit {
                    of: read::slice(of.ok()?),
                    everybody: list.iter().any(|id| is_all(&id)),
                })
            }
            _ => return None,
        })
    }
}

/// The property of this name.
fn known_key(_: &Known, name: &str) -> PropertyKey {
    PropertyKey::declared(PropertyName(read::leak(name)))
}

impl Split {
    pub(in crate::kinds) fn read(source: &Json, known: &Known) -> Option<Self> {
        let Some(filter) = source.get("breakdownFilter").filter(|filter| !filter.is_null()) else {
            return Some(Split::default());
        };
        let ty = |node: &Json, key: &str| node.get(key).and_then(Json::as_str).unwrap_or("event").to_owned();
        let breakdown = match filter.get("breakdown").filter(|breakdown| !plg_core::hollow::is_hollow(breakdown)) {
            Some(property) => {
                let one = match property {
                    Json::Array(list) if list.len() == 1 && ty(filter, "breakdown_type") != "cohort" => &list[0],
                    other => other,
                };
                Some(Breakdown::read(
                    &ty(filter, "breakdown_type"),
                    one,
                    filter.get("breakdown_group_type_index"),
                    known,
                )?)
            }
            None => None,
        };
        let several = filter.get("breakdowns").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let breakdowns: Option<Vec<_>> = several
            .iter()
            .map(|one| Breakdown::read(&ty(one, "type"), one.get("property")?, one.get("group_type_index"), known))
            .collect();
        let options = BreakdownOptions {
            limit: filter.get("breakdown_limit").and_then(read::number),
            without_others: read::on(filter.get("breakdown_hide_other_aggregation")),
            bins: filter.get("breakdown_histogram_bin_count").and_then(read::number),
            same_urls: read::on(filter.get("breakdown_normalize_url")),
            clean_paths: read::on(filter.get("breakdown_path_cleaning")),
        };
        let says = options.limit.is_some()
            || options.bins.is_some()
            || options.without_others
            || options.same_urls
            || options.clean_paths;
        Some(Split { breakdown, breakdowns: read::slice(breakdowns?), options: says.then_some(options) })
    }
}

/// Checks what an insight says of time, filters and breakdowns; `held` is its record.
pub(in crate::kinds) fn check(held: &Node, report: &mut Report) {
    filter::check(held.field("with"), report);
    if let (Some(_), Some(from)) = (held.field("last"), held.field("from")) {
        let message = "an insight has either `last` or `from`\nhelp: remove one of them";
        report.error(crate::codes::EXCLUDE_EACH_OTHER, from.at, message);
    }
    let day = |field: &str| {
        let day = held.field(field).filter(|since| since.word() == Some("day"))?.held()?;
        let text = day.text()?;
        let utc = plg_core::text::utc(text).or_else(|| plg_core::text::utc(&format!("{text}Z")))?;
        Some((utc, day.at))
    };
    if let (Some((from, _)), Some((to, at))) = (day("from"), day("to"))
        && to < from
    {
        report.error(codes::TIME, at, "this is before `from`\nhelp: write a day after `from`");
    }
    if let Some(Node { at, given: Given::Percent(share) }) = held.field("sampling")
        && *share <= 0.0
    {
        report.error(codes::SHARE, *at, "with 0%, nobody is counted\nhelp: write a share, such as `10%`");
    }
    if let (Some(_), Some(to)) = (held.field("last").or_else(|| held.field("compare")), held.field("compare_to"))
        && matches!(held.field("compare"), Some(Node { given: Given::Bool(false), .. }))
    {
        let message = "`compare: false` compares with nothing\nhelp: leave out `compare` or `compare_to`";
        report.error(crate::codes::EXCLUDE_EACH_OTHER, to.at, message);
    }
    check_split(held, report);
}

/// The most breakdowns at once.
const BREAKDOWNS: usize = 3;

/// Checks what something is split by.
pub(in crate::kinds) fn check_split(held: &Node, report: &mut Report) {
    let several = held.field("breakdowns");
    if let (Some(_), Some(several)) = (held.field("breakdown"), several) {
        let message = "write one breakdown in `breakdown`, or several in `breakdowns`\nhelp: remove `breakdown`";
        report.error(crate::codes::EXCLUDE_EACH_OTHER, several.at, message);
    }
    if let Some(several) = several {
        let list = several.list();
        if list.is_empty() || list.len() > BREAKDOWNS {
            let message =
                format!("PostHog breaks down by 1 to 3 properties, and this has {}\nhelp: remove some", list.len());
            report.error(codes::LIST, several.at, message);
        }
        if let Some(cohorts) = list.iter().find(|one| one.word() == Some("members")) {
            let message = "cohorts are a breakdown of their own\nhelp: write `breakdown: members […]`";
            report.error(crate::codes::EXCLUDE_EACH_OTHER, cohorts.at, message);
        }
    }
    let all = held.field("breakdown").into_iter().chain(several.map_or(&[][..], Node::list));
    for breakdown in all.clone() {
        match (breakdown.word(), breakdown.held()) {
            (Some("group"), Some(group)) => filter::check_group_type(group.field("of"), report),
            (Some("members"), Some(members)) if members.field("of").is_none_or(|of| of.list().is_empty()) => {
                let message = "`members` has no cohort\nhelp: write `members [PowerUsers]`";
                report.error(codes::LIST, breakdown.at, message);
            }
            _ => {}
        }
    }
    if let Some(options) = held.field("breakdown_options") {
        if all.count() == 0 {
            let message =
                "`breakdown_options` needs a breakdown\nhelp: write `breakdown: …`, or leave `breakdown_options` out";
            report.error(codes::NEEDS_ANOTHER, options.at, message);
        }
        for field in ["limit", "bins"] {
            if let Some(Node { at, given: Given::Int(..1) }) = options.field(field) {
                report.error(codes::OUT_OF_RANGE, *at, format!("`{field}` counts from 1\nhelp: write `{field}: 10`"));
            }
        }
    }
}
