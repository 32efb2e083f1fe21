//! A part in a crate of its own: nothing is wrong with it until others stand beside it.

pub mod crm;
pub mod shapes;

plg::stack! {
    parts: [crm],

    /// Somebody looked.
    event Seen { name: "seen" }

    /// Who came back.
    cohort Regulars { all: [did(Seen, within: 7 days)] }

    /// On or off.
    feature_flag Plain { key: "plain" }

    /// Of two sorts.
    feature_flag Tested { key: "tested", variants: { control: 50%, test: 50% } }
}
