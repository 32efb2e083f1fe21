//! Members of a workspace and views: referred to by what people see of them, and never made.

use plg_runtime::plan::Change;
use serde_json::json;
use tests::stage::{Stage, addresses};

mod given {
    plg::stack! {
        name: "members",
        stages: { local: sandbox },
        existing member Grace { email: "Grace@Example.com" }
        existing view Everybody { on: people, title: "All People" }
        list Targets { slug: "targets", of: companies, access: read_only, members: [{ who: Grace, level: full_access }] }
        webhook Told {
            url: "https://example.com/hook",
            on: [filtered(list_entry.created, with: [list(Targets), not_by_member(Grace)])],
        }
    }
}

mod suspended {
    plg::stack! {
        name: "members",
        stages: { local: sandbox },
        existing member Charles { email: "charles@example.com" }
        list Targets { slug: "targets", of: companies, members: [{ who: Charles, level: read_only }] }
    }
}

mod nobody {
    plg::stack! {
        name: "members",
        stages: { local: sandbox },
        existing member Nobody { email: "nobody@example.com" }
        existing view Nothing { on: people, title: "Nothing like it" }
    }
}

const LIST: &str = "/v2/lists/targets";

#[tokio::test]
async fn lists_are_given_to_members_by_their_addresses() {
    let stage = Stage::new().await;
    stage.deploy(&given::STACK).await;
    let people = stage.look("/v2/workspace_members")["data"].clone();
    let id = |at: usize| people[at]["id"]["workspace_member_id"].clone();
    let access = || stage.look(LIST)["data"]["workspace_member_access"].clone();
    assert_eq!(access(), json!([{ "level": "full-access", "workspace_member_id": id(1) }]));
    let filter = &stage.look("/v2/webhooks")["data"][0]["subscriptions"][0]["filter"]["$and"];
    assert_eq!(
        (&filter[1]["field"], &filter[1]["operator"], &filter[1]["value"]),
        (&json!("actor.id"), &json!("not_equals"), &id(1))
    );

    // Whoever is not written keeps what people gave, and what is written is repaired.
    let both = |level: &str| {
        json!({ "data": { "workspace_member_access": [
            { "level": "full-access", "workspace_member_id": id(0) },
            { "level": level, "workspace_member_id": id(1) },
        ] } })
    };
    stage.click("PATCH", LIST, &both("full-access"));
    assert!(!stage.plan(&given::STACK).await.changes());
    stage.click("PATCH", LIST, &both("read-only"));
    let plan = stage.deploy(&given::STACK).await;
    assert_eq!(addresses(&plan, Change::Update), ["list.Targets"]);
    assert_eq!(access(), both("full-access")["data"]["workspace_member_access"]);

    let view = stage.entry(&given::STACK, "view.Everybody").expect("it is remembered");
    assert_eq!(stage.look("/v2/objects/people/views")["data"][0]["id"]["view_id"], view.id);
    stage.destroy(&given::STACK).await;
    assert_eq!(stage.look("/v2/workspace_members")["data"], people);
}

#[tokio::test]
async fn who_left_or_never_came_stops_the_plan() {
    let stage = Stage::new().await;
    let said = stage.planned(&nobody::STACK, false).await.expect_err("nobody has that address").to_string();
    assert!(said.contains("member.Nobody") && said.contains("view.Nothing"), "{said}");
    let said = stage.planned(&suspended::STACK, false).await.expect_err("who left is given nothing").to_string();
    assert!(said.contains("suspended"), "{said}");
}
