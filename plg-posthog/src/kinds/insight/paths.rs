//! The ways that people take.

use super::funnel::FunnelStep;
use super::scope::{self, InsightScope, Since, Source};
use crate::kinds::Hogql;
use crate::kinds::filter::{self, Filter};
use crate::kinds::prelude::*;
use plg_core::source::{Known, read};

plg_core::choice! {
    /// What is a stop on a path.
    Stop "kind of stop" {
        /// A page that is seen.
        pages,
        /// A screen of an app.
        screens,
        /// An event of one's own.
        events,
        /// What an expression in HogQL says: `sql("properties.tab")`.
        sql(Hogql),
    }
}

plg_core::record! {
    /// Stops that count as one: those that match get another name.
    PathCleaning {
        /// The regular expression, in RE2's syntax.
        matches: Str,
        /// The name.
        alias: Str,
    }
}

plg_core::words! {
    /// Which part of a funnel paths are looked at.
    FunnelPart "part of a funnel" {
        /// How people come to a step.
        before = "funnel_path_before_step",
        /// What they do between a step and the one before it.
        between = "funnel_path_between_steps",
        /// Where they go from a step.
        after = "funnel_path_after_step",
    }
}

plg_core::record! {
    /// Paths of those who are in a funnel.
    AlongFunnel {
        /// The steps of the funnel.
        steps: &'static [FunnelStep],
        /// Which part is looked at.
        part: FunnelPart = FunnelPart::between,
        /// The step that it is before, at or after, from 1. Below 0: those who dropped out before that step.
        step: Option<i64> = None,
        /// How long people have from the first step to the last; up to months.
        within: Span = Span { count: 14, unit: Unit::days },
    }
}

plg_core::record! {
    /// The ways that people take.
    Paths {
        /// What is a stop on a path; everything, unless it is written.
        of: &'static [Stop] = &[],
        /// Where paths begin, such as `"/pricing"`.
        starting_at: Option<Str> = None,
        /// Where paths end.
        ending_at: Option<Str> = None,
        /// How many stops a path has, 2 to 20.
        steps: i64 = 5,
        /// How many ways are drawn; PostHog draws 50, unless it is written.
        ways: Option<i64> = None,
        /// How many people must take a way for it to be drawn.
        at_least: Option<i64> = None,
        /// How many people may take it at most.
        at_most: Option<i64> = None,
        /// Stops that are passed over.
        without: &'static [Str] = &[],
        /// Stops that count as one, with `*` for what differs: `["/blog/*"]`.
        grouped: &'static [Str] = &[],
        /// Names for stops that match an expression.
        cleaned: &'static [PathCleaning] = &[],
        /// Whether paths are cleaned as the project's settings say, too.
        clean_paths: bool = false,
        /// Whether addresses are shown with their host.
        full_urls: bool = false,
        /// Only those who are in a funnel.
        along: Option<AlongFunnel> = None,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// Where it begins, instead of `last`: `"2026-01-01"`, `this(month)`, `all_time`.
        from: Option<Since> = None,
        /// Where it ends; now, unless it is written.
        to: Option<Since> = None,
        /// Whether it begins and ends to the second.
        exact: bool = false,
        /// What must be so for anything to count.
        with: &'static [Filter] = &[],
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
        /// The share of people that is looked at, where that is enough.
        sampling: Option<Percent> = None,
        /// The type of group whose paths these are instead of people's, as PostHog counts them: 0 to 4.
        of_groups: Option<i64> = None,
    }
}

impl Stop {
    fn spelt(&self) -> &'static str {
        match self {
            Stop::pages => "$pageview",
            Stop::screens => "$screen",
            Stop::events => "custom_event",
            Stop::sql(_) => "hogql",
        }
    }
}

fn list(texts: &[Str]) -> Term {
    texts.iter().map(|text| text.0).collect()
}

impl Paths {
    pub(super) fn source(&self) -> Source {
        let mut filter = Terms::from_iter([("stepLimit", self.steps)]);
        if !self.of.is_empty() {
            filter.insert("includeEventTypes", self.of.iter().map(Stop::spelt).collect::<Term>());
        }
        let expression = self.of.iter().find_map(|stop| if let Stop::sql(sql) = stop { Some(sql.0) } else { None });
        filter.extend(expression.map(|sql| ("pathsHogQLExpression", sql)));
        filter.extend(self.starting_at.map(|text| ("startPoint", text.0)));
        filter.extend(self.ending_at.map(|text| ("endPoint", text.0)));
        filter.extend(self.ways.map(|ways| ("edgeLimit", ways)));
        filter.extend(self.at_least.map(|people| ("minEdgeWeight", people)));
        filter.extend(self.at_most.map(|people| ("maxEdgeWeight", people)));
        for (key, texts) in [("excludeEvents", self.without), ("pathGroupings", self.grouped)] {
            if !texts.is_empty() {
                filter.insert(key, list(texts));
            }
        }
        if !self.cleaned.is_empty() {
            let rules = self.cleaned.iter().map(|rule| term!({ "alias": rule.alias.0, "regex": rule.matches.0 }));
            filter.insert("localPathCleaningFilters", rules.collect::<Term>());
        }
        filter.extend(self.clean_paths.then_some(("pathReplacements", true)));
        filter.extend(self.full_urls.then_some(("showFullUrls", true)));
        let along = self.along.map(|along| {
            let mut filter = Terms::from_iter([
                ("funnelPathType", Term::from(along.part.as_str())),
                (
                    "funnelSource",
                    term!({
                        "kind": "FunnelsQuery",
                        "series": along.steps.iter().map(FunnelStep::node).collect::<Vec<_>>(),
                        "funnelsFilter": {
                            "funnelWindowInterval": along.within.count,
                            "funnelWindowIntervalUnit": along.within.unit.as_str(),
                        },
                    }),
                ),
            ]);
            filter.extend(along.step.map(|step| ("funnelStep", step)));
            filter
        });
        Source::new("PathsQuery")
            .set("pathsFilter", filter)
            .set_some("funnelPathsFilter", along)
            .scope(scope::scope!(self))
            .set_some("aggregation_group_type_index", self.of_groups)
    }

