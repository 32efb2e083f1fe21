//! Clients that others wrote for Attio, against a sandbox to which a stack is deployed.
//!
//! Of `PLG_NODE_MODULES` it needs `attio-ts-sdk`, which judges each answer by Attio's own description of its API. How far
//! other clients get, and how they are run by hand, is in docs/sandbox.md.

use super::{needs, said, script};
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;
use tests::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn an_sdk_of_attio_finds_nothing_wrong() {
    let modules = std::env::var_os("PLG_NODE_MODULES").map(PathBuf::from).filter(|at| at.join("attio-ts-sdk").exists());
    let Some(modules) = needs(modules, "PLG_NODE_MODULES with attio-ts-sdk") else { return };
    let stage = Stage::new().await;
    let (_, outcome) = stage.apply(&plg_stack::STACK, false).await;
    assert!(outcome.failed.is_empty(), "{outcome:?}");
    let mut command = Command::new("node");
    command.arg(script("attio.mjs")).arg(stage.url()).env("PLG_NODE_MODULES", modules);
    let said = said(command).await;
    assert_eq!(said["failed"], json!([]), "{said}");
    assert!(said["held"].as_u64() >= Some(93), "{said}");
}
