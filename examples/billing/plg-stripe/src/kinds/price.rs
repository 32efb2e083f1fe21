//! What something costs.

use super::product::Product;
use super::rest::{
    METADATA, NOISE, check_metadata, given, list, maybe, metadata, metadata_of, revived, row, updated, without_empty,
};
use crate::codes::BILLING_PERIOD;
use crate::money::{Amount, Money};
use crate::values::{Label, LookupKey, Metadata};
use plg_core::prelude::*;
use plg_core::source::{Answers, Import, Known, Noise, read};
use plg_core::wire::Ending;

plg_core::kind! {
    /// What a product costs, once or again and again. Amounts never change in Stripe: a price that is declared otherwise
    /// is a new one, which takes the lookup key over from the old one. Subscriptions stay on the price they began with.
    price Price {
        /// What costs that.
        product: Link<Product>,
        /// What finds the price, whichever it is now: applications ask for it.
        lookup_key: LookupKey,
        /// What it costs, with its currency.
        amount: Amount,
        /// How often it is paid; once, where it is not written.
        recurring: Option<Recurring> = None,
        /// Whether taxes are in it; as the account says, where it is not written.
        tax_behavior: Option<TaxBehavior> = None,
        /// What people read in the web app; customers do not see it.
        nickname: Option<Label> = None,
        /// Keys and values for programs. Keys that others add stay.
        metadata: Metadata = Metadata(&[]),
    }
    provider: &crate::PROVIDER,
    key: &["lookup_key"],
    check: check,
    unique: &[("lookup_key", None)],
    titled: None,
    surface: Surface { constants: &[("LOOKUP_KEY", "lookup_key")], variants: None, word: "", properties: None },
    wire: &Prices,
}

plg_core::record! {
    /// How often something is paid.
    Recurring {
        /// The unit.
        interval: Interval,
        /// How many of them lie between two payments; three years at most.
        interval_count: i64 = 1,
    }
}

plg_core::words! {
    /// The unit of a billing period.
    Interval "interval" {
        /// Days.
        day,
        /// Weeks.
        week,
        /// Months.
        month,
        /// Years.
        year,
    }
}

plg_core::words! {
    /// Whether taxes are in an amount.
    TaxBehavior "tax behavior" {
        /// They are in it.
        inclusive,
        /// They come on top.
        exclusive,
        /// Nobody has said so yet.
        unspecified,
    }
}

impl Interval {
    /// How many of them are three years.
    fn most(word: &str) -> i64 {
        match word {
            "day" => 1_095,
            "week" => 156,
            "month" => 36,
            _ => 3,
        }
    }
}

fn check(price: &Block, _: &Declarations, report: &mut Report) {
    check_metadata(price, report);
    let Some(recurring) = price.get("recurring") else { return };
    let interval = recurring.field("interval").and_then(Node::word);
    if let (Some(interval), Some(count)) = (interval, recurring.field("interval_count")) {
        let most = Interval::most(interval);
        if matches!(count.given, Given::Int(given) if !(1..=most).contains(&given)) {
            let message =
                format!("Stripe bills every 1 to {most} {interval}s\nhelp: write `interval_count: {most}`, or less");
            report.error(BILLING_PERIOD, count.at, message);
        }
    }
}

impl Describe for Price {
    fn want(&self) -> Want {
        // What cannot be read was refused before anything is built.
        let money = Money::read(self.amount.0).ok();
        let recurring = self.recurring.map_or(
            Json::Null,
            |paid| json!({ "interval": paid.interval.as_str(), "interval_count": paid.interval_count }),
        );
        Want::of(&self.common)
            .set("lookup_key", self.lookup_key.0)
            .set("product", reference(self.product))
            .set("currency", money.as_ref().map_or("", |money| &money.currency))
            .set("unit_amount_decimal", money.as_ref().map_or("", |money| &money.minor))
            .set("recurring", recurring)
            .set_some("tax_behavior", self.tax_behavior.map(TaxBehavior::as_str))
            .set("nickname", given(self.nickname.map_or("", |name| name.0)))
            .set("metadata", metadata(&self.metadata))
    }
}

#[derive(Debug)]
struct Prices;

/// How often it is paid, without what is usual.
fn paid(recurring: &Json) -> Json {
    let Json::Object(all) = recurring else { return Json::Null };
    let is_usual = |key: &str, value: &Json| value.is_null() || (key == "usage_type" && value == "licensed");
    all.iter()
        .filter(|(key, value)| !is_usual(key, value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect::<Map>()
        .into()
}

impl Wire for Prices {
    fn collection(&self, _: &Map) -> RestCollection {
        list("prices", Ending::Deactivate("active"))
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = row(json)?;
        if let Some(recurring) = live.fields.get_mut("recurring") {
            *recurring = paid(recurring);
        }
        if let Some(Json::String(minor)) = live.fields.get_mut("unit_amount_decimal")
            && minor.contains('.')
        {
            *minor = minor.trim_end_matches('0').trim_end_matches('.').to_owned();
        }
        Some(live)
    }

    fn changed_by(&self) -> &'static str {
        "POST"
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(without_empty(want))
    }

    /// In one request the key leaves the old price and is on the new one: whoever asks for it finds one at every moment.
    fn succeed(&self, want: &Map) -> Option<Call> {
        let mut body = without_empty(want);
        body.insert("transfer_lookup_key".to_owned(), true.into());
        Some(self.collection(want).create(body))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        updated(self, want, changed, prior)
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        revived(self, want, prior)
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["product", "currency", "unit_amount_decimal", "recurring", "tax_behavior"]
    }

    fn lost(&self) -> &'static str {
        "nothing that was sold: subscriptions stay on the old price until somebody moves them"
    }

    fn owned(&self, field: &str) -> &'static Owned {
        if field == "metadata" { &METADATA } else { &Owned::Whole }
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "lookup_key").to_owned())
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "amount" => &["unit_amount_decimal", "currency"],
            // A price has no description in Stripe.
            "description" => &[],
            _ => itself(word),
        }
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["nickname", "metadata"]
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["product"]
    }

    fn may_hold_back(&self) -> &'static [&'static str] {
        &["product"]
    }

    /// Stripe does not archive a price for as long as it is the default one of its product.
    fn holds_back(&self, before: &Map, after: Option<&Map>, _: &str, product: &Live) -> Option<Hold> {
        let is_default = product.fields.get("default_price").is_some_and(|price| before.get("id") == Some(price));
        (after.is_none() && is_default).then(|| Hold {
            says: "it cannot be archived, as it is the default price of a product".to_owned(),
            help: "choose another default price of the product in Stripe, or none, and run it again",
        })
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        mention::id("product", live.fields.get("product")).into_iter().collect()
    }
}

