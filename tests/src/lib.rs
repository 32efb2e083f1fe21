//! What crosses crates, tested.

pub mod alone;
pub mod bent;
pub mod conformance;
pub mod hostile;
pub mod shown;
pub mod stage;

/// The Rust in the book, compiled and run.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../../docs/first-stack.md")]
    struct FirstStack;
    #[doc = include_str!("../../docs/own-stack.md")]
    struct OwnStack;
    #[doc = include_str!("../../docs/applications.md")]
    struct Applications;
    #[doc = include_str!("../../docs/recipes.md")]
    struct Recipes;
    #[doc = include_str!("../../docs/raw.md")]
    struct Raw;
    #[doc = include_str!("../../docs/rust.md")]
    struct AsMuchRust;
}

/// The providers that these tests are about.
pub fn providers() -> [&'static plg_core::Provider; 2] {
    let all = [&plg_attio::PROVIDER, &plg_posthog::PROVIDER];
    plg_core::linked::link(&all);
    all
}

/// Every kind of theirs, in the order a reader meets them.
pub fn kinds() -> impl Iterator<Item = &'static plg_core::Spec> + Clone {
    providers().into_iter().flat_map(|provider| provider.kinds).copied()
}

/// The kind of this keyword.
pub fn kind(keyword: &str) -> Option<&'static plg_core::Spec> {
    kinds().find(|spec| spec.keyword == keyword)
}

/// The default accounts of both providers, at one address and with one key.
pub fn endpoints(url: &str, key: &str) -> plg_runtime::http::Endpoints {
    let account = |provider: &'static plg_core::Provider| plg_core::Account {
        name: provider.default_account(),
        provider,
        settings: None,
    };
    plg_runtime::http::Endpoints::in_sandbox(&providers().map(account), url, key, 12345)
}

/// A sandbox of its own, with nobody in between.
pub async fn sandbox() -> plg_sandbox::Sandbox {
    let here = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
    let running = plg_sandbox::Sandbox::start(here, None).await.expect("a free port");
    running.sandbox().clone()
}
