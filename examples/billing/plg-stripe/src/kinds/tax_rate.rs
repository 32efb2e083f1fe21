//! What is added for the state.

use super::rest::{
    METADATA, NOISE, check_metadata, list, maybe, metadata, metadata_of, revived, row, updated, without_empty,
};
use crate::values::{CountryCode, Metadata, StateCode, TaxName};
use plg_core::BetweenRule;
use plg_core::prelude::*;
use plg_core::source::{Answers, Import, Known, Noise, read};
use plg_core::wire::Ending;

plg_core::kind! {
    /// A tax that is added to invoices. Its share cannot be changed: one that is declared otherwise is a new one, and the
    /// old one is archived. Stripe keeps no names of tax rates apart: a rate is found by its name and where it is raised.
    tax_rate TaxRate {
        /// What customers read, such as `VAT`; from the item's name unless given.
        display_name: TaxName,
        /// The share.
        percentage: Percent,
        /// Whether it is in the amounts already, or comes on top.
        inclusive: bool,
        /// The country that raises it.
        country: Option<CountryCode> = None,
        /// The state within it.
        state: Option<StateCode> = None,
        /// Who raises it, as customers read it.
        jurisdiction: Option<TaxName> = None,
        /// Which tax it is.
        tax_type: Option<TaxType> = None,
        /// Keys and values for programs. Keys that others add stay.
        metadata: Metadata = Metadata(&[]),
    }
    provider: &crate::PROVIDER,
    key: &["display_name", "country", "state", "jurisdiction"],
    check: |rate, _, report| check_metadata(rate, report),
    unique: &[],
    titled: Some("display_name"),
    surface: Surface::NONE,
    wire: &TaxRates,
}

plg_core::words! {
    /// A kind of tax.
    TaxType "kind of tax" {
        /// A levy on rented amusements.
        amusement_tax,
        /// A tax on communications.
        communications_tax,
        /// Goods and services tax.
        gst,
        /// Harmonized sales tax.
        hst,
        /// IGST of India.
        igst,
        /// Japanese consumption tax.
        jct,
        /// A tax on leases.
        lease_tax,
        /// Provincial sales tax.
        pst,
        /// Quebec sales tax.
        qst,
        /// A fee on retail deliveries.
        retail_delivery_fee,
        /// Retail sales tax.
        rst,
        /// Sales tax.
        sales_tax,
        /// A tax on services.
        service_tax,
        /// Value added tax.
        vat,
    }
}

/// Two rates that would be found as one.
pub(crate) const TOLD_APART: BetweenRule = BetweenRule {
    kind: "tax_rate",
    looks_at: &["tax_rate"],
    says: "no two tax rates have one name, country, state and jurisdiction: one would be found as the other",
    code: codes::SAME_KEY,
    check: |rate, world, report| {
        let same = |other: &&&Block| other.kind == rate.kind && place(other) == place(rate);
        let before = world.blocks.iter().take_while(|other| !other.is(rate)).find(same);
        if let Some(other) = before {
            let message = format!(
                "`{}` is a tax rate of this name and place already\nhelp: write another `display_name`, or a `jurisdiction`",
                other.name
            );
            report.error(codes::SAME_KEY, rate.at, message);
        }
    },
};

/// What tells a declaration of a rate apart.
fn place(rate: &Block) -> (String, [Option<&str>; 3]) {
    let name = rate.text("display_name").map_or_else(|| plg_core::text::title(&rate.name), str::to_owned);
    (name, [rate.text("country"), rate.text("state"), rate.text("jurisdiction")])
}

