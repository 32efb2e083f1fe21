//! The texts that an event's property can be, as others write and read them.

use billing::PlanUpgradedToPlan;
use serde_json::json;

#[test]
fn a_price_that_an_event_names_is_written_and_read_as_its_lookup_key() {
    for plan in PlanUpgradedToPlan::ALL {
        assert_eq!(json!(plan), json!(plan.as_str()));
        assert_eq!(serde_json::from_value::<PlanUpgradedToPlan>(json!(plan.to_string())).ok(), Some(*plan));
        assert_eq!(plan.as_str().parse(), Ok(*plan));
    }
    let wrong = serde_json::from_value::<PlanUpgradedToPlan>(json!("pro")).expect_err("there is no such price");
    assert_eq!(wrong.to_string(), "`pro` is none of starter_monthly, pro_monthly, pro_yearly");
}
