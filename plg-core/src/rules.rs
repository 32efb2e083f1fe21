//! Where each rule is held: as early as what it asks about is known.

use crate::codes::{self, Code};
use crate::linked;

/// The first place that holds a rule. What is held there is not left to a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeldAt {
    /// While a declaration is read, token by token.
    Token,
    /// Once a declaration is read, in every stage's form of it.
    Declaration,
    /// Between the declarations of a `stack!`, in every stage; by its root between those of all its parts and crates.
    Stack,
    /// Before the first request of any command.
    Start,
    /// By the API alone.
    Api,
}

impl HeldAt {
    /// Every place, the earliest first.
    pub const ALL: [HeldAt; 5] = [HeldAt::Token, HeldAt::Declaration, HeldAt::Stack, HeldAt::Start, HeldAt::Api];

    /// Where the compiler's errors of a code are found; of the rules of `Provider::between`, each kind's
    /// own say more.
    pub fn of(code: &Code) -> HeldAt {
        let is = |one: &&Code| one.code == code.code;
        let between = [
            codes::ACCOUNT,
            codes::UNKNOWN_NAME,
            codes::OTHER_KIND,
            codes::DECLARED_TWICE,
            codes::SAME_KEY,
            codes::CYCLE,
            codes::ACROSS_ACCOUNTS,
        ];
        let of_whole = || linked::providers().flat_map(|one| one.whole).flat_map(|rule| rule.codes).any(is);
        match code.code.get(1..3) {
            _ if between.iter().any(is) || of_whole() => HeldAt::Stack,
            Some("04" | "05") => HeldAt::Declaration,
            Some("06") => HeldAt::Start,
            _ => HeldAt::Token,
        }
    }

    /// The place, for people.
    pub fn title(self) -> &'static str {
        match self {
            HeldAt::Token => "While a declaration is read",
            HeldAt::Declaration => "Within a declaration",
            HeldAt::Stack => "Between declarations",
            HeldAt::Start => "Before the first request",
            HeldAt::Api => "By the API alone",
        }
    }

    /// Who holds it there, and what is shown.
    pub fn says(self) -> &'static str {
        match self {
            HeldAt::Token => {
                "`stack!` refuses it at its token. All mistakes of a build are shown at once, each as one error."
            }
            HeldAt::Declaration => {
                "`stack!` refuses it at the field or the value, in the declaration and in each `in stage { … }` of it."
            }
            HeldAt::Stack => {
                "Held in every stage, with each declaration as that stage has it: by `stack!` between what is declared \
                 in it, and by the root, the `stack!` that names the parts, between all of them, whichever crates they \
                 are in. What nothing may declare is asked of a whole stack alone. The error stands at the token that is wrong, also where that is in another crate. A part that \
                 is checked without its root is checked by itself."
            }
            HeldAt::Start => {
                "Every command that looks at an account holds these before it sends a request, and shows all that it \
                 finds at once: what the compiler cannot know, and once more the rules between declarations, for parts \
                 that the root does not name by a path, and for declarations that are named by another name \
                 (`use crm::Old as New`)."
            }
            HeldAt::Api => {
                "Nobody but the account knows these. What the API answers is shown with the declaration's place."
            }
        }
    }
}
