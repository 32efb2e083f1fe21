//! Early access features, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for EarlyAccessFeature {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise { because: "another declaration says it", keys: &["feature_flag"] },
                Noise { because: "people choose who looks after it", keys: &["assignee"] },
            ],
        ],
        usual: &[],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let stage = text(fields, "stage");
        let docs = Some(text(fields, "documentation_url")).filter(|docs| !docs.is_empty());
        let written = docs.filter(|docs| (WebUrl::RULE.check)(docs).is_ok());
        if let (Some(docs), None, false) = (docs, written, common.existing) {
            known.lose("documentation_url", format!("its docs stay at {docs}, which is no https address"));
        }
        let payload = fields.get("payload").filter(|payload| payload.as_object().is_some_and(|map| !map.is_empty()));
        Ok(EarlyAccessFeature {
            common,
            flag: known.find::<FeatureFlag>(fields.get("feature_flag_id").unwrap_or(&Json::Null))?,
            title: read::name(fields.get("name")),
            stage: FeatureStage::spelt(stage)
                .ok_or_else(|| format!("the language has no word for the stage `{stage}`"))?,
            docs: written.map(|docs| WebUrl(read::leak(docs))),
            payload: payload.map(read::written),
        })
    }
}
