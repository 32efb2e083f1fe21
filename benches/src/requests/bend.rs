//! Requests that are bent at random.

use flate2::Compression;
use flate2::write::GzEncoder;
use plg_sandbox::SandboxRequest;
use plg_test::Dice;
use serde_json::{Map, Value, json};
use std::io::Write;

/// One of several.
pub(crate) fn pick<'a, T>(dice: &mut Dice, all: &'a [T]) -> Option<&'a T> {
    all.get(usize::try_from(dice.roll(all.len() as u64)).unwrap_or(0))
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "null",
    "true",
    "-1",
    "1e400",
    "\0",
    "\u{feff}é€😀",
    "{}",
    "[]",
    "%ff%00",
    "../..",
    "(((((((((",
    "[a-",
    "(?P<a>b)\\1",
    "$and",
    "@current",
    "9999-12-31T23:59:59.999999999Z",
    "-009999-01-01T00:00:00Z",
    "0000-00-00",
    "2026-02-30",
    "+999999999999-01-01",
    "P99999999999999999Y",
    "PT-1S",
    "-999999999999d",
    "* * * * *",
    "0 0 31 2 *",
    "R/P1D",
    "18446744073709551616",
    "NaN",
    "select * from events where",
    "select count() from events where properties.$a = ((((((1",
    "00000000-0000-4000-8000-000000000000",
    "<script>alert(1)</script><b><i>",
    "{person.properties.a.b.c}",
    "en-US",
    "https://example.com/a?b=c#d",
    "a@b.c",
    "+1 (555) 0",
];

const MEDIA: &[&str] = &[
    "",
    "text/plain",
    "application/json; charset=latin1",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=",
    "application/octet-stream",
    "é",
];

const QUERIES: &[&str] = &[
    "limit",
    "offset",
    "page",
    "page_size",
    "search",
    "cursor",
    "sort",
    "order",
    "ordering",
    "show_archived",
    "show_historic",
    "matching_attribute",
    "parent_object",
    "parent_record_id",
    "linked_object",
    "linked_record_id",
    "assignee",
    "is_completed",
    "record_id",
    "object",
    "list",
    "entry_id",
    "compression",
    "data",
    "token",
    "v",
    "_",
    "beacon",
    "properties",
    "date_from",
    "date_to",
    "ids",
    "type",
    "active",
    "evaluation_runtime",
    "personal_api_key",
    "group_type_index",
    "after",
    "before",
    "scope",
    "event_type",
];

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", ""];

/// A value of any type.
fn value(dice: &mut Dice) -> Value {
    match dice.roll(16) {
        0 => Value::Null,
        1 => json!(dice.roll(2) == 0),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(u64::MAX),
        5 => json!(i64::MIN),
        6 => json!(1e308),
        7 => json!(-0.000_000_1),
        8 => json!([]),
        9 => json!({}),
        10 => json!([null, [], {}, "", 0]),
        11 => json!({ "": "", "id": {}, "type": [], "value": {}, "$and": {}, "properties": [] }),
        12 => Value::String("x".repeat(usize::try_from(1 << dice.roll(17)).unwrap_or(1))),
        13 => nested(dice),
        _ => json!(pick(dice, TEXTS).copied().unwrap_or_default()),
    }
}

/// As deep as a reader of JSON takes, and sometimes deeper.
fn nested(dice: &mut Dice) -> Value {
    let wraps = pick(dice, &["$not", "values", "properties", "source", "", "filters", "groups"]).copied();
    let key = wraps.unwrap_or_default().to_owned();
    let mut value = json!("deep");
    for _ in 0..dice.roll(140) {
        value = match dice.roll(3) {
            0 => json!([value]),
            _ => Value::Object(Map::from_iter([(key.clone(), value)])),
        };
    }
    value
}

/// Something within a body, at random.
fn within<'v>(dice: &mut Dice, mut value: &'v mut Value) -> &'v mut Value {
    loop {
        let stays = dice.roll(4) == 0;
        let size = match &*value {
            Value::Array(items) if !stays => items.len(),
            Value::Object(map) if !stays => map.len(),
            _ => return value,
        };
        if size == 0 {
            return value;
        }
        let at = usize::try_from(dice.roll(size as u64)).unwrap_or(0);
        let next = match value {
            Value::Array(items) => items.get_mut(at),
            Value::Object(map) => map.values_mut().nth(at),
            _ => None,
        };
        // There are so many that one is found.
        let Some(next) = next else { unreachable!("{at} of {size}") };
        value = next;
    }
}

