//! Prices. What one costs never changes; its lookup key can be given to another one.

use crate::params::{self, Param, Type, When, required};
use crate::refusal::{coded, missing, refused};
use crate::resource::{Resource, Row, id, new, rows, table, text};
use plg_sandbox::{ApiAccount, Reply};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Prices;

const RECURRING: &[Param] = &[
    Param("interval", Type::Word(&["day", "week", "month", "year"]), When::Both),
    Param("interval_count", Type::Whole, When::Both),
    Param("meter", Type::Text(5_000), When::Both),
    Param("trial_period_days", Type::Whole, When::Both),
    Param("usage_type", Type::Word(&["licensed", "metered"]), When::Both),
];

impl Resource for Prices {
    fn path(&self) -> &'static str {
        "prices"
    }

    fn object(&self) -> &'static str {
        "price"
    }

    fn params(&self) -> &'static [Param] {
        &[
            Param("active", Type::Bool, When::Both),
            Param("billing_scheme", Type::Word(&["per_unit"]), When::Made),
            Param("currency", Type::Text(3), When::Made),
            Param("lookup_key", Type::Text(200), When::Cleared),
            Param("metadata", Type::Map, When::Both),
            Param("nickname", Type::Text(5_000), When::Cleared),
            Param("product", Type::Text(5_000), When::Made),
            Param("recurring", Type::Object(RECURRING), When::Made),
            Param("tax_behavior", Type::Word(&["exclusive", "inclusive", "unspecified"]), When::Both),
            Param("transfer_lookup_key", Type::Bool, When::Both),
            Param("unit_amount", Type::Whole, When::Made),
            Param("unit_amount_decimal", Type::Decimal, When::Made),
        ]
    }

    fn filters(&self) -> &'static [&'static str] {
        &["currency", "lookup_keys", "product", "type"]
    }

    fn blank(&self) -> Value {
        json!({
            "active": true, "billing_scheme": "per_unit", "custom_unit_amount": null, "lookup_key": null, "nickname": null,
            "recurring": null, "tax_behavior": "unspecified", "tiers_mode": null, "transform_quantity": null, "type": "one_time",
        })
    }

    fn make(&self, account: &mut ApiAccount<'_>, sent: Row) -> Result<Row, Reply> {
        required(&sent, &["currency", "product"])?;
        let product = text(&sent, "product").to_owned();
        if account.store.get(&table("products"), &product).is_none() {
            return Err(missing("product", &product, Some("product")));
        }
        let mut sent = sent;
        let decimal = match (sent.shift_remove("unit_amount"), sent.shift_remove("unit_amount_decimal")) {
            (Some(whole), None) => whole.to_string(),
            (None, Some(decimal)) => plain(decimal.as_str().unwrap_or_default()),
            (Some(_), Some(_)) => {
                let message = "You may only specify one of these parameters: unit_amount, unit_amount_decimal.";
                return Err(refused(message, None));
            }
            (None, None) => {
                let message = "Missing required param: unit_amount.";
                return Err(coded("parameter_missing", message, Some("unit_amount")));
            }
        };
        if decimal.starts_with('-') {
            return Err(coded(
                "parameter_invalid_integer",
                "This value must be greater than or equal to 0.",
                Some("unit_amount"),
            ));
        }
        let recurring = sent.get("recurring").and_then(Value::as_object).map(recurring).transpose()?;
        let is_taken_over = sent.shift_remove("transfer_lookup_key") == Some(Value::Bool(true));
        take_key(account, text(&sent, "lookup_key"), "", is_taken_over)?;
        let id = id(account, "price");
        let mut row = new(account, self, id, sent);
        row.insert("currency".to_owned(), text(&row, "currency").to_ascii_lowercase().into());
        row.insert("unit_amount".to_owned(), decimal.parse::<i64>().map_or(Value::Null, Value::from));
        row.insert("unit_amount_decimal".to_owned(), decimal.into());
        if let Some(recurring) = recurring {
            row.insert("recurring".to_owned(), recurring);
            row.insert("type".to_owned(), "recurring".into());
        }
        Ok(row)
    }

    fn change(&self, account: &mut ApiAccount<'_>, row: Row, sent: Row) -> Result<Row, Reply> {
        let (mut row, mut sent) = (row, sent);
        let own = text(&row, "id").to_owned();
        let now = text(&row, "tax_behavior");
        if sent.get("tax_behavior").is_some_and(|to| to != now && now != "unspecified") {
            return Err(refused("The tax behavior cannot be changed once it is set.", Some("tax_behavior")));
        }
        let product = account.store.get(&table("products"), text(&row, "product"));
        if sent.get("active") == Some(&Value::Bool(false))
            && product.is_some_and(|product| product["default_price"] == *own)
        {
            let message = "This price cannot be archived because it is the default price of its product.";
            return Err(refused(message, None));
        }
        let is_taken_over = sent.shift_remove("transfer_lookup_key") == Some(Value::Bool(true));
        take_key(account, text(&sent, "lookup_key"), &own, is_taken_over)?;
        params::put(&mut row, sent);
        Ok(row)
    }
}

/// Whether a lookup key is free: archived prices keep theirs. With `is_taken_over`, whoever has it loses it.
fn take_key(account: &mut ApiAccount<'_>, key: &str, own: &str, is_taken_over: bool) -> Result<(), Reply> {
    if key.is_empty() {
        return Ok(());
    }
    let has = |(id, price): &(&str, &Value)| *id != own && price["lookup_key"] == key;
    let Some((id, price)) = rows(account, &Prices).find(has) else { return Ok(()) };
    if !is_taken_over {
        return Err(refused(format!("A price (`{id}`) already uses that lookup key."), Some("lookup_key")));
    }
    let (id, mut price) = (id.to_owned(), price.clone());
    price["lookup_key"] = Value::Null;
    account.store.put(&table("prices"), &id, price);
    Ok(())
}

/// A number of the smallest unit without digits that say nothing.
fn plain(decimal: &str) -> String {
    match decimal.split_once('.') {
        Some((whole, part)) if part.trim_end_matches('0').is_empty() => whole.to_owned(),
        Some((whole, part)) => format!("{whole}.{}", part.trim_end_matches('0')),
        None => decimal.to_owned(),
    }
}

fn recurring(sent: &Row) -> Result<Value, Reply> {
    let interval = text(sent, "interval");
    if interval.is_empty() {
        return Err(coded(
            "parameter_missing",
            "Missing required param: recurring[interval].",
            Some("recurring[interval]"),
        ));
    }
    let count = sent.get("interval_count").and_then(Value::as_i64).unwrap_or(1);
    let most = match interval {
        "day" => 1_095,
        "week" => 156,
        "month" => 36,
        _ => 3,
    };
    if !(1..=most).contains(&count) {
        let message = "Invalid interval count: at most three years lie between two payments.";
        return Err(refused(message, Some("recurring[interval_count]")));
    }
    let said = |key: &str| sent.get(key).cloned().unwrap_or_default();
    let usage = sent.get("usage_type").cloned().unwrap_or("licensed".into());
    Ok(json!({
        "interval": interval, "interval_count": count, "meter": said("meter"), "trial_period_days": said("trial_period_days"),
        "usage_type": usage,
    }))
}
