//! What people do in the web apps stays theirs, and is told.

mod added;
mod refused;
mod restored;
mod terms;
mod told;
mod warned;

use plg_core::Stack;
use plg_runtime::plan::Plan;
use plg_runtime::session::PlanOptions;
use tests::stage::{Stage, fresh, quietly};

fn path(stage: &Stage, stack: &'static Stack, list: &str, address: &str) -> String {
    let entry = stage.entry(stack, address).unwrap_or_else(|| panic!("{address} was deployed"));
    format!("/api/projects/12345/{list}/{}/", entry.id)
}

async fn deploy(stage: &Stage, stack: &'static Stack, refresh: bool) -> Plan {
    let mut session = stage.open(stack).await;
    let plan = session.plan(&PlanOptions { refresh, ..fresh() }).await.expect("the stack fits");
    let outcome = session.apply(&plan, &quietly()).await.expect("the folder can be written");
    assert!(outcome.failed.is_empty() && outcome.warnings.is_empty(), "{outcome:#?}");
    plan
}
