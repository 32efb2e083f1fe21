//! Stacks of any size, and places to deploy them to.

mod journal;
mod stacks;
mod stage;

pub use journal::intent;
pub use stacks::{part, source, stack, stack_of};
pub use stage::{Stage, edited};

/// The default accounts of both providers, at one address and with one key.
pub fn endpoints(url: &str, key: &str) -> plg_runtime::http::Endpoints {
    let account = |provider: &'static plg_core::Provider| plg_core::Account {
        name: provider.default_account(),
        provider,
        settings: None,
    };
    let accounts = [&plg_attio::PROVIDER, &plg_posthog::PROVIDER].map(account);
    plg_runtime::http::Endpoints::in_sandbox(&accounts, url, key, 12345)
}
