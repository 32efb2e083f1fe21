//! What is taken off.

use super::product::Product;
use super::rest::{
    METADATA, NOISE, check_metadata, given, instant, list, maybe, metadata, metadata_of, row, seconds, updated,
    without_empty,
};
use crate::codes::DISCOUNT;
use crate::money::{Amount, Money};
use crate::values::{CouponId, CouponName, Metadata};
use plg_core::prelude::*;
use plg_core::source::{Answers, Import, Known, Noise, read, readable};
use plg_core::wire::Ending;

plg_core::kind! {
    /// A share or an amount that is taken off what customers pay. Nothing but its name and its metadata can be changed.
    coupon Coupon {
        /// Its id, which is chosen once: whatever refers to the coupon has it.
        id: CouponId,
        /// What customers read on an invoice; its id, where it is not written.
        name: Option<CouponName> = None,
        /// The share that is taken off.
        percent_off: Option<Percent> = None,
        /// The amount that is taken off, with its currency.
        amount_off: Option<Amount> = None,
        /// For how long it is taken off a subscription: `once`, `forever` or `repeating(3)`, in months.
        duration: Duration,
        /// How many customers may redeem it.
        max_redemptions: Option<i64> = None,
        /// Until when it may be redeemed.
        redeem_by: Option<When> = None,
        /// The products that it reduces the price of: all of them, unless this is written.
        applies_to: Option<AppliesTo> = None,
        /// Keys and values for programs. Keys that others add stay.
        metadata: Metadata = Metadata(&[]),
    }
    provider: &crate::PROVIDER,
    key: &["id"],
    check: check,
    unique: &[("id", None)],
    titled: None,
    surface: Surface { constants: &[("ID", "id")], variants: None, word: "", properties: None },
    wire: &Coupons,
}

plg_core::choice! {
    /// For how long a coupon is taken off a subscription.
    Duration "length of a discount" {
        /// Off the first invoice.
        once,
        /// Off every invoice.
        forever,
        /// Off the invoices of so many months.
        repeating(Repeating),
    }
}

plg_core::record! {
    /// A number of months.
    Repeating {
        /// How many, from 1.
        duration_in_months: i64,
    }
}

plg_core::record! {
    /// What a coupon is taken off.
    AppliesTo {
        /// Products.
        products: &'static [Link<Product>],
    }
}

fn check(coupon: &Block, _: &Declarations, report: &mut Report) {
    check_metadata(coupon, report);
    if coupon.existing {
        return;
    }
    match (coupon.get("percent_off"), coupon.get("amount_off")) {
        (Some(_), Some(both)) => {
            let message = "a coupon takes off a share or an amount\nhelp: leave out `percent_off` or `amount_off`";
            report.error(DISCOUNT, both.at, message);
        }
        (None, None) => {
            let message = "this coupon takes nothing off\nhelp: write `percent_off: 20%` or `amount_off: \"5.00 EUR\"`";
            report.error(DISCOUNT, coupon.at, message);
        }
        (Some(share), None) if matches!(share.given, Given::Percent(share) if share <= 0.0) => {
            report.error(
                DISCOUNT,
                share.at,
                "this coupon takes nothing off\nhelp: write a share above 0%, such as `20%`",
            );
        }
        (None, Some(amount)) => {
            let is_whole = amount.text().and_then(|text| Money::read(text).ok()).map(|money| money.whole());
            if is_whole.is_some_and(|whole| whole.is_none_or(|whole| whole < 1)) {
                let message =
                    "a coupon takes off at least one of the smallest coins\nhelp: write `amount_off: \"5.00 EUR\"`";
                report.error(DISCOUNT, amount.at, message);
            }
        }
        _ => {}
    }
    if let Some(months) = coupon.get("duration").and_then(Node::held).and_then(|held| held.field("duration_in_months"))
    {
        at_least_one(
            months,
            "a discount is repeated for at least one month\nhelp: write `repeating(3)`, or `once`",
            report,
        );
    }
    if let Some(most) = coupon.get("max_redemptions") {
        at_least_one(
            most,
            "nobody could redeem it\nhelp: write a number from 1, or leave `max_redemptions` out",
            report,
        );
    }
    if let Some(to) = coupon.get("applies_to")
        && to.field("products").is_some_and(|products| products.list().is_empty())
    {
        report.error(codes::LIST, to.at, "it would apply to nothing\nhelp: name products, or leave `applies_to` out");
    }
}

