//! Stages that share an account: each names the others, so that no stage is taken by surprise.

use crate::errors::Errors;
use crate::syntax::{EntrySyntax, ValueSyntax};
use crate::unknown::unknown;
use plg_core::codes;
use proc_macro2::Ident;

/// What a stage says of whom it shares with.
const FIELD: &str = "shared_with";

/// The accounts of a stage, with what people call each.
const ACCOUNTS: [(&str, &str); 2] = [("attio", "Attio workspace"), ("posthog", "PostHog project")];

/// Names in `shared_with` are other stages of this stack, none of them a sandbox, and each names this one as well.
pub(crate) fn check(errors: &mut Errors, stages: &[EntrySyntax]) {
    let names: Vec<String> = stages.iter().map(|stage| stage.key.text()).collect();
    for stage in stages {
        let own = stage.key.text();
        for (account, title) in ACCOUNTS {
            for (place, with) in shared(stage, account).iter().enumerate() {
                let name = with.to_string();
                let mut wrong = |message: String| errors.at(codes::STACK_HEAD, with.span(), message);
                if name == own {
                    wrong(format!("stage `{own}` cannot share its {title} with itself\nhelp: take `{own}` out"));
                    continue;
                }
                let Some(other) = stages.iter().find(|other| other.key.text() == name) else {
                    let known = names.iter().map(String::as_str).filter(|known| *known != own);
                    wrong(unknown(&name, "stage of this stack", known));
                    continue;
                };
                if shared(stage, account)[..place].iter().any(|before| before == with) {
                    errors.at(codes::WRITTEN_TWICE, with.span(), format!("stage `{name}` is written twice"));
                } else if !is_remote(other) {
                    wrong(format!(
                        "stage `{name}` is a sandbox of its own, and shares no {title}\nhelp: take `{name}` out"
                    ));
                } else if !shared(other, account).iter().any(|back| **back == *own) {
                    let mut all: Vec<String> = shared(other, account).into_iter().map(Ident::to_string).collect();
                    all.push(own.clone());
                    wrong(format!(
                        "stage `{name}` does not say that it shares its {title} with `{own}`\nhelp: write `{FIELD}: [{}]` in `{account}` of stage `{name}` as well",
                        all.join(", ")
                    ));
                }
            }
        }
    }
}

/// Whether a stage has accounts; what is written wrong in another way is said elsewhere.
fn is_remote(stage: &EntrySyntax) -> bool {
    matches!(stage.value, Some(ValueSyntax::Block(_)))
}

/// The stages that an account of a stage is shared with, as written.
fn shared<'a>(stage: &'a EntrySyntax, account: &str) -> Vec<&'a Ident> {
    let field = |value: Option<&'a ValueSyntax>, name: &str| match value {
        Some(ValueSyntax::Block(body)) => body.entries.iter().find(|e| e.key.text() == name)?.value.as_ref(),
        _ => None,
    };
    match field(field(stage.value.as_ref(), account), FIELD) {
        Some(ValueSyntax::List(list, _)) => list
            .iter()
            .filter_map(|value| match value {
                ValueSyntax::Word(word) if word.bare() => word.single(),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
