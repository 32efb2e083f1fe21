//! What finds that a line is unlike what it was before.

use super::bounds::Bounds;
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::source::read;

plg_core::words! {
    /// How the distance to neighbours is counted.
    NeighborDistance "distance to neighbors" {
        /// That to the farthest of them.
        largest,
        /// Their average.
        mean,
        /// Their middle value.
        median,
    }
}

plg_core::record! {
    /// How a detector works; PostHog chooses what is not written, and each detector has some of it.
    DetectorSettings {
        /// How sure it must be, 0 to 1; PostHog takes 0.9 unless told. Not of `iqr`.
        threshold: Option<f64> = None,
        /// How many intervals before are looked at, 5 to 1,000.
        window: Option<i64> = None,
        /// How far outside of the middle half a value is, in widths of it, 0.5 to 10; of `iqr` alone.
        multiplier: Option<f64> = None,
        /// How many trees there are, 10 to 500; of `isolation_forest` alone.
        trees: Option<i64> = None,
        /// How many neighbors are looked at, 1 to 50; of `knn` and `lof`.
        neighbors: Option<i64> = None,
        /// How the distance to them is counted; of `knn` alone.
        distance: Option<NeighborDistance> = None,
        /// How many bins there are, 5 to 50; of `hbos` alone.
        bins: Option<i64> = None,
        /// The kernel, as PostHog calls it; of `ocsvm` alone.
        kernel: Option<Str> = None,
        /// The share of values that may be found by mistake, 0 to 1; of `ocsvm` alone.
        errors: Option<f64> = None,
        /// Over how many intervals the line is smoothed before, 0 to 30.
        smooth: Option<i64> = None,
        /// How many of the values before stand beside each, 0 to 10.
        lags: Option<i64> = None,
        /// How often the line becomes that of its changes.
        differences: Option<i64> = None,
    }
}

plg_core::choice! {
    /// What finds that a line is unlike what it was before. PostHog calls it anomaly detection, and may change how each works.
    Detector "detector" {
        /// Far from the average, in standard deviations.
        zscore(DetectorSettings),
        /// Far from the middle value, in deviations from it.
        mad(DetectorSettings),
        /// Outside of the middle half of the values.
        iqr(DetectorSettings),
        /// By empirical tails of the values.
        ecod(DetectorSettings),
        /// By empirical copulas.
        copod(DetectorSettings),
        /// By trees that set single values apart.
        isolation_forest(DetectorSettings),
        /// Far from its nearest neighbors.
        knn(DetectorSettings),
        /// By histograms.
        hbos(DetectorSettings),
        /// Where there are few others near, for what there are near its neighbors.
        lof(DetectorSettings),
        /// By a support vector machine of one class.
        ocsvm(DetectorSettings),
        /// By principal components.
        pca(DetectorSettings),
        /// Outside of bounds, beside others: `any [zscore, outside(above: 100)]`.
        outside(Bounds),
        /// Where all of these, two or more, find it: `all [zscore, mad]`.
        all(Detectors),
        /// Where any of these, two or more, finds it: `any [zscore, mad]`.
        any(Detectors),
    }
}

plg_core::record! {
    /// Several detectors.
    Detectors {
        /// The detectors: two or more, and no `all` or `any` among them.
        of: &'static [Detector],
    }
}

/// A setting: its word, its key, the range that PostHog keeps it to, and the detectors that have it; all, where none
/// are named.
type Setting = (&'static str, &'static str, Option<(f64, f64)>, &'static [&'static str]);

/// All settings.
const SETTINGS: &[Setting] = &[
    (
        "threshold",
        "threshold",
        Some((0.0, 1.0)),
        &["zscore", "mad", "ecod", "copod", "isolation_forest", "knn", "hbos", "lof", "ocsvm", "pca"],
    ),
    ("window", "window", Some((5.0, 1_000.0)), &[]),
    ("multiplier", "multiplier", Some((0.5, 10.0)), &["iqr"]),
    ("trees", "n_estimators", Some((10.0, 500.0)), &["isolation_forest"]),
    ("neighbors", "n_neighbors", Some((1.0, 50.0)), &["knn", "lof"]),
    ("distance", "method", None, &["knn"]),
    ("bins", "n_bins", Some((5.0, 50.0)), &["hbos"]),
    ("kernel", "kernel", None, &["ocsvm"]),
    ("errors", "nu", Some((0.0, 1.0)), &["ocsvm"]),
    ("smooth", "smooth_n", Some((0.0, 30.0)), &[]),
    ("lags", "lags_n", Some((0.0, 10.0)), &[]),
    ("differences", "diffs_n", Some((0.0, 10.0)), &[]),
];

