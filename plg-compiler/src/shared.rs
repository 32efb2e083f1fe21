//! Stages that share an account: each names the others, so that no stage is taken by surprise.

use crate::errors::Errors;
use crate::stages::is_rule;
use crate::syntax::{BodySyntax, EntrySyntax, ValueSyntax};
use crate::unknown::unknown;
use plg_core::{Provider, article, codes, linked};
use proc_macro2::Ident;

/// What a stage says of whom it shares with.
const FIELD: &str = "shared_with";

/// Names in `shared_with` are other stages of this stack, none of them a sandbox, and each names this one as well, in an
/// account of the same name.
pub(crate) fn check(errors: &mut Errors, stages: &[EntrySyntax]) {
    let names: Vec<String> = stages.iter().map(|stage| stage.key.text()).collect();
    for stage in stages {
        let own = stage.key.text();
        for (account, provider) in accounts(stage) {
            let title = provider.account_title();
            let with_all = shared(stage, &account);
            for (place, with) in with_all.iter().enumerate() {
                let name = with.to_string();
                let mut wrong = |message: String| errors.at(codes::STACK_HEAD, with.span(), message);
                if name == own {
                    wrong(format!("stage `{own}` cannot share its {title} with itself\nhelp: remove `{own}`"));
                    continue;
                }
                let Some(other) = stages.iter().find(|other| other.key.text() == name) else {
                    let known = names.iter().map(String::as_str).filter(|known| *known != own);
                    wrong(unknown(&name, "stage of this stack", known));
                    continue;
                };
                if with_all[..place].iter().any(|before| before == with) {
                    let message = format!("stage `{name}` is written twice\nhelp: leave one of them out");
                    errors.at(codes::WRITTEN_TWICE, with.span(), message);
                } else if !is_remote(other) {
                    wrong(format!(
                        "stage `{name}` has a sandbox of its own, and shares no {title}\nhelp: remove `{name}`"
                    ));
                } else if !accounts(other).iter().any(|(name, _)| *name == account) {
                    wrong(format!(
                        "stage `{name}` has no account `{account}` to share\nhelp: remove `{name}`, or name {} {title} `{account}` there as well",
                        article(&title)
                    ));
                } else if !shared(other, &account).iter().any(|back| **back == *own) {
                    let mut all: Vec<String> = shared(other, &account).into_iter().map(Ident::to_string).collect();
                    all.push(own.clone());
                    wrong(format!(
                        "stage `{name}` does not share its {title} with `{own}`\nhelp: write `{FIELD}: [{}]` in `{account}` of stage `{name}` as well",
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

/// The accounts of a stage that are of a known provider, by their names.
fn accounts(stage: &EntrySyntax) -> Vec<(String, &'static Provider)> {
    let Some(ValueSyntax::Block(body)) = &stage.value else { return Vec::new() };
    let one = |entry: &EntrySyntax| {
        let name = entry.key.text();
        let provider = match &entry.value {
            Some(ValueSyntax::Word(word)) => linked::provider(&word.single()?.to_string()),
            _ => linked::provider(&name),
        };
        Some((name, provider?))
    };
    body.entries.iter().filter(|entry| !is_rule(entry)).filter_map(one).collect()
}

/// The braces of a value: a stage's, or an account's behind its provider's word.
fn braces(value: Option<&ValueSyntax>) -> Option<&BodySyntax> {
    match value? {
        ValueSyntax::Block(body) => Some(body),
        ValueSyntax::Word(word) => word.block.as_ref(),
        _ => None,
    }
}

/// The stages that an account of a stage is shared with, as written.
fn shared<'a>(stage: &'a EntrySyntax, account: &str) -> Vec<&'a Ident> {
    let field = |value: Option<&'a ValueSyntax>, name: &str| {
        braces(value)?.entries.iter().find(|e| e.key.text() == name)?.value.as_ref()
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
