//! What is in the accounts already, and is somebody else's.

use crate::world::{Operation, World};
use plg_sandbox::{Sandbox, SandboxBuilder, Settings};
use std::io;

plg_macros::stack! {
    crate: crate::names,
    name: "strangers",
    stages: { local: sandbox },
    /// Somebody else's.
    object StrangersThings { slug: "strangers_things", singular: "Strangers thing", plural: "Strangers things" }
    /// Somebody else's.
    attribute StrangersScore { on: companies, slug: "strangers_score", holds: number }
    /// Somebody else's.
    attribute StrangersChoice { on: companies, slug: "strangers_choice", holds: select { StrangersYes, StrangersNo } }
    /// Somebody else's.
    webhook StrangersHook { url: "https://example.com/strangers", on: [companies.created] }
    /// Somebody else's.
    event StrangersEvent { name: "strangers_event" }
    /// Somebody else's.
    action StrangersAction { on: [StrangersEvent] }
    /// Somebody else's.
    cohort StrangersCohort { all: [did(StrangersEvent, within: 7 days)] }
    /// Somebody else's.
    feature_flag StrangersFlag { key: "strangers-flag", rollout: 50%, variants: { control: 50%, test: 50% } }
    /// Somebody else's.
    experiment StrangersExperiment { flag: StrangersFlag, kind: product }
    /// Somebody else's.
    survey StrangersSurvey { kind: popover, questions: [open("Who are you?")] }
    /// Somebody else's.
    dashboard StrangersDashboard {}
    /// Somebody else's.
    insight StrangersInsight { on: [StrangersDashboard], shows: trend [StrangersEvent] }
}

impl World {
    /// One in which there is one of everything that is somebody else's.
    ///
    /// # Errors
    /// As [`World::new`], and when it cannot be filled.
    pub fn inhabited(seed: u64) -> io::Result<Self> {
        World::inhabited_in(Sandbox::builder(), seed)
    }

    /// The same with what is mounted in this sandbox, which is empty.
    ///
    /// # Errors
    /// As [`World::inhabited`].
    pub fn inhabited_in(builder: SandboxBuilder, seed: u64) -> io::Result<Self> {
        let mut world = World::served(builder, seed)?;
        arrive(&world).map_err(io::Error::other)?;
        world.is_foreign();
        Ok(world)
    }
}

/// Fills the accounts with one of everything that is none of ours.
fn arrive(world: &World) -> Result<(), String> {
    let operation = Operation { stack: &STACK, stage: "local", destroy: false };
    world.stranger().run(&operation).worked()?;
    // PostHog calculates a cohort once it is there: before that, it would change by itself.
    let cohorts = format!("/api/projects/{}/cohorts/", Settings::default().project);
    let _ = request(world.sandbox(), "GET", &cohorts, &serde_json::Value::Null);
    Ok(())
}

/// Both APIs as other people see them.
#[must_use]
pub fn request(sandbox: &Sandbox, method: &str, path: &str, body: &serde_json::Value) -> plg_sandbox::Reply {
    let mut request = plg_sandbox::SandboxRequest::new(method, path);
    request.headers.push(("authorization".into(), "Bearer somebody".into()));
    request.headers.push(("content-type".into(), "application/json".into()));
    request.origin = crate::transport::BASE.into();
    if !body.is_null() {
        request.body = body.to_string().into_bytes();
    }
    sandbox.answer(&request)
}
