//! What of a value differs, by the paths and in the spelling of a stack.

use super::terms;
use crate::source::print;
use crate::{Case, Field, Given, Node, Shape, Site, Term, When};

/// The smallest part that differs: its path, what is there and what should be, as a stack writes them.
pub(super) type Differing = (String, Option<String>, Option<String>);

/// The most characters of a list of plain values that is shown as a whole.
const SHORT: usize = 60;

/// One side of a value: what is written, and what it is where nothing is.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) from: Option<&'a Given>,
    pub(super) to: Option<&'a Given>,
}

/// The parts in which two values of one shape differ, each as small as it can be said. `usual` is what a side is that
/// says nothing.
pub(super) fn parts(path: &str, shape: &Shape, sides: Sides, usual: Option<&Given>, out: &mut Vec<Differing>) {
    let (from, to) = (sides.from.or(usual), sides.to.or(usual));
    if from == to {
        return;
    }
    match (shape, from, to) {
        (Shape::Maybe(inner), ..) => parts(path, inner, Sides { from, to }, None, out),
        (Shape::Record(record), Some(Given::Record(from)), Some(Given::Record(to))) => {
            fields(path, record().fields, from, to, out);
        }
        (Shape::Choice(choice), Some(Given::Case(one, from)), Some(Given::Case(other, to))) if one == other => {
            let choice = choice();
            let is_it = |case: &&Case| case.word == one;
            let own = choice.cases.iter().find(is_it);
            let Some(case) = own.or(choice.otherwise.as_ref()) else { return whole(path, shape, sides, usual, out) };
            let Some(held) = case.holds.as_ref() else { return };
            // What stands without a word has the path of its own.
            let has_word = own.is_some() && matches!(held, Shape::Json);
            let within = if has_word { format!("{path}.{one}") } else { path.to_owned() };
            let before = out.len();
            let inner = Sides { from: given(from.as_deref()), to: given(to.as_deref()) };
            if let (Some(Given::Json(from)), Some(Given::Json(to))) = (inner.from, inner.to) {
                // What an API adds to a query is no difference of it.
                let differences = if has_word { terms::differences } else { terms::every_difference };
                return json(&within, (from, to), differences, out);
            }
            parts(&within, held, inner, None, out);
            // A list that stands behind the word alone is called by that: `any[0]`.
            if let Some(own) = only_list(held).map(|field| format!("{path}.{field}[")) {
                for (inner, ..) in &mut out[before..] {
                    if let Some(rest) = inner.strip_prefix(&own) {
                        *inner = format!("{path}.{one}[{rest}");
                    }
                }
            }
            // What is written without a name of its own is told with the word before it.
            let is_unnamed = matches!(&out[before..], [(inner, ..)] if *inner == path || is_first(path, held, inner));
            if is_unnamed {
                let part = out.pop();
                whole(path, shape, sides, usual, out);
                let is_short = |side: &Option<String>| side.as_ref().is_none_or(|side| side.chars().count() <= SHORT);
                if let (Some((.., from, to)), Some(part)) = (out.last(), part)
                    && !(is_short(from) && is_short(to))
                    && part.0 != path
                {
                    out.pop();
                    out.push(part);
                }
            }
        }
        (Shape::Map { item, .. }, Some(Given::Map(from)), Some(Given::Map(to))) => {
            let before = out.len();
            for (key, _, node) in to {
                let now = find(from, key);
                parts(&at(path, key), item, Sides { from: now, to: Some(&node.given) }, None, out);
            }
            for (key, _, node) in from.iter().filter(|(key, ..)| find(to, key).is_none()) {
                parts(&at(path, key), item, Sides { from: Some(&node.given), to: None }, None, out);
            }
            // The same in another order.
            if out.len() == before {
                whole(path, shape, sides, usual, out);
            }
        }
        (_, Some(Given::List(from)), Some(Given::List(to))) => list(path, shape, from, to, out),
        // Each of these has a line of its own.
        (Shape::Items(_), Some(Given::Items(_)), Some(Given::Items(_))) => {}
        // All of it is somebody's own: a payload.
        (_, Some(Given::Json(from)), Some(Given::Json(to))) => json(path, (from, to), terms::every_difference, out),
        _ => whole(path, shape, sides, usual, out),
    }
}

/// The parts in which JSON differs.
fn json(
    path: &str,
    (from, to): (&Term, &Term),
    differences: fn(&str, Option<&Term>, Option<&Term>, &mut Vec<terms::Leaf>),
    out: &mut Vec<Differing>,
) {
    let mut leaves = Vec::new();
    differences(path, Some(from), Some(to), &mut leaves);
    let text = |term: Option<Term>| term.map(|term| print::json(&term).flat());
    out.extend(leaves.into_iter().map(|(path, from, to)| (path, text(from), text(to))));
}

fn given(node: Option<&Node>) -> Option<&Given> {
    node.map(|node| &node.given)
}

