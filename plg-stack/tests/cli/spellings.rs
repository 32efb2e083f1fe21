//! An API that repeats every secret it was sent, in every spelling and every place: none of it is printed or kept.

use super::secrets::files;
use super::strange::Strange;
use super::{keys, plg, text};
use std::path::Path;

const ATTIO: &str = "aT7k/planted+Attio=Key&9";
const POSTHOG: &str = "phx_P0sthog\"planted<Key>8";
const HOOKS: [(&str, &str); 2] = [
    ("DEAL_WEBHOOK_URL", "https://hooks.example.com/services/planted-Deal-S3cret?sig=Sgn4ture-0f-deals"),
    ("COMPANY_WEBHOOK_URL", "https://user:Passw0rd-planted@hooks.example.com/in/planted-C0mpany"),
];

/// What of the secrets must not be seen, without the prefix that all keys share.
fn planted() -> Vec<String> {
    let parts = [
        ATTIO,
        "P0sthog\"planted<Key>8",
        HOOKS[0].1,
        "planted-Deal-S3cret",
        "Sgn4ture-0f-deals",
        HOOKS[1].1,
        "Passw0rd-planted",
        "planted-C0mpany",
    ];
    parts.map(str::to_owned).to_vec()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        (0..=three.len()).for_each(|i| out.push(char::from(LETTERS[(number >> (18 - 6 * i) & 63) as usize])));
    }
    out
}

/// Every spelling of a text.
fn spellings(text: &str) -> Vec<String> {
    let every = |spell: &dyn Fn(u8) -> String| text.bytes().map(spell).collect::<String>();
    let usual = every(&|b| if b.is_ascii_alphanumeric() { char::from(b).into() } else { format!("%{b:02X}") });
    let json = serde_json::json!(text).to_string();
    let mut all = vec![
        text.to_owned(),
        text.to_lowercase(),
        text.to_uppercase(),
        usual.replace('%', "%25"),
        usual,
        every(&|b| format!("%{b:02x}")),
        every(&|b| format!("\\u{b:04x}")),
        every(&|b| format!("&#{b};")),
        every(&|b| format!("&#x{b:x};")),
        json.trim_matches('"').replace('/', "\\/"),
        json.trim_matches('"').to_owned(),
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"),
    ];
    for before in ["", "a", "ab"] {
        // The ends depend on what is around it.
        let encoded = base64(format!("{before}{text}").as_bytes());
        let end = (before.len() + text.len()) * 8 / 6;
        let inner = encoded[(before.len() * 8).div_ceil(6)..end].to_owned();
        all.extend([inner.replace('+', "-").replace('/', "_"), inner]);
    }
    all
}

/// All secrets in every spelling, in one text.
fn everything() -> String {
    planted().iter().flat_map(|secret| spellings(secret)).collect::<Vec<_>>().join(" ~ ")
}

/// Nothing of it is in there, not even as JSON would write it.
fn is_clean(place: &str, said: &str) {
    for secret in planted() {
        for spelled in spellings(&secret) {
            let written = serde_json::json!(spelled).to_string();
            for spelled in [spelled.as_str(), written.trim_matches('"')] {
                assert!(!said.contains(spelled), "{place} holds {spelled}:\n{said}");
            }
        }
    }
}

fn planted_in(root: &Path, url: &str, arguments: &[&str]) -> (i32, String) {
    let mut command = plg(root);
    command.args(arguments).arg("-vvv").env("PLG_STAGE", "prod").env("PLG_LOG", "trace").env("RUST_BACKTRACE", "full");
    command.envs(keys(ATTIO, POSTHOG)).envs(HOOKS).env("PLG_ATTIO_URL", url).env("PLG_POSTHOG_URL", url);
    let (code, out, err) = text(&command.output().expect("the binary runs"));
    is_clean(&format!("{arguments:?}"), &format!("{out}\n{err}"));
    assert!(!err.contains("panicked"), "{err}");
    (code, format!("{out}\n{err}"))
}

