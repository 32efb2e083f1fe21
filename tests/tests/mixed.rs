//! One plan in which everything happens, as it is shown in each format and at two widths.

use plg_runtime::answers::impact::Impact;
use plg_runtime::plan::{Change, Plan};
use plg_runtime::show::{self, Picture, PlanFacts, Style};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::stage::{Stage, fresh};

mod before {
    plg::stack! {
        name: "mixed",
        stages: { local: sandbox },

        attribute Seats { on: companies, slug: "seats", holds: number }
        attribute Tier { on: companies, slug: "tier", holds: text }
        feature_flag Exports { key: "exports", rollout: 10% }
        feature_flag Old { key: "old" }
        event Used { name: "used" }
    }
}

mod after {
    plg::stack! {
        name: "mixed",
        stages: { local: sandbox },

        attribute Seats { on: companies, slug: "seats", holds: text }
        feature_flag Exports { key: "exports", rollout: 25% }
        event Used { name: "used" }

        event Invited { name: "invited" }
        /// The guided onboarding against the one we have.
        feature_flag Guided {
            key: "guided",
            rollout: 50%,
            variants: { control: 50%, test: 50% },
        }
        cohort Payers { all: [person(anything("plan"), is: ["pro"])] }
        property Seat { name: "seat_count", holds: number }
    }
}

/// The plan, what goes with it, and whose accounts it is for.
async fn mixed() -> (Plan, PlanFacts) {
    let stage = Stage::new().await;
    // It was there before plg, which adopts it.
    stage.click("POST", "/api/projects/12345/feature_flags/", &json!({ "key": "old" }));
    stage.deploy(&before::STACK).await;
    stage.click(
        "POST",
        "/v2/objects/companies/records",
        &json!({ "data": { "values": { "name": "Acme", "seats": 3, "tier": "Gold" } } }),
    );
    let mut session = stage.reading(&after::STACK).await;
    let plan = session.plan(&fresh()).await.expect("the stack fits");
    let impact: Impact = session.impact(&plan, &BTreeMap::new()).await.expect("the sandbox answers");
    let mut facts = PlanFacts::of(&plan, session.accounts()).made_at("2026-11-30T07:31:42Z");
    facts.commit = Some("1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d".to_owned());
    facts.dirty = true;
    facts.impact = impact;
    facts.policies = 2;
    (plan, facts)
}

/// What is another one each time it is made.
fn settled(text: &str) -> String {
    let uuid = |word: &str| word.len() == 36 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '-' {
            word.push(c);
            continue;
        }
        out.push_str(if uuid(&word) { "…uuid…" } else { &word });
        out.push(c);
        word.clear();
    }
    out
}

const WIDE: Style = Style { color: false, width: 120, verbose: false };
const NARROW: Style = Style { color: false, width: 60, verbose: false };

#[tokio::test]
async fn everything_at_once_in_every_format() {
    let (plan, facts) = mixed().await;
    let tally = |change| plan.tally().iter().find(|(one, _)| *one == change).map_or(0, |(_, count)| *count);
    let counted = [Change::Create, Change::Update, Change::Replace, Change::Archive, Change::Forget, Change::Await];
    assert_eq!(counted.map(tally), [3, 1, 1, 1, 1, 1], "{}", show::summary(&plan));
    let picture = Picture::of_plan_with(&plan, &facts);
    insta::assert_snapshot!("text", settled(&show::plan_with(&plan, &facts, WIDE)));
    insta::assert_snapshot!("text_60", settled(&show::wrapped(&show::plan_with(&plan, &facts, NARROW), Some(60))));
    insta::assert_snapshot!("markdown", settled(&show::markdown(&picture)));
    let sections = json!(show::sections(&plan, &facts, |_| true));
    let json = json!({ "plan": plan, "accounts": facts.accounts, "sections": sections });
    insta::assert_snapshot!("json", settled(&serde_json::to_string_pretty(&json).expect("it is JSON")));
    insta::assert_snapshot!("page", rows(&show::html(&picture)));
}

