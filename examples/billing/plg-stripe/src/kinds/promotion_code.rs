//! Codes that customers type.

use super::coupon::{Coupon, MADE};
use super::rest::{
    METADATA, NOISE, check_metadata, instant, list, metadata, metadata_of, revived, row, seconds, updated,
    without_empty,
};
use crate::codes::REDEEMED;
use crate::money::{Amount, Money};
use crate::values::{Metadata, PromoCode};
use plg_core::prelude::*;
use plg_core::source::{Answers, Import, Known, Noise, read};
use plg_core::wire::Ending;

plg_core::kind! {
    /// A code that customers type to get a coupon. Nothing but its metadata can be changed: a code that is declared
    /// otherwise is a new one of the same letters, and the old one is switched off first.
    promotion_code PromotionCode {
        /// What it stands for.
        coupon: Link<Coupon>,
        /// What customers type, in whichever case.
        code: PromoCode,
        /// How many customers may redeem it.
        max_redemptions: Option<i64> = None,
        /// Until when it may be redeemed: not after the coupon's own last moment.
        expires_at: Option<When> = None,
        /// Who may redeem it, and for what.
        restrictions: Option<Restrictions> = None,
        /// Keys and values for programs. Keys that others add stay.
        metadata: Metadata = Metadata(&[]),
    }
    provider: &crate::PROVIDER,
    key: &["code"],
    check: check,
    unique: &[("code", None)],
    titled: None,
    surface: Surface { constants: &[("CODE", "code")], variants: None, word: "", properties: None },
    wire: &PromotionCodes,
}

plg_core::record! {
    /// Who may redeem a code, and for what.
    Restrictions {
        /// Whether it is for customers who have not paid anything yet.
        first_time_transaction: bool = false,
        /// The least that a purchase has to cost.
        minimum_amount: Option<Amount> = None,
    }
}

fn check(code: &Block, world: &Declarations, report: &mut Report) {
    check_metadata(code, report);
    if let Some(most) = code.get("max_redemptions")
        && matches!(most.given, Given::Int(..1))
    {
        report.error(
            REDEEMED,
            most.at,
            "nobody could redeem it\nhelp: write a number from 1, or leave `max_redemptions` out",
        );
    }
    let least = code.get("restrictions").and_then(|restrictions| restrictions.field("minimum_amount"));
    if let Some(least) = least
        && least.text().and_then(|text| Money::read(text).ok()).is_some_and(|money| money.whole().is_none())
    {
        report.error(
            REDEEMED,
            least.at,
            "Stripe compares with whole coins\nhelp: write an amount such as \"50.00 EUR\"",
        );
    }
    // A coupon that ends earlier would end its codes.
    let ends = |block: &Block, field: &str| plg_core::text::utc(block.text(field)?);
    if let Some(coupon) = code.get("coupon").and_then(|coupon| world.target(coupon))
        && let (Some(code_ends), Some(coupon_ends), Some(node)) =
            (ends(code, "expires_at"), ends(coupon, "redeem_by"), code.get("expires_at"))
        && code_ends > coupon_ends
    {
        let message = format!(
            "`{}` can be redeemed until {coupon_ends} only\nhelp: write \"{coupon_ends}\", or an earlier moment",
            coupon.name
        );
        report.error(REDEEMED, node.at, message);
    }
}

impl Describe for PromotionCode {
    fn want(&self) -> Want {
        Want::of(&self.common)
            .set("promotion", term!({ "type": "coupon", "coupon": reference_to(self.coupon, MADE) }))
            .set("code", self.code.0)
            .set("max_redemptions", self.max_redemptions.map_or(Json::Null, Json::from))
            .set("expires_at", self.expires_at.map_or(Json::Null, |moment| seconds(moment.0)))
            .set("restrictions", restricted(self.restrictions))
            .set("metadata", metadata(&self.metadata))
    }
}

/// Restrictions as Stripe has them, also where there are none.
fn restricted(restrictions: Option<Restrictions>) -> Json {
    let Restrictions { first_time_transaction, minimum_amount } = restrictions.unwrap_or(Restrictions::BLANK);
    let least = minimum_amount.and_then(|amount| Money::read(amount.0).ok());
    json!({
        "first_time_transaction": first_time_transaction,
        "minimum_amount": least.as_ref().and_then(Money::whole),
        "minimum_amount_currency": least.map(|money| money.currency),
    })
}

#[derive(Debug)]
struct PromotionCodes;

impl Wire for PromotionCodes {
    fn collection(&self, _: &Map) -> RestCollection {
        list("promotion_codes", Ending::Deactivate("active"))
    }

    /// A code that is switched off is gone: its letters are free for a new one, and nothing says whether it could be
    /// switched on again. One that may have ended by itself is still there to be told of.
    fn read(&self, json: Json) -> Option<Live> {
        let mut live = row(json)?;
        if live.archived && self.ended(&live).is_none() {
            return None;
        }
        if let Some(Json::Object(restrictions)) = live.fields.get_mut("restrictions") {
            let is_known =
                |key: &str| ["first_time_transaction", "minimum_amount", "minimum_amount_currency"].contains(&key);
            restrictions.retain(|key, value| is_known(key) || !value.is_null());
        }
        // The coupon is expanded for who asks so, and for older accounts.
        if let Some(coupon) = live.fields.get_mut("promotion").and_then(|promotion| promotion.get_mut("coupon"))
            && let Some(id) = coupon.get("id").cloned()
        {
            *coupon = id;
        }
        Some(live)
    }