#[test]
fn an_api_that_repeats_them_in_what_it_says() {
    let all = everything();
    let header: String = all.chars().filter(|c| !c.is_control()).collect();
    for status in [200, 302, 400, 401, 403, 409, 500] {
        let body = serde_json::json!({
            "status_code": status, "type": all, "code": all, "message": all, "detail": all, "attr": all,
            "validation_errors": [{ "path": [all], "message": all }],
            "data": { "name": all, "id": all }, "results": [{ "id": all, "name": all }], "next": null,
            "active": true, "workspace_id": all, "workspace_name": all, "scope": all, "name": all,
        })
        .to_string();
        let header = header.clone();
        let server = Strange::new(move |to| {
            write!(
                to,
                "HTTP/1.1 {status} Said\r\nx-request-id: {header}\r\nx-attio-execution-id: {header}\r\n\
                 location: https://elsewhere.example/{header}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        });
        let root = tempfile::tempdir().unwrap();
        for arguments in [
            &["plan"][..],
            &["plan", "--json"],
            &["plan", "--out", "saved.plan", "--html", "plan.html"],
            &["doctor"],
            &["doctor", "--json"],
            &["drift"],
            &["import"],
            &["import", "--json"],
            &["deploy", "--yes"],
        ] {
            let (_, said) = planted_in(root.path(), &server.url(), arguments);
            // An answer that is no refusal is not what plg asked for; plg says so without quoting it.
            assert!(status < 400 || said.contains("***"), "{status} {arguments:?}: {said}");
        }
        let mut kept = Vec::new();
        files(root.path(), &mut kept);
        for file in kept {
            is_clean(&file.display().to_string(), &String::from_utf8_lossy(&std::fs::read(&file).unwrap()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn live_objects_that_are_named_after_them() {
    let root = tempfile::tempdir().unwrap();
    let running = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let url = running.url();
    let post = |path: &str, body: serde_json::Value| {
        let mut request = plg_sandbox::SandboxRequest::new("POST", path);
        request.headers.push(("authorization".into(), "Bearer x".into()));
        request.body = body.to_string().into_bytes();
        running.sandbox().answer(&request).status
    };
    let mut made = 0;
    for (number, spelled) in planted().iter().flat_map(|secret| spellings(secret)).enumerate() {
        let short: String = spelled.chars().take(300).collect();
        let dashboard = serde_json::json!({ "name": short, "description": short, "tags": [short] });
        let flag = serde_json::json!({ "key": format!("f{number}"), "name": short, "filters": { "groups": [{ "properties": [], "rollout_percentage": 3 }] } });
        made += usize::from(post("/api/projects/12345/dashboards/", dashboard) == 201);
        made += usize::from(post("/api/projects/12345/feature_flags/", flag) == 201);
    }
    assert!(made > 100, "{made} objects");
    for (arguments, code) in [
        (&["doctor"][..], 0),
        (&["import"], 0),
        (&["import", "--json"], 0),
        (&["plan", "--json"], 0),
        (&["plan", "--out", "saved.plan", "--html", "plan.html"], 0),
        (&["deploy", "--yes", "--json"], 0),
        (&["plan", "--format", "markdown"], 0),
        (&["drift"], 0),
        (&["state", "list"], 0),
        (&["state", "pull"], 0),
        (&["state", "show", "webhook.DealChanges"], 0),
        (&["output", "--json"], 0),
        (&["history"], 0),
        (&["graph"], 0),
        (&["plan", "--destroy", "--json"], 0),
        (&["output", "nonsense.X"], 2),
    ] {
        let (ended, said) = planted_in(root.path(), &url, arguments);
        assert_eq!(ended, code, "{arguments:?}: {said}");
    }
    let mut kept = Vec::new();
    files(root.path(), &mut kept);
    assert!(kept.len() >= 5, "{kept:?}");
    for file in kept {
        is_clean(&file.display().to_string(), &String::from_utf8_lossy(&std::fs::read(&file).unwrap()));
    }
}

#[test]
fn a_key_that_cannot_be_one_is_named_and_not_shown() {
    for (key, flaw) in [
        ("planted\nkey-planted", "a line break"),
        ("planted key-planted", "a space"),
        ("planted\u{202e}key-planted", "an invisible character"),
        ("plantedkéy-planted", "a letter that is not ASCII"),
    ] {
        let root = tempfile::tempdir().unwrap();
        let mut command = plg(root.path());
        command.args(["plan", "--stage", "dev"]).envs(keys("good-attio-key", key));
        let (code, out, err) = text(&command.output().unwrap());
        assert_eq!(code, 3, "{err}");
        assert!(err.contains("POSTHOG_API_KEY_DEV contains") && err.contains(flaw), "{err}");
        assert!(err.contains("set POSTHOG_API_KEY_DEV to the key alone"), "{err}");
        assert!(!format!("{out}{err}").contains("planted"), "{err}");
    }
}

#[test]
fn an_address_is_said_with_its_variable_and_without_what_is_in_it() {
    for (address, said) in [
        ("http://user:planted-word@posthog.example.com/planted-path?planted=1", "http://***@posthog.example.com/***"),
        ("planted-key-in-the-wrong-place", "***"),
    ] {
        let root = tempfile::tempdir().unwrap();
        let mut command = plg(root.path());
        command.args(["plan", "--stage", "dev"]).envs(keys("k", "k")).env("PLG_POSTHOG_URL", address);
        let (code, out, err) = text(&command.output().unwrap());
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("PLG_POSTHOG_URL") && err.contains(said), "{err}");
        assert!(!format!("{out}{err}").contains("planted"), "{err}");
    }
}
