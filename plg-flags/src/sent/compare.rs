//! The comparison.

use super::difference::{SentClass, SentDifference, SentSubject};
use super::names::{
    DeclaredEvent, DeclaredProperty, DeclaredToSend, SentEvent, SentName, SentNames, SentProperty, SentTimes,
};
use super::own::{is_own_event, is_own_flag, is_own_of_people, is_own_property};
use plg_core::similar::closest;
use std::collections::{BTreeMap, BTreeSet};

/// How many values that do not fit are named.
const VALUES_NAMED: usize = 5;

/// Every difference between what is declared and what was sent, by class, then in the order of subjects and names.
pub fn differences(declared: &DeclaredToSend, sent: &SentNames) -> Vec<SentDifference> {
    let mut found = Vec::new();
    if let Some(sent) = &sent.events {
        events(declared, sent, &mut found);
    }
    if let Some(sent) = &sent.properties {
        everywhere(SentSubject::Property, &declared.properties, sent, &mut found);
    }
    if let Some(sent) = &sent.of_people {
        people(&declared.of_people, sent, &mut found);
    }
    if let Some(sent) = &sent.flags {
        flags(&declared.flags, sent, &mut found);
    }
    let place = |class: SentClass| SentClass::ALL.iter().position(|one| *one == class);
    found.sort_by_cached_key(|one| (place(one.class), one.subject, one.event.clone(), one.name.clone()));
    found
}

fn difference(class: SentClass, subject: SentSubject, name: &str) -> SentDifference {
    SentDifference {
        class,
        subject,
        name: name.to_owned(),
        event: None,
        near: None,
        expected: None,
        found: Vec::new(),
        times: SentTimes::default(),
        optional: false,
    }
}

/// Something that arrived and is not declared: misspelt where a declared name is near.
fn unknown<'a>(
    subject: SentSubject,
    (name, times): (&str, &SentTimes),
    declared: impl IntoIterator<Item = &'a str>,
) -> SentDifference {
    let near = closest(name, declared).map(str::to_owned);
    let class = if near.is_some() { SentClass::Misspelt } else { SentClass::Missing };
    SentDifference { near, times: times.clone(), ..difference(class, subject, name) }
}

fn events(declared: &DeclaredToSend, sent: &[SentEvent], found: &mut Vec<SentDifference>) {
    let known: BTreeMap<&str, &DeclaredEvent> =
        declared.events.iter().map(|event| (event.name.as_str(), event)).collect();
    let names = || known.keys().copied().filter(|name| !is_own_event(name));
    for event in sent {
        match known.get(event.name.as_str()) {
            Some(own) => with_event(declared, own, event, found),
            None if is_own_event(&event.name) => {}
            None => found.push(unknown(SentSubject::Event, (&event.name, &event.times), names())),
        }
    }
    let seen: BTreeSet<&str> = sent.iter().map(|event| event.name.as_str()).collect();
    let silent = names().filter(|name| !seen.contains(name));
    found.extend(silent.map(|name| difference(SentClass::NeverSent, SentSubject::Event, name)));
}

/// The properties of one event that is declared and arrived.
fn with_event(declared: &DeclaredToSend, own: &DeclaredEvent, sent: &SentEvent, found: &mut Vec<SentDifference>) {
    let Some(properties) = &sent.properties else { return };
    let of_event = |one: SentDifference| SentDifference { event: Some(own.name.clone()), ..one };
    let names = || own.properties.iter().map(|property| property.name.as_str());
    let elsewhere: BTreeSet<&str> = declared
        .properties
        .iter()
        .chain(declared.events.iter().flat_map(|event| &event.properties))
        .map(|property| property.name.as_str())
        .collect();
    for property in properties {
        let name = property.name.as_str();
        if let Some(own) = own.properties.iter().find(|own| own.name == name) {
            found.extend(values(SentSubject::Property, own, property).map(of_event));
        } else if own.is_closed && !is_own_property(name) {
            let times = (name, &property.times);
            let near = unknown(SentSubject::Property, times, names());
            let one = match near.class {
                SentClass::Misspelt => near,
                _ if elsewhere.contains(name) => SentDifference {
                    times: property.times.clone(),
                    ..difference(SentClass::Misplaced, SentSubject::Property, name)
                },
                _ => unknown(SentSubject::Property, times, elsewhere.iter().copied()),
            };
            found.push(of_event(one));
        }
    }
    let seen: BTreeSet<&str> = properties.iter().map(|property| property.name.as_str()).collect();
    let silent = own.properties.iter().filter(|one| !seen.contains(one.name.as_str()));
    found.extend(silent.map(|one| of_event(never(SentSubject::Property, one))));
}

