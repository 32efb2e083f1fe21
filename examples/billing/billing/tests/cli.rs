//! The program of the stack, as people use it.

use std::process::{Command, Stdio};

struct Desk(tempfile::TempDir);

impl Desk {
    fn ends(&self, with: i32, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_billing"));
        command.current_dir(self.0.path()).env_clear().env("PLG_ROOT", self.0.path());
        let output = command.args(arguments).stdin(Stdio::null()).output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(with), "{arguments:?}\n{out}\n{err}");
        format!("{out}{err}")
    }
}

#[test]
fn it_is_deployed_looked_at_written_down_and_removed() {
    let desk = Desk(tempfile::tempdir().expect("a folder"));
    let out = desk.ends(0, &["deploy"]);
    for line in [
        "  Stripe\n",
        "+ product.Pro",
        "+ price.ProMonthly",
        "+ coupon.Launch",
        "+ promotion_code.Friends",
        "+ webhook_endpoint.Invoices",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    // The secret is shown once, and kept.
    assert!(desk.ends(0, &["output", "--reveal", "webhook_endpoint.Invoices"]).contains("whsec_"));
    desk.ends(0, &["plan", "--detailed-exitcode"]);
    let source = desk.ends(0, &["import"]);
    for line in [
        "billing_macros::stack! {",
        "/// Everything for a team.",
        "id: \"pro\"",
        "unit_label: \"seat\"",
        "amount: \"19.00 EUR\"",
        "recurring: { interval: month }",
        "percent_off: 20%",
        "duration: repeating(3)",
        "applies_to: { products: [Pro] }",
        "restrictions: { first_time_transaction: true }",
        "percentage: 19%",
        "enabled_events: [\"invoice.paid\", \"invoice.payment_failed\", \"customer.subscription.deleted\"]",
    ] {
        assert!(source.contains(line), "{line}: {source}");
    }
    assert!(desk.ends(0, &["explain", "P0801"]).contains("19.00 EUR"));
    assert!(desk.ends(3, &["plan", "--stage", "test"]).contains("STRIPE_API_KEY_TEST"));
    let gone = desk.ends(0, &["destroy", "--yes", "--allow-loss"]);
    assert!(gone.contains("archived"), "{gone}");
}