/// What is done to a line before.
const BEFORE: &str = "preprocessing";

impl DetectorSettings {
    fn json(&self, ty: &str) -> Map {
        let whole = |n: Option<i64>| n.map(Json::from);
        let [before, own] = [
            [("smooth_n", whole(self.smooth)), ("lags_n", whole(self.lags)), ("diffs_n", whole(self.differences))]
                .to_vec(),
            vec![
                ("threshold", self.threshold.map(number)),
                ("window", whole(self.window)),
                ("multiplier", self.multiplier.map(number)),
                ("n_estimators", whole(self.trees)),
                ("n_neighbors", whole(self.neighbors)),
                ("method", self.distance.map(|distance| distance.as_str().into())),
                ("n_bins", whole(self.bins)),
                ("kernel", self.kernel.map(|kernel| kernel.0.into())),
                ("nu", self.errors.map(number)),
            ],
        ]
        .map(|fields| fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map>());
        let mut all = Map::from_iter([("type".to_owned(), Json::from(ty))]);
        all.extend(own);
        if !before.is_empty() {
            all.insert(BEFORE.to_owned(), before.into());
        }
        all
    }

    fn read(json: &Json) -> Self {
        let says = |key: &str| json.get(key).or_else(|| json.get(BEFORE)?.get(key)).filter(|value| !value.is_null());
        let whole = |key: &str| says(key).and_then(Json::as_i64);
        let decimal = |key: &str| says(key).and_then(Json::as_f64);
        DetectorSettings {
            threshold: decimal("threshold"),
            window: whole("window"),
            multiplier: decimal("multiplier"),
            trees: whole("n_estimators"),
            neighbors: whole("n_neighbors"),
            distance: says("method").and_then(Json::as_str).and_then(NeighborDistance::spelt),
            bins: whole("n_bins"),
            kernel: says("kernel").and_then(|kernel| read::text(kernel, "")),
            errors: decimal("nu"),
            smooth: whole("smooth_n"),
            lags: whole("lags_n"),
            differences: whole("diffs_n"),
        }
    }
}

impl Detector {
    /// As PostHog's `detector_config`, with what is written alone.
    pub(super) fn json(&self) -> Json {
        let several = |operator: &str, of: &Detectors| {
            let all: Vec<Json> = of.of.iter().map(Detector::json).collect();
            json!({ "type": "ensemble", "operator": operator, "detectors": all })
        };
        let (ty, settings) = match self {
            Detector::zscore(settings) => ("zscore", settings),
            Detector::mad(settings) => ("mad", settings),
            Detector::iqr(settings) => ("iqr", settings),
            Detector::ecod(settings) => ("ecod", settings),
            Detector::copod(settings) => ("copod", settings),
            Detector::isolation_forest(settings) => ("isolation_forest", settings),
            Detector::knn(settings) => ("knn", settings),
            Detector::hbos(settings) => ("hbos", settings),
            Detector::lof(settings) => ("lof", settings),
            Detector::ocsvm(settings) => ("ocsvm", settings),
            Detector::pca(settings) => ("pca", settings),
            Detector::outside(Bounds { above, below }) => {
                let bounds = [("upper_bound", above), ("lower_bound", below)];
                let bounds = bounds.into_iter().filter_map(|(key, n)| Some((key.to_owned(), number((*n)?))));
                return Map::from_iter([("type".to_owned(), "threshold".into())])
                    .into_iter()
                    .chain(bounds)
                    .collect::<Map>()
                    .into();
            }
            Detector::all(of) => return several("and", of),
            Detector::any(of) => return several("or", of),
        };
        settings.json(ty).into()
    }

