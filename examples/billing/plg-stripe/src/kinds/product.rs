//! What is sold.

use super::rest::{
    METADATA, NOISE, check_metadata, given, list, maybe, metadata, metadata_of, revived, row, updated, without_empty,
};
use crate::values::{Descriptor, Feature, Metadata, ProductId, TaxCode, UnitLabel};
use plg_core::prelude::*;
use plg_core::source::{Answers, Import, Known, Noise, read};
use plg_core::wire::Ending;

plg_core::kind! {
    /// What is sold, whatever it costs: its prices are declarations of their own.
    product Product {
        /// Its id, which is chosen once: whatever refers to the product has it.
        id: ProductId,
        /// What customers read; from the item's name unless given.
        name: Name,
        /// How it is taxed, where that is not what the account says for all.
        tax_code: Option<TaxCode> = None,
        /// What one of it is called where customers buy several: `seat`.
        unit_label: Option<UnitLabel> = None,
        /// What a customer's statement shows for it.
        statement_descriptor: Option<Descriptor> = None,
        /// A page about it.
        url: Option<WebUrl> = None,
        /// What a page of prices says of it, up to 15 lines.
        marketing_features: &'static [Feature] = &[],
        /// Keys and values for programs. Keys that others add stay.
        metadata: Metadata = Metadata(&[]),
    }
    provider: &crate::PROVIDER,
    key: &["id"],
    check: check,
    unique: &[("id", None)],
    titled: Some("name"),
    surface: Surface { constants: &[("ID", "id")], variants: None, word: "", properties: None },
    wire: &Products,
}

fn check(product: &Block, _: &Declarations, report: &mut Report) {
    check_metadata(product, report);
    if let Some(features) = product.get("marketing_features")
        && features.list().len() > 15
    {
        report.error(codes::LIST, features.at, "Stripe shows 15 features of a product\nhelp: leave some out");
    }
}

impl Describe for Product {
    fn want(&self) -> Want {
        let features = self.marketing_features.iter().map(|feature| json!({ "name": feature.0 }));
        Want::of(&self.common)
            .set("id", self.id.0)
            .set("name", self.name.0)
            .set("description", given(self.common.doc))
            .set_some("tax_code", self.tax_code.map(|code| code.0))
            .set("unit_label", given(self.unit_label.map_or("", |label| label.0)))
            .set("statement_descriptor", given(self.statement_descriptor.map_or("", |text| text.0)))
            .set("url", given(self.url.map_or("", |url| url.0)))
            .set("marketing_features", Json::from_iter(features))
            .set("metadata", metadata(&self.metadata))
    }
}

#[derive(Debug)]
struct Products;

impl Wire for Products {
    fn collection(&self, _: &Map) -> RestCollection {
        list("products", Ending::Deactivate("active"))
    }

    fn read(&self, json: Json) -> Option<Live> {
        row(json)
    }

    fn changed_by(&self) -> &'static str {
        "POST"
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(without_empty(want))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        updated(self, want, changed, prior)
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        revived(self, want, prior)
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["id"]
    }

    fn lost(&self) -> &'static str {
        "the old product for new purchases; its prices and subscriptions stay on it"
    }

    fn owned(&self, field: &str) -> &'static Owned {
        if field == "metadata" { &METADATA } else { &Owned::Whole }
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "id").to_owned())
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["price"]
    }

    /// Its default price, which people choose in the web app.
    fn mentions(&self, live: &Live) -> Vec<Mention> {
        mention::id("price", live.fields.get("default_price")).into_iter().collect()
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["description", "marketing_features", "url", "metadata"]
    }
}

impl Import for Product {
    const ANSWERS: Answers = Answers {
        noise: &[
            NOISE,
            &[
                Noise { because: "people choose it in the web app", keys: &["default_price"] },
                Noise { because: "every product is a service or a good, and no request needs it", keys: &["type"] },
            ],
        ],
        usual: &[],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let features = live.fields.get("marketing_features").and_then(Json::as_array).into_iter().flatten();
        let features = features.filter_map(|one| Some(Feature(read::leak(one.get("name")?.as_str()?))));
        Ok(Product {
            common,
            id: ProductId(read::leak(&live.id)),
            name: read::name(live.fields.get("name")),
            tax_code: maybe(live, "tax_code").map(TaxCode),
            unit_label: maybe(live, "unit_label").map(UnitLabel),
            statement_descriptor: maybe(live, "statement_descriptor").map(Descriptor),
            url: maybe(live, "url").map(WebUrl),
            marketing_features: read::slice(features.collect()),
            metadata: metadata_of(live),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::fixture::{differing, mistakes, node, prior, resolved};

    static PRO: Product = Product {
        common: Common { doc: "For teams.", ..Common::named("Pro") },
        id: ProductId("pro"),
        name: Name("Pro"),
        metadata: Metadata(&[plg_core::Pair { key: "tier", doc: "", value: crate::values::MetadataValue("2") }]),
        ..Product::BLANK
    };

    fn live() -> Json {
        json!({
            "id": "pro", "object": "product", "active": true, "created": 1_700_000_000, "name": "Pro", "description": "For teams.",
            "unit_label": null, "statement_descriptor": null, "url": null, "marketing_features": [], "tax_code": null,
            "metadata": { "tier": "2", "theirs": "x" },
        })
    }

    #[test]
    fn nothing_empty_is_sent_and_what_was_made_is_as_declared() {
        let want = resolved(&PRO, &Json::Null);
        let sent = Products.create(&want).body;
        assert_eq!(
            sent,
            Some(json!({ "id": "pro", "name": "Pro", "description": "For teams.", "metadata": { "tier": "2" } }))
        );
        assert_eq!(differing(&PRO, &want, &live()), [""; 0]);
        let call = Products.remove(&prior(&PRO, &live()));
        assert_eq!(call, Removal::Archive(Call::new("POST", "/v1/products/pro", json!({ "active": false }))));
    }

    #[test]
    fn a_key_of_metadata_that_is_declared_no_more_is_taken_away_and_those_of_others_stay() {
        let (now, applied) = (json!({ "tier": "2", "old": "1", "theirs": "x" }), json!({ "tier": "1", "old": "1" }));
        let want = json!({ "tier": "2" });
        assert!(!Products.agrees("metadata", &want, Some(&applied), &now));
        let becomes = Products.merged("metadata", &want, Some(&applied), &now);
        assert_eq!(becomes, json!({ "tier": "2", "theirs": "x" }));
        let mut before = prior(&PRO, &live());
        before.fields.insert("metadata".into(), now);
        let call = Products.update(&Map::from_iter([("metadata".into(), becomes)]), &["metadata".into()], &before);
        let sent = call.and_then(|call| call.body);
        assert_eq!(sent, Some(json!({ "metadata": { "tier": "2", "theirs": "x", "old": null } })));
    }

    #[test]
    fn what_is_refused() {
        let features = (0..16).map(|n| node(n, Given::Text(format!("Feature {n}")))).collect();
        let block =
            plg_core::fixture::block("product", "Pro", vec![("marketing_features", node(3, Given::List(features)))]);
        let found = mistakes(&crate::PROVIDER, "product", &block, &[]);
        assert_eq!(found, plg_core::fixture::at(3, "Stripe shows 15 features of a product"));
    }
}
