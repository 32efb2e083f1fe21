//! Products.

use crate::params::{Param, Type, When, required};
use crate::price::Prices;
use crate::refusal::{coded, missing, refused};
use crate::resource::{Resource, Row, id, new, rows, table, text};
use plg_sandbox::{ApiAccount, Reply};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct Products;

const FEATURE: &[Param] = &[Param("name", Type::Text(80), When::Both)];

impl Resource for Products {
    fn path(&self) -> &'static str {
        "products"
    }

    fn object(&self) -> &'static str {
        "product"
    }

    fn params(&self) -> &'static [Param] {
        &[
            Param("id", Type::Text(5_000), When::Made),
            Param("name", Type::Text(5_000), When::Both),
            Param("active", Type::Bool, When::Both),
            Param("default_price", Type::Text(5_000), When::Cleared),
            Param("description", Type::Text(40_000), When::Cleared),
            Param("images", Type::Texts, When::Cleared),
            Param("marketing_features", Type::Objects(FEATURE), When::Cleared),
            Param("metadata", Type::Map, When::Both),
            Param("shippable", Type::Bool, When::Both),
            Param("statement_descriptor", Type::Text(22), When::Cleared),
            Param("tax_code", Type::Text(5_000), When::Cleared),
            Param("unit_label", Type::Text(12), When::Cleared),
            Param("url", Type::Text(5_000), When::Cleared),
        ]
    }

    fn filters(&self) -> &'static [&'static str] {
        &["ids", "shippable", "url"]
    }

    fn blank(&self) -> Value {
        json!({
            "active": true, "default_price": null, "description": null, "images": [], "marketing_features": [],
            "package_dimensions": null, "shippable": null, "statement_descriptor": null, "tax_code": null, "type": "service",
            "unit_label": null, "updated": 0, "url": null,
        })
    }

    fn make(&self, account: &mut ApiAccount<'_>, sent: Row) -> Result<Row, Reply> {
        required(&sent, &["name"])?;
        let id = match text(&sent, "id") {
            "" => id(account, "prod"),
            own if account.store.get(&table("products"), own).is_some() => {
                return Err(coded("resource_already_exists", "Product already exists.", Some("id")));
            }
            own => own.to_owned(),
        };
        few(&sent)?;
        if let Some(price) = sent.get("default_price").and_then(Value::as_str) {
            return Err(missing("price", price, Some("default_price")));
        }
        let mut row = new(account, self, id, sent);
        row.insert("updated".to_owned(), account.now().as_second().into());
        Ok(row)
    }

    fn change(&self, account: &mut ApiAccount<'_>, row: Row, sent: Row) -> Result<Row, Reply> {
        few(&sent)?;
        if let Some(price) = sent.get("default_price").and_then(Value::as_str) {
            let own = account.store.get(&table("prices"), price);
            if own.is_none_or(|own| own["product"] != row["id"]) {
                return Err(missing("price", price, Some("default_price")));
            }
        }
        let mut row = row;
        crate::params::put(&mut row, sent);
        for list in ["images", "marketing_features"] {
            if row.get(list).is_some_and(Value::is_null) {
                row.insert(list.to_owned(), json!([]));
            }
        }
        row.insert("updated".to_owned(), account.now().as_second().into());
        Ok(row)
    }

    fn may_delete(&self, account: &mut ApiAccount<'_>, id: &str) -> Option<Result<(), Reply>> {
        let has_prices = rows(account, &Prices).any(|(_, price)| price["product"] == id);
        let message = "This product cannot be deleted because it has one or more user-created prices.";
        Some(if has_prices { Err(refused(message, None)) } else { Ok(()) })
    }
}

fn few(sent: &Row) -> Result<(), Reply> {
    match sent.get("marketing_features").and_then(Value::as_array) {
        Some(all) if all.len() > 15 => {
            Err(refused("A product has up to 15 marketing features.", Some("marketing_features")))
        }
        _ => Ok(()),
    }
}