/// Holds a number to 1 or more.
pub(super) fn at_least_one(node: &Node, message: &str, report: &mut Report) {
    if matches!(node.given, Given::Int(..1)) {
        report.error(codes::OUT_OF_RANGE, node.at, message);
    }
}

impl Describe for Coupon {
    fn want(&self) -> Want {
        let amount = self.amount_off.and_then(|amount| Money::read(amount.0).ok());
        let (duration, months) = match self.duration {
            Duration::once => ("once", None),
            Duration::forever => ("forever", None),
            Duration::repeating(held) => ("repeating", Some(held.duration_in_months)),
        };
        let products = |to: AppliesTo| Term::from_iter(to.products.iter().map(|product| reference(*product)));
        Want::of(&self.common)
            .set("id", self.id.0)
            .set("name", given(self.name.map_or("", |name| name.0)))
            .set("percent_off", self.percent_off.map_or(Json::Null, |share| number(share.0)))
            .set("amount_off", amount.as_ref().and_then(Money::whole).map_or(Json::Null, Json::from))
            .set("currency", amount.map_or(Json::Null, |money| money.currency.into()))
            .set("duration", duration)
            .set("duration_in_months", months.map_or(Json::Null, Json::from))
            .set("max_redemptions", self.max_redemptions.map_or(Json::Null, Json::from))
            .set("redeem_by", self.redeem_by.map_or(Json::Null, |moment| seconds(moment.0)))
            .set_some("applies_to", self.applies_to.map(|to| term!({ "products": products(to) })))
            .set("metadata", metadata(&self.metadata))
    }
}

#[derive(Debug)]
struct Coupons;

/// The id of a coupon, for what has to be made anew with it.
pub(super) const MADE: &str = "coupon";

/// Rows of lists leave this out.
const APPLIES_TO: &str = "applies_to";

impl Wire for Coupons {
    fn collection(&self, _: &Map) -> RestCollection {
        list("coupons", Ending::Delete)
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = row(json)?;
        // What is known once it is there: a coupon that is made anew ends the codes of the one before it, whose id it has.
        live.outputs.insert(MADE.to_owned(), live.id.clone().into());
        Some(live)
    }

    fn detail(&self, id: &str, fields: &Map) -> Option<Call> {
        let path = format!("{}?expand[]={APPLIES_TO}", self.collection(fields).object(id));
        fields.contains_key(APPLIES_TO).then(|| Call::bare("GET", path))
    }

    fn by_id(&self, prior: &Prior) -> Option<Call> {
        let path = format!("{}?expand[]={APPLIES_TO}", self.collection(&prior.fields).object(&prior.id));
        Some(Call::bare("GET", path))
    }

    fn create(&self, want: &Map) -> Call {
        let mut body = without_empty(want);
        if body.contains_key(APPLIES_TO) {
            body.insert("expand".to_owned(), json!([APPLIES_TO]));
        }
        self.collection(want).create(body)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        updated(self, want, changed, prior)
    }

    fn changed_by(&self) -> &'static str {
        "POST"
    }

    fn fixed(&self) -> &'static [&'static str] {
        &[
            "id",
            "percent_off",
            "amount_off",
            "currency",
            "duration",
            "duration_in_months",
            "max_redemptions",
            "redeem_by",
            APPLIES_TO,
        ]
    }

    fn lost(&self) -> &'static str {
        "how often the old coupon was redeemed, and the promotion codes of it; customers who redeemed it keep it"
    }

    fn owned(&self, field: &str) -> &'static Owned {
        if field == "metadata" { &METADATA } else { &Owned::Whole }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want.get("products"), live.get("products")) {
            (APPLIES_TO, Some(want), Some(live)) => plg_core::wire::same_set(want, live),
            _ => same(want, live),
        }
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "id").to_owned())
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "amount_off" => &["amount_off", "currency"],
            "duration" => &["duration", "duration_in_months"],
            // A coupon has no description in Stripe.
            "description" => &[],
            _ => itself(word),
        }
    }

    fn outputs(&self) -> &'static [&'static str] {
        &[MADE]
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["name", "metadata"]
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["product"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let products = live.fields.get(APPLIES_TO).and_then(|to| to.get("products")).and_then(Json::as_array);
        products.into_iter().flatten().filter_map(|id| mention::id("product", Some(id))).collect()
    }
}

