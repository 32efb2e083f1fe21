//! How two stages differ, each in an account of its own: part by part, and by name whatever ids there are.

use plg_runtime::answers::stages::Difference;
use plg_runtime::show::{self, Style};
use serde_json::json;
use tests::stage::{Stage, fresh};

mod shop {
    plg::stack! {
        name: "two",
        stages: { local: sandbox },

        event Used { name: "used" }
        cohort Regulars { all: [person(anything("seats"), at_least: 5)] }
        cohort Teams { all: [person(anything("seats"), at_least: 50)] }
        cohort Others { all: [did(Used)] }
        dashboard Growth { title: "Growth" }
        dashboard Board { title: "Board" }
        insight Uses { shows: trend [Used], on: [Growth, Board] }
        feature_flag Few {
            key: "few", release: [{ to: [member(Regulars)], rollout: 10% }, { to: [member(Teams)], rollout: 20% }],
            variants: { control: 50%, test: 50% },
        }
        survey Nps { kind: api, questions: [open("Why?")], starts: "2026-12-01" }
    }
}

mod earlier {
    plg::stack! {
        name: "two",
        stages: { local: sandbox },

        event Other { name: "other" }
        cohort First { all: [did(Other)] }
        dashboard Before { title: "Before" }
        insight Firsts { shows: trend [Other], on: [Before] }
    }
}

async fn differences(dev: &Stage, prod: &Stage) -> (Vec<Difference>, String) {
    let (mut here, mut there) = (dev.reading(&shop::STACK).await, prod.reading(&shop::STACK).await);
    here.plan(&fresh()).await.expect("a plan of one");
    there.plan(&fresh()).await.expect("a plan of the other");
    let all = here.compare(&there);
    let shown = show::stages(&all, ("dev", "prod"), Style { color: false, width: 100, verbose: false });
    (all, shown)
}

#[tokio::test]
async fn what_differs_is_told_part_by_part_and_ids_by_name() {
    let (dev, prod) = (Stage::new().await, Stage::new().await);
    // What stands for the same has another id in each.
    dev.deploy(&earlier::STACK).await;
    dev.deploy(&shop::STACK).await;
    prod.deploy(&shop::STACK).await;
    let (all, shown) = differences(&dev, &prod).await;
    assert!(all.is_empty() && shown.is_empty(), "{all:?}");
    let edit = |stage: &Stage, address: &str, change: &dyn Fn(&mut serde_json::Value)| {
        let path = super::place(&stage.entry(&shop::STACK, address).unwrap());
        let mut now = stage.look(&path);
        change(&mut now);
        stage.click("PATCH", &path, &now);
    };
    edit(&prod, "feature_flag.Few", &|now| {
        *now = json!({ "filters": now["filters"] });
        now["filters"]["groups"][1]["rollout_percentage"] = json!(70);
    });
    let growth = prod.entry(&shop::STACK, "dashboard.Growth").unwrap().outputs.to_map()["id"].clone();
    edit(&prod, "insight.Uses", &|now| *now = json!({ "dashboards": [growth] }));
    edit(&dev, "survey.Nps", &|now| *now = json!({ "start_date": "2026-12-05T00:00:00Z" }));
    edit(&dev, "cohort.Others", &|now| {
        *now = json!({ "filters": now["filters"] });
        now["filters"]["properties"]["values"][0]["values"][0]["time_value"] = json!(7);
    });
    let (all, shown) = differences(&dev, &prod).await;
    let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
    let mut told: Vec<String> = Vec::new();
    for one in &all {
        let line = |word: &plg_runtime::answers::stages::WordDifference| {
            let becomes = word.becomes.as_ref().map_or_else(String::new, |becomes| format!(", becomes {becomes}"));
            format!("{} {}: {} | {}{becomes}", one.address, word.path, side(&word.from), side(&word.to))
        };
        told.extend(one.words.iter().map(line));
    }
    told.sort();
    assert_eq!(
        told,
        [
            "cohort.Others all[0].within: 7 days | 30 days",
            "feature_flag.Few release[1].rollout: 20% | 70%, becomes 20%",
            "insight.Uses on: [Growth, Board] | [Growth], becomes [Growth, Board]",
            "survey.Nps starts: \"2026-12-05\" | \"2026-12-01\"",
        ]
    );
    let place = |text: &str| shown.find(text).unwrap_or_else(|| panic!("`{text}` is not in {shown}"));
    let clicked = place("Clicked in dev, and not promoted");
    assert!(place("Changes in prod") < place("release[1].rollout") && place("release[1].rollout") < clicked, "{shown}");
    assert!(clicked < place("survey.Nps") && clicked < place("cohort.Others"), "{shown}");
}
