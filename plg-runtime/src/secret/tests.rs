use super::SecretGate;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::json;
use std::borrow::Cow;

/// Every spelling of a text that is looked for.
fn spellings(text: &str) -> Vec<String> {
    let every = |spell: &dyn Fn(u8) -> String| text.bytes().map(spell).collect::<String>();
    let percent = every(&|b| format!("%{b:02X}"));
    let usual = every(&|b| if b.is_ascii_alphanumeric() { char::from(b).into() } else { format!("%{b:02x}") });
    let mut all = vec![
        text.to_owned(),
        text.to_ascii_lowercase(),
        text.to_ascii_uppercase(),
        percent.replace('%', "%25"),
        percent,
        usual.replace('%', "%25"),
        usual,
        every(&|b| format!("\\u{b:04x}")),
        every(&|b| format!("\\\\u{b:04X}")),
        every(&|b| format!("&#{b};")),
        every(&|b| format!("&#x{b:X};")),
        every(&|b| format!("&amp;#{b};")),
        json!(text).to_string(),
        json!(json!(text).to_string()).to_string(),
        json!(text).to_string().replace('/', "\\/"),
        crate::strangers::html(text),
        crate::strangers::markdown(text),
        format!("{text:?}"),
    ];
    for before in ["", "x", "xy", "user:"] {
        let longer = format!("{before}{text}");
        all.extend([STANDARD.encode(&longer), STANDARD_NO_PAD.encode(&longer), URL_SAFE_NO_PAD.encode(&longer)]);
        all.push(STANDARD.encode(&longer).replace('+', "%2B").replace('/', "%2F"));
    }
    all
}

/// Whether any eight characters of a secret are in a text, in any of the spellings.
fn leaks(text: &str, secret: &str) -> Option<String> {
    let letters: Vec<char> = secret.chars().collect();
    let parts = letters.windows(8).map(|part| part.iter().collect::<String>());
    parts.flat_map(|part| spellings(&part)).find(|part| {
        let base64 = part.len() < 12 && !part.contains('%');
        text.contains(part.trim_matches('"')) && (base64 || part.len() >= 8)
    })
}

#[test]
fn a_credential_in_every_spelling() {
    let gate = SecretGate::new();
    let (prefix, body) = ("phx_", "aB3/+d\"E5<g&h7I 9%kL\\mN");
    gate.hide_credential(&format!("{prefix}{body}"), Some("POSTHOG_API_KEY"));
    for spelled in spellings(body) {
        let said = gate.masked(&format!("the key `{spelled}` is not good")).into_owned();
        assert!(said.contains("***POSTHOG_API_KEY***"), "{spelled} → {said}");
        let rest = said.replace("***POSTHOG_API_KEY***", "");
        // In base64 what stood before the secret is left, and the bits at its ends that it shares.
        assert!(rest.len() < "the key `` is not good".len() + 12, "{spelled} → {said}");
    }
    // What every key begins with is no secret, and neither is a part of seven.
    for plain in ["phx_", "a key starts with phx_", "aB3/+d\"", "the key POSTHOG_API_KEY"] {
        assert_eq!(gate.masked(plain), plain);
    }
    assert_eq!(gate.masked("…E5<g&h7I…"), "…***POSTHOG_API_KEY***…");
}

#[test]
fn a_variable_as_a_whole_and_an_address_without_its_host() {
    let gate = SecretGate::new();
    gate.hide_variable("TEAM", "growth");
    gate.hide_variable("HOOK_URL", "https://hooks.example.com/services/T0/S3CR3T-HOOK?token=t0k3n-t0k3n");
    assert_eq!(gate.masked("the growth of growth-team"), "the growth of growth-team");
    assert_eq!(
        gate.masked("to https://hooks.example.com/services/T0/s3cr3t-hook/x"),
        "to https://hooks.example.com/services/T0/***HOOK_URL***/x"
    );
    assert_eq!(gate.masked("token%3Dt0k3n%2Dt0k3n."), "token%3D***HOOK_URL***.");
    assert_eq!(gate.masked("POST /v2/webhooks at hooks.example.com"), "POST /v2/webhooks at hooks.example.com");
    // A part of a part is a word.
    assert_eq!(gate.masked("S3CR3T-H"), "S3CR3T-H");
}

#[test]
fn a_value_that_has_what_looks_like_another_escape() {
    let gate = SecretGate::new();
    gate.hide_credential("A0\\!a0&0", None);
    for text in ["A0\\!a0&amp;0", "A0\\\\!a0&0", "A0%5C!a0%260", "A0\\!a0%260"] {
        assert_eq!(gate.masked(text), "***", "{text}");
    }
}

#[test]
fn json_stays_json() {
    let gate = SecretGate::new();
    gate.hide_credential("0123456789abcdef", None);
    let mut value = json!({ "0123456789": ["x", { "id": 123_456_789, "name": "A0123456789ABCDEFz" }] });
    gate.mask_json(&mut value);
    assert_eq!(value, json!({ "***": ["x", { "id": "***", "name": "A***z" }] }));
    assert_eq!(gate.without_credentials(vec!["89abcdef".to_owned()]), ["***"]);
}

#[test]
fn without_secrets_nothing_is_copied() {
    let gate = SecretGate::new();
    assert!(matches!(gate.masked("0123456789abcdef"), Cow::Borrowed(_)));
    gate.hide_credential("short", None);
    gate.hide_credential("phx_1234567", None);
    assert!(matches!(gate.masked("short phx_1234567 %41"), Cow::Borrowed(_)));
}

proptest! {
    #[test]
    fn no_part_of_eight_gets_through(
        secret in "[!-~]{8,40}",
        (before, after) in ("[ -~é]{0,12}", "[ -~é]{0,12}"),
        spelling in 0..34_usize,
        from in 0..32_usize,
    ) {
        let gate = SecretGate::new();
        gate.hide_credential(&secret, None);
        let from = from.min(secret.len() - 8);
        let all = spellings(&secret[from..]);
        let spelled = &all[spelling % all.len()];
        // What is around it may not be read as one escape with it.
        let text = format!("{before} {spelled} {after}");
        let said = gate.masked(&text).into_owned();
        prop_assert!(said.contains("***"), "{text:?} → {said:?}");
        prop_assert!(!said.contains(&secret[from..]) , "{said:?}");
        if let Some(part) = leaks(&said.replace("***", "\u{1}"), &secret) {
            // Base64 of eight characters has ten that are its alone.
            prop_assert!(part.len() < 8, "{text:?} → {said:?}: {part:?}");
        }
    }

    #[test]
    fn whatever_is_said_comes_out_whole(secret in any::<String>(), text in any::<String>()) {
        let gate = SecretGate::new();
        gate.hide_credential(&secret, None);
        gate.hide_variable("NAME", &secret);
        let once = gate.masked(&text).into_owned();
        if secret.len() < 8 {
            prop_assert_eq!(once, text);
        }
    }
}
