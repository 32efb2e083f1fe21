//! A team that has one of the products: its stack is a program in which nothing is of the other one, and every command
//! of it works.
//!
//! The programs are crates under `tests/alone`, built here as their teams would build them.

use plg_sandbox::{Running, Sandbox};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use tests::alone::AloneCrate;

const POSTHOG: AloneCrate = AloneCrate { provider: "posthog" };
const ATTIO: AloneCrate = AloneCrate { provider: "attio" };

static ONLY_POSTHOG: LazyLock<std::path::PathBuf> = LazyLock::new(|| POSTHOG.program(""));
static ONLY_ATTIO: LazyLock<std::path::PathBuf> = LazyLock::new(|| ATTIO.program(""));

/// A program in a folder of its own, with two accounts that other machines would have.
struct Desk {
    program: &'static Path,
    root: tempfile::TempDir,
    servers: Vec<(String, Running)>,
}

impl Desk {
    async fn new(program: &'static Path, provider: &str) -> Desk {
        let mut servers = Vec::new();
        for stage in ["DEV", "PROD"] {
            let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("the sandbox starts");
            servers.push((format!("PLG_{}_URL_{stage}", provider.to_uppercase()), running));
        }
        Desk { program, root: tempfile::tempdir().expect("a folder"), servers }
    }

    /// The exit code, and what was printed: on stdout, then on stderr.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(self.program);
        command.current_dir(self.root.path()).env_clear().env("PLG_ROOT", self.root.path()).env("PLG_RETRIES", "0");
        for key in ["POSTHOG_API_KEY", "ATTIO_API_KEY"] {
            command.env(format!("{key}_DEV"), "key-of-dev").env(format!("{key}_PROD"), "key-of-prod");
        }
        command.envs(self.servers.iter().map(|(name, running)| (name, running.url())));
        let output = command.args(arguments).stdin(Stdio::null()).output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }

    /// What is printed on stdout by what ends with this code.
    fn ends(&self, with: i32, arguments: &[&str]) -> String {
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, with, "{arguments:?}\n{out}\n{err}");
        out
    }

    /// Changes an object of a stage's account as people do in the web app.
    fn click(&self, stage: usize, method: &str, path: &str, body: &Value) {
        let mut request = plg_sandbox::SandboxRequest::new(method, path);
        request.headers.push(("authorization".to_owned(), "Bearer somebody".to_owned()));
        request.body = body.to_string().into_bytes();
        let reply = self.servers[stage].1.sandbox().answer(&request);
        assert!(reply.status < 300, "{method} {path}: {} {:?}", reply.status, reply.body);
    }
}

/// Everything that a team does with its stack, in the order it does it. Nothing that is printed has a word of `other`.
struct Course<'a> {
    /// The other provider's name.
    other: &'a str,
    /// How many resources there are, and how many of them go for good.
    resources: usize,
    deleted: usize,
    /// An object of which people change a field: its address, and where it is by its id.
    clicked: (&'a str, fn(&Value) -> String, Value),
    /// What a plan says of that field afterwards.
    drifted: &'a str,
    /// What `import` writes.
    imported: &'a [&'a str],
}

