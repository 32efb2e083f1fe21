//! The application in `examples/web`: compiled against the generated names, and at work against a sandbox to which its
//! stack is deployed.
//!
//! Of `PLG_NODE_MODULES` it needs `typescript`, `@types/node`, `posthog-node` and `posthog-js`; its page also
//! `playwright-core` and Chromium.

use super::{TOKEN, chromium, events, needs, said, script};
use plg_codegen::{AppNames, Ids, Language, generate};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;
use tests::stage::Stage;

/// The application as it is in the repository.
fn sources() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/web")
}

fn modules() -> Option<PathBuf> {
    let modules = std::env::var_os("PLG_NODE_MODULES").map(PathBuf::from).filter(|at| at.join("@types/node").exists());
    needs(modules, "PLG_NODE_MODULES with posthog-node and @types/node")
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be written");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copied(&path, &to),
            false => drop(fs::copy(&path, &to).expect("the folder can be written")),
        }
    }
}

/// The application in a folder of its own, with its libraries.
fn checkout(modules: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    copied(&sources().join("src"), &folder.path().join("src"));
    for file in ["package.json", "tsconfig.json", "page.html"] {
        fs::copy(sources().join(file), folder.path().join(file)).expect("the folder can be written");
    }
    let modules = fs::canonicalize(modules).expect("the libraries are there");
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).expect("the folder can be written");
    folder
}

