//! `plg dev`: an application asks the sandbox while the stack is edited.

use super::Desk;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long anything is waited for: the first build may compile all of plg.
const PATIENCE: Duration = Duration::from_secs(600);

/// `plg dev` at work.
struct Developing {
    child: Child,
    lines: Receiver<Value>,
    url: String,
    token: String,
}

impl Developing {
    fn start(mut command: Command) -> Developing {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let (tells, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no event: {line}"));
                if tells.send(event).is_err() {
                    return;
                }
            }
        });
        let mut dev = Developing { child, lines, url: String::new(), token: String::new() };
        dev.listens();
        dev
    }

    /// The next event, which has to be of this name.
    fn next(&self, name: &str) -> Value {
        let event = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no event `{name}` came"));
        assert_eq!(event["event"], name, "{event}");
        event
    }

    /// Hears where the sandbox is served.
    fn listens(&mut self) -> Value {
        let listening = self.next("listening");
        self.url = listening["url"].as_str().expect("an address").trim_start_matches("http://").to_owned();
        let accounts = listening["accounts"].as_array().expect("a list");
        let keys = accounts.iter().filter(|one| one["account"] == "posthog").filter_map(|one| one["keys"].as_object());
        self.token = keys.flat_map(|keys| keys.values()).find_map(Value::as_str).unwrap_or_default().to_owned();
        listening
    }

    /// The body of an answer.
    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.url).expect("it listens");
        let (host, length) = (&self.url, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it is answered");
        answer.split_once("\r\n\r\n").expect("a body").1.to_owned()
    }

    /// What an application gets of a flag.
    fn flag(&self, key: &str) -> Value {
        let body = format!(r#"{{ "api_key": "{}", "distinct_id": "ada" }}"#, self.token);
        let answer: Value = serde_json::from_str(&self.ask("POST", "/flags/?v=2", &body)).expect("it is JSON");
        answer["flags"][key]["enabled"].clone()
    }

    fn page(&self) -> String {
        self.ask("GET", "/", "")
    }
}

impl Drop for Developing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A build script that says that it runs, and does not end.
const ENDLESS: &str = "fn main() {\n    std::fs::write(\"begun\", std::process::id().to_string()).unwrap();\n    \
                       std::thread::sleep(std::time::Duration::from_secs(600));\n}\n";

/// What is there at some time.
fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..PATIENCE.as_millis() / 50 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never came");
}

/// A source, edited as an editor does.
struct Source(PathBuf);

impl Source {
    fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(&self.0).expect("it is there");
        assert!(text.contains(from), "`{from}` is not in {text}");
        let beside = self.0.with_extension("rs~");
        fs::write(&beside, text.replacen(from, to, 1)).expect("a file");
        fs::rename(&beside, &self.0).expect("it is renamed");
    }
}

/// A stack with a flag that nobody has.
fn stack(desk: &Desk, name: &str) -> Source {
    desk.writes(name, &["new", name]);
    let source = Source(desk.folder(&format!("{name}/src/product.rs")));
    source.edit(
        "    /// How people come.",
        "    /// The dark theme.\n    feature_flag DarkMode { key: \"dark-mode\", rollout: 0% }\n\n    /// How people come.",
    );
    source
}

