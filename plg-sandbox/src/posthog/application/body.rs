//! The forms in which applications send JSON: as it is, compressed, in base64, in a form.

use super::lz64::{self, LzFailure};
use crate::message::{SandboxRequest, decode};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::Read;

/// How much may come of what is compressed, in bytes.
const MOST: u64 = 20 << 20;

/// What begins everything that gzip makes.
const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];

/// Libraries leave the padding away or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why a body cannot be read, in PostHog's words, with the status that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnreadBody(pub(super) u16, pub(super) String);

impl UnreadBody {
    pub(super) fn new(status: u16, text: impl Into<String>) -> UnreadBody {
        UnreadBody(status, text.into())
    }
}

/// The JSON of a request, in whichever form it was sent.
pub(super) fn read(request: &SandboxRequest) -> Result<Value, UnreadBody> {
    let mut bytes = match request.query("data").filter(|data| !data.is_empty()) {
        Some(data) => restored(data).into_bytes(),
        None => request.body.clone(),
    };
    if bytes.is_empty() {
        return Err(UnreadBody::new(400, "request missing data payload"));
    }
    let media = request.header("content-type").unwrap_or_default();
    let is_form = media.starts_with("application/x-www-form-urlencoded");
    let mut is_lz = is_lz(request);
    if let Some(plain) = (!is_form && !is_lz).then(|| unwrapped(&bytes)).flatten() {
        bytes = plain;
    }
    if is_form && !bytes.starts_with(GZIP) && request.query("data").is_none_or(str::is_empty) {
        is_lz |= field(&bytes, "compression").as_deref().is_some_and(is_lz64);
        bytes = of_form(&bytes, is_lz)?;
    }
    if bytes.starts_with(GZIP) {
        bytes = inflated(&bytes)?;
    } else if is_lz {
        bytes = unpacked(&bytes)?;
    }
    let text = String::from_utf8(bytes).map_err(|_| UnreadBody::new(400, "failed to decode request: invalid UTF8"))?;
    parsed(&text).or_else(|error| {
        let inner = unwrapped(text.as_bytes()).and_then(|inner| {
            let inner = if inner.starts_with(GZIP) { inflated(&inner).ok()? } else { inner };
            parsed(&String::from_utf8(inner).ok()?).ok()
        });
        inner.ok_or_else(|| UnreadBody::new(400, format!("failed to parse request: {error}")))
    })
}

fn is_lz(request: &SandboxRequest) -> bool {
    let said = request.query("compression").or_else(|| request.header("content-encoding"));
    said.is_some_and(is_lz64)
}

fn is_lz64(said: &str) -> bool {
    said.eq_ignore_ascii_case("lz64")
}

/// What LZString packed, as bytes.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, UnreadBody> {
    let packed =
        std::str::from_utf8(bytes).map_err(|_| UnreadBody::new(400, "failed to decode request: invalid LZ64"))?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    match lz64::unpacked(packed, most) {
        Ok(text) => Ok(text.into_bytes()),
        Err(LzFailure::TooLong) => Err(too_long()),
        Err(LzFailure::Broken) => Err(UnreadBody::new(400, "failed to decode request: invalid LZ64")),
    }
}

fn too_long() -> UnreadBody {
    UnreadBody::new(413, format!("maximum event size exceeded: over {MOST} bytes"))
}

/// JSON, in which what is no number may stand for nothing.
fn parsed(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| serde_json::from_str(&without_nan(text)).map_err(|_| error))
}

/// `NaN` and `Infinity` outside of texts become `null`.
fn without_nan(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut is_text, mut is_escaped) = (text, false, false);
    while let Some(c) = rest.chars().next() {
        let word = (!is_text).then(|| ["NaN", "-Infinity", "Infinity"].into_iter().find(|word| rest.starts_with(word)));
        if let Some(Some(word)) = word {
            out.push_str("null");
            rest = &rest[word.len()..];
            continue;
        }
        match c {
            '"' if !is_escaped => is_text = !is_text,
            _ => {}
        }
        is_escaped = is_text && c == '\\' && !is_escaped;
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// What is wholly base64, decoded.
fn unwrapped(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?.trim().trim_matches('"');
    let looks_so = text.len() > 8 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    let plain = BASE64.decode(looks_so.then_some(text)?).ok()?;
    let is_something = plain.starts_with(GZIP) || matches!(plain.first(), Some(b'{' | b'['));
    is_something.then_some(plain)
}

/// Spaces were plus signs once.
fn restored(data: &str) -> String {
    if data.trim_start().starts_with(['{', '[']) { data.to_owned() } else { data.trim().replace(' ', "+") }
}

/// A field of a form.
fn field(form: &[u8], name: &str) -> Option<String> {
    let form = String::from_utf8_lossy(form);
    let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| decode(&value.replace('+', " ")))
}