    pub(super) fn read(source: &Json, known: &mut Known) -> Option<Self> {
        let filter = source.get("pathsFilter")?;
        let says = |key: &str| filter.get(key).and_then(Json::as_str);
        let number = |key: &str| filter.get(key).and_then(read::number);
        let types = filter.get("includeEventTypes").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let of: Option<Vec<Stop>> = types
            .iter()
            .map(|ty| {
                Some(match ty.as_str()? {
                    "$pageview" => Stop::pages,
                    "$screen" => Stop::screens,
                    "custom_event" => Stop::events,
                    "hogql" => Stop::sql(Hogql(read::leak(says("pathsHogQLExpression")?))),
                    _ => return None,
                })
            })
            .collect();
        let rules = filter.get("localPathCleaningFilters").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let cleaned: Option<Vec<_>> = rules
            .iter()
            .map(|rule| Some(PathCleaning { matches: read::text(rule, "/regex")?, alias: read::text(rule, "/alias")? }))
            .collect();
        let along = match source.get("funnelPathsFilter").filter(|along| !along.is_null()) {
            Some(along) => {
                let funnel = along.get("funnelSource")?;
                let nodes = funnel.get("series")?.as_array()?;
                let steps: Option<Vec<_>> = nodes.iter().map(|node| FunnelStep::read(node, known)).collect();
                let window = funnel.get("funnelsFilter").unwrap_or(&Json::Null);
                let within = read::span(window, "funnelWindowInterval", "funnelWindowIntervalUnit");
                Some(AlongFunnel {
                    steps: read::slice(steps?),
                    part: FunnelPart::spelt(along.get("funnelPathType")?.as_str()?)?,
                    step: along.get("funnelStep").and_then(read::number),
                    within: within.unwrap_or(AlongFunnel::within),
                })
            }
            None => None,
        };
        let scope = InsightScope::read(source, known)?;
        Some(Paths {
            of: read::slice(of?),
            starting_at: read::text(filter, "/startPoint"),
            ending_at: read::text(filter, "/endPoint"),
            steps: number("stepLimit").unwrap_or(Paths::steps),
            ways: number("edgeLimit"),
            at_least: number("minEdgeWeight"),
            at_most: number("maxEdgeWeight"),
            without: read::texts(filter.get("excludeEvents")),
            grouped: read::texts(filter.get("pathGroupings")),
            cleaned: read::slice(cleaned?),
            clean_paths: read::on(filter.get("pathReplacements")),
            full_urls: read::on(filter.get("showFullUrls")),
            along,
            last: scope.last,
            from: scope.from,
            to: scope.to,
            exact: scope.exact,
            with: scope.with,
            without_test_users: scope.without_test_users,
            sampling: scope.sampling,
            of_groups: source.get("aggregation_group_type_index").and_then(read::number),
        })
    }
}

pub(super) fn check(held: &Node, report: &mut Report) {
    scope::check(held, report);
    filter::check_group_type(held.field("of_groups"), report);
    if let Some(Node { at, given: Given::Int(steps) }) = held.field("steps")
        && !(2..=20).contains(steps)
    {
        report.error(codes::OUT_OF_RANGE, *at, "a path has 2 to 20 stops\nhelp: write `steps: 5`");
    }
    let stops = held.field("of").map_or(&[][..], Node::list);
    plg_core::checks::once(stops, |stop| stop.word().map(str::to_owned), report);
    for rule in held.field("cleaned").map_or(&[][..], Node::list) {
        plg_core::checks::pattern(rule.field("matches"), report);
    }
    if let Some(along) = held.field("along") {
        let steps = along.field("steps").map_or(&[][..], Node::list);
        if steps.len() < 2 {
            let message = "a funnel has 2 steps or more\nhelp: write `steps: [SignupCompleted, FeatureUsed]`";
            report.error(codes::LIST, along.at, message);
        }
        steps.iter().for_each(|step| super::series::check(step, report));
    }
    if let (Some(Node { given: Given::Int(least), .. }), Some(Node { at, given: Given::Int(most) })) =
        (held.field("at_least"), held.field("at_most"))
        && most < least
    {
        report.error(codes::OUT_OF_RANGE, *at, "`at_most` is less than `at_least`\nhelp: write a larger `at_most`");
    }
}
