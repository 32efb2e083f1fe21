//! What a metric of an experiment counts: events and actions, which of them, and how.

use crate::kinds::filter::{self, Filter};
use crate::kinds::insight::Only;
use crate::kinds::prelude::*;
use crate::kinds::property::PropertyKey;
use crate::kinds::{Hogql, known, posthog};
use plg_core::source::{Known, read};

plg_core::record! {
    /// A numeric property of an event or an action.
    MetricProperty {
        /// The event or action that has it.
        what: &'static dyn Trackable,
        /// The property.
        of: PropertyKey,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
    }
}

plg_core::record! {
    /// How many groups do something.
    MetricGroups {
        /// What they do.
        what: &'static dyn Trackable,
        /// The type of group, as PostHog counts them: 0 to 4.
        of: i64,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
    }
}

plg_core::record! {
    /// A number by an expression of one's own.
    MetricExpression {
        /// The event or action whose occurrences are taken together.
        what: &'static dyn Trackable,
        /// The aggregation, in HogQL: `"sum(properties.amount) / 100"`.
        expression: Hogql,
        /// What must be so for it to count.
        with: &'static [Filter] = &[],
        /// What people read instead of its name.
        called: Option<Str> = None,
    }
}

plg_core::choice! {
    /// What a metric counts, and how.
    MetricSource "thing to measure" {
        /// How often it happens under a condition: `only(FeatureUsed, with: [{ property: "feature", is: ["export"] }])`.
        only(Only),
        /// Whether people do it at all: each counts once.
        people(Only),
        /// In how many sessions it happens.
        sessions(Only),
        /// How many groups do it: `groups(FeatureUsed, of: 0)`.
        groups(MetricGroups),
        /// The sum of a property: `sum(PlanUpgraded, of: "amount")`.
        sum(MetricProperty),
        /// The average of a property.
        average(MetricProperty),
        /// The smallest value of a property.
        min(MetricProperty),
        /// The largest value of a property.
        max(MetricProperty),
        /// A number by an expression: `sql(PlanUpgraded, "sum(properties.amount) / 100")`.
        sql(MetricExpression),
        ; /// How often it happens.
        else event(&'static dyn Trackable)
    }
}

plg_core::choice! {
    /// Something people do in a metric.
    MetricStep "thing people do" {
        /// An event or an action under a condition: `only(FeatureUsed, with: [{ property: "feature", is: ["export"] }])`.
        only(Only),
        ; /// An event or an action.
        else event(&'static dyn Trackable)
    }
}

/// What is counted, under a condition, and what people read instead of its name.
type SourceParts = (&'static dyn Trackable, &'static [Filter], Option<Str>);

fn node((what, with, called): SourceParts) -> Terms {
    let (key, ty) = posthog::tracked(what);
    let (kind, field) = if ty == "actions" { ("ActionsNode", "id") } else { ("EventsNode", "event") };
    let mut node = Terms::from_iter([("kind", kind.into()), (field, key)]);
    if !with.is_empty() {
        node.insert("properties", Filter::list(with));
    }
    node.extend(called.map(|text| ("custom_name", text.0)));
    node
}

fn read_parts(node: &Json, known: &mut Known) -> Result<SourceParts, String> {
    let what = match node.get("kind").and_then(Json::as_str) {
        Some("EventsNode" | "ExperimentEventExposureConfig") => known::tracked(known, node.get("event"), None)?,
        Some("ActionsNode") => known::tracked(known, None, node.get("id"))?,
        Some("ExperimentDataWarehouseNode") => {
            return Err("the language has no word for a table of the warehouse here".to_owned());
        }
        _ => return Err(format!("the language has no word for the source {node}")),
    };
    Ok((what, Filter::read_all(node.get("properties"), known)?, read::text(node, "/custom_name")))
}

fn only((what, with, called): SourceParts) -> Only {
    Only { what, with, called }
}

impl MetricStep {
    fn parts(&self) -> SourceParts {
        match self {
            MetricStep::event(what) => (*what, &[], None),
            MetricStep::only(only) => (only.what, only.with, only.called),
        }
    }

    /// The event or action.
    pub(super) fn what(&self) -> &'static dyn Trackable {
        self.parts().0
    }

    pub(super) fn node(&self) -> Terms {
        node(self.parts())
    }

    /// As what shows that somebody was exposed.
    pub(super) fn exposure(&self) -> Terms {
        let mut node = self.node();
        if node.get("kind").and_then(Term::as_str) == Some("EventsNode") {
            node.insert("kind", "ExperimentEventExposureConfig");
        }
        if node.get("properties").is_none() {
            node.insert("properties", Term::from(Vec::<Term>::new()));
        }
        node
    }

    pub(super) fn read(node: &Json, known: &mut Known) -> Result<Self, String> {
        let parts = read_parts(node, known)?;
        let is_plain = parts.1.is_empty() && parts.2.is_none();
        Ok(if is_plain { MetricStep::event(parts.0) } else { MetricStep::only(only(parts)) })
    }
}

impl MetricSource {
    fn parts(&self) -> (SourceParts, &'static str) {
        let of = |only: &Only, math| ((only.what, only.with, only.called), math);
        let measured = |one: &MetricProperty, math| ((one.what, one.with, one.called), math);
        match self {
            MetricSource::event(what) => ((*what, &[], None), "total"),
            MetricSource::only(only) => of(only, "total"),
            MetricSource::people(only) => of(only, "dau"),
            MetricSource::sessions(only) => of(only, "unique_session"),
            MetricSource::groups(groups) => ((groups.what, groups.with, groups.called), "unique_group"),
            MetricSource::sum(one) => measured(one, "sum"),
            MetricSource::average(one) => measured(one, "avg"),
            MetricSource::min(one) => measured(one, "min"),
            MetricSource::max(one) => measured(one, "max"),
            MetricSource::sql(own) => ((own.what, own.with, own.called), "hogql"),
        }
    }

    /// The event or action.
    pub(super) fn what(&self) -> &'static dyn Trackable {
        self.parts().0.0
    }

    /// As PostHog has it: that it is counted goes without saying.
    pub(super) fn node(&self) -> Terms {
        let (parts, math) = self.parts();
        let mut node = node(parts);
        if math != "total" {
            node.insert("math", math);
        }
        let more = match self {
            MetricSource::groups(groups) => Some(("math_group_type_index", groups.of.into())),
            MetricSource::sum(one) | MetricSource::average(one) | MetricSource::min(one) | MetricSource::max(one) => {
                Some(("math_property", Term::from(one.of.name())))
            }
            MetricSource::sql(own) => Some(("math_hogql", own.expression.0.into())),
            _ => None,
        };
        node.extend(more);
        node
    }

    pub(super) fn read(node: &Json, known: &mut Known) -> Result<Self, String> {
        let unknown = || format!("the language has no word for the source {node}");
        let parts = read_parts(node, known)?;
        let (what, with, called) = parts;
        let measured = || {
            let of = node.get("math_property").and_then(Json::as_str).ok_or_else(unknown)?;
            Ok::<_, String>(MetricProperty { what, of: PropertyKey::of(read::leak(of)), with, called })
        };
        Ok(match node.get("math").and_then(Json::as_str).unwrap_or("total") {
            "total" if with.is_empty() && called.is_none() => MetricSource::event(what),
            "total" => MetricSource::only(only(parts)),
            "dau" => MetricSource::people(only(parts)),
            "unique_session" => MetricSource::sessions(only(parts)),
            "unique_group" => {
                let of = node.get("math_group_type_index").and_then(read::number).ok_or_else(unknown)?;
                MetricSource::groups(MetricGroups { what, of, with, called })
            }
            "sum" => MetricSource::sum(measured()?),
            "avg" => MetricSource::average(measured()?),
            "min" => MetricSource::min(measured()?),
            "max" => MetricSource::max(measured()?),
            "hogql" => {
                let expression = node.get("math_hogql").and_then(Json::as_str).ok_or_else(unknown)?;
                MetricSource::sql(MetricExpression { what, expression: Hogql(read::leak(expression)), with, called })
            }
            _ => return Err(unknown()),
        })
    }
}

/// A source or a step without what the web app and the server note for themselves: the name of an action follows the
/// action.
pub(super) fn comparable(node: &Json) -> Json {
    let mut node = node.clone();
    let Some(fields) = node.as_object_mut() else { return node };
    fields.remove("name");
    if fields.get("math").and_then(Json::as_str) == Some("total") {
        fields.remove("math");
    }
    // A property is one of the event unless something else is said, and only one of the event has words here.
    if matches!(text(fields, "math_property_type"), "event_properties" | "numerical_event_properties") {
        fields.remove("math_property_type");
    }
    posthog::normalise(fields, "properties", filter::comparable);
    let is_exposure = text(fields, "kind") == "ExperimentEventExposureConfig";
    if !is_exposure && fields.get("properties").and_then(Json::as_array).is_some_and(Vec::is_empty) {
        fields.remove("properties");
    }
    node
}

/// Checks what is counted: its conditions, and the type of group.
pub(super) fn check(source: &Node, report: &mut Report) {
    let Some(held) = source.held() else { return };
    filter::check(held.field("with"), report);
    if source.word() == Some("groups") {
        filter::check_group_type(held.field("of"), report);
    }
}
