//! Products, coupons and tax rates against `localstripe`, an emulator of Stripe that others wrote. The test starts it on
//! a port of this machine; `PLG_REQUIRE_SERVICES` makes it fail where it is not installed.
//!
//! localstripe knows no prices, promotion codes and webhook endpoints. What else differs from Stripe is in the README.

#![cfg(all(unix, feature = "cli"))]

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running emulator, which ends with the test.
struct Emulator {
    child: Child,
    port: u16,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The Python that localstripe is installed for.
fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3)?.join("target/services/bin/python");
    let has_it = |python: &PathBuf| {
        let mut command = Command::new(python);
        command.args(["-c", "import localstripe.server"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    [root, PathBuf::from("python3")].into_iter().find(has_it)
}

impl Emulator {
    /// Starts one, where it is installed; says so where it is not.
    fn start() -> Option<Emulator> {
        let Some(python) = python() else {
            let how = "python3 -m venv target/services && target/services/bin/pip install localstripe==1.15.10";
            assert!(std::env::var_os("PLG_REQUIRE_SERVICES").is_none(), "localstripe is not installed: {how}");
            eprintln!("SKIPPED: localstripe is not installed: {how}");
            return None;
        };
        let free = TcpListener::bind("127.0.0.1:0").expect("this machine has a free port");
        let port = free.local_addr().expect("it is bound").port();
        drop(free);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator/serve.py");
        let mut command = Command::new(python);
        command.arg(script).arg(port.to_string()).stdin(Stdio::null()).stdout(Stdio::null());
        let emulator = Emulator { child: command.spawn().expect("Python starts"), port };
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "localstripe does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(emulator)
    }

    /// One request of somebody else's, with the answer.
    fn ask(&self, method: &str, path: &str, form: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let length = form.len();
        write!(
            stream,
            "{method} /v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer sk_test_theirs\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{form}"
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        assert!(head.starts_with("HTTP/1.1 200"), "{method} {path} {form}: {answer}");
        serde_json::from_str(body).expect("an answer is JSON")
    }

    /// Everything that is sold or taken off, as people see it: what is archived is not, and neither is what is theirs.
    fn inventory(&self) -> Vec<String> {
        let rows = |path: &str| -> Vec<Value> {
            let list = self.ask("GET", &format!("{path}?limit=1000"), "");
            list["data"].as_array().cloned().expect("a list has data")
        };
        let text = |row: &Value, key: &str| match &row[key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let mut all = Vec::new();
        for (path, fields) in [
            ("products", &["id", "name", "description", "url", "metadata"][..]),
            ("coupons", &["id", "percent_off", "amount_off", "duration", "metadata"]),
            ("tax_rates", &["display_name", "jurisdiction", "percentage", "inclusive"]),
        ] {
            let is_ours = |row: &&Value| row["active"] != false && !text(row, fields[0]).starts_with("theirs");
            let shown = |row: &Value| fields.iter().map(|field| text(row, field)).collect::<Vec<_>>().join(" ");
            all.extend(rows(path).iter().filter(is_ours).map(|row| format!("{path}: {}", shown(row))));
        }
        all.sort();
        all
    }
}

const FIRST: &[&str] = &[
    "coupons: GONE null 500 once {}",
    "coupons: LAUNCH 20.0 null repeating {\"by\":\"mail\"}",
    "coupons: SUMMER 15.0 null forever {}",
    "coupons: WINTER 12.5 null once {}",
    "products: basic Basic null null {}",
    "products: old Old null null {}",
    "products: pro Pro Everything for a team. null {\"tier\":\"2\"}",
    "products: seat Seat null null {}",
    "products: support Support null null {}",
    "tax_rates: Reduced DE 7.0 true",
    "tax_rates: Sales US - MA 6.25 false",
    "tax_rates: Vat DE 19.0 true",
];

const SECOND: &[&str] = &[
    "coupons: FRIENDS 10.0 null forever {}",
    "coupons: LAUNCH 25.0 null once {}",
    "coupons: SUMMER 15.0 null forever {}",
    "coupons: WINTER 12.5 null once {}",
    "products: basic Basic null null {}",
    "products: pro Pro 2 Everything for a team, and more. https://shop.example/pro {\"tier\":\"3\"}",
    "products: seat Seat null null {}",
    "products: support Support null null {}",
    "products: team Team null null {}",
    "tax_rates: Reduced DE 7.0 true",
    "tax_rates: Sales US - MA 6.25 false",
    "tax_rates: Vat DE 19.0 true",
];

const THIRD: &[&str] = &[
    "coupons: SUMMER 15.0 null forever {}",
    "coupons: WINTER 12.5 null once {}",
    "products: basic Basic null null {}",
    "products: seat Seat null null {}",
    "products: support Support null null {}",
    "tax_rates: Reduced DE 7.0 true",
    "tax_rates: Sales US - MA 6.25 false",
    "tax_rates: Vat DE 20.0 true",
];

/// Whoever deploys to it.
struct Desk<'a> {
    root: tempfile::TempDir,
    emulator: &'a Emulator,
}

impl<'a> Desk<'a> {
    fn of(emulator: &'a Emulator) -> Self {
        Desk { root: tempfile::tempdir().expect("a folder"), emulator }
    }

    fn command(&self, form: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_emulated"));
        let url = format!("http://127.0.0.1:{}", self.emulator.port);
        command.args(arguments).args(["--stage", "emulator"]).current_dir(self.root.path()).env_clear();
        command.env("PLG_ROOT", self.root.path()).env("EMULATED", form).env("PLG_STRIPE_URL", url);
        // It ends what it was asked within milliseconds, whether or not its client lives.
        command.env("STRIPE_API_KEY", "sk_test_ours").env("PLG_LATE_WINDOW", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn ends(&self, with: i32, form: &str, arguments: &[&str]) -> String {
        let output = self.command(form, arguments).output().expect("the program runs");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(with), "{form} {arguments:?}\n{said}");
        said
    }
}

#[test]
fn it_is_deployed_bent_changed_written_down_and_removed() {
    let Some(emulator) = Emulator::start() else { return };
    // More of other people's than one page holds.
    for number in 0..120 {
        emulator.ask("POST", "products", &format!("id=theirs_{number:03}&name=Theirs"));
    }
    let desk = Desk::of(&emulator);
    desk.ends(0, "first", &["deploy", "--yes"]);
    assert_eq!(emulator.inventory(), FIRST);
    desk.ends(0, "first", &["plan", "--detailed-exitcode"]);

    // What people change is found and brought back, and what they add stays.
    emulator.ask("POST", "products/pro", "name=Professional&metadata[theirs]=yes");
    emulator.ask("POST", "products/old", "active=false");
    emulator.ask("DELETE", "coupons/WINTER", "");
    let drift = desk.ends(8, "first", &["drift", "--exit-code"]);
    for address in ["product.Pro", "product.Old", "coupon.Winter"] {
        assert!(drift.contains(address), "{address}: {drift}");
    }
    desk.ends(0, "first", &["deploy", "--yes"]);
    let pro = emulator.ask("GET", "products/pro", "");
    assert_eq!((&pro["name"], &pro["metadata"]["theirs"]), (&Value::from("Pro"), &Value::from("yes")));
    desk.ends(0, "first", &["plan", "--detailed-exitcode"]);

    // The lists that localstripe has not are named, and what it has is written.
    let source = desk.ends(4, "first", &["import"]);
    for line in ["id: \"pro\"", "statement_descriptor: \"SHOP PRO\"", "percent_off: 12.5%", "jurisdiction: \"US - MA\""]
    {
        assert!(source.contains(line), "{line}: {source}");
    }

    let plan = desk.ends(0, "second", &["deploy", "--yes", "--allow-loss"]);
    for address in ["product.Team", "coupon.Launch", "coupon.Friends"] {
        assert!(plan.contains(address), "{address}: {plan}");
    }
    let now = emulator.inventory();
    let (with, without) = (now.join("\n").replace(",\"theirs\":\"yes\"", ""), SECOND.join("\n"));
    assert_eq!(with, without);
    desk.ends(0, "second", &["plan", "--detailed-exitcode"]);

    desk.ends(0, "third", &["deploy", "--yes", "--allow-loss"]);
    assert_eq!(emulator.inventory(), THIRD);

    desk.ends(0, "third", &["destroy", "--yes", "--allow-loss"]);
    assert_eq!(emulator.inventory(), Vec::<String>::new());
    let theirs = emulator.ask("GET", "products?limit=1000", "");
    let theirs = theirs["data"].as_array().expect("a list").iter().filter(|row| row["name"] == "Theirs");
    assert_eq!(theirs.filter(|row| row["active"] == true).count(), 120);
}

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }
}

#[test]
fn whatever_instant_it_is_killed_at_the_next_run_ends_it() {
    let Some(emulator) = Emulator::start() else { return };
    let number = |name: &str, or: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    let (kills, seed) = (number("PLG_KILLS", 20), number("PLG_SEED", 0x5EED));
    let (desk, mut dice) = (Desk::of(&emulator), Dice(seed));
    // How long one takes that nobody kills.
    let start = Instant::now();
    desk.ends(0, "first", &["deploy", "--yes"]);
    let whole = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let mut died = 0;
    for kill in 0..kills {
        let (form, wanted, arguments): (_, _, &[&str]) = match kill % 3 {
            0 => ("second", SECOND, &["deploy", "--yes", "--allow-loss"]),
            1 => ("second", &[], &["destroy", "--yes", "--allow-loss"]),
            _ => ("first", FIRST, &["deploy", "--yes", "--allow-loss"]),
        };
        let mut child = desk.command(form, arguments).spawn().expect("the program runs");
        std::thread::sleep(Duration::from_micros(dice.roll(whole)));
        child.kill().expect("it can be killed");
        died += u64::from(child.wait().expect("it ended").code().is_none());
        desk.ends(0, form, arguments);
        assert_eq!(emulator.inventory(), wanted, "kill {kill} of seed {seed}");
        let plan = if wanted.is_empty() { continue } else { ["plan", "--detailed-exitcode"] };
        desk.ends(0, form, &plan);
    }
    println!("{died} of {kills} were killed before they ended");
    assert!(died > kills / 3, "{died} of {kills} were killed before they ended");
}
