//! Rules that are held before the first request of a command, over everything that a stage declares: all that is wrong
//! is found at once.

use super::{GraphNode, StackError};
use crate::declared::environment::Environment;
use plg_core::{AccountName, BetweenRule, WholeRule, linked};
use plg_core::{Block, Declarations, Given, Node, Report, Shape, referred, written};
use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A rule, as a sentence, and how it is held.
pub struct StartRule {
    /// The rule.
    pub says: &'static str,
    pub(super) hold: HowHeld,
}

/// How a rule is held: over what is declared, or over what the environment says as well.
pub(super) enum HowHeld {
    Declared(fn(&Assembled, &mut Vec<StackError>)),
    Environment(fn(&[GraphNode], &Environment, &mut Vec<StackError>)),
}

/// Every rule that is held before the first request.
pub static START: &[StartRule] = &[
    StartRule {
        says: "An address is declared once, in all parts together.",
        hold: HowHeld::Declared(|assembled, errors| errors.extend(assembled.again.iter().cloned())),
    },
    StartRule {
        says: "What a declaration says with its constants and references filled in is as its fields take it and within \
               its kind's limits, and `extra` sets nothing that a field sets.",
        hold: HowHeld::Declared(|assembled, errors| errors.extend(assembled.wrong.iter().cloned())),
    },
    StartRule {
        says: "Every reference leads to a declaration of a part that the root names.",
        hold: HowHeld::Declared(|assembled, errors| errors.extend(assembled.nowhere.iter().cloned())),
    },
    StartRule {
        says: "Nothing refers to what is in another account of the same provider.",
        hold: HowHeld::Declared(across_accounts),
    },
    StartRule {
        says: "No two declarations of a kind have one key in one account, where the key finds its object.",
        hold: HowHeld::Declared(repeated),
    },
    StartRule { says: "Nothing depends on itself.", hold: HowHeld::Declared(circles) },
    StartRule { says: "The rules between declarations, as above.", hold: HowHeld::Declared(between) },
    StartRule {
        says: "A value from the environment is as the field takes it: an address, a number.",
        hold: HowHeld::Environment(values),
    },
];

/// Declarations of a stage with what is wrong with each by itself.
pub(super) struct Assembled<'a> {
    pub(super) nodes: &'a [GraphNode],
    /// What no other of its kind may have, by place: the parents it is within, and its key there.
    pub(super) keys: Vec<Option<(String, String)>>,
    pub(super) again: Vec<StackError>,
    pub(super) wrong: Vec<StackError>,
    pub(super) nowhere: Vec<StackError>,
}

fn error(node: &GraphNode, message: String) -> StackError {
    StackError { place: node.place(), address: node.address.clone(), message }
}

/// References between two accounts of one provider, neither of which knows what the other holds.
fn across_accounts(assembled: &Assembled, errors: &mut Vec<StackError>) {
    for node in assembled.nodes {
        for other in node.depends.iter().map(|on| &assembled.nodes[*on]) {
            // Every account has what is standard.
            if other.standard || node.spec.provider() != other.spec.provider() || node.account == other.account {
                continue;
            }
            let (here, there, title) = (node.account, other.account, node.spec.provider().account_title());
            let message = format!(
                "it is in account {here}, and refers to {}, which is in {there}: objects of one {title} cannot refer to objects of another\n    help: write `account: {there}` in it, or refer to what is declared in {here}",
                other.address
            );
            errors.push(error(node, message));
        }
    }
}

/// Equal keys of a kind within one account and parent, across parts.
fn repeated(assembled: &Assembled, errors: &mut Vec<StackError>) {
    let mut seen: HashMap<(&str, &str, &str, &str), &GraphNode> = HashMap::with_capacity(assembled.nodes.len());
    for (node, key) in assembled.nodes.iter().zip(&assembled.keys) {
        let Some((parents, identity)) = key else { continue };
        match seen.entry((node.spec.keyword, node.account.0, parents, identity)) {
            Slot::Occupied(found) => {
                let first = found.get();
                let message = format!("{} at {} has the key \"{identity}\" already", first.address, first.place());
                errors.push(error(node, message));
            }
            Slot::Vacant(free) => drop(free.insert(node)),
        }
    }
}

