//! When an alert fires.

use super::bounds::Bounds;
use super::detector::Detector;
use crate::kinds::prelude::*;

plg_core::words! {
    /// What a change is measured in.
    ChangeUnit "unit of change" {
        /// As many as that.
        number = "absolute",
        /// As a share of what it was.
        percent = "percentage",
    }
}

plg_core::record! {
    /// A change that is too big or too small: at least one bound.
    ChangeBounds {
        /// It fires where the change is more than this.
        above: Option<f64> = None,
        /// It fires where the change is less than this.
        below: Option<f64> = None,
        /// What both are: a number, or percent of the interval before.
        unit: ChangeUnit = ChangeUnit::number,
    }
}

plg_core::choice! {
    /// When an alert fires.
    Fires "condition of an alert" {
        /// The value itself: `value(below: 10)`. Of a funnel, the share in percent.
        value(Bounds),
        /// How much it rose since the interval before: `rises(above: 50, unit: percent)`.
        rises(ChangeBounds),
        /// How much it fell since the interval before: `falls(above: 20, unit: percent)`.
        falls(ChangeBounds),
        /// It is unlike what it was before: `unusual(zscore)`, `unusual(mad(window: 60))`. Not of queries of which any row
        /// counts, and not of what shows no time.
        unusual(Detector),
    }
}

/// What the condition is called here where a detector decides: PostHog has a field of its own for that.
const UNUSUAL: &str = "unusual";

impl Fires {
    /// The condition, the threshold and the detector as PostHog has them.
    pub(super) fn put(&self, want: Want) -> Want {
        let (condition, unit, above, below) = match *self {
            Fires::value(Bounds { above, below }) => ("absolute_value", ChangeUnit::number, above, below),
            Fires::rises(ChangeBounds { above, below, unit }) => ("relative_increase", unit, above, below),
            Fires::falls(ChangeBounds { above, below, unit }) => ("relative_decrease", unit, above, below),
            Fires::unusual(_) => (UNUSUAL, ChangeUnit::number, None, None),
        };
        // PostHog counts percent as fractions.
        let sent = |n: f64| if unit == ChangeUnit::percent { number(n / 100.0) } else { number(n) };
        let bounds = [("upper", above), ("lower", below)];
        let bounds = bounds.into_iter().filter_map(|(key, bound)| Some((key.to_owned(), sent(bound?))));
        let want = want
            .set("condition", json!({ "type": condition }))
            .set("threshold", json!({ "configuration": { "type": unit.as_str(), "bounds": bounds.collect::<Map>() } }));
        match self {
            Fires::unusual(detector) => want.set("detector_config", detector.json()),
            _ => want,
        }
    }

    pub(super) fn read(fields: &Map) -> Result<Self, String> {
        let condition = fields.get("condition").and_then(|condition| condition.get("type")).and_then(Json::as_str);
        if condition == Some(UNUSUAL) {
            return Detector::read(fields.get("detector_config").unwrap_or(&Json::Null)).map(Fires::unusual);
        }
        let configuration = fields.get("threshold").and_then(|threshold| threshold.get("configuration"));
        let says = |key: &str| configuration.and_then(|configuration| configuration.get(key));
        let unit = says("type").and_then(Json::as_str).and_then(ChangeUnit::spelt).unwrap_or(ChangeBounds::unit);
        let bound = |key: &str| {
            let bound = says("bounds").and_then(|bounds| bounds.get(key)).and_then(Json::as_f64)?;
            // Fractions as percent, without what binary fractions add to them.
            Some(if unit == ChangeUnit::percent { (bound * 1e11).round() / 1e9 } else { bound })
        };
        let (above, below) = (bound("upper"), bound("lower"));
        match condition {
            Some("absolute_value") if unit == ChangeUnit::number => Ok(Fires::value(Bounds { above, below })),
            Some("relative_increase") => Ok(Fires::rises(ChangeBounds { above, below, unit })),
            Some("relative_decrease") => Ok(Fires::falls(ChangeBounds { above, below, unit })),
            _ => Err(format!("the language has no word for the condition `{}`", condition.unwrap_or_default())),
        }
    }
}

/// A row with the condition as it is compared, where a detector decides.
pub(super) fn comparable(fields: &mut Map) {
    if fields.get("detector_config").is_some_and(|detector| !detector.is_null()) {
        fields.insert("condition".to_owned(), json!({ "type": UNUSUAL }));
    }
}

/// A body with the condition as PostHog has it. Where bounds decide from now on, the detector goes.
pub(super) fn sent(mut body: Map, had_detector: bool) -> Map {
    let is_unusual = |condition: &Json| condition.get("type").and_then(Json::as_str) == Some(UNUSUAL);
    match body.get("condition").map(is_unusual) {
        Some(true) => drop(body.insert("condition".to_owned(), json!({ "type": "absolute_value" }))),
        Some(false) if had_detector => drop(body.insert("detector_config".to_owned(), Json::Null)),
        _ => {}
    }
    body
}

/// Checks the condition; `when` is its case.
pub(super) fn check(when: &Node, report: &mut Report) {
    if when.word() == Some("unusual") {
        super::detector::check(when.held().unwrap_or(when), report);
        return;
    }
    let bounds = when.held();
    let number = |field: &str| match bounds.and_then(|bounds| bounds.field(field)).map(|node| &node.given) {
        Some(Given::Float(n)) => Some(*n),
        _ => None,
    };
    match (number("above"), number("below")) {
        (None, None) => {
            report.error(
                crate::codes::SHOWS_NOTHING,
                when.at,
                "this alert would never fire\nhelp: write a bound, such as `value(below: 10)`",
            );
        }
        (Some(above), Some(below)) if below > above => report.error(
            codes::OUT_OF_RANGE,
            when.at,
            format!("every number is below {below} or above {above}\nhelp: write the smaller number for `below`"),
        ),
        _ => {}
    }
}
