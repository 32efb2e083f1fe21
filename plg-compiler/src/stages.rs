//! The stages that `in stage { … }` can name.

use crate::errors::Errors;
use crate::syntax::{EntrySyntax, KeySyntax};
use crate::unknown::unknown;
use plg_core::{StageRules, codes};
use proc_macro2::Ident;

/// The stages of the whole stack, as far as they are written here.
#[derive(Default)]
pub(crate) struct StageNames {
    /// Those of this stack, with the tokens as written.
    pub(crate) names: Vec<Ident>,
    /// They are written elsewhere: this is a part.
    pub(crate) elsewhere: bool,
}

impl StageNames {
    /// The stage an `in stage { … }` means, if it is one.
    pub(crate) fn find(&self, errors: &mut Errors, entry: &EntrySyntax) -> Option<Ident> {
        let KeySyntax::Name(name) = &entry.key else {
            errors.at(codes::STACK_HEAD, entry.key.span(), "a stage's name is a word, such as `prod`");
            return None;
        };
        if self.elsewhere || self.names.contains(name) {
            return Some(name.clone());
        }
        if self.names.is_empty() {
            errors.at(codes::STACK_HEAD, name.span(), format!("this part has no stages, so it has no stage `{name}`\nhelp: write `stages: crate,` at the top, naming the module of the whole stack"));
        } else {
            let known: Vec<String> = self.names.iter().map(Ident::to_string).collect();
            errors.at(
                codes::STACK_HEAD,
                name.span(),
                unknown(&name.to_string(), "stage of this stack", known.iter().map(String::as_str)),
            );
        }
        None
    }
}

/// Whether a line of a stage is no account.
pub(crate) fn is_rule(entry: &EntrySyntax) -> bool {
    StageRules::RECORD.fields.iter().any(|field| field.name == entry.key.text())
}
