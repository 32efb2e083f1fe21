//! Stages and stacks in one account: nobody takes, loses or changes what another one looks after.

// Stages of these stacks name accounts that some of them put nothing into, which is a warning.
#![allow(deprecated, reason = "that is how a macro warns")]

use plg_core::Stack;
use plg_runtime::apply::Outcome;
use plg_runtime::error::{Error, SharedWhy};
use plg_runtime::exit::Exit;
use plg_runtime::http::ClientOptions;
use plg_runtime::plan::{Change, Plan};
use plg_runtime::session::{Environment, PlanOptions, Session, SessionOptions, folder, key};
use plg_runtime::store::seal::SecretSealer;
use plg_runtime::store::{self, Folder, Origin, OtherPlace, State};
use plg_sandbox::{Running, Sandbox};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tests::stage::{fresh, quietly, step};

macro_rules! stages {
    ($name:literal, [$($dev:tt)*], [$($prod:tt)*], $($items:tt)*) => {
        plg::stack! {
            name: $name,
            stages: {
                dev: {
                    attio: { key: env("A") $($dev)* },
                    posthog: { key: env("P"), project: 12345 $($dev)* },
                },
                prod: {
                    attio: { key: env("A") $($prod)* },
                    posthog: { key: env("P"), project: 12345 $($prod)* },
                },
            },
            $($items)*
        }
    };
}

/// Nobody says that the account is shared.
mod apart {
    stages! { "shop", [], [],
        /// Dark colours.
        feature_flag DarkMode { key: "dark-mode", rollout: 10% }
        attribute Tier { on: companies, slug: "tier", holds: text }
    }
}

/// Dev declares something else.
mod elsewhere {
    stages! { "shop", [], [], feature_flag Bright { key: "bright", rollout: 10% } }
}

/// Both say it.
mod shared {
    stages! { "shop", [, shared_with: [prod]], [, shared_with: [dev]],
        /// Dark colours.
        feature_flag DarkMode { key: "dark-mode", rollout: 10% }
        attribute Tier { on: companies, slug: "tier", holds: text }
    }
}

mod emptied {
    stages! { "shop", [, shared_with: [prod]], [, shared_with: [dev]],
        attribute Tier { on: companies, slug: "tier", holds: text }
    }
}

mod retyped {
    stages! { "shop", [, shared_with: [prod]], [, shared_with: [dev]],
        /// Dark colours.
        feature_flag DarkMode { key: "dark-mode", rollout: 10% }
        attribute Tier { on: companies, slug: "tier", holds: number }
    }
}

mod guarded {
    stages! { "shop", [, shared_with: [prod]], [, shared_with: [dev]],
        /// Dark colours.
        feature_flag DarkMode { key: "dark-mode", rollout: 10% }
        attribute Tier { on: companies, slug: "tier", holds: number, in prod { protect: true } }
    }
}

mod renamed {
    stages! { "shop", [, shared_with: [prod]], [, shared_with: [dev]],
        /// Dark colours.
        feature_flag Dark { was: DarkMode, key: "dark-mode", rollout: 10%, in prod { rollout: 50% } }
        attribute Tier { on: companies, slug: "tier", holds: text }
    }
}

/// As [`shared`], in a stage that nothing is deleted in.
mod fenced {
    plg::stack! {
        name: "shop",
        stages: {
            dev: {
                attio: { key: env("A"), shared_with: [prod] },
                posthog: { key: env("P"), project: 12345, shared_with: [prod] },
            },
            prod: {
                attio: { key: env("A"), shared_with: [dev] },
                posthog: { key: env("P"), project: 12345, shared_with: [dev] },
                protect: true,
            },
        },
        /// Dark colours.
        feature_flag DarkMode { key: "dark-mode", rollout: 10% }
        attribute Tier { on: companies, slug: "tier", holds: number }
    }
}

