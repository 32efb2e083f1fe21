//! The order the macro gives: the whole stack's waves, and one small stack for each kind of edge.

use plg_core::{Given, Node, Stack};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Rows as `wave address`, in the order they stand in the expansion. A wave is one more than the latest of its stack
/// that is named before.
fn waves(stack: &'static Stack) -> String {
    let mut waves: BTreeMap<String, u32> = BTreeMap::new();
    let mut out = String::new();
    for row in stack.rows() {
        let common = row.item.common();
        let mut before = Vec::new();
        row.item.block().fields.iter().for_each(|(_, _, node)| named(node, &mut before));
        before.extend(common.parent.into_iter().chain(common.previous).map(|item| item.common().name.to_owned()));
        let wave = before.iter().filter_map(|name| waves.get(name)).map(|wave| wave + 1).max().unwrap_or_default();
        let _ = writeln!(out, "{wave} {}", row.item.address());
        waves.insert(common.name.to_owned(), wave);
    }
    out
}

/// The declarations that a value names.
fn named(node: &Node, names: &mut Vec<String>) {
    match &node.given {
        Given::Ref(Some(name)) => names.push(name.clone()),
        Given::List(list) => list.iter().for_each(|one| named(one, names)),
        Given::Record(fields) => fields.iter().for_each(|(_, one)| named(one, names)),
        Given::Map(entries) => entries.iter().for_each(|(_, _, one)| named(one, names)),
        Given::Case(_, Some(held)) | Given::Topic(held, _) => named(held, names),
        _ => {}
    }
}

#[test]
fn the_whole_stack() {
    let parts = [
        ("crm", &plg_stack::crm::STACK),
        ("product", &plg_stack::product::STACK),
        ("insight", &plg_stack::insight::STACK),
    ];
    let all: String = parts.iter().map(|(name, stack)| format!("{name}\n{}\n", waves(stack))).collect();
    insta::assert_snapshot!("whole_stack_by_part", all);
    let graph = plg_runtime::declared::graph::StackGraph::of(&plg_stack::STACK, "local").unwrap();
    let whole: String = graph.nodes.iter().map(|n| format!("{} {}\n", n.wave, n.address)).collect();
    insta::assert_snapshot!("whole_stack", whole);
}

#[test]
fn every_stage_of_the_stack_holds_together() {
    for stage in plg_stack::STACK.stages {
        let graph = plg_runtime::declared::graph::StackGraph::of(&plg_stack::STACK, stage.name);
        assert!(graph.is_ok(), "{}: {graph:?}", stage.name);
    }
}

#[test]
fn a_declaration_knows_where_it_stands() {
    mod declared {
        pub(super) const LINE: u32 = line!() + 2;
        plg::stack! {
            event Seen { name: "seen" }
        }
    }
    let common = &declared::Seen.common;
    assert_eq!((common.file, common.line, common.column), (file!(), declared::LINE, 19));
}

macro_rules! edge {
    ($name:ident { $($stack:tt)* }) => {
        #[test]
        fn $name() {
            mod declared { plg::stack! { $($stack)* } }
            insta::assert_snapshot!(stringify!($name), waves(&declared::STACK));
        }
    };
}

// Each is written against its order: what is needed stands last.
edge!(attribute_on_object {
    attribute Seats { on: Tenants, slug: "seats", holds: number }
    object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
});
edge!(attribute_to_object {
    attribute Tenant { on: companies, slug: "tenant", holds: record { to: [Tenants] } }
    object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
});
edge!(options_one_after_another {
    attribute Risk { on: companies, slug: "risk", holds: select { High, Medium, Low } }
});
edge!(statuses_one_after_another {
    attribute Stage { on: deals, slug: "pipeline", holds: status { Open, Won { celebrate: true }, Lost } }
});
edge!(webhook_to_object {
    webhook Changes { url: "https://example.com/hook", on: [Tenants.created] }
    object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
});
edge!(action_to_event {
    action Signup { on: [SignedUp] }
    event SignedUp { name: "signed_up" }
});
edge!(cohort_to_event_and_cohort {
    cohort Champions { all: [did(SignedUp, within: 7 days), member(Regulars)] }
    cohort Regulars { all: [person(anything("plan"), is: ["pro"])] }
    event SignedUp { name: "signed_up" }
});
edge!(flag_to_cohort {
    feature_flag Beta { key: "beta", release: [{ to: [member(Regulars)], rollout: 50% }] }
    cohort Regulars { all: [person(anything("plan"), is: ["pro"])] }
});
edge!(experiment_to_flag_and_event {
    experiment Shade { flag: DarkMode, metrics: [mean(SignedUp)] }
    feature_flag DarkMode { key: "dark-mode", variants: { control: 50%, test: 50% } }
    event SignedUp { name: "signed_up" }
});
edge!(survey_to_event_and_flag {
    survey Nps { kind: popover, questions: [open("Why?")], shown: { after: [SignedUp], flag: DarkMode } }
    feature_flag DarkMode { key: "dark-mode" }
    event SignedUp { name: "signed_up" }
});
edge!(insight_to_dashboard_and_action {
    insight Signups { on: [Growth], shows: trend [Signup, SignedUp] }
    action Signup { on: [SignedUp] }
    dashboard Growth {}
    event SignedUp { name: "signed_up" }
});
