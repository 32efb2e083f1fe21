//! A stage of a stack on an API somewhere, with its state in a folder.

use plg_core::{Common, Key};
use plg_core::{Declared, Stack, StackItems};
use plg_posthog::FeatureFlag;
use plg_runtime::apply::progress::Silent;
use plg_runtime::apply::{ApplyOptions, Outcome};
use plg_runtime::plan::Plan;
use plg_runtime::session::{PlanOptions, Session, SessionOptions, folder, key};
use plg_runtime::store::Folder;
use plg_runtime::store::seal::SecretSealer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Where a stack is deployed to, and from.
#[derive(Debug)]
pub struct Stage {
    /// The stack.
    pub stack: &'static Stack,
    /// `http://host:port` of both APIs.
    pub url: String,
    /// The folder that holds `.plg`.
    pub root: PathBuf,
    /// How many requests are under way at once.
    pub parallelism: usize,
}

impl Stage {
    /// A session, which holds the lock unless it only reads.
    ///
    /// # Panics
    /// When the API does not answer: nothing can be measured then.
    pub async fn open(&self, reading: bool) -> Session {
        let options = SessionOptions::new(
            self.stack,
            "local",
            Arc::new(Folder::new(&self.state())),
            SecretSealer::new(None, &key(&self.root)),
            crate::endpoints(&self.url, "key"),
        )
        .command("bench")
        .reading(reading);
        Session::open(options).await.expect("the API answers")
    }

    /// The stage's folder.
    pub fn state(&self) -> PathBuf {
        folder(Path::new(&self.root), self.stack.name, "local")
    }

    /// A plan.
    ///
    /// # Panics
    /// As [`Stage::open`].
    pub async fn plan(&self, session: &mut Session, refresh: bool, destroy: bool) -> Plan {
        session.plan(&PlanOptions { refresh, destroy, ..PlanOptions::default() }).await.expect("the stack fits")
    }

    /// Applies a plan.
    ///
    /// # Panics
    /// Where something failed: a measure of that would say nothing.
    pub async fn apply(&self, session: &mut Session, plan: &Plan) -> Outcome {
        let options = ApplyOptions {
            parallelism: self.parallelism,
            cancel: CancellationToken::new(),
            no_wait: false,
            keep_going: false,
            progress: Arc::new(Silent),
        };
        let outcome = session.apply(plan, &options).await.expect("the session writes");
        assert!(outcome.failed.is_empty(), "{:?}", outcome.failed.first());
        outcome
    }
}

/// The same stack with one flag described differently.
pub fn edited(stack: &'static Stack) -> &'static Stack {
    let mut once = true;
    let items = stack.items.iter().map(|item| -> &'static dyn Declared {
        let common = item.common();
        if !once || item.spec().keyword != "feature_flag" {
            return *item;
        }
        once = false;
        let Some(flag) = item.as_any().downcast_ref::<FeatureFlag>() else { unreachable!("it is a flag") };
        let common = Common { doc: "One of many, and another one now.", ..*common };
        Box::leak(Box::new(FeatureFlag { common, key: Key(flag.key.0), ..*flag }))
    });
    let items: Vec<_> = items.collect();
    Box::leak(Box::new(Stack { items: StackItems::of(items), ..*stack }))
}
