//! Coupons. Nothing but a name and metadata can be changed.

use crate::params::{Param, Type, When};
use crate::promotion_code::end_codes;
use crate::refusal::{coded, missing, refused};
use crate::resource::{Resource, Row, id, new, table, text};
use plg_sandbox::{ApiAccount, Reply};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Coupons;

const APPLIES_TO: &[Param] = &[Param("products", Type::Texts, When::Both)];

impl Resource for Coupons {
    fn path(&self) -> &'static str {
        "coupons"
    }

    fn object(&self) -> &'static str {
        "coupon"
    }

    fn params(&self) -> &'static [Param] {
        &[
            Param("id", Type::Text(5_000), When::Made),
            Param("amount_off", Type::Whole, When::Made),
            Param("applies_to", Type::Object(APPLIES_TO), When::Made),
            Param("currency", Type::Text(3), When::Made),
            Param("duration", Type::Word(&["forever", "once", "repeating"]), When::Made),
            Param("duration_in_months", Type::Whole, When::Made),
            Param("max_redemptions", Type::Whole, When::Made),
            Param("metadata", Type::Map, When::Both),
            Param("name", Type::Text(40), When::Cleared),
            Param("percent_off", Type::Number, When::Made),
            Param("redeem_by", Type::Whole, When::Made),
        ]
    }

    fn blank(&self) -> Value {
        json!({
            "amount_off": null, "currency": null, "duration": "once", "duration_in_months": null, "max_redemptions": null,
            "name": null, "percent_off": null, "redeem_by": null, "times_redeemed": 0, "valid": true,
        })
    }

    fn make(&self, account: &mut ApiAccount<'_>, sent: Row) -> Result<Row, Reply> {
        let (share, amount) =
            (sent.get("percent_off").and_then(Value::as_f64), sent.get("amount_off").and_then(Value::as_i64));
        match (share, amount) {
            (Some(_), Some(_)) => {
                return Err(refused("You may only specify one of these parameters: amount_off, percent_off.", None));
            }
            (None, None) => return Err(coded("parameter_missing", "Must provide percent_off or amount_off.", None)),
            (Some(share), None) if !(0.0..=100.0).contains(&share) || share == 0.0 => {
                return Err(refused("Invalid percent_off: must be above 0 and at most 100.", Some("percent_off")));
            }
            (None, Some(..1)) => return Err(refused("Invalid positive integer", Some("amount_off"))),
            (None, Some(_)) if text(&sent, "currency").is_empty() => {
                return Err(coded(
                    "parameter_missing",
                    "You must pass currency when passing amount_off",
                    Some("currency"),
                ));
            }
            _ => {}
        }
        let is_repeating = text(&sent, "duration") == "repeating";
        if is_repeating != sent.contains_key("duration_in_months") {
            let message = "duration_in_months is given for a duration of repeating, and for no other.";
            return Err(refused(message, Some("duration_in_months")));
        }
        let now = account.now().as_second();
        if sent.get("redeem_by").and_then(Value::as_i64).is_some_and(|until| until <= now) {
            return Err(refused(
                "Invalid timestamp: must be an integer Unix timestamp in the future.",
                Some("redeem_by"),
            ));
        }
        let products = sent.get("applies_to").and_then(|to| to["products"].as_array()).into_iter().flatten();
        for product in products.filter_map(Value::as_str) {
            if account.store.get(&table("products"), product).is_none() {
                return Err(missing("product", product, Some("applies_to[products]")));
            }
        }
        let id = match text(&sent, "id") {
            "" => id(account, "coupon"),
            own if account.store.get(&table("coupons"), own).is_some() => {
                return Err(coded("resource_already_exists", "Coupon already exists.", Some("id")));
            }
            own => own.to_owned(),
        };
        let mut row = new(account, self, id, sent);
        if let Some(Value::String(currency)) = row.get_mut("currency") {
            currency.make_ascii_lowercase();
        }
        Ok(row)
    }

    fn may_delete(&self, account: &mut ApiAccount<'_>, id: &str) -> Option<Result<(), Reply>> {
        end_codes(account, id);
        Some(Ok(()))
    }

    fn now(&self, account: &ApiAccount<'_>, row: &Value) -> Value {
        let mut row = row.clone();
        let is_over = row["redeem_by"].as_i64().is_some_and(|until| until <= account.now().as_second());
        let is_used_up =
            row["max_redemptions"].as_i64().is_some_and(|most| row["times_redeemed"].as_i64() >= Some(most));
        row["valid"] = (!is_over && !is_used_up).into();
        row
    }
}
