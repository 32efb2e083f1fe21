//! What a build without a provider says of its words. In a program of its own, as providers once known stay known.

use plg_compiler::{Composition, Lacking, LinkedProvider};
use std::str::FromStr;

static POSTHOG: Lacking =
    Lacking { word: "posthog", title: "PostHog", kinds: &["event", "feature_flag"], feature: "posthog" };

const ALONE: Composition = Composition {
    stack: "stack",
    providers: &[LinkedProvider { provider: &plg_attio::PROVIDER, path: "attio" }],
    lacking: &[&POSTHOG],
};

fn said(source: &str) -> String {
    let tokens = proc_macro2::TokenStream::from_str(source).expect("the test's source is made of tokens");
    let out = plg_compiler::build(tokens, &ALONE).to_string();
    let errors = out.split("compile_error").skip(1);
    let text = |after: &str| after.split('"').nth(1).unwrap_or_default().to_owned();
    errors.map(text).collect::<Vec<_>>().join("\n").replace("\\n", "\n")
}

#[test]
fn the_feature_is_named() {
    let stages = |accounts: &str| format!("name: \"s\", stages: {{ prod: {{ {accounts} }} }},");
    for (source, wanted) in [
        (
            "feature_flag Beta { key: \"beta\" }".to_owned(),
            "`feature_flag` is a kind of PostHog's, which this build does not know [P0102]\nhelp: build with feature `posthog` of `plg`",
        ),
        (
            "feature_flg Beta { key: \"beta\" }".to_owned(),
            "`feature_flg` is not a kind of resource [P0102]\nhelp: did you mean `feature_flag`? It is PostHog's: build with feature `posthog` of `plg`",
        ),
        // Those that are known come first.
        (
            "objet A { slug: \"a\", singular: \"A\", plural: \"As\" }".to_owned(),
            "`objet` is not a kind of resource [P0102]\nhelp: did you mean `object`?",
        ),
        (
            stages("posthog: { key: env(A), project: 1 }"),
            "`posthog` is PostHog, which this build does not know [P0106]\nhelp: build with feature `posthog` of `plg`",
        ),
        (
            stages("attio: { key: env(A) }, marketing: posthog { key: env(B) }").replace("env(A)", "env('A')"),
            "`posthog` is PostHog, which this build does not know [P0106]\nhelp: build with feature `posthog` of `plg`",
        ),
        (
            "accounts: { posthog: marketing },".to_owned(),
            "`posthog` is PostHog, which this build does not know [P0106]\nhelp: build with feature `posthog` of `plg`",
        ),
        (
            stages("attio: { key: env('A') }, posthog: attio { key: env('A') }"),
            "`posthog` is the name of the provider PostHog, and this is an Attio workspace [P0106]\nhelp: give it a name of its own, such as `posthog_attio`",
        ),
    ] {
        let source = source.replace("env('A')", "env(\"A\")");
        assert_eq!(said(&source), wanted, "{source}");
    }
}
