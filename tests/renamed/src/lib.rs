//! A stack whose crates do not agree on what plg is called: here it is `my_plg`, in a module of it another name, and in
//! the crate of a part `plg`.

/// plg, as a module of this crate.
pub use my_plg as tool;

/// A part with a path in place of a name.
pub mod crm {
    crate::tool::stack! {
        crate: crate::tool,
        stages: crate,

        /// Where a customer stands.
        attribute Tier { on: companies, slug: "tier", holds: select { Free, Paid }, in prod { title: "Tier, paid" } }
    }
}

my_plg::stack! {
    crate: my_plg,
    name: "renamed",
    stages: {
        local: sandbox,
        prod: {
            attio: { key: env("ATTIO_API_KEY") },
            posthog: { key: env("POSTHOG_API_KEY"), project: 1, host: eu },
            marketing: posthog { key: env("MARKETING_API_KEY"), project: env("MARKETING_PROJECT_ID") },
        },
    },
    parts: [crm, elsewhere],

    /// Somebody came.
    event Came { name: "came", properties: { plan: text, seats: optional(number) } }

    /// Of two sorts.
    feature_flag Two { key: "two", variants: { control: 50%, test: 50% } }

    /// The same key, in the other project.
    feature_flag TwoToo { key: "two", account: marketing, variants: { control: 50%, test: 50% } }

    /// A flag of the other crate.
    experiment Shade { flag: elsewhere::Tested }

    /// A text that is a constant.
    insight Seen { title: TITLE, shows: trend { series: [count(Came)] } }
}

const TITLE: &str = "Seen, by whom";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_put_together_whatever_plg_is_called() {
        let rows = STACK.all();
        let account = |address: &str| {
            let row = rows.iter().find(|row| row.item.address() == address);
            row.map(|row| row.account().0)
        };
        assert_eq!(account("attribute.Tier"), Some("attio"));
        assert_eq!(account("option.Tier.Paid"), Some("attio"));
        assert_eq!(account("feature_flag.Two"), Some("posthog"));
        assert_eq!(account("feature_flag.TwoToo"), Some("marketing"));
        assert_eq!(account("feature_flag.Tested"), Some("posthog"));
        let accounts = STACK.accounts_of(STACK.stage("local").expect("it is there"));
        let names: Vec<&str> = accounts.iter().map(|account| account.name.0).collect();
        assert_eq!(names, ["attio", "posthog", "marketing"]);
        let seen = my_plg::Properties::default();
        let _ = (seen, Came { plan: String::new(), seats: None }, Two::Test.key(), crm::Tier::Paid.title());
    }
}