fn never(subject: SentSubject, property: &DeclaredProperty) -> SentDifference {
    SentDifference { optional: property.optional, ..difference(SentClass::NeverSent, subject, &property.name) }
}

/// Properties that are declared by themselves: those of people, and those of whichever events carry them.
fn everywhere(
    subject: SentSubject,
    declared: &[DeclaredProperty],
    sent: &[SentProperty],
    found: &mut Vec<SentDifference>,
) {
    for own in declared.iter().filter(|own| !own.name.starts_with('$')) {
        match sent.iter().find(|property| property.name == own.name) {
            Some(property) => found.extend(values(subject, own, property)),
            None => found.push(never(subject, own)),
        }
    }
}

fn people(declared: &[DeclaredProperty], sent: &[SentProperty], found: &mut Vec<SentDifference>) {
    everywhere(SentSubject::PersonProperty, declared, sent, found);
    let names = || declared.iter().map(|own| own.name.as_str());
    for property in sent {
        let is_known = is_own_of_people(&property.name) || names().any(|name| name == property.name);
        if !is_known {
            found.push(unknown(SentSubject::PersonProperty, (&property.name, &property.times), names()));
        }
    }
}

fn flags(declared: &[String], asked: &[SentName], found: &mut Vec<SentDifference>) {
    let names = || declared.iter().map(String::as_str);
    for flag in asked {
        if !is_own_flag(&flag.name) && !declared.contains(&flag.name) {
            found.push(unknown(SentSubject::Flag, (&flag.name, &flag.times), names()));
        }
    }
    let silent = names().filter(|key| !is_own_flag(key) && asked.iter().all(|flag| flag.name != *key));
    found.extend(silent.map(|key| difference(SentClass::NeverSent, SentSubject::Flag, key)));
}