#[test]
fn an_application_sees_each_edit() {
    let desk = Desk::new();
    let source = stack(&desk, "shop-dev");
    // From anywhere below, as every command.
    let mut dev = Developing::start(desk.plg("shop-dev/src", &["dev", "--port", "0", "--json"]));
    let first = dev.next("round");
    assert_eq!((&first["deployed"], &first["changed"]), (&true.into(), &Value::Array(Vec::new())), "{first}");
    assert!(first["counts"]["create"].as_u64() > Some(4), "{first}");
    assert_eq!(dev.flag("dark-mode"), false);

    source.edit("rollout: 0%", "rollout: 100%");
    let round = dev.next("round");
    assert_eq!((&round["changed"][0], &round["counts"]["update"]), (&"src/product.rs".into(), &1.into()), "{round}");
    assert_eq!(dev.flag("dark-mode"), true);
    assert!(dev.page().contains("<p>Deployed 1 change at <time"), "{}", dev.page());

    // A compile error is shown on the page as text, and nothing changes.
    source.edit("rollout: 100%", "rollout: 100%, needs: [\"<b>\"]");
    let round = dev.next("round");
    assert_eq!((&round["built"], &round["deployed"]), (&false.into(), &false.into()), "{round}");
    let page = dev.page();
    assert!(page.contains("The stack could not be built at <time") && page.contains("src/product.rs:"), "{page}");
    assert!(page.contains("&lt;b&gt;") && !page.contains("<b>") && !page.contains('\u{1b}'), "{page}");
    assert_eq!(dev.flag("dark-mode"), true);
    in_a_browser(&dev.url);

    source.edit("rollout: 100%, needs: [\"<b>\"]", "rollout: 0%");
    assert_eq!(dev.next("round")["deployed"], true);
    assert_eq!(dev.flag("dark-mode"), false);
    assert!(!dev.page().contains("could not be built"), "{}", dev.page());

    // What is refused when it is deployed stands there, too, and the next edit tries again.
    source.edit("    /// The dark theme.\n", "");
    let round = dev.next("round");
    assert_eq!((&round["built"], &round["deployed"]), (&true.into(), &false.into()), "{round}");
    assert!(round["problem"].as_str().expect("why").contains("feature_flag.DarkMode"), "{round}");
    assert!(dev.page().contains("The stack could not be deployed at <time"), "{}", dev.page());
    source.edit("    feature_flag DarkMode", "    /// The dark theme.\n    feature_flag DarkMode");
    assert_eq!(dev.next("round")["deployed"], true);

    // A build that goes on when sources change is given up, with all that it started.
    let script = desk.folder("shop-dev/build.rs");
    fs::write(&script, ENDLESS).expect("a file");
    let begun = eventually(|| fs::read_to_string(desk.folder("shop-dev/begun")).ok().filter(|id| !id.is_empty()));
    eventually(|| dev.page().contains("A build after a change of build.rs began at <time").then_some(()));
    fs::write(&script, "fn main() {}\n").expect("a file");
    assert_eq!(dev.next("round")["deployed"], true);
    #[cfg(unix)]
    eventually(|| is_over(&begun).then_some(()));

    // A second one for the stage is refused before it does anything; other commands go on beside the first.
    let refused = desk.ends(6, "shop-dev", &["dev", "--port", "0"]);
    assert!(refused.contains("is served already, at http://") && refused.contains("`plg dev`"), "{refused}");
    assert!(desk.ends(0, "shop-dev", &["plan"]).contains("No changes"));

    // An account more: the sandbox is served by the new program, where it was.
    let root = Source(desk.folder("shop-dev/src/lib.rs"));
    for stage in ["dev", "prod"] {
        let account = "marketing: posthog { key: env(\"MARKETING\"), project: 7 },";
        root.edit(&format!("        {stage}: {{"), &format!("        {stage}: {{\n            {account}"));
        dev.next("round");
    }
    let before = dev.url.clone();
    source.edit("key: \"dark-mode\",", "key: \"dark-mode\", account: marketing,");
    let listening = dev.listens();
    assert!(listening["accounts"].to_string().contains("\"marketing\""), "{listening}");
    assert_eq!((dev.next("round")["deployed"].as_bool(), &before), (Some(true), &dev.url));
    assert!(dev.flag("dark-mode").is_null(), "it is in the other project now");

    #[cfg(unix)]
    ends_in_order(&mut dev, &desk.folder("shop-dev"));

    // If the stack does not compile at first, the sandbox is served as it was.
    source.edit("key: \"dark-mode\", account: marketing,", "key: dark-mode,");
    let dev = Developing::start(desk.plg("shop-dev", &["dev", "--port", "0", "--json"]));
    assert_eq!(dev.next("round")["built"], false);
    assert!(dev.page().contains("The stack could not be built") && dev.page().contains("DarkMode"), "{}", dev.page());
    source.edit("key: dark-mode,", "key: \"dark-mode\",");
    assert_eq!(dev.next("round")["deployed"], true);
    assert_eq!(dev.flag("dark-mode"), false);
}

/// Whether a process ended, also where nobody asked how.
#[cfg(unix)]
fn is_over(id: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", id]).output().expect("ps starts").stdout;
    state.is_empty() || state.starts_with(b"Z")
}

/// Whoever writes a provider edits its sandbox, too: the newest is served.
pub(crate) fn a_sandbox_of_its_own_is_served_anew(desk: &Desk, folder: &str, sandbox: &str) {
    let mut dev = Developing::start(desk.plg(folder, &["dev", "--port", "0", "--json"]));
    assert_eq!(dev.next("round")["deployed"], true);
    assert!(dev.page().contains(">Monitors <"), "{}", dev.page());
    let before = dev.url.clone();
    Source(desk.folder(sandbox)).edit("\"Monitors\"", "\"Watchers\"");
    dev.listens();
    assert_eq!((dev.next("round")["deployed"].as_bool(), &before), (Some(true), &dev.url));
    assert!(dev.page().contains(">Watchers <"), "{}", dev.page());
}

/// Ctrl-C ends it and what it started, and nothing is left.
#[cfg(unix)]
fn ends_in_order(dev: &mut Developing, folder: &Path) {
    let sent = Command::new("kill").args(["-INT", &dev.child.id().to_string()]).status().expect("kill starts");
    assert!(sent.success());
    assert_eq!(dev.child.wait().expect("it ends").code(), Some(0));
    assert!(TcpStream::connect(&dev.url).is_err(), "the sandbox is served by nobody");
    let sandbox = folder.join(".plg/shop-dev/local/sandbox");
    assert!(sandbox.is_dir() && !sandbox.join("address").exists());
}

/// The page with its errors, in a real Chromium.
fn in_a_browser(url: &str) {
    let given = std::env::var_os("PLG_CHROMIUM").map(PathBuf::from);
    let usual = ["/usr/bin/chromium", "/usr/bin/google-chrome"].map(PathBuf::from);
    let chromium = given.into_iter().chain(usual).find(|path| path.exists());
    let (Some(chromium), Some(modules)) = (chromium, std::env::var_os("PLG_NODE_MODULES")) else {
        assert!(std::env::var_os("PLG_REQUIRE_SERVICES").is_none(), "Chromium or PLG_NODE_MODULES is missing");
        eprintln!("SKIPPED: no Chromium, or PLG_NODE_MODULES with playwright-core and axe-core is not set");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/newcomer/page.mjs");
    let mut command = Command::new("node");
    command.arg(script).arg(chromium).arg(format!("http://{url}/")).env("PLG_NODE_MODULES", modules);
    let output = command.output().expect("node starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
}