    pub(super) fn read(json: &Json) -> Result<Self, String> {
        let json = posthog::compact(json, &[]);
        let ty = json.get("type").and_then(Json::as_str).unwrap_or_default();
        let settings = DetectorSettings::read(&json);
        let bound = |key: &str| json.get(key).and_then(Json::as_f64);
        Ok(match ty {
            "zscore" => Detector::zscore(settings),
            "mad" => Detector::mad(settings),
            "iqr" => Detector::iqr(settings),
            "ecod" => Detector::ecod(settings),
            "copod" => Detector::copod(settings),
            "isolation_forest" => Detector::isolation_forest(settings),
            "knn" => Detector::knn(settings),
            "hbos" => Detector::hbos(settings),
            "lof" => Detector::lof(settings),
            "ocsvm" => Detector::ocsvm(settings),
            "pca" => Detector::pca(settings),
            "threshold" => Detector::outside(Bounds { above: bound("upper_bound"), below: bound("lower_bound") }),
            "ensemble" => {
                let all = json.get("detectors").and_then(Json::as_array).into_iter().flatten().map(Detector::read);
                let of = Detectors { of: read::slice(all.collect::<Result<_, _>>()?) };
                if json.get("operator").and_then(Json::as_str) == Some("and") {
                    Detector::all(of)
                } else {
                    Detector::any(of)
                }
            }
            other => return Err(format!("the language has no word for the detector `{other}`")),
        })
    }
}

/// Checks a detector.
pub(super) fn check(detector: &Node, report: &mut Report) {
    let word = detector.word().unwrap_or_default();
    if let ("all" | "any", Some(of)) = (word, detector.held().and_then(|held| held.field("of"))) {
        if of.list().len() < 2 {
            let message = format!(
                "`{word}` combines at least two detectors\nhelp: add another one, or write the single one without `{word}`"
            );
            report.error(codes::LIST, of.at, message);
        }
        for one in of.list() {
            if let Some(inner @ ("all" | "any")) = one.word() {
                let message = format!("`{inner}` cannot be inside `{word}`\nhelp: list the detectors side by side");
                report.error(crate::codes::EXCLUDE_EACH_OTHER, one.at, message);
            } else {
                check(one, report);
            }
        }
        return;
    }
    let Some(settings) = detector.held() else { return };
    if word == "outside" {
        if settings.field("above").is_none() && settings.field("below").is_none() {
            let message = "`outside` needs a bound\nhelp: write one, such as `outside(above: 100)`";
            report.error(crate::codes::SHOWS_NOTHING, detector.at, message);
        }
        return;
    }
    for (name, _, range, of) in SETTINGS {
        let Some(node) = settings.field(name) else { continue };
        if !of.is_empty() && !of.contains(&word) {
            let message = format!("`{word}` has no `{name}`, which is for `{}`\nhelp: leave it out", of.join("`, `"));
            report.error(codes::UNKNOWN_FIELD, node.at, message);
        }
        #[expect(clippy::cast_precision_loss, reason = "only which is larger")]
        let found = match node.given {
            Given::Int(n) => Some(n as f64),
            Given::Float(n) => Some(n),
            _ => None,
        };
        if let (Some((least, most)), Some(found)) = (range, found)
            && !(*least..=*most).contains(&found)
        {
            let message = format!(
                "`{name}` is {least} to {most}, and this is {found}\nhelp: write a number from {least} to {most}"
            );
            report.error(codes::OUT_OF_RANGE, node.at, message);
        }
    }
}

/// How much of a detector is the declaration's: what PostHog fills in is its own.
pub(super) static OWNED: Owned = Owned::Keys {
    known: &[],
    inside: &[
        (BEFORE, Owned::WRITTEN),
        (
            "detectors",
            Owned::Items {
                by: &[],
                open: false,
                each: &Owned::Keys { known: &[], inside: &[(BEFORE, Owned::WRITTEN)], told: UNTOLD },
            },
        ),
    ],
    told: UNTOLD,
};