fn compiled(folder: &Path) -> Output {
    let mut tsc = Command::new("node");
    tsc.current_dir(folder).args(["node_modules/typescript/bin/tsc", "--pretty", "false"]);
    tsc.output().expect("node starts")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// A sandbox with the stack, where everybody gets a variant of the experiment's flag.
async fn launched() -> Stage {
    let stage = Stage::new().await;
    let (_, outcome) = stage.apply(&plg_stack::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{outcome:?}");
    let found = stage.look("/api/projects/12345/feature_flags/?search=new-onboarding-flow");
    let (flag, mut filters) = (&found["results"][0]["id"], found["results"][0]["filters"].clone());
    filters["groups"][0]["rollout_percentage"] = json!(100);
    stage.click("PATCH", &format!("/api/projects/12345/feature_flags/{flag}/"), &json!({ "filters": filters }));
    stage
}

/// A command of the application, led to a sandbox.
fn node(folder: &Path, program: &str, sandbox: &str) -> Command {
    let mut command = Command::new("node");
    command.current_dir(folder).arg(program).envs([
        ("POSTHOG_HOST", sandbox),
        ("POSTHOG_KEY", TOKEN),
        ("ATTIO_URL", sandbox),
        ("ATTIO_API_KEY", "sandbox"),
        ("PORT", "0"),
    ]);
    command
}

/// Every record of an object in Attio.
fn records(stage: &Stage, object: &str) -> Vec<Value> {
    let all = stage.click("POST", &format!("/v2/objects/{object}/records/query"), &json!({}));
    all["data"].as_array().cloned().unwrap_or_default()
}

#[test]
fn its_names_are_those_of_the_stack() {
    let folder = sources().join("src/plg");
    for file in generate(Language::Typescript, &AppNames::of(&plg_stack::STACK, &Ids::new())) {
        let path = folder.join(&file.name);
        if std::env::var_os("PLG_WRITE").is_some() {
            fs::write(&path, &file.text).expect("the folder can be written");
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        let mend = "cargo run -p plg-stack -- codegen --lang typescript --out examples/web/src/plg --ids none";
        assert!(there == file.text, "{} is not what the stack says: `{mend}` writes it", path.display());
    }
}

#[test]
fn a_name_that_the_stack_lacks_does_not_compile() {
    let Some(modules) = modules() else { return };
    let folder = checkout(&modules);
    let product = folder.path().join("src/product.ts");
    let right = fs::read_to_string(&product).expect("it is there");
    let wrong = right
        .replace("events.events.OnboardingCompleted", "\"onboarding_complete\"")
        .replace("seats: who.seats,", "seats: String(who.seats),")
        .replace("crm.options.LifecycleStage.Trial", "\"Trail\"");
    fs::write(&product, wrong).expect("the folder can be written");
    let output = compiled(folder.path());
    let said = text(&output);
    assert!(!output.status.success(), "{said}");
    let errors: Vec<&str> = said.lines().filter(|line| line.contains("error TS")).collect();
    assert_eq!(errors.len(), 3, "{said}");
    for misspelt in ["\"onboarding_complete\"", "'string' is not assignable to type 'number'", "\"Trail\""] {
        assert!(errors.iter().any(|error| error.contains(misspelt)), "{misspelt}: {said}");
    }
}

/// In one test, as the compiler takes longer than all else.
#[tokio::test(flavor = "multi_thread")]
async fn people_sign_up() {
    let Some(modules) = modules() else { return };
    let stage = launched().await;
    let folder = checkout(&modules);
    let output = compiled(folder.path());
    assert!(output.status.success(), "{}", text(&output));
    twelve_sign_up(folder.path(), &stage).await;
    let Some(chromium) = needs(chromium(), "Chromium") else { return };
    somebody_signs_up_in_the_page(folder.path(), &stage, &modules, &chromium).await;
}

async fn twelve_sign_up(folder: &Path, stage: &Stage) {
    let mut command = node(folder, "build/main.js", &stage.url());
    let output = tokio::task::spawn_blocking(move || command.output().expect("node starts")).await.expect("it ends");
    let said = text(&output);
    assert!(output.status.success(), "{said}");

    assert!(said.contains("12 people signed up, 12 of them are in the experiment."), "{said}");
    assert!(said.contains("guided") && said.contains("classic"), "{said}");
    assert!(said.contains("Acme     Trial, MRR 116; grace@acme.example: Inactive"), "{said}");

    let signed_up = events(stage, "signup_completed");
    assert_eq!(signed_up.len(), 12);
    assert!(signed_up.iter().all(|event| event["properties"]["seats"].is_number()), "{signed_up:?}");
    // Each event says the onboarding that the person was shown, and the experiment heard that they saw it.
    let shown = events(stage, "%24feature_flag_called");
    let finished = events(stage, "onboarding_completed");
    assert!((6..12).contains(&finished.len()), "{finished:?}");
    for event in finished {
        let saw = shown.iter().any(|seen| {
            let properties = &seen["properties"];
            seen["distinct_id"] == event["distinct_id"]
                && properties["$feature_flag"] == "new-onboarding-flow"
                && properties["$feature_flag_response"] == event["properties"]["variant"]
        });
        assert!(saw, "{event}");
    }
    let person = stage.look("/api/projects/12345/persons/?distinct_id=ada@globex.example");
    assert_eq!(person["results"][0]["properties"]["plan"], "pro", "{person}");

    let companies = records(stage, "companies");
    assert_eq!(companies.len(), 3, "{companies:?}");
    let globex = companies.iter().find(|one| one["values"]["name"][0]["value"] == "Globex").expect("it was written");
    assert_eq!(globex["values"]["lifecycle_stage"][0]["option"]["title"], "Trial", "{globex}");
    assert_eq!(globex["values"]["mrr"][0]["value"], 348, "{globex}");
    // The role and the time come from PostHog's destination, not from the application.
    let people = records(stage, "people");
    assert_eq!(people.len(), 12);
    for person in people {
        let values = &person["values"];
        assert!(values["company"][0]["target_record_id"].is_string(), "{person}");
        assert!(values["product_role"][0]["option"]["title"].is_string(), "{person}");
        assert!(values["last_login"][0]["value"].is_string(), "{person}");
    }
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn somebody_signs_up_in_the_page(folder: &Path, stage: &Stage, modules: &Path, chromium: &Path) {
    let mut serve = node(folder, "build/serve.js", &stage.url());
    let mut server = Running(serve.stdout(Stdio::piped()).spawn().expect("node starts"));
    let mut first = String::new();
    let out = server.0.stdout.take().expect("it is piped");
    BufReader::new(out).read_line(&mut first).expect("it says where it is");
    let page = first.split_whitespace().find(|word| word.starts_with("http://")).expect("it says where it is");

    let mut command = Command::new("node");
    command
        .arg(script("web.mjs"))
        .arg(chromium)
        .args([page.trim_end_matches('.'), "joan@hooli.example", &stage.url()])
        .env("PLG_NODE_MODULES", modules);
    let said = said(command).await;
    assert_eq!((&said["console"], &said["elsewhere"]), (&json!([]), &json!([])), "{said}");
    assert!(said["text"].as_str().is_some_and(|text| text.starts_with("Welcome.")), "{said}");
    let sent = &said["sent"];
    assert_eq!((&sent["distinct_id"], &sent["properties"]["$lib"]), (&json!("joan@hooli.example"), &json!("web")));
    assert_eq!(events(stage, "signup_completed")[0]["distinct_id"], "joan@hooli.example");
    let people = records(stage, "people");
    let is_joan = |one: &&Value| one["values"]["email_addresses"][0]["email_address"] == "joan@hooli.example";
    assert_eq!((people.len(), people.iter().filter(is_joan).count()), (13, 1), "{people:?}");
}