/// The field `data` of a form: base64 or JSON, or what LZString packed, as it is.
fn of_form(bytes: &[u8], is_lz: bool) -> Result<Vec<u8>, UnreadBody> {
    let Some(data) = field(bytes, "data") else {
        let form = String::from_utf8_lossy(bytes);
        let text = form.trim();
        // Some send JSON and call it a form.
        if text.starts_with(['{', '[']) {
            return Ok(text.as_bytes().to_vec());
        }
        return Err(UnreadBody::new(400, "failed to decode request: invalid form data"));
    };
    let data = restored(&data).into_bytes();
    Ok(if is_lz { data } else { unwrapped(&data).unwrap_or(data) })
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, UnreadBody> {
    let mut plain = Vec::new();
    let mut reader = GzDecoder::new(bytes).take(MOST + 1);
    if reader.read_to_end(&mut plain).is_err() {
        return Err(UnreadBody::new(400, "failed to decode request: invalid GZIP data"));
    }
    if plain.len() as u64 > MOST {
        return Err(too_long());
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use serde_json::json;
    use std::io::Write;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn sent(target: &str, media: &str, body: &[u8]) -> Result<Value, UnreadBody> {
        let headers = vec![("content-type".to_owned(), media.to_owned())];
        read(&SandboxRequest { body: body.to_vec(), headers, ..SandboxRequest::new("POST", target) })
    }

    #[test]
    fn every_form_is_the_same_json() {
        let text = r#"{"event":"a+b","n":1}"#;
        let is = json!({ "event": "a+b", "n": 1 });
        let in_base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        let form = |data: &str| format!("data={}&ver=1", data.replace('+', "%2B").replace('=', "%3D"));
        for (target, media, body) in [
            ("/e/", "application/json", text.as_bytes().to_vec()),
            ("/e/", "text/plain", gzip(text)),
            ("/e/?compression=gzip-js", "text/plain", gzip(text)),
            ("/e/?compression=base64", "text/plain", in_base64(text.as_bytes()).into_bytes()),
            ("/e/", "application/x-www-form-urlencoded", form(&in_base64(text.as_bytes())).into_bytes()),
            ("/e/", "application/x-www-form-urlencoded", form(&in_base64(&gzip(text))).into_bytes()),
            ("/e/", "application/x-www-form-urlencoded", gzip(text)),
        ] {
            assert_eq!(sent(target, media, &body), Ok(is.clone()), "{target} as {media}");
        }
        let by_query = format!("/e/?data={}", in_base64(text.as_bytes()).replace('+', "%2B"));
        assert_eq!(sent(&by_query, "", b""), Ok(is));
    }

    #[test]
    fn what_old_browsers_packed_is_the_same_json() {
        let is = json!({ "event": "a+b", "n": 1 });
        let packed = "N4IgpgbmB2AuIC4QEMDUAjEAaE1EEYBfIA==";
        let form = format!("data={}&ver=1.9", packed.replace('+', "%2B").replace('=', "%3D"));
        for (target, media, body) in [
            ("/e/?compression=lz64", "application/x-www-form-urlencoded", form.clone()),
            ("/e/", "application/x-www-form-urlencoded", format!("{form}&compression=lz64")),
            ("/e/?compression=lz64", "text/plain", packed.to_owned()),
        ] {
            assert_eq!(sent(target, media, body.as_bytes()), Ok(is.clone()), "{target} as {media}");
        }
        let by_query = format!("/e/?compression=lz64&data={}", packed.replace('+', "%2B"));
        assert_eq!(sent(&by_query, "", b""), Ok(is));
        let said = sent("/e/?compression=lz64", "text/plain", b"{}").unwrap_err();
        assert_eq!(said, UnreadBody::new(400, "failed to decode request: invalid LZ64"));
    }

    #[test]
    fn what_is_broken_says_so() {
        let is = |body: &[u8], status: u16, text: &str| {
            let said = sent("/e/", "text/plain", body).unwrap_err();
            assert!(said.0 == status && said.1.starts_with(text), "{said:?}");
        };
        is(b"", 400, "request missing data payload");
        is(&gzip("{}")[..12], 400, "failed to decode request: invalid GZIP data");
        is(b"nothing", 400, "failed to parse request");
        is(&[0xff, 0xfe], 400, "failed to decode request");
    }

    #[test]
    fn what_is_no_number_is_nothing() {
        let said = sent("/flags/", "application/json", br#"{"a":NaN,"b":[-Infinity,"NaN \" NaN"]}"#);
        assert_eq!(said, Ok(json!({ "a": null, "b": [null, "NaN \" NaN"] })));
    }
}
