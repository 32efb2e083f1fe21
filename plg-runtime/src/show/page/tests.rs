//! Pages of small and large plans, and the same in a real Chromium where there is one.

use super::*;
use crate::plan::Change;
use crate::show::picture::{Card, Line};
use crate::show::said::Said;
use crate::show::sections::{About, Section};
use std::path::PathBuf;
use std::process::Command;

fn line(path: &str, from: Option<&str>, to: Option<&str>) -> Line {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Line { path: path.to_owned(), from: owned(from), to: owned(to), note: None }
}

fn card(address: &str, wave: u32, depends: &[&str]) -> Card {
    let (kind, _) = address.split_once('.').unwrap();
    let attio = matches!(kind, "object" | "attribute" | "option" | "list");
    let [provider, account] = if attio { ["Attio", "attio"] } else { ["PostHog", "posthog"] };
    Card {
        address: address.to_owned(),
        kind: kind.to_owned(),
        provider: provider.to_owned(),
        account: account.to_owned(),
        place: format!("stack/src/{}.rs:{}", if attio { "crm" } else { "product" }, address.len() * 7),
        wave,
        depends: depends.iter().map(|address| (*address).to_owned()).collect(),
        change: Change::Create,
        notes: Vec::new(),
        means: Vec::new(),
        lines: vec![
            line("key", None, Some(&format!("\"{}\"", address.to_lowercase().replace('.', "-")))),
            line("description", None, Some("\"What it is for, in a sentence as people write them.\"")),
        ],
        left: Vec::new(),
    }
}

/// A plan that makes so many resources: each tenth is an object, with attributes, options, events, flags, insights.
fn creates(count: usize) -> Picture {
    let mut cards = Vec::new();
    for part in 0.. {
        let object = format!("object.Object{part}");
        let attribute = format!("attribute.Stage{part}");
        let event = format!("event.SignedUp{part}");
        let flag = format!("feature_flag.NewOnboarding{part}");
        let insight = format!("insight.Activation{part}");
        let option = |name: &str| format!("option.Stage{part}.{name}");
        cards.extend([
            card(&object, 0, &[]),
            card(&attribute, 1, &[&object]),
            card(&option("Trial"), 2, &[&attribute]),
            card(&option("Active"), 2, &[&attribute]),
            card(&option("Churned"), 2, &[&attribute]),
            card(&event, 0, &[]),
            card(&flag, 0, &[]),
            card(&format!("experiment.Flow{part}"), 1, &[&flag, &event]),
            card(&insight, 1, &[&event]),
            card(&format!("dashboard.Growth{part}"), 2, &[&insight]),
        ]);
        if cards.len() >= count {
            break;
        }
    }
    cards.truncate(count);
    cards.sort_by_key(|card| card.wave);
    Picture {
        title: "Plan for acme in stage prod".to_owned(),
        summary: format!("{count} to create"),
        made: Some("2026-11-30 07:31 UTC at 1a2b3c4".to_owned()),
        accounts: vec![
            "Attio workspace Acme (4f3b2a10)".to_owned(),
            "PostHog project Acme (eu.posthog.com/project/4711)".to_owned(),
        ],
        of: ("acme".to_owned(), "prod".to_owned()),
        sections: Vec::new(),
        is_plan: true,
        cards,
    }
}

/// The same, but for what changes.
fn as_declared(count: usize) -> Picture {
    let mut picture = creates(count);
    for card in &mut picture.cards {
        card.change = Change::Unchanged;
        card.lines.clear();
    }
    picture
}

fn at<'a>(picture: &'a mut Picture, address: &str) -> &'a mut Card {
    picture.cards.iter_mut().find(|card| card.address == address).unwrap()
}

/// Three changes among five hundred: one of each that a reviewer looks for.
fn three_of(count: usize) -> Picture {
    let mut picture = as_declared(count);
    "2 to change, 1 to archive, 497 unchanged".clone_into(&mut picture.summary);
    let flag = at(&mut picture, "feature_flag.NewOnboarding7");
    flag.change = Change::Update;
    flag.lines = vec![line("rollout", Some("10%"), Some("25%"))];
    flag.left = vec!["managed in the web app: it is switched on".to_owned()];
    let insight = at(&mut picture, "insight.Activation3");
    insight.change = Change::Update;
    insight.lines = vec![line(
        "description",
        Some("\"How many of those who sign up get to the first success within a week.\""),
        Some("\"How many of those who sign up get to the first success within a day.\""),
    )];
    insight.lines[0].note = Some("changed in the web app".to_owned());
    let option = at(&mut picture, "option.Stage9.Churned");
    option.change = Change::Archive;
    option.place = String::new();
    option.notes = vec!["no longer declared".to_owned()];
    option.lines = vec![line("title", Some("\"Churned\""), None)];
    let told =
        |address: &str, says: &str| Said { address: Some(address.to_owned()), says: says.to_owned(), change: None };
    let lost = Said {
        change: Some(Change::Archive),
        ..told("option.Stage9.Churned", "archived; 137 records have a value of it")
    };
    picture.sections = vec![
        Section { count: Some("1 archived".to_owned()), ..Section::of(About::Losses, vec![lost]) },
        Section::of(About::People, vec![told("feature_flag.NewOnboarding7", "it is switched on")]),
    ];
    picture
}

