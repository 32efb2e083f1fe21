//! A stack of two PostHog projects and an Attio workspace, and stacks of one provider, as people use them.
//!
//! This file is the program as well: it runs itself with a variable set, and is then the stack's command line.

mod alone;
mod stack;

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

/// Says that this process is the program, and of which stack.
const PROGRAM: &str = "PLG_TEST_PROGRAM";

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(PROGRAM) {
        return plg::app(stack::named(&name)).main();
    }
    let tests: [(&str, fn()); 9] = [
        ("alone_posthog", || alone::says_nothing_of_others("posthog", &["attio", "crm", "object_configuration"])),
        ("alone_attio", || alone::says_nothing_of_others("attio", &["posthog", "feature_flag", "experiment", "phc_"])),
        ("plans_and_pages_are_grouped_by_account", plans_and_pages_are_grouped_by_account),
        ("what_is_printed_of_the_state_names_accounts", what_is_printed_of_the_state_names_accounts),
        ("the_graph_names_accounts", the_graph_names_accounts),
        ("each_account_has_a_variable_and_a_key", each_account_has_a_variable_and_a_key),
        ("a_sandbox_serves_every_account", a_sandbox_serves_every_account),
        ("names_of_a_further_account_have_a_module", names_of_a_further_account_have_a_module),
        ("what_is_sent_is_said_by_account", what_is_sent_is_said_by_account),
    ];
    // As the usual harness is asked, also by other runners: what there is, or one of it.
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |flag: &str| asked.iter().any(|arg| arg == flag);
    if is_asked("--ignored") {
        return ExitCode::SUCCESS;
    }
    if is_asked("--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let only = asked.iter().find(|arg| !arg.starts_with('-'));
    for (name, test) in tests.into_iter().filter(|(name, _)| only.is_none_or(|only| name.contains(only.as_str()))) {
        test();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

fn command(root: &Path, arguments: &[&str]) -> Command {
    program("two", root, arguments)
}

fn program(stack: &str, root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("it runs"));
    command.current_dir(root).env_clear().env("PLG_ROOT", root).env("PLG_RETRIES", "0").env(PROGRAM, stack);
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(root: &Path, arguments: &[&str]) -> (i32, String, String) {
    text(&mut command(root, arguments))
}

fn text(command: &mut Command) -> (i32, String, String) {
    let output = command.output().expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A sandbox that is served until this is dropped.
struct Served(std::process::Child);

impl Served {
    fn start(command: &mut Command) -> Self {
        Served(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs"))
    }

    fn out(&mut self) -> BufReader<std::process::ChildStdout> {
        BufReader::new(self.0.stdout.take().expect("it prints"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn events(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).expect("every line is an event")).collect()
}

fn plans_and_pages_are_grouped_by_account() {
    let root = tempfile::tempdir().expect("a folder");
    let (code, out, err) = run(root.path(), &["plan", "--html", "plan.html"]);
    assert_eq!(code, 0, "{err}");
    // Below what stands on top of it.
    let below = out.lines().skip_while(|line| !line.is_empty());
    let headings: Vec<&str> = below.filter(|line| line.starts_with("  ") && !line.starts_with("   ")).collect();
    assert_eq!(headings, ["  Attio", "  PostHog", "  PostHog (marketing)"], "{out}");
    let after = out.split("  PostHog (marketing)\n").nth(1).unwrap_or_default();
    assert!(after.contains("feature_flag.Campaign") && !after.contains("feature_flag.Beta"), "{out}");
    let page = std::fs::read_to_string(root.path().join("plan.html")).expect("a page");
    for heading in ["<h2>Attio</h2>", "<h2>PostHog</h2>", "<h2>PostHog (marketing)</h2>"] {
        assert!(page.contains(heading), "{heading}");
    }
    let (_, comment, _) = run(root.path(), &["plan", "--format", "markdown"]);
    assert!(comment.contains("<b>PostHog (marketing)</b> (2)"), "{comment}");
    let (_, out, _) = run(root.path(), &["plan", "--json"]);
    let plan = events(&out).into_iter().find(|event| event["event"] == "plan").expect("a plan");
    let accounts: Vec<&str> =
        plan["plan"]["steps"].as_array().into_iter().flatten().filter_map(|step| step["account"].as_str()).collect();
    assert!(
        accounts.contains(&"marketing") && accounts.contains(&"posthog") && accounts.contains(&"attio"),
        "{accounts:?}"
    );
}

fn what_is_printed_of_the_state_names_accounts() {
    let root = tempfile::tempdir().expect("a folder");
    let (code, out, err) = run(root.path(), &["deploy"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = run(root.path(), &["plan", "--detailed-exitcode"]);
    assert_eq!(code, 0, "a second plan is empty: {out}{err}");
    let (_, out, _) = run(root.path(), &["state", "list"]);
    let line = |address: &str| out.lines().find(|line| line.starts_with(address)).expect("it is listed").to_owned();
    assert!(line("feature_flag.Campaign").ends_with("  (marketing)"), "{out}");
    assert!(!line("feature_flag.Beta").contains('('), "{out}");
    let (_, out, _) = run(root.path(), &["state", "show", "feature_flag.Beta"]);
    assert!(out.contains("\"account\": \"posthog\""), "{out}");
    let (_, out, _) = run(root.path(), &["state", "list", "--json"]);
    let state = events(&out).remove(0);
    let of = |address: &str| {
        let all = state["resources"].as_array().into_iter().flatten();
        all.clone().find(|one| one["address"] == address).expect("it is listed")["account"].clone()
    };
    assert_eq!((of("feature_flag.Campaign"), of("feature_flag.Beta")), ("marketing".into(), "posthog".into()));
    let (_, out, _) = run(root.path(), &["history", "show", "1"]);
    assert!(out.contains("PostHog (marketing)"), "{out}");
    let (code, out, err) = run(root.path(), &["doctor"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("✓ PostHog (marketing) key: opens the project"), "{out}");
    let (code, out, err) = run(root.path(), &["drift", "--exit-code"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = run(root.path(), &["destroy", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = run(root.path(), &["sandbox", "reset", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
}

fn the_graph_names_accounts() {
    let root = tempfile::tempdir().expect("a folder");
    let (_, out, _) = run(root.path(), &["graph"]);
    assert!(out.contains("  feature_flag.Campaign (marketing)\n") && out.contains("  feature_flag.Beta\n"), "{out}");
    let (_, out, _) = run(root.path(), &["graph", "--format", "mermaid"]);
    assert!(out.contains("[\"feature_flag.Campaign (marketing)\"]"), "{out}");
    let (_, out, _) = run(root.path(), &["graph", "--format", "dot"]);
    assert!(out.contains("\"feature_flag.Campaign\" [label=\"feature_flag.Campaign (marketing)\"];"), "{out}");
    let (_, out, _) = run(root.path(), &["graph", "--json"]);
    let nodes = events(&out);
    let campaign = nodes.iter().find(|node| node["address"] == "feature_flag.Campaign").expect("a node");
    assert_eq!(campaign["account"], "marketing");
}

fn each_account_has_a_variable_and_a_key() {
    let root = tempfile::tempdir().expect("a folder");
    let (code, _, err) = run(root.path(), &["plan", "--stage", "dev"]);
    assert_eq!(code, 3, "{err}");
    for said in [
        "ATTIO_KEY",
        "POSTHOG_KEY",
        "MARKETING_KEY (the PostHog (marketing) API key of stage dev)",
        "MARKETING_PROJECT",
    ] {
        assert!(err.contains(said), "{said}: {err}");
    }
    // The key of an account that the command does not touch is not asked for.
    let (code, _, err) = run(root.path(), &["plan", "--stage", "dev", "--target", "feature_flag.Beta"]);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("POSTHOG_KEY") && !err.contains("ATTIO_KEY") && !err.contains("MARKETING_"), "{err}");
    for reads in
        [&["state", "list", "--stage", "dev"][..], &["history", "--stage", "dev"], &["output", "--stage", "dev"]]
    {
        let (code, _, err) = run(root.path(), reads);
        assert_eq!(code, 0, "{reads:?}: {err}");
    }
    let keys = [("ATTIO_KEY", "a"), ("POSTHOG_KEY", "p"), ("MARKETING_KEY", "m"), ("MARKETING_PROJECT", "2")];
    let mut plan = command(root.path(), &["plan", "--stage", "dev"]);
    let (code, _, err) = text(plan.envs(keys).env("PLG_MARKETING_URL_DEV", "http://marketing.example.com"));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("PLG_MARKETING_URL_DEV cannot be used: "), "{err}");
    // The variable of all stages counts where that of one is not set.
    let mut plan = command(root.path(), &["plan", "--stage", "dev"]);
    let (code, _, err) = text(plan.envs(keys).env("PLG_MARKETING_URL", "ftp://marketing.example.com"));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("PLG_MARKETING_URL cannot be used: "), "{err}");
}

fn a_sandbox_serves_every_account() {
    let root = tempfile::tempdir().expect("a folder");
    let mut serve = command(root.path(), &["sandbox", "serve", "--listen", "127.0.0.1:0", "--json"]);
    let mut child = Served::start(&mut serve);
    let mut line = String::new();
    child.out().read_line(&mut line).expect("it prints");
    let listening: Value = serde_json::from_str(&line).expect("an event");
    let url = listening["url"].as_str().expect("an address").to_owned();
    let mut accounts: Vec<(&str, &str, &str)> = listening["accounts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| {
            Some((
                one["account"].as_str()?,
                one["url"].as_str()?,
                one["numbers"]["project"].as_str().unwrap_or_default(),
            ))
        })
        .collect();
    let further = format!("{url}/accounts/marketing");
    accounts.sort_unstable();
    assert_eq!(
        accounts,
        [("attio", url.as_str(), ""), ("marketing", further.as_str(), "12346"), ("posthog", url.as_str(), "12345")]
    );
    // Another stage is deployed there, each account with its own address and number; of one alone with one key.
    let mut one = command(root.path(), &["deploy", "--yes", "--stage", "dev", "--target", "feature_flag.Beta"]);
    let (code, out, err) = text(one.env("POSTHOG_KEY", "p").env("PLG_POSTHOG_URL", &url));
    assert_eq!(code, 0, "{out}{err}");
    let keys = [("ATTIO_KEY", "a"), ("POSTHOG_KEY", "p"), ("MARKETING_KEY", "m"), ("MARKETING_PROJECT", "12346")];
    let urls = [("PLG_ATTIO_URL", &url), ("PLG_POSTHOG_URL_DEV", &url), ("PLG_MARKETING_URL_DEV", &further)];
    let dev = |arguments: &[&str]| text(command(root.path(), arguments).envs(keys).envs(urls).env("PLG_STAGE", "dev"));
    let (code, out, err) = dev(&["deploy", "--yes"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = dev(&["promote", "--from", "dev", "--to", "local"]);
    assert_eq!(code, 0, "{out}{err}");
}

fn names_of_a_further_account_have_a_module() {
    let root = tempfile::tempdir().expect("a folder");
    for (lang, file, has) in [
        ("typescript", "index.ts", "export * as marketing from \"./marketing/index.js\";"),
        ("typescript", "marketing/flags.ts", "Campaign: \"campaign\""),
        ("python", "marketing/flags.py", "CAMPAIGN = \"campaign\""),
        ("rust", "plg.rs", "pub mod marketing {"),
        ("json", "plg.json", "\"account\": \"marketing\""),
    ] {
        let (code, out, err) = run(root.path(), &["codegen", "--lang", lang, "--out", lang]);
        assert_eq!(code, 0, "{out}{err}");
        let text = std::fs::read_to_string(root.path().join(lang).join(file)).expect("it is written");
        assert!(text.contains(has), "{file}: {text}");
        assert_eq!(run(root.path(), &["codegen", "--lang", lang, "--out", lang, "--check"]).0, 0);
    }
}

/// `unused --live` asks every project, and says which it speaks of; with `--account` one.
fn what_is_sent_is_said_by_account() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    assert_eq!(text(&mut program("both", root, &["deploy"])).0, 0);
    let (code, out, err) = text(&mut program("both", root, &["unused", "--live"]));
    assert_eq!(code, 0, "{err}");
    let squeezed: Vec<String> = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "marketing event call_asked never sent event.CallAsked",
        "marketing flag campaign never asked for feature_flag.Campaign",
        "posthog flag beta never asked for feature_flag.Beta",
    ] {
        assert!(squeezed.iter().any(|one| one.starts_with(line)), "no line `{line}` in\n{out}");
    }
    let (code, out, err) = text(&mut program("both", root, &["unused", "--live", "--account", "posthog"]));
    assert!(code == 0 && out.contains("beta") && !out.contains("campaign"), "{out}{err}");
    // Without its key nothing is asked of the other one.
    let arguments = ["unused", "--live", "--account", "marketing", "--stage", "dev"];
    let (code, _, err) = text(&mut program("both", root, &arguments));
    assert!(code == 3 && err.contains("MARKETING_KEY") && !err.contains("POSTHOG_KEY"), "{err}");
}