    fn changed_by(&self) -> &'static str {
        "POST"
    }

    fn create(&self, want: &Map) -> Call {
        let mut body = without_empty(want);
        if let Some(Json::Object(restrictions)) = body.get_mut("restrictions") {
            *restrictions = without_empty(restrictions);
        }
        self.collection(want).create(body)
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        updated(self, want, changed, prior)
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        revived(self, want, prior)
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["promotion", "code", "max_redemptions", "expires_at", "restrictions"]
    }

    fn lost(&self) -> &'static str {
        "how often the old code was redeemed; customers who redeemed it keep what they got"
    }

    fn owned(&self, field: &str) -> &'static Owned {
        if field == "metadata" { &METADATA } else { &Owned::Whole }
    }

    /// Stripe switches a code off by itself, and then no request switches it on.
    fn ended(&self, live: &Live) -> Option<&'static str> {
        let whole = |key: &str| live.fields.get(key).and_then(Json::as_i64);
        if whole("max_redemptions").is_some_and(|most| whole("times_redeemed") >= Some(most)) {
            return Some("it is not active any more: it was redeemed as often as it may be");
        }
        whole("expires_at")
            .map(|_| "it is not active any more: it has expired, or somebody switched it off before that")
    }

    /// Stripe takes a code in whichever case.
    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "code").to_ascii_lowercase())
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want, live) {
            ("code", Json::String(want), Json::String(live)) => want.eq_ignore_ascii_case(live),
            _ => same(want, live),
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "coupon" => &["promotion"],
            // A code has no description in Stripe.
            "description" => &[],
            _ => itself(word),
        }
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["metadata"]
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["coupon"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let coupon = live.fields.get("promotion").and_then(|promotion| promotion.get("coupon"));
        mention::id("coupon", coupon).into_iter().collect()
    }
}

impl Import for PromotionCode {
    const ANSWERS: Answers = Answers {
        noise: &[NOISE, &[Noise { because: "it says how often it was redeemed", keys: &["times_redeemed"] }]],
        usual: &[],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "code")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let whole = |key: &str| fields.get(key).and_then(Json::as_i64);
        let coupon = fields.get("promotion").and_then(|promotion| promotion.get("coupon")).unwrap_or(&Json::Null);
        let restrictions = fields.get("restrictions").unwrap_or(&Json::Null);
        let least = restrictions.get("minimum_amount").and_then(Json::as_i64).and_then(|minor| {
            let currency = restrictions.get("minimum_amount_currency")?.as_str()?.to_owned();
            Money { currency, minor: minor.to_string() }.written()
        });
        let restricted = Restrictions {
            first_time_transaction: read::on(restrictions.get("first_time_transaction")),
            minimum_amount: least.map(|text| Amount(read::leak(&text))),
        };
        let is_restricted = restricted.first_time_transaction || restricted.minimum_amount.is_some();
        Ok(PromotionCode {
            common,
            coupon: known.find::<Coupon>(coupon)?,
            code: PromoCode(read::leak(text(fields, "code"))),
            max_redemptions: whole("max_redemptions"),
            expires_at: whole("expires_at").and_then(instant).map(|moment| When(read::leak(&moment))),
            restrictions: is_restricted.then_some(restricted),
            metadata: metadata_of(live),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::fixture::{at, block, differing, mistakes, node, resolved, to};

    static FRIENDS: PromotionCode = PromotionCode {
        common: Common::named("Friends"),
        code: PromoCode("FRIENDS"),
        restrictions: Some(Restrictions { minimum_amount: Some(Amount("50.00 EUR")), ..Restrictions::BLANK }),
        ..PromotionCode::BLANK
    };

    #[test]
    fn what_was_made_is_found_as_it_was_declared() {
        let want = resolved(&FRIENDS, &json!("LAUNCH"));
        assert_eq!(
            PromotionCodes.create(&want).body,
            Some(json!({
                "promotion": { "type": "coupon", "coupon": "LAUNCH" }, "code": "FRIENDS",
                "restrictions": { "first_time_transaction": false, "minimum_amount": 5000, "minimum_amount_currency": "eur" },
            }))
        );
        let live = json!({
            "id": "promo_1", "object": "promotion_code", "active": true, "code": "friends", "customer": null,
            "promotion": { "type": "coupon", "coupon": "LAUNCH" }, "expires_at": null, "max_redemptions": null, "metadata": {},
            "restrictions": { "first_time_transaction": false, "minimum_amount": 5000, "minimum_amount_currency": "eur" },
        });
        assert_eq!(differing(&FRIENDS, &want, &live), [""; 0]);
    }

    #[test]
    fn a_code_ends_with_its_coupon() {
        let text = |at: u32, text: &str| node(at, Given::Text(text.into()));
        let coupon = block("coupon", "Launch", vec![("redeem_by", text(1, "2027-01-01"))]);
        let code = |ends: &str| {
            block("promotion_code", "Friends", vec![("coupon", to(2, "Launch")), ("expires_at", text(3, ends))])
        };
        let found = mistakes(&crate::PROVIDER, "promotion_code", &code("2027-01-02"), &[&coupon]);
        assert_eq!(found, at(3, "`Launch` can be redeemed until 2027-01-01T00:00:00Z only"));
        assert_eq!(mistakes(&crate::PROVIDER, "promotion_code", &code("2026-12-31"), &[&coupon]), []);
        let never = block("promotion_code", "Friends", vec![("max_redemptions", node(4, Given::Int(0)))]);
        let found = mistakes(&crate::PROVIDER, "promotion_code", &never, &[]);
        assert_eq!(found, at(4, "nobody could redeem it"));
    }
}
