//! PostHog shared metrics: metrics that several experiments are measured by.

mod import;

use super::experiment::{Metric, check_metric};
use super::posthog;
use super::prelude::*;

plg_core::kind! {
    /// A metric with a name of its own, for several experiments.
    shared_metric SharedMetric {
        /// What people read in PostHog, up to 400 characters; from the item's name unless given. Unique in the project, in upper or lower case.
        title: Name,
        /// What is measured.
        metric: Metric,
        /// Labels to find it by; PostHog keeps them in lower case and in no order.
        tags: &'static [Tag] = &[],
    }
    provider: &crate::PROVIDER,
    key: &["title"],
    check: check,
    unique: &[("title", None)],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Metrics,
}

fn check(metric: &Block, _: &Declarations, report: &mut Report) {
    posthog::at_most(metric, "description", 400, report);
    if let Some(metric) = metric.get("metric") {
        check_metric(metric, report);
    }
}

/// PostHog folds the titles that it keeps apart.
pub(super) fn check_title(metric: &Block, world: &Declarations, report: &mut Report) {
    let folded = |metric: &Block| metric.text("title").map(|title| title.trim().to_lowercase());
    let mut earlier = world.of_kind(metric.kind).iter().take_while(|other| !other.is(metric));
    if let Some(title) = metric.get("title")
        && let Some(other) = earlier.find(|other| folded(other) == folded(metric))
        && other.text("title").map(str::trim) != title.text().map(str::trim)
    {
        report.error(
            codes::SAME_KEY,
            title.at,
            format!("`{}` has this title already in other upper and lower case, and PostHog treats the two as equal\nhelp: give one of them another `title`", other.name),
        );
    }
}

impl Describe for SharedMetric {
    fn want(&self) -> Want {
        let want = Want::of(&self.common)
            .set("name", self.title.0)
            .set("description", self.common.doc)
            .set("query", self.metric.json())
            .set("tags", posthog::tags(self.tags));
        self.metric.named().iter().fold(want, |want, what| want.after(what.address()))
    }

    fn lint(&self) -> Vec<String> {
        posthog::too_long(&self.common, 400)
    }
}

#[derive(Debug)]
struct Metrics;

impl Wire for Metrics {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("experiment_saved_metrics")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "description", "");
        posthog::default(&mut live.fields, "tags", json!([]));
        posthog::normalise(&mut live.fields, "query", super::experiment::comparable);
        Some(live)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        // The name is wanted in every write by older servers; the query's own id may be left out.
        let mut part = pick(want, changed);
        posthog::along(&mut part, want, &["name"]);
        Some(self.collection_of(prior).change(prior, part))
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_lowercase())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        if field == "tags" { same_set(want, live) } else { same(want, live) }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "metric" => &["query"],
            _ => itself(word),
        }
    }

    fn refuses(&self, before: &Map, after: Option<&Map>) -> Option<Hold> {
        let kind = before.get("query").map(|query| text_of(query, "kind")).unwrap_or_default();
        let is_legacy = ["ExperimentTrendsQuery", "ExperimentFunnelsQuery"].contains(&kind);
        (after.is_some() && is_legacy).then(|| Hold {
            says: "PostHog has retired its kind, and refuses changes".into(),
            help: "give the declaration another title, so that a new one is made beside it",
        })
    }

    fn may_mention(&self) -> &'static [&'static str] {
        crate::query::IN_QUERIES
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        crate::query::in_query(live.fields.get("query"))
    }
}

fn text_of<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, case, differing, event, list, mistakes, prior, record, wanted};
    use super::*;
    use crate::kinds::{Event, Mean, MetricSource};

    static USED: Event = event("FeatureUsed", "feature_used");
    static USES: SharedMetric = SharedMetric {
        common: Common { doc: "How often.", ..Common::named("Uses") },
        title: Name("Uses"),
        metric: Metric::mean(Mean { of: MetricSource::event(&USED), ..Mean::BLANK }),
        tags: &[Tag("Core")],
    };

    #[test]
    fn a_metric_is_created_and_recognised() {
        let want = wanted(&USES);
        assert_eq!(want.after, ["event.FeatureUsed"]);
        let query = json!({
            "kind": "ExperimentMetric", "metric_type": "mean", "goal": "increase",
            "source": { "kind": "EventsNode", "event": "feature_used" },
        });
        assert_eq!(
            Metrics.create(&want.fields).body,
            Some(json!({ "name": "Uses", "description": "How often.", "query": query, "tags": ["core"] }))
        );
        let mut live =
            json!({ "id": 9, "name": "Uses", "description": "How often.", "query": query, "tags": ["core"] });
        live["query"]["uuid"] = json!("m-1");
        live["query"]["fingerprint"] = json!("sha");
        assert_eq!(differing(&USES, &want.fields, &live), [""; 0]);
        let prior = prior(&USES, &live);
        assert_eq!(Metrics.identity(&prior.fields).as_deref(), Some("uses"));
        let call = Metrics.update(&want.fields, &["tags".into()], &prior);
        assert_eq!(
            call,
            Some(Call::new(
                "PATCH",
                "/api/projects/{project}/experiment_saved_metrics/9/",
                json!({ "name": "Uses", "tags": ["core"] })
            ))
        );
        assert_eq!(
            Metrics.remove(&prior),
            Removal::Delete(Call::bare("DELETE", "/api/projects/{project}/experiment_saved_metrics/9/"))
        );
    }

    #[test]
    fn metrics_follow_the_rules_of_experiments() {
        let funnel = case(5, "funnel", record(6, vec![("steps", list(7, vec![]))]));
        let metric = block("shared_metric", "X", vec![("metric", funnel)]);
        assert_eq!(mistakes("shared_metric", &metric, &[]), at(7, "a funnel needs at least one step"));
    }
}