fn find<'a>(entries: &'a [(String, Site, Node)], key: &str) -> Option<&'a Given> {
    entries.iter().find(|(other, ..)| other == key).map(|(.., node)| &node.given)
}

fn at(path: &str, key: &str) -> String {
    format!("{path}.{}", print::key(key))
}

fn whole(path: &str, shape: &Shape, sides: Sides, usual: Option<&Given>, out: &mut Vec<Differing>) {
    let text = |side: Option<&Given>| side.or(usual).map(|given| text(given, shape));
    out.push((path.to_owned(), text(sides.from), text(sides.to)));
}

/// The only field of what a case holds, where that is a list.
fn only_list(held: &Shape) -> Option<&'static str> {
    let Shape::Record(record) = held else { return None };
    match record().fields {
        [only] if only.required && matches!(only.shape, Shape::List { .. }) => Some(only.name),
        _ => None,
    }
}

/// Whether a path is that of the field which a case's value may leave unnamed.
fn is_first(path: &str, held: &Shape, inner: &str) -> bool {
    let Shape::Record(record) = held else { return false };
    let first = record().fields.first().filter(|first| first.required);
    first.is_some_and(|first| inner.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) == Some(first.name))
}

/// A value as a stack writes it, on one line; the beginning of a day as that day.
pub(super) fn text(given: &Given, shape: &Shape) -> String {
    let is_date = matches!(shape, Shape::Text(rule) if rule.wrap == When::RULE.wrap);
    let day = given_text(given).filter(|_| is_date).and_then(|text| text.strip_suffix("T00:00:00Z"));
    day.map_or_else(|| print::value(given, shape).flat(), print::quoted)
}

/// The first list of so many items in a value, with its shape.
pub(super) fn list_inside<'a>(given: &'a Given, shape: &'a Shape, items: usize) -> Option<(&'a [Node], &'a Shape)> {
    match (given, shape) {
        (_, Shape::Maybe(inner)) => list_inside(given, inner, items),
        (Given::List(list), _) => (list.len() == items).then_some((list, shape)),
        (Given::Record(fields), Shape::Record(record)) => fields.iter().find_map(|(name, node)| {
            let field = record().fields.iter().find(|field| field.name == name)?;
            list_inside(&node.given, &field.shape, items)
        }),
        (Given::Case(word, Some(held)), Shape::Choice(choice)) => {
            let case = choice().cases.iter().find(|case| case.word == word)?;
            list_inside(&held.given, case.holds.as_ref()?, items)
        }
        _ => None,
    }
}

fn given_text(given: &Given) -> Option<&str> {
    if let Given::Text(text) = given { Some(text) } else { None }
}

/// The parts in which the fields of two records differ.
fn fields(path: &str, known: &[Field], from: &[(String, Node)], to: &[(String, Node)], out: &mut Vec<Differing>) {
    let find = |fields: &'_ [(String, Node)], name: &str| fields.iter().position(|(other, _)| other == name);
    for field in known {
        let from = find(from, field.name).map(|place| &from[place].1.given);
        let to = find(to, field.name).map(|place| &to[place].1.given);
        if from.is_some() || to.is_some() {
            let usual = (field.usual)();
            let path = format!("{path}.{}", field.name);
            parts(&path, &field.shape, Sides { from, to }, usual.as_ref(), out);
        }
    }
}

/// The parts in which two lists differ: all of them where they are short and plain, else item by item.
fn list(path: &str, shape: &Shape, from: &[Node], to: &[Node], out: &mut Vec<Differing>) {
    let item = print::list_item(shape);
    let all = |list: &[Node]| text(&Given::List(list.to_vec()), shape);
    let is_plain = |list: &[Node]| list.iter().all(|node| is_plain(&node.given));
    if from.is_empty() || to.is_empty() || (is_plain(from) && is_plain(to)) {
        let (one, other) = (all(from), all(to));
        if one.chars().count() <= SHORT && other.chars().count() <= SHORT {
            out.push((path.to_owned(), Some(one), Some(other)));
            return;
        }
    }
    let both = |(from, to): &(&Node, &Node)| from.given == to.given;
    let start = from.iter().zip(to).take_while(both).count();
    let end = from[start..].iter().rev().zip(to[start..].iter().rev()).take_while(both).count();
    // Of equal length, each item has kept its place.
    let end = if from.len() == to.len() { 0 } else { end };
    let (from, to) = (&from[start..from.len() - end], &to[start..to.len() - end]);
    for place in 0..from.len().max(to.len()) {
        let sides = Sides { from: given(from.get(place)), to: given(to.get(place)) };
        parts(&format!("{path}[{}]", start + place), item, sides, None, out);
    }
}

/// Whether it has no parts of its own.
fn is_plain(given: &Given) -> bool {
    match given {
        Given::Case(_, held) => held.as_ref().is_none_or(|held| is_plain(&held.given)),
        Given::Topic(subject, _) => is_plain(&subject.given),
        Given::List(_) | Given::Record(_) | Given::Map(_) | Given::Items(_) | Given::Json(_) => false,
        _ => true,
    }
}