/// Bends a request in one to three ways.
pub(crate) fn bend(dice: &mut Dice, request: &mut SandboxRequest) {
    for _ in 0..=dice.roll(3) {
        match dice.roll(10) {
            0..=4 => body(dice, request),
            5 => bytes(dice, request),
            6 => set(request, "content-type", pick(dice, MEDIA).copied().unwrap_or_default()),
            7 => query(dice, request),
            8 => path(dice, request),
            _ => match dice.roll(3) {
                0 => request.headers.clear(),
                1 => set(request, "origin", "https://example.com"),
                _ => request.method = pick(dice, METHODS).copied().unwrap_or_default().to_owned(),
            },
        }
    }
}

fn set(request: &mut SandboxRequest, name: &str, value: &str) {
    request.headers.retain(|(own, _)| own != name);
    request.headers.push((name.to_owned(), value.to_owned()));
}

/// Another body, which is JSON as before.
fn body(dice: &mut Dice, request: &mut SandboxRequest) {
    let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) else {
        request.body = value(dice).to_string().into_bytes();
        return;
    };
    match dice.roll(8) {
        0 => body = value(dice),
        1 => body = json!([body]),
        2 => {
            let place = within(dice, &mut body);
            if let Value::Object(map) = place {
                let at = usize::try_from(dice.roll(map.len() as u64)).unwrap_or(0);
                let key = map.keys().nth(at).cloned().unwrap_or_default();
                map.shift_remove(&key);
            } else {
                *place = Value::Null;
            }
        }
        3 => {
            let place = within(dice, &mut body);
            *place = json!([place.clone(), place.clone()]);
        }
        _ => {
            let other = value(dice);
            *within(dice, &mut body) = other;
        }
    }
    request.body = body.to_string().into_bytes();
}

/// A body that is no JSON any more, or comes in another form.
fn bytes(dice: &mut Dice, request: &mut SandboxRequest) {
    let length = request.body.len() as u64;
    let at = usize::try_from(dice.roll(length)).unwrap_or(0);
    match dice.roll(9) {
        0 => request.body.truncate(at),
        1 => request.body.splice(at..at, [0xff, 0xfe, 0xc3]).for_each(drop),
        2 => request.body = vec![b'['; 200_000],
        3 => request.body = gzip(&request.body),
        4 => {
            request.body = gzip(&request.body);
            request.body.truncate(at.max(4));
        }
        5 => request.body = gzip(&vec![b' '; 1 << 20]),
        6 => {
            request.body = b"NobwRApgbhB2AuYBcYAkAHAhgc2gSwgHcwAaMdAJwHt0IL4CBnZce".to_vec();
            request.query.push(("compression".into(), "lz64".into()));
        }
        7 => request.body = format!("data={}", String::from_utf8_lossy(&request.body)).into_bytes(),
        _ => {
            let text = String::from_utf8_lossy(&request.body).into_owned();
            request.body = text.replacen(':', ":1e999,\"a\":", 1).into_bytes();
        }
    }
    if dice.roll(3) == 0 {
        set(request, "content-encoding", "gzip");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Memory takes everything.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn query(dice: &mut Dice, request: &mut SandboxRequest) {
    for _ in 0..=dice.roll(3) {
        let key = pick(dice, QUERIES).copied().unwrap_or_default();
        let value = pick(dice, TEXTS).copied().unwrap_or_default();
        request.query.push((key.to_owned(), value.to_owned()));
    }
}

/// Another path, by one of its parts.
fn path(dice: &mut Dice, request: &mut SandboxRequest) {
    let mut parts: Vec<String> = request.path.split('/').map(str::to_owned).collect();
    let at = usize::try_from(dice.roll(parts.len() as u64)).unwrap_or(0);
    let text = pick(dice, TEXTS).copied().unwrap_or_default();
    match dice.roll(4) {
        0 => parts.truncate(at),
        1 => parts.insert(at, text.to_owned()),
        _ => parts[at] = text.to_owned(),
    }
    request.path = parts.join("/");
}
