//! What an application does with a stack: it names flags, events and options by type, and pulls in
//! neither an HTTP client nor an async runtime for it.

use plg::Capture;
use plg_stack::crm::{LifecycleStage, Mrr};
use plg_stack::product::{NewOnboarding, SignupCompleted};

/// Which onboarding a person sees, from what PostHog answered for the flag.
pub fn onboarding(variant: &str) -> &'static str {
    match variant.parse::<NewOnboarding>() {
        Ok(NewOnboarding::Test) => "guided",
        Ok(NewOnboarding::Control) | Err(_) => "classic",
    }
}

/// The colour an account is shown in. A new stage in the stack does not compile until it has one.
pub fn color(stage: LifecycleStage) -> &'static str {
    match stage {
        LifecycleStage::Trial => "blue",
        LifecycleStage::Active => "green",
        LifecycleStage::Expanding => "purple",
        LifecycleStage::AtRisk => "orange",
        LifecycleStage::Churned => "gray",
    }
}

/// What is sent to PostHog when somebody signs up.
pub fn signed_up(plan: &str, seats: u32) -> (&'static str, String) {
    let event = SignupCompleted { plan: plan.to_owned(), seats: f64::from(seats), source: None };
    (SignupCompleted::NAME, plg::serde_json::Value::Object(event.properties()).to_string())
}

/// The attributes an account's record is updated with, as Attio wants them.
pub fn account(stage: LifecycleStage, mrr: f64) -> String {
    plg::serde_json::json!({ LifecycleStage::SLUG: stage.title(), Mrr::SLUG: mrr }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_stack() {
        assert_eq!(NewOnboarding::KEY, "new-onboarding-flow");
        assert_eq!(onboarding("test"), "guided");
        assert_eq!(onboarding("something else"), "classic");
        assert_eq!(LifecycleStage::ALL.len(), 5);
        assert_eq!(LifecycleStage::AtRisk.to_string(), "At Risk");
        assert_eq!(format!("{:?} {:?}", LifecycleStage::AtRisk, NewOnboarding::Control), "AtRisk Control");
        assert_eq!(color(LifecycleStage::Churned), "gray");
        assert_eq!(signed_up("pro", 3), ("signup_completed", r#"{"plan":"pro","seats":3}"#.to_owned()));
        assert_eq!(account(LifecycleStage::Trial, 120.0), r#"{"lifecycle_stage":"Trial","mrr":120.0}"#);
        let wrong = "Frozen".parse::<LifecycleStage>().unwrap_err();
        assert_eq!(wrong.to_string(), "`Frozen` is none of Trial, Active, Expanding, At Risk, Churned");
    }
}