mod differing {
    stages! { "shop", [, shared_with: [prod]], [, shared_with: [dev]],
        /// Dark colours.
        feature_flag DarkMode { key: "dark-mode", rollout: 10%, in prod { rollout: 50% } }
        attribute Tier { on: companies, slug: "tier", holds: text }
    }
}

mod ignoring {
    stages! { "shop", [, shared_with: [prod]], [, shared_with: [dev]],
        /// Dark colours.
        feature_flag DarkMode { key: "dark-mode", rollout: 10%, in prod { rollout: 50% }, in dev { ignore: [rollout] } }
        attribute Tier { on: companies, slug: "tier", holds: text }
    }
}

mod by_variable {
    stages! { "shop", [, shared_with: [prod]], [, shared_with: [dev]],
        webhook Notes { url: env("ONE"), on: [note.created], in prod { url: env("TWO") } }
    }
}

/// Prod keeps its state where nobody gets without a variable.
mod remote {
    plg::stack! {
        name: "shop",
        stages: {
            dev: { attio: { key: env("A") }, posthog: { key: env("P"), project: 12345 } },
            prod: {
                attio: { key: env("A") },
                posthog: { key: env("P"), project: 12345 },
                state: s3 { bucket: env("BUCKET") },
            },
        },
        feature_flag DarkMode { key: "dark-mode", rollout: 10% }
    }
}

mod office {
    stages! { "office", [], [], feature_flag Night { key: "dark-mode", rollout: 30% } }
}

mod bright {
    stages! { "lights", [], [], feature_flag Lamp { key: "lamp", rollout: 30% } }
}

mod referring {
    stages! { "shop", [], [],
        existing feature_flag DarkMode { key: "dark-mode" }
    }
}

/// A server, and the folder that everything is deployed from.
struct Account {
    running: Running,
    root: TempDir,
}

impl Account {
    async fn new() -> Account {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let running = Sandbox::start(here, None).await.expect("a free port");
        Account { running, root: tempfile::tempdir().expect("a folder") }
    }

    fn folder(&self, stack: &Stack, stage: &str) -> PathBuf {
        folder(self.root.path(), stack.name, stage)
    }

    async fn open(&self, stack: &'static Stack, stage: &str) -> Session {
        self.open_at(self.root.path(), stack, stage).await
    }

    async fn open_at(&self, root: &Path, stack: &'static Stack, stage: &str) -> Session {
        let own = folder(root, stack.name, stage);
        let options = SessionOptions::new(
            stack,
            stage,
            std::sync::Arc::new(Folder::new(&own)),
            SecretSealer::new(None, &key(root)),
            tests::endpoints(&self.running.url(), "k"),
        )
        .environment(Environment::new(|_| Some("https://example.com/hook".to_owned())))
        .client(ClientOptions { late_window: Some(Duration::ZERO), ..ClientOptions::default() })
        .others(OtherPlace::all(&own, stack, stage, &|_| None));
        Session::open(options).await.expect("the sandbox answers")
    }

    async fn plan(&self, stack: &'static Stack, stage: &str) -> Result<Plan, Error> {
        self.open(stack, stage).await.plan(&fresh()).await
    }

    async fn apply(&self, stack: &'static Stack, stage: &str, destroy: bool) -> (Plan, Outcome) {
        let mut session = self.open(stack, stage).await;
        let plan = session.plan(&PlanOptions { destroy, ..fresh() }).await.expect("the stack fits");
        let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
        assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
        (plan, outcome)
    }

    async fn deploy(&self, stack: &'static Stack, stage: &str) -> Plan {
        self.apply(stack, stage, false).await.0
    }

    async fn destroy(&self, stack: &'static Stack, stage: &str) -> Plan {
        self.apply(stack, stage, true).await.0
    }

    /// What should be known of others, said with a plan.
    async fn notes(&self, stack: &'static Stack, stage: &str) -> Vec<String> {
        let mut session = self.open(stack, stage).await;
        session.plan(&fresh()).await.expect("the stack fits");
        session.others()
    }

