//! What an application takes from the stack: names of all three products, checked by the compiler.

use billing::{PlanUpgraded, PlanUpgradedToPlan, PlanUpgradedWithCode, Pro, ProMonthly, offers};
use plg::Capture;
use serde_json::json;

#[test]
fn an_event_says_which_price_it_is_about_by_its_lookup_key() {
    let event =
        PlanUpgraded { to_plan: PlanUpgradedToPlan::ProMonthly, with_code: Some(PlanUpgradedWithCode::Friends) };
    let sent = serde_json::Value::Object(event.properties());
    assert_eq!(sent, json!({ "to_plan": "pro_monthly", "with_code": "FRIENDS" }));
    assert_eq!("pro_yearly".parse(), Ok(PlanUpgradedToPlan::ProYearly));
    assert_eq!((ProMonthly::LOOKUP_KEY, Pro::ID, offers::Launch::ID), ("pro_monthly", "pro", "LAUNCH"));
}
