//! The stacks: two PostHog projects and an Attio workspace, and each provider alone.

use plg::posthog::{Host, Posthog};
use plg::{Account, AccountName, Env, Number, Remote, Secret, Stack, Stage, StageRules, Storage, Target};

mod crm {
    plg::stack! {
        name: "crm",
        stages: { local: sandbox },

        /// What a customer pays a month.
        attribute Mrr { on: companies, slug: "mrr", holds: number }

        /// Where a customer stands.
        attribute Stage { on: companies, slug: "stage", holds: select { Trial, Active } }
    }
}

mod product {
    plg::stack! {
        name: "product",
        stages: { local: sandbox },

        /// Who sees what is not finished.
        feature_flag Beta { key: "beta", variants: { control: 50%, test: 50% } }
    }
}

mod marketing {
    plg::stack! {
        name: "marketing",
        stages: { local: sandbox },

        /// Somebody asked for a call.
        event CallAsked { name: "call_asked", properties: { source: optional(text) } }

        /// The page of the campaign.
        feature_flag Campaign { key: "campaign", variants: { control: 50%, test: 50% } }
    }
}

static ATTIO: plg::attio::Attio = plg::attio::Attio { key: Secret("ATTIO_KEY"), ..plg::attio::Attio::BLANK };
static POSTHOG: Posthog = Posthog { key: Secret("POSTHOG_KEY"), project: Number::Given(12345), ..Posthog::BLANK };
static MARKETING: Posthog = Posthog {
    key: Secret("MARKETING_KEY"),
    project: Number::Env(Env { name: "MARKETING_PROJECT", or: None }),
    host: Host::eu,
    ..Posthog::BLANK
};

const ACCOUNTS: &[Account] = &[
    Account { name: AccountName("attio"), provider: &plg::attio::PROVIDER, settings: Some(&ATTIO) },
    Account { name: AccountName("posthog"), provider: &plg::posthog::PROVIDER, settings: Some(&POSTHOG) },
    Account { name: AccountName("marketing"), provider: &plg::posthog::PROVIDER, settings: Some(&MARKETING) },
];

const STAGES: &[Stage] = &[
    Stage { name: "local", target: Target::Sandbox },
    Stage {
        name: "dev",
        target: Target::Remote(Remote {
            accounts: ACCOUNTS,
            rules: StageRules { protect: false, state: Storage::folder },
        }),
    },
];

/// The stack of this name.
pub(crate) fn named(name: &str) -> &'static Stack {
    match name {
        "posthog" => alone("product", &product::STACK, &ACCOUNTS[1..2]),
        "attio" => alone("crm", &crm::STACK, &ACCOUNTS[..1]),
        _ => two_projects(),
    }
}

/// A stack of one account, in a program that knows its provider alone.
fn alone(name: &'static str, part: &'static Stack, accounts: &'static [Account]) -> &'static Stack {
    let remote = Remote { accounts, rules: StageRules { protect: false, state: Storage::folder } };
    let stages =
        vec![Stage { name: "local", target: Target::Sandbox }, Stage { name: "dev", target: Target::Remote(remote) }];
    Box::leak(Box::new(Stack {
        name,
        stages: stages.leak(),
        items: part.items,
        providers: vec![accounts[0].provider].leak(),
        ..Stack::NOTHING
    }))
}

/// The default accounts of both providers, and a further project.
fn two_projects() -> &'static Stack {
    let marketing = Stack {
        items: marketing::STACK.items,
        providers: marketing::STACK.providers,
        accounts: &[("posthog", "marketing")],
        ..Stack::NOTHING
    };
    let parts: Vec<&'static Stack> = vec![&crm::STACK, &product::STACK, Box::leak(Box::new(marketing))];
    Box::leak(Box::new(Stack {
        name: "two-projects",
        stages: STAGES,
        parts: parts.leak(),
        providers: product::STACK.providers,
        folder: env!("CARGO_MANIFEST_DIR"),
        ..Stack::NOTHING
    }))
}