impl Import for Coupon {
    const ANSWERS: Answers = Answers {
        noise: &[NOISE, &[Noise { because: "it says how often it was redeemed", keys: &["times_redeemed", "valid"] }]],
        usual: &[],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        match text(&live.fields, "name") {
            "" => &live.id,
            name => name,
        }
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let whole = |key: &str| fields.get(key).and_then(Json::as_i64);
        let money = |minor: i64| Money { currency: text(fields, "currency").to_owned(), minor: minor.to_string() };
        let products = fields.get(APPLIES_TO).and_then(|to| to.get("products")).and_then(Json::as_array);
        let products: Option<Vec<_>> = products.map(|all| all.iter().map(|id| known.find::<Product>(id)).collect());
        Ok(Coupon {
            common,
            id: CouponId(read::leak(&live.id)),
            name: maybe(live, "name").map(CouponName),
            percent_off: fields.get("percent_off").and_then(Json::as_f64).map(Percent),
            amount_off: whole("amount_off")
                .and_then(|minor| money(minor).written())
                .map(|text| Amount(read::leak(&text))),
            duration: match text(fields, "duration") {
                "once" => Duration::once,
                "forever" => Duration::forever,
                "repeating" => Duration::repeating(Repeating {
                    duration_in_months: whole("duration_in_months").ok_or("it says no number of months")?,
                }),
                other => return Err(format!("the duration `{other}` has no word")),
            },
            max_redemptions: whole("max_redemptions"),
            redeem_by: whole("redeem_by").and_then(instant).map(|moment| When(read::leak(&moment))),
            applies_to: products.map(|all| AppliesTo { products: readable(known, APPLIES_TO, APPLIES_TO, all) }),
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
    use plg_core::fixture::{at, block, differing, mistakes, node, resolved};

    static LAUNCH: Coupon = Coupon {
        common: Common::named("Launch"),
        id: CouponId("LAUNCH"),
        amount_off: Some(Amount("5.00 EUR")),
        duration: Duration::repeating(Repeating { duration_in_months: 3 }),
        redeem_by: Some(When("2027-01-01")),
        applies_to: Some(AppliesTo { products: &[&Product::BLANK] }),
        ..Coupon::BLANK
    };

    #[test]
    fn an_amount_is_counted_in_cents_and_the_answer_is_asked_to_be_whole() {
        let want = resolved(&LAUNCH, &json!("pro"));
        assert_eq!(
            Coupons.create(&want).body,
            Some(json!({
                "id": "LAUNCH", "amount_off": 500, "currency": "eur", "duration": "repeating", "duration_in_months": 3,
                "redeem_by": 1_798_761_600, "applies_to": { "products": ["pro"] }, "expand": ["applies_to"],
            }))
        );
        let live = json!({
            "id": "LAUNCH", "object": "coupon", "amount_off": 500, "currency": "eur", "duration": "repeating",
            "duration_in_months": 3, "max_redemptions": null, "metadata": {}, "name": null, "percent_off": null,
            "redeem_by": 1_798_761_600, "applies_to": { "products": ["pro"] }, "times_redeemed": 0, "valid": true,
        });
        assert_eq!(differing(&LAUNCH, &want, &live), [""; 0]);
        assert!(Coupons.detail("LAUNCH", &want).is_some() && Coupons.detail("LAUNCH", &Map::new()).is_none());
    }

    #[test]
    fn what_is_refused() {
        let percent = |at: u32, share: f64| ("percent_off", node(at, Given::Percent(share)));
        let amount = |at: u32, text: &str| ("amount_off", node(at, Given::Text(text.into())));
        for (fields, place, message) in [
            (vec![percent(2, 20.0), amount(3, "5.00 EUR")], 3, "a coupon takes off a share or an amount"),
            (vec![], 0, "this coupon takes nothing off"),
            (vec![percent(2, 0.0)], 2, "this coupon takes nothing off"),
            (vec![amount(2, "0.00 EUR")], 2, "a coupon takes off at least one of the smallest coins"),
            (vec![percent(2, 20.0), ("max_redemptions", node(4, Given::Int(0)))], 4, "nobody could redeem it"),
        ] {
            let found = mistakes(&crate::PROVIDER, "coupon", &block("coupon", "Launch", fields), &[]);
            assert_eq!(found, at(place, message));
        }
    }
}
