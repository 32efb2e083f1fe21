//! Objects, from what is live.

use super::*;
use plg_core::source::{Answers, Import, Known, read};

impl Import for Object {
    const ANSWERS: Answers = Answers { noise: &[crate::kinds::NOISE], usual: &[], called: &[], placed: &[] };

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
        known.keep(&*live.id, self);
        known.keep(self.slug.0, self);
    }

    /// Attio's own objects need no declaration.
    fn keep_own(live: &Live, known: &mut Known) {
        let slug = text(&live.fields, "api_slug");
        if let Some(object) = STANDARD.iter().find(|object| object.slug.0 == slug) {
            known.keep(&*live.id, object);
            known.keep(slug, object);
            known.remember(object, live);
        }
    }
}