impl Describe for TaxRate {
    fn want(&self) -> Want {
        let want = Want::of(&self.common)
            .set("display_name", self.display_name.0)
            .set_some("country", self.country.map(|country| country.0))
            .set_some("state", self.state.map(|state| state.0))
            .set_some("jurisdiction", self.jurisdiction.map(|name| name.0));
        if self.common.existing {
            return want;
        }
        // Stripe takes none of these texts away once it has one.
        want.set_some("description", Some(self.common.doc).filter(|doc| !doc.is_empty()))
            .set("percentage", number(self.percentage.0))
            .set("inclusive", self.inclusive)
            .set_some("tax_type", self.tax_type.map(TaxType::as_str))
            .set("metadata", metadata(&self.metadata))
    }
}

#[derive(Debug)]
struct TaxRates;

impl Wire for TaxRates {
    fn collection(&self, _: &Map) -> RestCollection {
        list("tax_rates", Ending::Deactivate("active"))
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
        &["percentage", "inclusive"]
    }

    fn lost(&self) -> &'static str {
        "nothing that was billed: subscriptions and invoices keep the old rate until somebody gives them the new one"
    }

    fn owned(&self, field: &str) -> &'static Owned {
        if field == "metadata" { &METADATA } else { &Owned::Whole }
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        let parts = ["display_name", "country", "state", "jurisdiction"].map(|field| text(fields, field));
        Some(parts.join("\n")).filter(|_| !parts[0].is_empty())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["description", "metadata"]
    }
}

impl Import for TaxRate {
    const ANSWERS: Answers = Answers {
        noise: &[
            NOISE,
            &[Noise {
                because: "Stripe works it out",
                keys: &["effective_percentage", "jurisdiction_level", "rate_type", "flat_amount"],
            }],
        ],
        usual: &[],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "display_name")
    }

    fn import(live: &Live, common: Common, _: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        Ok(TaxRate {
            common,
            display_name: TaxName(read::leak(text(fields, "display_name"))),
            percentage: Percent(fields.get("percentage").and_then(Json::as_f64).ok_or("it has no share")?),
            inclusive: read::on(fields.get("inclusive")),
            country: maybe(live, "country").map(CountryCode),
            state: maybe(live, "state").map(StateCode),
            jurisdiction: maybe(live, "jurisdiction").map(TaxName),
            tax_type: TaxType::spelt(text(fields, "tax_type")),
            metadata: metadata_of(live),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::fixture::{at, block, differing, mistakes, node, resolved};

    static VAT: TaxRate = TaxRate {
        common: Common::named("Vat"),
        display_name: TaxName("VAT"),
        percentage: Percent(19.0),
        inclusive: true,
        country: Some(CountryCode("DE")),
        tax_type: Some(TaxType::vat),
        ..TaxRate::BLANK
    };

    #[test]
    fn what_was_made_is_found_as_it_was_declared() {
        let want = resolved(&VAT, &Json::Null);
        assert_eq!(
            TaxRates.create(&want).body,
            Some(
                json!({ "display_name": "VAT", "country": "DE", "percentage": 19, "inclusive": true, "tax_type": "vat" })
            )
        );
        let live = json!({
            "id": "txr_1", "object": "tax_rate", "active": true, "country": "DE", "description": null, "display_name": "VAT",
            "effective_percentage": 19.0, "inclusive": true, "jurisdiction": null, "metadata": {}, "percentage": 19.0,
            "state": null, "tax_type": "vat",
        });
        assert_eq!(differing(&VAT, &want, &live), [""; 0]);
    }

    #[test]
    fn two_rates_of_one_name_and_place_would_be_one() {
        let rate = |name: &str, country: &str| {
            let text = |text: &str| node(1, Given::Text(text.into()));
            block("tax_rate", name, vec![("display_name", text("VAT")), ("country", text(country))])
        };
        let (first, second, other) = (rate("First", "DE"), rate("Second", "DE"), rate("Other", "FR"));
        let found = mistakes(&crate::PROVIDER, "tax_rate", &second, &[&first, &second, &other]);
        assert_eq!(found, at(0, "`First` is a tax rate of this name and place already"));
        assert_eq!(mistakes(&crate::PROVIDER, "tax_rate", &other, &[&first, &second, &other]), []);
    }
}
