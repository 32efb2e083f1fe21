//! Texts that stand elsewhere: constants and files of the crate, in titles, queries, addresses and notes; and
//! declarations that are alike, written once.

use plg_attio::Webhook;
use plg_core::{Common, Declared, Handling, Stack, StackItems, Stage, Target};
use plg_core::{Name, NoteText, Tag, Text, Url};
use plg_posthog::{Annotation, Hogql, Insight, Shows, Sql};
use plg_runtime::declared::graph::StackGraph;
use tests::stage::Stage as Deployed;

mod texts {
    pub(crate) const TITLE: &str = "Sign-ups a day";
    pub(crate) const HOOK: &str = "https://hooks.example/attio";
}

/// What marks a release.
const NOTE: &str = concat!("Release ", env!("CARGO_PKG_VERSION"));

mod stack {
    const TAG: &str = "weekly";

    plg::stack! {
        name: "constants",
        stages: { local: sandbox, prod: { attio: { key: env("A") }, posthog: { key: env("P"), project: 1 } } },

        event SignedUp { name: "signed_up" }
        insight Signups {
            title: super::texts::TITLE,
            shows: sql(include_str!("constants/signups.sql")),
            tags: [TAG],
            in prod { title: concat!("Sign-ups", " in prod") },
        }
        annotation Release { content: crate::NOTE, on_date: "2026-12-01T09:00+01:00" }
        webhook Deals { url: super::texts::HOOK, on: [deals.created] }
        attribute Stage { on: deals, slug: "stage-of-trial", holds: select { Trial, Over } }
    }
}

#[tokio::test]
async fn they_are_deployed_like_texts_that_are_written() {
    let stage = Deployed::new().await;
    stage.deploy(&stack::STACK).await;
    let title = |item: &dyn Declared| item.want().fields["name"].clone();
    assert_eq!(title(&stack::Signups), plg_core::Term::from("Sign-ups a day"));
    let Shows::sql(query) = stack::Signups.shows else { panic!("it is a query") };
    assert!(query.query.0.starts_with("SELECT") && query.query.0.ends_with('\n'), "{}", query.query.0);
    assert_eq!(stack::Release.content.0, concat!("Release ", env!("CARGO_PKG_VERSION")));
    assert_eq!(stack::Deals.url.0, Text::Given("https://hooks.example/attio"));
    let prod = StackGraph::of(&stack::STACK, "prod").expect("it fits");
    let signups = prod.nodes.iter().find(|node| node.address == "insight.Signups").expect("it is declared");
    assert_eq!(signups.want.fields["name"], plg_core::Term::from("Sign-ups in prod"));
    plg_core::written::hold_constants(stack::STACK.items);
}

static FROM_CONSTANTS: Handling = Handling { constants: true, ..Handling::PLAIN };
static BLANK: Insight = Insight {
    common: Common::at("Blank", "", "src/lib.rs", 7, 1).handled(&FROM_CONSTANTS),
    title: Name(" "),
    shows: Shows::sql(Sql { query: Hogql("\0"), ..Sql::BLANK }),
    tags: &[Tag("")],
    ..Insight::BLANK
};
static NOTHING: Annotation = Annotation {
    common: Common::at("Nothing", "", "src/lib.rs", 9, 1).handled(&FROM_CONSTANTS),
    content: NoteText(""),
    ..Annotation::BLANK
};
static HOOK: Webhook = Webhook {
    common: Common::at("Hook", "", "src/lib.rs", 11, 1).handled(&FROM_CONSTANTS),
    url: Url(Text::Given("http://a.example:70000")),
    on: &[],
};
static WRONG_ITEMS: StackItems = StackItems::by(|to| to.extend_from_slice(&[&BLANK, &NOTHING, &HOOK]));
static WRONG: Stack = Stack {
    name: "wrong",
    stages: &[Stage { name: "local", target: Target::Sandbox }],
    items: &WRONG_ITEMS,
    providers: &[&plg_attio::PROVIDER, &plg_posthog::PROVIDER],
    ..Stack::NOTHING
};

#[test]
fn rules_about_them_hold_before_the_first_request_and_in_a_test() {
    let errors = StackGraph::of(&WRONG, "local").expect_err("each of them is wrong");
    let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let wanted = [
        "insight.Blank (src/lib.rs:7): this text is blank",
        "insight.Blank (src/lib.rs:7): this text has a NUL character",
        "insight.Blank (src/lib.rs:7): this text is blank",
        "annotation.Nothing (src/lib.rs:9): this text is blank",
        "webhook.Hook (src/lib.rs:11): an address must start with `https://`",
        "webhook.Hook (src/lib.rs:11): a webhook needs at least one event",
    ];
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    for wanted in wanted {
        assert!(
            said.iter().any(|said| said.starts_with(wanted) && said.contains("\n    help: ")),
            "{wanted}: {said:#?}"
        );
    }
    let held = std::panic::catch_unwind(|| plg_core::written::hold_constants(WRONG.items));
    let message = held.expect_err("it is refused");
    let message = message.downcast_ref::<String>().expect("it is text");
    assert!(message.starts_with("src/lib.rs:7: insight.Blank: ") && message.lines().count() > 6, "{message}");
}

/// Gates that are alike but for their names and keys, each with an event that its use is counted by.
macro_rules! gates {
    ($($(#[doc = $doc:literal])* $Gate:ident: $key:literal at $share:literal, counted by $Used:ident: $event:literal;)*) => {
        plg::stack! {
            name: "gates",
            stages: { local: sandbox },
            $(
                $(#[doc = $doc])*
                feature_flag $Gate { key: $key, rollout: $share%, variants: { control: 50%, test: 50% }, tags: ["gate"] }
                event $Used { name: $event, properties: { plan: text } }
            )*
            cohort Curious { any: [$(did($Used, within: 7 days)),*] }
        }
    };
}

mod gates {
    gates! {
        /// Exports to warehouses.
        Exports: "gate-exports" at 10, counted by Exported: "exported";
        /// Imports from files.
        Imports: "gate-imports" at 20, counted by Imported: "imported";
        Search: "gate-search" at 30, counted by Searched: "searched";
        Boards: "gate-boards" at 40, counted by Boarded: "boarded";
        Reports: "gate-reports" at 50, counted by Reported: "reported";
    }
}

#[tokio::test]
async fn five_alike_declarations_are_written_once() {
    let stage = Deployed::new().await;
    stage.deploy(&gates::STACK).await;
    assert_eq!(gates::STACK.items.len(), 11);
    assert_eq!((gates::Exports::KEY, gates::Reported::NAME), ("gate-exports", "reported"));
    assert_eq!(gates::Exports.common().doc, "Exports to warehouses.");
    let line = |item: &dyn Declared| item.common().line;
    assert!(line(&gates::Exports) < line(&gates::Imports), "each stands where its name is written");
}