impl Import for Price {
    const ANSWERS: Answers = Answers {
        noise: &[
            NOISE,
            &[
                Noise { because: "it is one amount in two spellings", keys: &["unit_amount"] },
                Noise { because: "it follows from what is written", keys: &["type"] },
            ],
        ],
        usual: &[
            ("billing_scheme", "\"per_unit\""),
            ("tax_behavior", "\"unspecified\""),
            ("recurring.usage_type", "\"licensed\""),
        ],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        match text(&live.fields, "lookup_key") {
            "" => text(&live.fields, "nickname"),
            key => key,
        }
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let key = maybe(live, "lookup_key").ok_or("it has no lookup key: give it one in Stripe, and import again")?;
        let minor = text(fields, "unit_amount_decimal").to_owned();
        let amount = Money { currency: text(fields, "currency").to_owned(), minor }.written();
        let recurring = fields.get("recurring").filter(|paid| paid.is_object());
        for extra in ["usage_type", "meter", "trial_period_days"] {
            if let Some(value) = recurring.and_then(|paid| paid.get(extra)) {
                known.lose("recurring", format!("`{extra}: {value}` has no word"));
            }
        }
        Ok(Price {
            common,
            product: known.find::<Product>(fields.get("product").unwrap_or(&Json::Null))?,
            lookup_key: LookupKey(key),
            amount: Amount(read::leak(
                &amount.ok_or("it has no amount of its own, as its price is in tiers or chosen")?,
            )),
            recurring: recurring.map(recurring_of).transpose()?,
            tax_behavior: TaxBehavior::spelt(text(fields, "tax_behavior"))
                .filter(|said| *said != TaxBehavior::unspecified),
            nickname: maybe(live, "nickname").map(Label),
            metadata: metadata_of(live),
        })
    }

    fn keep(&'static self, live: &Live, known: &mut Known) {
        known.keep(&*live.id, self);
    }
}

fn recurring_of(paid: &Json) -> Result<Recurring, String> {
    let interval = paid.get("interval").and_then(Json::as_str).unwrap_or_default();
    Ok(Recurring {
        interval: Interval::spelt(interval).ok_or_else(|| format!("the interval `{interval}` has no word"))?,
        interval_count: paid.get("interval_count").and_then(Json::as_i64).unwrap_or(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::fixture::{at, block, differing, mistakes, node, record, resolved, word};

    static MONTHLY: Price = Price {
        common: Common::named("Monthly"),
        lookup_key: LookupKey("pro_monthly"),
        amount: Amount("19.00 EUR"),
        recurring: Some(Recurring { interval: Interval::month, interval_count: 1 }),
        ..Price::BLANK
    };

    #[test]
    fn what_was_made_is_found_as_it_was_declared() {
        let want = resolved(&MONTHLY, &json!("pro"));
        assert_eq!(
            Prices.create(&want).body,
            Some(json!({
                "lookup_key": "pro_monthly", "product": "pro", "currency": "eur", "unit_amount_decimal": "1900",
                "recurring": { "interval": "month", "interval_count": 1 },
            }))
        );
        let live = json!({
            "id": "price_1", "object": "price", "active": true, "billing_scheme": "per_unit", "currency": "eur",
            "lookup_key": "pro_monthly", "metadata": {}, "nickname": null, "product": "pro",
            "recurring": { "interval": "month", "interval_count": 1, "meter": null, "usage_type": "licensed" },
            "tax_behavior": "unspecified", "type": "recurring", "unit_amount": 1900, "unit_amount_decimal": "1900",
        });
        assert_eq!(differing(&MONTHLY, &want, &live), [""; 0]);
        let taken_over = Prices.succeed(&want).and_then(|call| call.body).expect("a body");
        assert_eq!(taken_over["transfer_lookup_key"], true);
        let mut archived = live;
        archived["active"] = false.into();
        assert!(Prices.read(archived).is_some_and(|live| live.archived));
    }

    #[test]
    fn it_is_paid_every_three_years_at_least() {
        for (interval, count, most) in [("year", 4, 3), ("month", 37, 36), ("week", 157, 156), ("day", 0, 1_095)] {
            let recurring =
                record(2, vec![("interval", word(2, interval)), ("interval_count", node(3, Given::Int(count)))]);
            let found =
                mistakes(&crate::PROVIDER, "price", &block("price", "Monthly", vec![("recurring", recurring)]), &[]);
            assert_eq!(found, at(3, &format!("Stripe bills every 1 to {most} {interval}s")));
        }
    }
}