/// What a page says, without how it looks.
fn rows(html: &str) -> String {
    let body = html.split_once("<body").expect("a page has a body").1;
    let (mut out, mut inside, mut skipped) = (String::new(), false, false);
    for part in body.split_inclusive(['<', '>']) {
        match part.chars().last() {
            Some('<') if !inside => {
                let text = part.trim_end_matches('<').trim();
                if !text.is_empty() && !skipped {
                    out.push_str(text);
                    out.push('\n');
                }
                inside = true;
            }
            Some('>') if inside => {
                let tag = part.trim_end_matches('>');
                skipped = (skipped || tag.starts_with("script") || tag.starts_with("style"))
                    && !(tag.starts_with("/script") || tag.starts_with("/style"));
                inside = false;
            }
            _ => {}
        }
    }
    settled(&out)
}

/// Which address is lost how, and the counts: the same words wherever a plan is shown.
#[tokio::test]
async fn every_format_names_the_same_losses_and_counts() {
    let (plan, facts) = mixed().await;
    let picture = Picture::of_plan_with(&plan, &facts);
    let unmarked = |text: &str| text.replace(['`', '*', '\\'], "");
    let page = rows(&show::html(&picture));
    let (text, markdown) = (show::plan_with(&plan, &facts, WIDE), unmarked(&show::markdown(&picture)));
    let sections: Value = json!(show::sections(&plan, &facts, |_| true));
    let losses = &sections[0];
    assert_eq!((&losses["about"], &losses["count"]), (&json!("losses"), &json!("1 archived, 1 replaced")));
    let heading = "What would be lost: 1 archived, 1 replaced";
    for shown in [&text, &markdown, &page] {
        assert_eq!(shown.matches("What would be lost").count(), 1, "{shown}");
        assert!(shown.contains(heading), "{shown}");
    }
    let lost: Vec<&str> =
        losses["lines"].as_array().expect("lines").iter().filter_map(|l| l["address"].as_str()).collect();
    assert_eq!(lost, plan.losses().into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>());
    for line in losses["lines"].as_array().expect("lines") {
        let (address, says) = (line["address"].as_str().expect("one"), line["says"].as_str().expect("a sentence"));
        for shown in [&text, &markdown] {
            assert!(shown.contains(&format!("{address}: {says}")), "{address}: {says} in {shown}");
        }
        let (past, why) = says.split_once("; ").expect("what goes with it");
        assert!(page.contains(&format!("{past}\n{address}\n{why}")), "{past} {address} {why} in {page}");
    }
    // The same counts above all four.
    let counts = "3 to create, 1 to change, 1 to replace, 1 to archive, 1 to forget, 1 not there yet, 1 unchanged";
    assert_eq!(show::summary(&plan), counts);
    assert!(text.contains(counts) && markdown.contains(counts), "{text} {markdown}");
    for count in counts.split(", ") {
        assert!(page.lines().any(|line| line == count), "{count} in {page}");
    }
}

#[tokio::test]
async fn the_sections_of_every_format_say_the_same() {
    let (plan, facts) = mixed().await;
    let sections: Value = json!(show::sections(&plan, &facts, |_| true));
    let picture = Picture::of_plan_with(&plan, &facts);
    let (text, markdown) = (show::plan_with(&plan, &facts, WIDE), show::markdown(&picture));
    for section in sections.as_array().expect("a list") {
        let title = section["title"].as_str().expect("a heading");
        assert!(text.contains(title), "{title}: {text}");
        let first = section["lines"][0]["says"].as_str().expect("a sentence");
        assert!(text.contains(first), "{first}: {text}");
        assert!(markdown.contains(&plg_runtime::strangers::markdown(first)), "{first}: {markdown}");
    }
    let place = |text: &str, what: &str| text.find(what).unwrap_or(usize::MAX);
    for shown in [&text, &markdown] {
        assert!(place(shown, "What would be lost") < place(shown, "feature_flag.Guided"), "{shown}");
    }
}