    fn state(&self, stack: &Stack, stage: &str) -> State {
        let read = store::read(&Folder::new(&self.folder(stack, stage)), stack.name, stage).expect("it can be read");
        read.expect("it was deployed").0
    }

    fn writes(&self) -> u64 {
        self.running.sandbox().stats().writes()
    }
}

/// What a plan is refused for: the error, and as people read it.
fn refused(planned: Result<Plan, Error>) -> (Error, String) {
    let error = planned.expect_err("it is refused");
    assert_eq!(error.exit(), Exit::Refused, "{error}");
    let said = format!("{error}\n{}", error.hint());
    (error, said)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_stage_holds_is_not_adopted() {
    let account = Account::new().await;
    account.deploy(&apart::STACK, "prod").await;
    let writes = account.writes();
    let (error, said) = refused(account.plan(&apart::STACK, "dev").await);
    assert_eq!(error.code().code, "P0627");
    for part in [
        "stage prod holds 2 objects that stage dev would adopt",
        "feature_flag.DarkMode (tests/tests/others.rs:",
        ") is feature_flag.DarkMode (tests/tests/others.rs:",
        "use keys of other accounts for stage dev",
        "write `shared_with: [prod]` in `attio` and `posthog` of stage dev, and `shared_with: [dev]` in those of stage prod",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let destroyed = account.destroy(&apart::STACK, "dev").await;
    assert!(destroyed.steps.is_empty(), "{:?}", destroyed.steps);
    assert_eq!(account.writes(), writes, "nothing was written");
    assert!(!account.plan(&apart::STACK, "prod").await.expect("it fits").changes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_account_without_a_common_object_is_one_line() {
    let account = Account::new().await;
    account.deploy(&apart::STACK, "prod").await;
    let notes = account.notes(&elsewhere::STACK, "dev").await;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].contains("an account with stage prod (the same Attio workspace and PostHog project): "),
        "{notes:?}"
    );
    account.deploy(&elsewhere::STACK, "dev").await;
    let notes = account.notes(&bright::STACK, "prod").await;
    assert!(
        matches!(&notes[..], [one] if one.contains("stage dev of stack shop") && one.contains("stage prod of")),
        "{notes:?}"
    );
    // Two servers on this machine have one address for plg, and are two accounts all the same.
    let other = Account::new().await;
    let mut session = other.open_at(account.root.path(), &office::STACK, "dev").await;
    session.plan(&fresh()).await.expect("the stack fits");
    assert_eq!(session.others(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn shared_by_both_it_is_adopted_and_the_last_holder_removes_it() {
    let account = Account::new().await;
    account.deploy(&shared::STACK, "prod").await;
    assert_eq!(account.notes(&shared::STACK, "prod").await, Vec::<String>::new());
    let plan = account.deploy(&shared::STACK, "dev").await;
    assert_eq!(step(&plan, "feature_flag.DarkMode").change, Change::Adopt);
    let (dev, prod) = (account.state(&shared::STACK, "dev"), account.state(&shared::STACK, "prod"));
    let id = |state: &State| state.resources["feature_flag.DarkMode"].id.clone();
    assert_eq!(id(&dev), id(&prod));
    let origin = |state: &State| state.resources["feature_flag.DarkMode"].origin;
    assert_eq!((origin(&dev), origin(&prod)), (Origin::Adopted, Origin::Made));
    for stage in ["dev", "prod"] {
        assert!(!account.plan(&shared::STACK, stage).await.expect("it fits").changes());
        assert_eq!(account.notes(&shared::STACK, stage).await, Vec::<String>::new(), "it is said already");
    }

    // Whoever is not the last only forgets it, whether it made it or not.
    let writes = account.writes();
    let plan = account.deploy(&emptied::STACK, "dev").await;
    let gone = step(&plan, "feature_flag.DarkMode");
    assert_eq!(gone.change, Change::Forget, "{gone:?}");
    assert_eq!(gone.reason.as_deref(), Some("stage prod manages it too, as feature_flag.DarkMode: it stays"));
    assert_eq!(account.writes(), writes, "nothing was written");
    assert!(!account.plan(&shared::STACK, "prod").await.expect("it fits").changes(), "it is there");
    let plan = account.deploy(&emptied::STACK, "prod").await;
    assert_eq!(step(&plan, "feature_flag.DarkMode").change, Change::Delete);
    // All of it goes in the same way, whoever begins: what is left to the one that adopted it stays.
    let plan = account.destroy(&shared::STACK, "dev").await;
    assert_eq!(step(&plan, "attribute.Tier").change, Change::Forget);
    let plan = account.destroy(&shared::STACK, "prod").await;
    assert_eq!(step(&plan, "attribute.Tier").change, Change::Archive);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_one_holds_is_not_replaced_and_its_protection_counts() {
    let account = Account::new().await;
    account.deploy(&shared::STACK, "dev").await;
    account.deploy(&shared::STACK, "prod").await;
    let (_, said) = refused(account.plan(&retyped::STACK, "dev").await);
    assert!(said.contains("stage prod holds 1 object as well that stage dev would replace"), "{said}");
    assert!(said.contains("attribute.Tier (") && said.contains("remove its declaration from stage prod"), "{said}");
    let (error, said) = refused(account.plan(&guarded::STACK, "dev").await);
    assert!(matches!(error, Error::Protected(_)), "{said}");
    assert!(said.contains("attribute.Tier (protected in stage prod, as attribute.Tier)"), "{said}");
    let (error, said) = refused(account.plan(&fenced::STACK, "dev").await);
    assert!(matches!(error, Error::Protected(_)), "so does the protection of a whole stage: {said}");
    // The other stage's own protection keeps nobody from forgetting.
    let plan = account.destroy(&guarded::STACK, "dev").await;
    assert_eq!(step(&plan, "attribute.Tier").change, Change::Forget);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_declarations_that_differ_are_refused_with_both_places() {
    let account = Account::new().await;
    account.deploy(&differing::STACK, "prod").await;
    let (error, said) = refused(account.plan(&differing::STACK, "dev").await);
    let Error::Shared(all) = &error else { panic!("{said}") };
    assert!(
        matches!(&all[..], [one] if matches!(&one.why, SharedWhy::Differs(fields) if fields.len() == 1)),
        "{all:?}"
    );
    for part in ["declares them otherwise than stage dev", "`groups` is ", " here and ", ":50", " there"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert_eq!(said.matches("tests/tests/others.rs:").count(), 2, "{said}");
    assert_eq!(step(&account.deploy(&ignoring::STACK, "dev").await, "feature_flag.DarkMode").change, Change::Adopt);
    assert!(!account.plan(&ignoring::STACK, "prod").await.expect("it fits").changes());
    // A name that is new here is still the old one there.
    let (_, said) = refused(account.plan(&renamed::STACK, "dev").await);
    assert!(said.contains("feature_flag.Dark (") && said.contains(") is feature_flag.DarkMode ("), "{said}");

    let account = Account::new().await;
    account.deploy(&by_variable::STACK, "prod").await;
    let (_, said) = refused(account.plan(&by_variable::STACK, "dev").await);
    assert!(said.contains("ONE") && said.contains("TWO") && !said.contains("example.com"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_stages_hold_already_is_only_forgotten() {
    let account = Account::new().await;
    account.deploy(&apart::STACK, "prod").await;
    // As it was when dev was deployed from a place that knew nothing of prod, or by an earlier version.
    let apart_from = tempfile::tempdir().expect("a folder");
    let mut session = account.open_at(apart_from.path(), &apart::STACK, "dev").await;
    let plan = session.plan(&fresh()).await.expect("it knows of nobody");
    session.apply(&plan, &quietly()).await.expect("it is applied");
    drop(session);
    let from = folder(apart_from.path(), "shop", "dev");
    let to = account.folder(&apart::STACK, "dev");
    std::fs::create_dir_all(&to).expect("a folder");
    for name in ["state.json", "journal"] {
        std::fs::copy(from.join(name), to.join(name)).expect("it is there");
    }
    let notes = account.notes(&apart::STACK, "dev").await;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].starts_with("stage prod also manages 2 objects of this stage"), "{notes:?}");
    let writes = account.writes();
    let plan = account.destroy(&apart::STACK, "dev").await;
    assert!(plan.steps.iter().all(|step| step.change == Change::Forget), "{:?}", plan.steps);
    assert_eq!((plan.steps.len(), account.writes()), (2, writes));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_cannot_be_read_is_named_and_keeps_nobody() {
    let account = Account::new().await;
    let prod = account.folder(&apart::STACK, "prod");
    std::fs::create_dir_all(&prod).expect("a folder");
    std::fs::write(prod.join("state.json"), "{\"version\": 99}").expect("a file");
    std::fs::write(prod.join("journal"), "").expect("a file");
    let notes = account.notes(&apart::STACK, "dev").await;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].starts_with("the state of stage prod cannot be read (") && notes[0].contains("later plg"),
        "{notes:?}"
    );
    assert!(notes[0].ends_with("): plg does not know which objects it manages"), "{notes:?}");
    std::fs::write(prod.join("state.json"), "nonsense").expect("a file");
    assert!(account.notes(&apart::STACK, "dev").await[0].contains("is damaged"), "it is damaged");
    account.deploy(&apart::STACK, "dev").await;

    let account = Account::new().await;
    let notes = account.notes(&remote::STACK, "dev").await;
    assert_eq!(
        notes,
        ["the state of stage prod cannot be read (BUCKET is not set): plg does not know which objects it manages"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_stack_holds_is_referred_to_and_not_adopted() {
    let account = Account::new().await;
    account.deploy(&office::STACK, "prod").await;
    let (_, said) = refused(account.plan(&apart::STACK, "dev").await);
    assert!(said.contains("stage prod of stack office holds 1 object that stage dev would adopt"), "{said}");
    assert!(said.contains("feature_flag.DarkMode (") && said.contains("is feature_flag.Night ("), "{said}");
    assert!(said.contains("write `existing` before these declarations"), "{said}");
    let (_, said) = refused(account.plan(&shared::STACK, "dev").await);
    assert!(said.contains("stack office"), "what stages of one stack share is no matter of another stack: {said}");
    let plan = account.deploy(&referring::STACK, "dev").await;
    assert_eq!(step(&plan, "feature_flag.DarkMode").change, Change::Read);
    // Whoever only refers to it holds nothing.
    assert_eq!(step(&account.destroy(&office::STACK, "prod").await, "feature_flag.Night").change, Change::Delete);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_of_its_own_and_a_state_that_moved_hold_nothing() {
    let account = Account::new().await;
    account.deploy(&apart::STACK, "prod").await;
    let prod = account.folder(&apart::STACK, "prod");
    // What was moved to where the stack says that it is, is read there.
    let mut moved: serde_json::Value =
        serde_json::from_slice(&std::fs::read(prod.join("state.json")).expect("a file")).expect("a state");
    moved["moved"] = "s3://bucket/shop/prod".into();
    std::fs::write(prod.join("state.json"), tests::hostile::checked(&moved)).expect("a file");
    let notes = account.notes(&remote::STACK, "dev").await;
    assert!(matches!(&notes[..], [one] if one.contains("BUCKET is not set")), "{notes:?}");
    let notes = account.notes(&apart::STACK, "dev").await;
    assert!(matches!(&notes[..], [one] if one.contains("was moved to s3://bucket/shop/prod")), "{notes:?}");
    std::fs::create_dir(prod.join("sandbox")).expect("a folder");
    assert_eq!(account.notes(&apart::STACK, "dev").await, Vec::<String>::new());
}
