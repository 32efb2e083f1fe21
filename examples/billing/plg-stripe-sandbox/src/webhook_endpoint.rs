//! Webhook endpoints. The secret of one is shown when it is made, and never again.

use crate::params::{self, Param, Type, When, required};
use crate::refusal::refused;
use crate::resource::{Resource, Row, id, new, text};
use plg_sandbox::{ApiAccount, Reply};
use serde_json::{Value, json};

#[derive(Debug)]
pub(crate) struct WebhookEndpoints;

impl Resource for WebhookEndpoints {
    fn path(&self) -> &'static str {
        "webhook_endpoints"
    }

    fn object(&self) -> &'static str {
        "webhook_endpoint"
    }

    fn params(&self) -> &'static [Param] {
        &[
            Param("api_version", Type::Text(5_000), When::Made),
            Param("connect", Type::Bool, When::Made),
            Param("description", Type::Text(5_000), When::Cleared),
            Param("disabled", Type::Bool, When::Changed),
            Param("enabled_events", Type::Texts, When::Both),
            Param("metadata", Type::Map, When::Both),
            Param("url", Type::Text(5_000), When::Both),
        ]
    }

    fn blank(&self) -> Value {
        json!({ "api_version": null, "application": null, "description": null, "status": "enabled" })
    }

    fn make(&self, account: &mut ApiAccount<'_>, sent: Row) -> Result<Row, Reply> {
        required(&sent, &["enabled_events", "url"])?;
        held(&sent)?;
        let mut sent = sent;
        sent.shift_remove("connect");
        let id = id(account, "we");
        Ok(new(account, self, id, sent))
    }

    fn change(&self, _: &mut ApiAccount<'_>, row: Row, sent: Row) -> Result<Row, Reply> {
        held(&sent)?;
        let (mut row, mut sent) = (row, sent);
        if let Some(Value::Bool(is_disabled)) = sent.shift_remove("disabled") {
            row.insert("status".to_owned(), if is_disabled { "disabled" } else { "enabled" }.into());
        }
        params::put(&mut row, sent);
        Ok(row)
    }

    fn may_delete(&self, _: &mut ApiAccount<'_>, _: &str) -> Option<Result<(), Reply>> {
        Some(Ok(()))
    }

    fn shown_once(&self, id: &str) -> Option<(&'static str, Value)> {
        Some(("secret", secret(id).into()))
    }
}

/// A secret that is the same for an id each time, and has nothing of it: who hides a secret hides parts of it, too.
fn secret(id: &str) -> String {
    let mut mixed: u64 = 0xcbf2_9ce4_8422_2325;
    let mut next = |byte: u8| {
        mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        mixed
    };
    for byte in id.bytes() {
        next(byte);
    }
    let letters = (0..32).map(|place| char::from(b'a' + u8::try_from((next(place) >> 32) % 26).unwrap_or_default()));
    format!("whsec_{}", letters.collect::<String>())
}

fn held(sent: &Row) -> Result<(), Reply> {
    if sent.contains_key("url") && !text(sent, "url").starts_with("https://") {
        return Err(refused("Invalid URL: URL must be publicly accessible and begin with https.", Some("url")));
    }
    let events = sent.get("enabled_events").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for event in events {
        if event != "*" && !event.contains('.') {
            return Err(refused(
                format!("Invalid enabled_events: {event} is not an event type."),
                Some("enabled_events"),
            ));
        }
    }
    Ok(())
}