impl Course<'_> {
    fn take(&self, desk: &Desk) {
        let (all, deleted) = (self.resources, self.deleted);
        let says = |out: &str, what: &str| assert!(out.contains(what), "{what}: {out}");

        // On this machine: the program brings a sandbox along.
        says(&desk.ends(0, &["deploy"]), &format!("{all} resources: {all} created, 0 changed, 0 unchanged"));
        says(&desk.ends(0, &["plan", "--detailed-exitcode"]), &format!("in stage local: {all} unchanged."));

        // In an account.
        says(&desk.ends(2, &["deploy", "--stage", "dev"]), &format!("in stage dev: {all} to create."));
        says(&desk.ends(0, &["deploy", "--stage", "dev", "--yes"]), &format!("{all} created"));
        desk.ends(0, &["drift", "--stage", "dev", "--exit-code"]);
        let (address, at, change) = &self.clicked;
        let outputs: Value = serde_json::from_str(&desk.ends(0, &["output", address, "--stage", "dev"])).expect("JSON");
        desk.click(0, "PATCH", &at(&outputs), change);
        says(&desk.ends(8, &["drift", "--stage", "dev", "--exit-code"]), self.drifted);
        says(&desk.ends(2, &["plan", "--stage", "dev", "--detailed-exitcode"]), "in stage dev: 1 to change");
        desk.ends(0, &["drift", "--stage", "dev", "--repair", "--yes"]);
        desk.ends(0, &["plan", "--stage", "dev", "--detailed-exitcode"]);
        let source = desk.ends(0, &["import", "--stage", "dev"]);
        self.imported.iter().for_each(|line| says(&source, line));

        // From there to the next one.
        says(&desk.ends(2, &["promote", "--from", "dev", "--to", "prod"]), &format!("{address}: only in dev"));
        desk.ends(0, &["promote", "--from", "dev", "--to", "prod", "--yes"]);
        desk.ends(0, &["plan", "--stage", "prod", "--detailed-exitcode"]);
        says(&desk.ends(0, &["doctor", "--stage", "prod"]), "prod");

        // And all of it away, but for what is protected.
        desk.ends(5, &["destroy", "--stage", "prod", "--yes"]);
        let gone = desk.ends(0, &["destroy", "--stage", "dev", "--yes", "--allow-loss"]);
        says(&gone, &format!("{deleted} deleted"));
        assert_eq!(desk.ends(0, &["state", "list", "--stage", "dev"]), "");
        assert!(!desk.ends(0, &["state", "list", "--stage", "prod"]).is_empty());

        // Nobody needs a key of the other product, and no command mentions it.
        for command in [
            &["plan", "--stage", "dev"][..],
            &["history", "--stage", "dev"],
            &["graph"],
            &["codegen", "--lang", "json", "--out", "names"],
        ] {
            let (_, out, err) = desk.run(command);
            let named = |text: &str| text.to_lowercase().contains(&self.other.to_lowercase());
            assert!(!named(&out) && !named(&err), "{command:?}: {out}\n{err}");
        }
    }
}

const IN_POSTHOG: Course = Course {
    other: "Attio",
    resources: 6,
    deleted: 6,
    clicked: (
        "feature_flag.OnePageCheckout",
        |outputs| format!("/api/projects/12345/feature_flags/{}/", outputs["id"]),
        Value::Null,
    ),
    drifted: " stack\n",
    imported: &[
        "stages: {",
        "posthog: { key: env(\"POSTHOG_API_KEY_DEV\")",
        "feature_flag OnePageCheckout {",
        "experiment CheckoutTest {",
    ],
};

#[tokio::test(flavor = "multi_thread")]
async fn posthog_alone() {
    let clicked = (IN_POSTHOG.clicked.0, IN_POSTHOG.clicked.1, json!({ "name": "clicked" }));
    Course { clicked, ..IN_POSTHOG }.take(&Desk::new(&ONLY_POSTHOG, "posthog").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn attio_alone() {
    let course = Course {
        other: "PostHog",
        resources: 10,
        deleted: 1,
        clicked: (
            "attribute.Volume",
            |outputs| format!("/v2/objects/tea_houses/attributes/{}", outputs["id"].as_str().expect("a UUID")),
            json!({ "data": { "title": "clicked" } }),
        ),
        drifted: " stack\n",
        imported: &["attio: { key: env(\"ATTIO_API_KEY_DEV\") }", "object TeaHouse {", "attribute Volume {"],
    };
    course.take(&Desk::new(&ONLY_ATTIO, "attio").await);
}

/// With the default features the other product is known, and still nothing of it is in the way.
#[tokio::test(flavor = "multi_thread")]
async fn posthog_alone_with_everything_that_plg_has() {
    static WITH_EVERYTHING: LazyLock<std::path::PathBuf> = LazyLock::new(|| POSTHOG.program("every"));
    let clicked = (IN_POSTHOG.clicked.0, IN_POSTHOG.clicked.1, json!({ "name": "clicked" }));
    Course { clicked, ..IN_POSTHOG }.take(&Desk::new(&WITH_EVERYTHING, "posthog").await);
}

#[test]
fn nothing_of_the_other_product_is_built_for_a_stack() {
    for (alone, other) in [(POSTHOG, "plg-attio"), (ATTIO, "plg-posthog")] {
        let own = format!("plg-{}", alone.provider);
        let has = |tree: &[String], name: &str| tree.iter().any(|package| package == name);
        let composition = alone.tree(&["-p", "plg-macros"]);
        assert!(has(&composition, &own) && !has(&composition, other), "{composition:?}");
        // Names alone, for an application: no HTTP client, no runtime, no command line.
        let names = alone.tree(&["--no-default-features"]);
        assert!(has(&names, &own), "{names:?}");
        for heavy in [other, "reqwest", "tokio", "hyper", "rustls", "plg-cli", "plg-runtime"] {
            assert!(!has(&names, heavy), "{heavy} is in {names:?}");
        }
    }
}
