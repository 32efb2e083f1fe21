//! The generated Rust: compiled here, and as rustfmt leaves it.

use crate::common::{awkward, names, run, several, write};
use plg_codegen::Language;
use std::process::Command;

#[expect(dead_code, unreachable_pub, reason = "an application uses some of its names")]
mod plg {
    include!("../generated/plg.rs");
}

#[expect(dead_code, unreachable_pub, reason = "compiled only")]
mod awkward_words {
    include!("../generated/awkward.rs");
}

#[expect(dead_code, unreachable_pub, reason = "an application uses some of its names")]
mod accounts {
    include!("../generated/several.rs");
}

#[test]
fn what_is_in_a_further_account_has_a_module() {
    use accounts::marketing::events::{CallAsked, CallAskedMedium, Event};
    assert_eq!(CallAsked::NAME, "call_asked");
    let asked = CallAsked {
        source: None,
        budget: 1.0,
        channels: None,
        weights: None,
        campaign: None,
        medium: CallAskedMedium::Mail,
    };
    assert_eq!(asked.properties().len(), 2);
    assert_eq!(accounts::marketing::flags::Campaign::read("test"), Some(accounts::marketing::flags::Campaign::Test));
    assert_eq!(accounts::marketing::ids::prod::dashboards::CAMPAIGNS, 9);
    assert_eq!(accounts::class::flags::Flag::Calendar.key(), "calendar");
    assert_eq!(accounts::events_2::crm::people::ATTENDED, "attended");
    assert_eq!(accounts::flags::Flag::NewOnboarding.key(), "new-onboarding-flow");
}

#[test]
fn names_read_and_write_as_the_apis_do() {
    use plg::events::{Event, SignupCompleted};
    use plg::{crm, flags, ids};
    let event = SignupCompleted { plan: "pro".into(), seats: 3.0, source: None };
    assert_eq!(SignupCompleted::NAME, "signup_completed");
    assert_eq!(serde_json::Value::Object(event.properties()).to_string(), r#"{"plan":"pro","seats":3.0}"#);
    assert_eq!(flags::Flag::NewOnboarding.key(), "new-onboarding-flow");
    assert_eq!(flags::NewOnboarding::read("test"), Some(flags::NewOnboarding::Test));
    assert_eq!(crm::LifecycleStage::read("At Risk"), Some(crm::LifecycleStage::AtRisk));
    assert_eq!(crm::LifecycleStage::ALL.len(), 5);
    assert_eq!(crm::companies::LIFECYCLE_STAGE, "lifecycle_stage");
    assert_eq!(ids::prod::surveys::CHURN_EXIT, "0190a1b2-prod");
    assert_eq!(ids::dev::dashboards::EXECUTIVE_OVERVIEW, 7);
}

#[test]
fn rustfmt_would_change_nothing() {
    if Command::new("rustfmt").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no rustfmt");
        return;
    }
    for names in [names(), awkward(), several()] {
        // In a folder of its own, as rustfmt looks for settings above the file.
        let folder = tempfile::tempdir().unwrap();
        write(Language::Rust, &names, folder.path());
        let mut check = Command::new("rustfmt");
        check.args(["--check", "--edition", "2024"]).arg(folder.path().join("plg.rs"));
        run(&mut check).unwrap_or_else(|said| panic!("{said}"));
    }
}