/// Values that are not as they are declared.
fn values(subject: SentSubject, declared: &DeclaredProperty, sent: &SentProperty) -> Option<SentDifference> {
    let wrong = |expected: String, found: Vec<String>, times: SentTimes| SentDifference {
        expected: Some(expected),
        found,
        times,
        ..difference(SentClass::WrongType, subject, &declared.name)
    };
    let times = |name: String, count: Option<u64>| {
        let times = SentTimes { count, last: None }.says();
        if times.is_empty() { name } else { format!("{name} {times}") }
    };
    if let Some(sort) = declared.sort {
        let others: Vec<_> = sent.sorts.iter().filter(|(other, _)| !sort.takes(*other)).collect();
        if !others.is_empty() {
            let found = others.iter().map(|(other, count)| times(other.to_string(), *count)).collect();
            return Some(wrong(sort.to_string(), found, sent.times.clone()));
        }
    }
    if declared.texts.is_empty() {
        return None;
    }
    let others: Vec<&SentName> = sent.texts.iter().filter(|text| !declared.texts.contains(&text.name)).collect();
    let named = others.iter().take(VALUES_NAMED).map(|text| times(format!("{:?}", text.name), text.times.count));
    let mut named: Vec<String> = named.collect();
    if others.len() > VALUES_NAMED {
        named.push(format!("and {} more", others.len() - VALUES_NAMED));
    }
    let all = others.iter().map(|text| text.times.clone()).reduce(SentTimes::and);
    all.map(|times| wrong(format!("one of {}", declared.texts.join(", ")), named, times))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sent::sort::SentSort;

    fn property(name: &str, sort: SentSort) -> DeclaredProperty {
        DeclaredProperty { name: name.into(), sort: Some(sort), ..DeclaredProperty::default() }
    }

    fn times(count: u64) -> SentTimes {
        SentTimes { count: Some(count), last: Some("2026-11-29T14:03:05Z".into()) }
    }

    fn sent(name: &str, sort: SentSort) -> SentProperty {
        SentProperty { name: name.into(), times: times(2), sorts: vec![(sort, Some(2))], texts: Vec::new() }
    }

    fn event(name: &str, properties: Vec<SentProperty>) -> SentEvent {
        SentEvent { name: name.into(), times: times(12), properties: Some(properties) }
    }

    fn name(name: &str) -> SentName {
        SentName { name: name.into(), times: times(3) }
    }

    fn declared() -> DeclaredToSend {
        let plan = DeclaredProperty { texts: vec!["free".into(), "pro".into()], ..property("plan", SentSort::Text) };
        let source = DeclaredProperty { optional: true, ..property("source", SentSort::Text) };
        DeclaredToSend {
            events: vec![
                DeclaredEvent {
                    name: "signed_up".into(),
                    is_closed: true,
                    properties: vec![plan, property("seats", SentSort::Number), source],
                },
                DeclaredEvent { name: "cancelled".into(), is_closed: true, properties: Vec::new() },
                DeclaredEvent { name: "open".into(), ..DeclaredEvent::default() },
            ],
            properties: vec![property("amount", SentSort::Number)],
            of_people: vec![property("team_size", SentSort::Number), property("role", SentSort::Text)],
            flags: vec!["beta".into(), "dark-mode".into()],
        }
    }

    fn said(declared: &DeclaredToSend, sent: &SentNames) -> Vec<String> {
        let line =
            |one: &SentDifference| format!("{}: {} {}: {}", one.class.word(), one.subject, one.full_name(), one.says());
        differences(declared, sent).iter().map(line).collect()
    }

    #[test]
    fn every_class_of_every_subject() {
        let mut plan = sent("plan", SentSort::Text);
        plan.texts = vec![name("pro"), name("gold")];
        let sent = SentNames {
            events: Some(vec![
                event(
                    "signed_up",
                    vec![
                        plan,
                        sent("seats", SentSort::Text),
                        sent("soruce", SentSort::Text),
                        sent("amount", SentSort::Number),
                        sent("colour", SentSort::Text),
                        sent("$browser", SentSort::Text),
                        sent("utm_source", SentSort::Text),
                    ],
                ),
                event("signedup", Vec::new()),
                event("hovered", Vec::new()),
                event("open", vec![sent("anything", SentSort::Text)]),
                event("$pageview", vec![sent("title", SentSort::Text)]),
                event("survey sent", Vec::new()),
            ]),
            properties: Some(vec![sent("amount", SentSort::Number)]),
            of_people: Some(vec![
                sent("email", SentSort::Text),
                sent("teamsize", SentSort::Number),
                sent("shoe", SentSort::Number),
                sent("role", SentSort::Boolean),
            ]),
            flags: Some(vec![name("beta"), name("dark-mod"), name("other"), name("survey-targeting-1")]),
        };
        assert_eq!(
            said(&declared(), &sent),
            [
                "missing: event hovered: 12 times, last 2026-11-29 14:03",
                "missing: property signed_up.colour: 2 times, last 2026-11-29 14:03",
                "missing: person property shoe: 2 times, last 2026-11-29 14:03",
                "missing: flag other: 3 times, last 2026-11-29 14:03",
                "misspelt: event signedup: did you mean `signed_up`? (12 times, last 2026-11-29 14:03)",
                "misspelt: property signed_up.soruce: did you mean `source`? (2 times, last 2026-11-29 14:03)",
                "misspelt: person property teamsize: did you mean `team_size`? (2 times, last 2026-11-29 14:03)",
                "misspelt: flag dark-mod: did you mean `dark-mode`? (3 times, last 2026-11-29 14:03)",
                "misplaced: property signed_up.amount: 2 times, last 2026-11-29 14:03",
                "wrong_type: property signed_up.plan: declared one of free, pro, sent \"gold\" 3 times (last 2026-11-29 14:03)",
                "wrong_type: property signed_up.seats: declared number, sent text 2 times (last 2026-11-29 14:03)",
                "wrong_type: person property role: declared text, sent boolean 2 times (last 2026-11-29 14:03)",
                "never_sent: event cancelled: never sent",
                "never_sent: property signed_up.source: never sent, and optional",
                "never_sent: person property team_size: never sent",
                "never_sent: flag dark-mode: never asked for",
            ]
        );
    }

    #[test]
    fn nothing_is_said_of_what_nobody_could_ask() {
        assert_eq!(differences(&declared(), &SentNames::default()), []);
        let sent = SentNames {
            events: Some(vec![SentEvent { name: "signed_up".into(), ..SentEvent::default() }]),
            ..SentNames::default()
        };
        assert_eq!(
            said(&declared(), &sent),
            ["never_sent: event cancelled: never sent", "never_sent: event open: never sent"]
        );
    }

    #[test]
    fn a_date_is_a_text_and_nothing_has_no_type() {
        assert!(SentSort::Datetime.takes(SentSort::Text) && SentSort::Text.takes(SentSort::Datetime));
        assert!(!SentSort::Number.takes(SentSort::Text));
        assert_eq!((SentSort::read("Null"), SentSort::of(&serde_json::Value::Null)), (None, None));
    }
}