fn chromium() -> Option<PathBuf> {
    let given = std::env::var_os("PLG_CHROMIUM").map(PathBuf::from);
    given.into_iter().chain(["/usr/bin/chromium".into(), "/usr/bin/google-chrome".into()]).find(|path| path.exists())
}

#[test]
fn small_and_large_plans_are_read_in_a_browser() {
    plg_core::linked::link(&[&plg_attio::PROVIDER, &plg_posthog::PROVIDER]);
    let (Some(chromium), Some(modules)) = (chromium(), std::env::var_os("PLG_NODE_MODULES")) else {
        assert!(std::env::var_os("PLG_REQUIRE_SERVICES").is_none(), "Chromium or PLG_NODE_MODULES is missing");
        eprintln!("SKIPPED: no Chromium, or PLG_NODE_MODULES with playwright-core and axe-core is not set");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("PLG_SHOTS").map_or_else(|| root.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&folder).unwrap();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/browser/check.mjs");
    let mut command = Command::new("node");
    command.arg(script).arg(chromium).arg(&folder).env("PLG_NODE_MODULES", modules);
    // How tall a page may be, in pixels at a width of 1440.
    for (name, picture, most) in [
        ("creates-72", creates(72), "3000"),
        ("creates-500", creates(500), "6000"),
        ("changes-3", three_of(500), "1500&all"),
    ] {
        let file = folder.join(format!("{name}.html"));
        std::fs::write(&file, html(&picture)).unwrap();
        command.arg(format!("file://{}#most={most}", file.display()));
    }
    let output = command.output().expect("node runs");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn what_people_write_stays_text() {
    let mut picture = creates(10);
    let forged = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \" ' & \u{202e}";
    forged.clone_into(&mut picture.title);
    forged.clone_into(&mut picture.summary);
    picture.accounts.push(forged.to_owned());
    picture.made = Some(forged.to_owned());
    let said = |address: Option<String>| Said { address, says: forged.to_owned(), change: Some(Change::Replace) };
    for about in [About::Losses, About::Broken, About::Late, About::People] {
        let lines = vec![said(None), said(Some(forged.to_owned()))];
        picture.sections.push(Section { count: Some(forged.to_owned()), ..Section::of(about, lines) });
    }
    for card in &mut picture.cards {
        card.address = format!("{}{forged}", card.address);
        forged.clone_into(&mut card.place);
        card.notes.push(forged.to_owned());
        card.left.push(forged.to_owned());
        card.lines.push(line(forged, Some(forged), Some(&format!("{forged} and more"))));
        card.depends.push(forged.to_owned());
        card.change = Change::Replace;
    }
    let page = html(&picture);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    assert!(!page.contains("<img") && !page.contains('\u{202e}'));
    assert!(!page.contains("\" onerror"));
}

#[test]
fn the_list_needs_no_script() {
    let page = html(&three_of(500));
    for tool in ["tab-list", "search", "id=\"by\"", "id=\"fold\"", "id=\"theme\""] {
        let before = page.split(tool).next().unwrap();
        let hidden = page[before.rfind('<').unwrap()..].split('>').next().unwrap().contains("hidden");
        let around = before[..before.rfind('<').unwrap()].rsplit("<label").next().unwrap_or_default();
        let around_tabs = before.rsplit("<div").next().unwrap_or_default();
        assert!(hidden || around.contains("hidden") || around_tabs.contains("hidden"), "{tool} is shown");
    }
    assert!(page.contains("id=\"all\" type=\"checkbox\""));
    assert_eq!(page.matches("<li class=\"resource").count(), 500);
    assert!(page.contains("What would be lost: 1 archived"));
    assert!(page.contains("137 records have a value of it"));
}

#[test]
fn what_differs_within_a_long_value_is_marked() {
    let page = html(&three_of(500));
    assert!(page.contains("within a <mark>week</mark>.") && page.contains("within a <mark>day</mark>."), "{page}");
    assert!(page.contains("<code>10%</code>") && page.contains("<code>25%</code>"));
}

#[test]
fn children_stand_under_their_parents() {
    let page = html(&creates(72));
    let place = |id: &str| page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("{id}"));
    assert!(place("attribute.Stage2") < place("option.Stage2.Trial"));
    assert!(place("option.Stage2.Churned") < place("attribute.Stage3"));
    assert!(page.contains("resource new child\" id=\"option.Stage2.Trial\""));
}
