//! Objects, from what is live.

use super::*;
use crate::source::{self, Answers, Import, Known, read};

impl Import for Object {
    const ANSWERS: Answers = Answers { noise: &[source::ATTIO], usual: &[], called: &[], placed: &[] };

    fn label(live: &Live) -> &str {
        text(&live.fields, "singular_noun")
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        Ok(Object {
            common,
            slug: Slug(read::leak(text(&live.fields, "api_slug"))),
            singular: read::name(live.fields.get("singular_noun")),
            plural: read::name(live.fields.get("plural_noun")),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep_object(self, live);
    }
}
