//! Tax rates. Their share never changes, and none can be deleted.

use crate::params::{Param, Type, When, required};
use crate::refusal::refused;
use crate::resource::{Resource, Row, id, new};
use plg_sandbox::{ApiAccount, Reply};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct TaxRates;

const TYPES: &[&str] = &[
    "amusement_tax",
    "communications_tax",
    "gst",
    "hst",
    "igst",
    "jct",
    "lease_tax",
    "pst",
    "qst",
    "retail_delivery_fee",
    "rst",
    "sales_tax",
    "service_tax",
    "vat",
];

impl Resource for TaxRates {
    fn path(&self) -> &'static str {
        "tax_rates"
    }

    fn object(&self) -> &'static str {
        "tax_rate"
    }

    fn params(&self) -> &'static [Param] {
        &[
            Param("active", Type::Bool, When::Both),
            Param("country", Type::Text(2), When::Both),
            Param("description", Type::Text(5_000), When::Both),
            Param("display_name", Type::Text(50), When::Both),
            Param("inclusive", Type::Bool, When::Made),
            Param("jurisdiction", Type::Text(50), When::Both),
            Param("metadata", Type::Map, When::Both),
            Param("percentage", Type::Number, When::Made),
            Param("state", Type::Text(3), When::Both),
            Param("tax_type", Type::Word(TYPES), When::Both),
        ]
    }

    fn filters(&self) -> &'static [&'static str] {
        &["inclusive"]
    }

    fn blank(&self) -> Value {
        json!({
            "active": true, "country": null, "description": null, "effective_percentage": null, "flat_amount": null,
            "jurisdiction": null, "jurisdiction_level": null, "rate_type": "percentage", "state": null, "tax_type": null,
        })
    }

    fn make(&self, account: &mut ApiAccount<'_>, sent: Row) -> Result<Row, Reply> {
        required(&sent, &["display_name", "inclusive", "percentage"])?;
        let share = sent.get("percentage").and_then(Value::as_f64).unwrap_or_default();
        if !(0.0..=100.0).contains(&share) {
            return Err(refused("Invalid percentage: must be from 0 to 100.", Some("percentage")));
        }
        let id = id(account, "txr");
        let mut row = new(account, self, id, sent);
        row.insert("effective_percentage".to_owned(), share.into());
        Ok(row)
    }
}
