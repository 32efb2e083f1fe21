//! Promotion codes: what customers type for a coupon.

use crate::coupon::Coupons;
use crate::params::{self, Param, Type, When, required};
use crate::refusal::{missing, refused};
use crate::resource::{Resource, Row, id, new, rows, table, text};
use plg_sandbox::{ApiAccount, Reply};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct PromotionCodes;

const PROMOTION: &[Param] =
    &[Param("type", Type::Word(&["coupon"]), When::Both), Param("coupon", Type::Text(5_000), When::Both)];

const RESTRICTIONS: &[Param] = &[
    Param("first_time_transaction", Type::Bool, When::Both),
    Param("minimum_amount", Type::Whole, When::Both),
    Param("minimum_amount_currency", Type::Text(3), When::Both),
];

impl Resource for PromotionCodes {
    fn path(&self) -> &'static str {
        "promotion_codes"
    }

    fn object(&self) -> &'static str {
        "promotion_code"
    }

    fn params(&self) -> &'static [Param] {
        &[
            Param("active", Type::Bool, When::Both),
            Param("code", Type::Text(500), When::Made),
            Param("customer", Type::Text(5_000), When::Made),
            Param("expires_at", Type::Whole, When::Made),
            Param("max_redemptions", Type::Whole, When::Made),
            Param("metadata", Type::Map, When::Both),
            Param("promotion", Type::Object(PROMOTION), When::Made),
            Param("restrictions", Type::Object(RESTRICTIONS), When::Made),
        ]
    }

    fn filters(&self) -> &'static [&'static str] {
        &["code", "coupon", "customer"]
    }

    fn blank(&self) -> Value {
        json!({ "active": true, "customer": null, "expires_at": null, "max_redemptions": null, "times_redeemed": 0 })
    }

    fn make(&self, account: &mut ApiAccount<'_>, sent: Row) -> Result<Row, Reply> {
        required(&sent, &["promotion"])?;
        let coupon = sent["promotion"]["coupon"].as_str().unwrap_or_default().to_owned();
        let of = account.store.get(&table("coupons"), &coupon).map(|row| Coupons.now(account, row));
        let of = of.ok_or_else(|| missing("coupon", &coupon, Some("promotion[coupon]")))?;
        if of["valid"] != true {
            return Err(refused("This coupon can no longer be redeemed.", Some("promotion[coupon]")));
        }
        let now = account.now().as_second();
        if let Some(ends) = sent.get("expires_at").and_then(Value::as_i64) {
            if ends <= now {
                return Err(refused(
                    "Invalid timestamp: must be an integer Unix timestamp in the future.",
                    Some("expires_at"),
                ));
            }
            if of["redeem_by"].as_i64().is_some_and(|until| ends > until) {
                return Err(refused("expires_at cannot be after the coupon's redeem_by.", Some("expires_at")));
            }
        }
        if sent.get("max_redemptions").and_then(Value::as_i64).is_some_and(|most| most < 1) {
            return Err(refused("Invalid positive integer", Some("max_redemptions")));
        }
        let mut sent = sent;
        let restrictions = restrictions(sent.shift_remove("restrictions"))?;
        let code = match text(&sent, "code") {
            "" => format!("SANDBOX{}", account.store.next_number("codes")),
            code if code.bytes().all(|b| b.is_ascii_alphanumeric()) => code.to_owned(),
            _ => return Err(refused("Promotion codes have letters and digits only.", Some("code"))),
        };
        free(account, &code, "")?;
        sent.insert("code".to_owned(), code.into());
        let id = id(account, "promo");
        let mut row = new(account, self, id, sent);
        row.insert("restrictions".to_owned(), restrictions);
        Ok(row)
    }

    fn change(&self, account: &mut ApiAccount<'_>, row: Row, sent: Row) -> Result<Row, Reply> {
        let mut row = row;
        if sent.get("active") == Some(&Value::Bool(true)) && row["active"] != true {
            let coupon =
                row["promotion"]["coupon"].as_str().and_then(|coupon| account.store.get(&table("coupons"), coupon));
            let is_valid = coupon.is_some_and(|coupon| Coupons.now(account, coupon)["valid"] == true);
            if !is_valid || row.get("ended") == Some(&Value::Bool(true)) {
                return Err(refused(
                    "A promotion code can only be activated while its coupon is valid.",
                    Some("active"),
                ));
            }
            free(account, text(&row, "code"), text(&row, "id"))?;
        }
        params::put(&mut row, sent);
        Ok(row)
    }

    fn now(&self, account: &ApiAccount<'_>, row: &Value) -> Value {
        let mut row = row.clone();
        let is_over = row["expires_at"].as_i64().is_some_and(|ends| ends <= account.now().as_second());
        let is_used_up =
            row["max_redemptions"].as_i64().is_some_and(|most| row["times_redeemed"].as_i64() >= Some(most));
        if is_over || is_used_up {
            row["active"] = false.into();
        }
        if let Value::Object(row) = &mut row {
            row.shift_remove("ended");
        }
        row
    }
}

/// Whether no active code has these letters, in whichever case.
fn free(account: &ApiAccount<'_>, code: &str, own: &str) -> Result<(), Reply> {
    let mut others = rows(account, &PromotionCodes).filter(|(id, _)| *id != own);
    let is_taken = others.any(|(_, other)| {
        PromotionCodes.now(account, other)["active"] == true
            && other["code"].as_str().is_some_and(|other| other.eq_ignore_ascii_case(code))
    });
    if is_taken {
        return Err(refused(format!("An active promotion code with `code: {code}` already exists."), Some("code")));
    }
    Ok(())
}

/// Switches off every code of a coupon that is deleted; none of them is active again.
pub(crate) fn end_codes(account: &mut ApiAccount<'_>, coupon: &str) {
    let of_coupon = |row: &&Value| row["promotion"]["coupon"] == coupon;
    let codes: Vec<(String, Value)> = rows(account, &PromotionCodes)
        .filter(|(_, row)| of_coupon(row))
        .map(|(id, row)| (id.to_owned(), row.clone()))
        .collect();
    for (id, mut row) in codes {
        row["active"] = false.into();
        row["ended"] = true.into();
        account.store.put(&table("promotion_codes"), &id, row);
    }
}

fn restrictions(sent: Option<Value>) -> Result<Value, Reply> {
    let said = |key: &str| sent.as_ref().and_then(|sent| sent.get(key)).cloned();
    let (least, currency) = (said("minimum_amount"), said("minimum_amount_currency"));
    if least.is_some() != currency.is_some() {
        let message = "minimum_amount and minimum_amount_currency are given together.";
        return Err(refused(message, Some("restrictions[minimum_amount]")));
    }
    Ok(json!({
        "first_time_transaction": said("first_time_transaction").unwrap_or(false.into()), "minimum_amount": least,
        "minimum_amount_currency": currency,
    }))
}