/// Every circle once, shown as a path.
fn circles(assembled: &Assembled, errors: &mut Vec<StackError>) {
    let nodes = assembled.nodes;
    // 0 where nobody was, 1 on the way, 2 behind.
    let (mut marks, mut seen) = (vec![0_u8; nodes.len()], HashSet::new());
    for start in 0..nodes.len() {
        if marks[start] != 0 {
            continue;
        }
        marks[start] = 1;
        let mut trail = vec![(start, 0)];
        while let Some((place, next)) = trail.last_mut() {
            let place = *place;
            let Some(target) = nodes[place].depends.get(*next).copied() else {
                marks[place] = 2;
                trail.pop();
                continue;
            };
            *next += 1;
            match marks[target] {
                0 => {
                    marks[target] = 1;
                    trail.push((target, 0));
                }
                1 => {
                    let from = trail.iter().position(|(place, _)| *place == target).unwrap_or(0);
                    let mut path: Vec<usize> = trail[from..].iter().map(|(place, _)| *place).collect();
                    let mut members = path.clone();
                    members.sort_unstable();
                    if seen.insert(members) {
                        path.push(target);
                        let names: Vec<&str> = path.iter().map(|place| nodes[*place].address.as_str()).collect();
                        errors.push(error(&nodes[target], format!("it depends on itself: {}", names.join(" → "))));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The rules between declarations: those of kinds for what depends on what they look at, and those over the whole stack for
/// everything.
fn between(assembled: &Assembled, errors: &mut Vec<StackError>) {
    let nodes = assembled.nodes;
    let rules: HashMap<&str, Vec<&BetweenRule>> =
        linked::providers().flat_map(|provider| provider.between).fold(HashMap::new(), |mut rules, rule| {
            rules.entry(rule.kind).or_insert_with(Vec::new).push(rule);
            rules
        });
    let is_asked = |node: &GraphNode, rule: &&&BetweenRule| {
        rule.looks_at.contains(&node.spec.keyword)
            || node.depends.iter().any(|on| rule.looks_at.contains(&nodes[*on].spec.keyword))
    };
    let mut asked: Vec<(usize, Vec<&BetweenRule>, &[WholeRule])> = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        let rules = rules.get(node.spec.keyword).into_iter().flatten();
        let rules: Vec<&BetweenRule> = rules.filter(|rule| is_asked(node, rule)).copied().collect();
        let whole = node.spec.provider().whole;
        if !rules.is_empty() || !whole.is_empty() {
            asked.push((place, rules, whole));
        }
    }
    // Those, and what they depend on, in the order of all.
    let mut wanted: BTreeMap<usize, Block> = BTreeMap::new();
    let mut open: Vec<usize> = asked.iter().map(|(place, ..)| *place).collect();
    while let Some(place) = open.pop() {
        if let std::collections::btree_map::Entry::Vacant(free) = wanted.entry(place) {
            free.insert(block(nodes, &nodes[place]));
            open.extend(&nodes[place].depends);
        }
    }
    // What is in another account of its provider is nothing to it. Where none has two, everybody has the same world.
    let mut of_provider: HashMap<&str, AccountName> = HashMap::new();
    let is_one = |place: &usize| {
        let node = &nodes[*place];
        *of_provider.entry(node.spec.provider().word).or_insert(node.account) == node.account
    };
    let has_several = !wanted.keys().all(is_one);
    let is_seen = |node: &GraphNode, by: &GraphNode| {
        node.account == by.account || node.spec.provider() != by.spec.provider() || !has_several
    };
    let mut worlds: HashMap<AccountName, Declarations> = HashMap::new();
    for (place, rules, whole) in asked {
        let (node, mut report) = (&nodes[place], Report::default());
        let world = worlds.entry(if has_several { node.account } else { AccountName("") }).or_insert_with(|| {
            let seen = wanted.iter().filter(|(place, _)| is_seen(&nodes[**place], node));
            Declarations::whole(seen.map(|(_, block)| block).collect(), Vec::new())
        });
        for rule in rules {
            (rule.check)(&wanted[&place], world, &mut report);
        }
        for rule in whole {
            (rule.check)(&wanted[&place], world, &mut report);
        }
        errors.extend(report.errors.into_iter().map(|mistake| {
            let message = mistake.message.replacen('\n', &format!(" [{}]\n", mistake.code.code), 1);
            error(node, message.replace('\n', "\n    "))
        }));
    }
}

/// A declaration as it is written, its references as addresses.
fn block(nodes: &[GraphNode], node: &GraphNode) -> Block {
    fn resolve(node: &mut Node, address: &impl Fn(&str) -> Option<String>) {
        match &mut node.given {
            Given::Ref(name) => *name = name.as_deref().and_then(address),
            Given::List(list) => list.iter_mut().for_each(|node| resolve(node, address)),
            Given::Record(fields) => fields.iter_mut().for_each(|(_, node)| resolve(node, address)),
            Given::Map(map) => map.iter_mut().for_each(|(.., node)| resolve(node, address)),
            Given::Case(_, Some(held)) => resolve(held, address),
            Given::Topic(subject, _) => resolve(subject, address),
            _ => {}
        }
    }
    let address = |name: &str| {
        let mut meant = node.depends.iter().map(|on| &nodes[*on].address).filter(|on| referred(on) == name);
        meant.next().filter(|_| meant.next().is_none()).cloned()
    };
    let mut block = node.item.block();
    block.fields.iter_mut().for_each(|(.., node)| resolve(node, &address));
    block
}

/// What variables hold, where a field takes its text from one.
fn values(nodes: &[GraphNode], environment: &Environment, errors: &mut Vec<StackError>) {
    for node in nodes.iter().filter(|node| !node.variables.is_empty()) {
        let block = node.item.block();
        for field in node.spec.fields {
            let Some(given) = block.get(field.name) else { continue };
            each_variable(given, &field.shape, &mut |name, rule| {
                let Some(value) = environment.get(name) else { return };
                let mut report = Report::default();
                if !rule.apply(&value, given.at, &mut report) {
                    // The value may be a secret, and what a rule says may repeat it.
                    let wanted = rule.what;
                    errors.push(error(
                        node,
                        format!("`{}` is {wanted}, and the value of the variable {name} is not", field.name),
                    ));
                }
            });
        }
    }
}

fn each_variable(node: &Node, shape: &Shape, see: &mut impl FnMut(&str, &plg_core::TextRule)) {
    written::each(node, shape, &mut |node, shape| {
        if let (Shape::EnvText(rule), Given::Env(name)) = (shape, &node.given) {
            see(name, rule);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::StackGraph;
    use super::*;
    use plg_attio::{HookEvent, Subject, Verb, Webhook};
    use plg_core::{Common, Handling, Key, Keyed, Name, Pair, Percent, Stack, StackItems, Text, Topic, Url};
    use plg_posthog::{Cohort, Condition, Experiment, FeatureFlag};

    static PLAIN: FeatureFlag = FeatureFlag { common: Common::named("Plain"), key: Key("plain"), ..FeatureFlag::BLANK };
    // The flag may be known by another name where the experiment stands: what it refers to is the flag itself.
    static SHADE: Experiment =
        Experiment { common: Common::named("Shade"), title: Name("Shade"), flag: &PLAIN, ..Experiment::BLANK };
    static NOWHERE: FeatureFlag = FeatureFlag { common: Common::named("Else"), key: Key("else"), ..FeatureFlag::BLANK };
    static LIGHT: Experiment =
        Experiment { common: Common::named("Light"), title: Name("Light"), flag: &NOWHERE, ..Experiment::BLANK };
    static FIRST: Cohort = Cohort {
        common: Common::named("First"),
        title: Name("First"),
        all: &[Condition::member(&SECOND)],
        ..Cohort::BLANK
    };
    static SECOND: Cohort = Cohort {
        common: Common::named("Second"),
        title: Name("Second"),
        all: &[Condition::member(&FIRST)],
        ..Cohort::BLANK
    };
    static ITSELF: Cohort = Cohort {
        common: Common::named("Itself"),
        title: Name("Itself"),
        all: &[Condition::member(&ITSELF)],
        ..Cohort::BLANK
    };
    const ON: &[HookEvent] = &[HookEvent::every(Topic { subject: Subject::deals, verb: Verb::created })];
    static HOOK: Webhook = Webhook { common: Common::named("Hook"), url: Url(Text::Env("HOOK")), on: ON };
    static AGAIN: Webhook = Webhook { common: Common::named("Again"), url: Url(Text::Env("HOOK")), on: ON };
    static UNSET: Webhook = Webhook { common: Common::named("Unset"), url: Url(Text::Env("UNSET")), on: ON };
    static ITEMS: StackItems = StackItems::by(|to| {
        to.extend_from_slice(&[&PLAIN, &SHADE, &LIGHT, &FIRST, &SECOND, &ITSELF, &HOOK, &AGAIN, &UNSET]);
    });
    static STACK: Stack = Stack {
        name: "wrong",
        items: &ITEMS,
        providers: &[&plg_attio::PROVIDER, &plg_posthog::PROVIDER],
        ..Stack::NOTHING
    };

    static ELSEWHERE: FeatureFlag = FeatureFlag {
        common: Common::named("Elsewhere").handled(&Handling { account: Some("marketing"), ..Handling::PLAIN }),
        key: Key("plain"),
        variants: Keyed(&[
            Pair { key: "control", doc: "", value: Percent(50.0) },
            Pair { key: "test", doc: "", value: Percent(50.0) },
        ]),
        ..FeatureFlag::BLANK
    };
    static ACROSS: Experiment =
        Experiment { common: Common::named("Across"), title: Name("Across"), flag: &ELSEWHERE, ..Experiment::BLANK };
    static BOTH: StackItems = StackItems::by(|to| to.extend_from_slice(&[&ELSEWHERE, &ACROSS]));
    static APART: Stack = Stack {
        name: "apart",
        items: &BOTH,
        providers: &[&plg_attio::PROVIDER, &plg_posthog::PROVIDER],
        ..Stack::NOTHING
    };
    static TOGETHER: Stack = Stack { accounts: &[("posthog", "marketing")], ..APART };

    #[test]
    fn nothing_refers_to_another_account_of_its_provider() {
        let found = StackGraph::held(&APART, "local", None).expect_err("the two are in two accounts");
        let said: Vec<&str> = found.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            said,
            [
                "it is in account posthog, and refers to feature_flag.Elsewhere, which is in marketing: objects of one PostHog project cannot refer to objects of another\n    help: write `account: marketing` in it, or refer to what is \
              declared in posthog"
            ]
        );
        assert!(StackGraph::held(&TOGETHER, "local", None).is_ok());
    }

    #[test]
    fn everything_is_found_at_once() {
        let environment = Environment::new(|name| (name == "HOOK").then(|| "ftp://user:secret@example.com".to_owned()));
        let found = StackGraph::held(&STACK, "local", Some(&environment)).expect_err("all of it is wrong");
        let said: Vec<String> = found
            .iter()
            .map(|error| format!("{}: {}", error.address, error.message.lines().next().unwrap_or("")))
            .collect();
        let wanted = [
            "experiment.Light: it refers to feature_flag.Else, which no part of the stack declares",
            "cohort.First: it depends on itself: cohort.First → cohort.Second → cohort.First",
            "cohort.Itself: it depends on itself: cohort.Itself → cohort.Itself",
            "experiment.Shade: `Plain` has no variants, and an experiment needs them [P0501]",
            "webhook.Again: `Hook` already sends `deals.created` to this address [P0204]",
            "webhook.Hook: `url` is an https address, and the value of the variable HOOK is not",
            "webhook.Again: `url` is an https address, and the value of the variable HOOK is not",
            "webhook.Unset: the variable UNSET is not set",
        ];
        assert_eq!(said, wanted, "{said:#?}");
        assert!(found.iter().all(|error| !error.message.contains("secret")));
    }
}
