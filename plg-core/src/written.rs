//! Declarations as they are written in a stack: the way back from typed ones to what the macro reads.

use crate::{Block, Declarations, Declared, Given, Node, Record, Report, Shape, Site, Spec, Want, codes, text};

/// The field that names what is left to people.
pub(crate) const IGNORE: &str = "ignore";

/// What should be, as far as it is the declaration's: of what is `existing` only what finds it.
pub fn found_by(item: &dyn Declared, mut want: Want) -> Want {
    if item.common().existing {
        let spec = item.spec();
        let finds = |field: &str| spec.key_fields().any(|key| key == field) || spec.wire.parents().contains(&field);
        want.fields.retain(|field, _| finds(field));
        want.create_only.clear();
        want.after.clear();
        want.adds.clear();
    }
    want
}

/// A declaration of these fields, without a title that its name stands for.
pub fn block(item: &dyn Declared, fields: Vec<(String, Node)>) -> Block {
    let (spec, common) = (item.spec(), item.common());
    let own = common.name.rsplit('.').next().unwrap_or_default();
    let is_said = |name: &str, node: &Node| spec.titled != Some(name) || node.text() != Some(&text::title(own));
    let mut fields: Vec<_> = fields.into_iter().filter(|(name, node)| is_said(name, node)).collect();
    if common.existing {
        fields.retain(|(name, _)| spec.looks_at(name));
    }
    if !common.ignore.is_empty() && !common.existing {
        let words =
            common.ignore.iter().map(|word| Node { at: Site::default(), given: Given::Word((*word).to_owned()) });
        fields.push((IGNORE.to_owned(), Node { at: Site::default(), given: Given::List(words.collect()) }));
    }
    Block {
        kind: spec.keyword,
        name: common.name.to_owned(),
        at: Site::default(),
        existing: common.existing,
        fields: fields.into_iter().map(|(name, node)| (name, Site::default(), node)).collect(),
    }
}

/// What the shapes of a declaration's fields object to: texts against their rules, numbers out of bounds.
pub fn mistakes(block: &Block, spec: &Spec) -> Vec<String> {
    let mut report = Report::default();
    look_at(block, spec, &mut report);
    report.errors.into_iter().map(|mistake| mistake.message).collect()
}

/// Every part of a value with its shape, from the outside in.
pub fn each<'a>(node: &'a Node, shape: &Shape, see: &mut impl FnMut(&'a Node, &Shape)) {
    see(node, shape);
    let mut fields = |fields: &'a [(String, Node)], record: &Record| {
        for (name, node) in fields {
            if let Some(field) = record.fields.iter().find(|field| field.name == name) {
                each(node, &field.shape, see);
            }
        }
    };
    match (shape, &node.given) {
        (Shape::Maybe(inner), _) => each(node, inner, see),
        (Shape::List { item }, Given::List(list)) => list.iter().for_each(|node| each(node, item, see)),
        (Shape::Record(record), Given::Record(given)) => fields(given, record()),
        (Shape::Choice(choice), Given::Case(word, Some(held))) => {
            let choice = choice();
            let case = choice.cases.iter().chain(&choice.otherwise).find(|case| case.word == word);
            if let Some(shape) = case.and_then(|case| case.holds.as_ref()) {
                each(held, shape, see);
            }
        }
        (Shape::Topic { subject, .. }, Given::Topic(of, _)) => each(of, subject, see),
        (Shape::Map { item, .. }, Given::Map(entries)) => {
            entries.iter().for_each(|(.., node)| each(node, item, see));
        }
        _ => {}
    }
}

/// What is wrong with the declarations whose texts are constants, each with its place in `items`: all that the macro
/// would have said of the same texts, written out.
pub fn constants(items: &[&dyn Declared]) -> Vec<(usize, String)> {
    if !items.iter().any(|item| item.common().constants) {
        return Vec::new();
    }
    let blocks: Vec<Block> = items.iter().map(|item| item.block()).collect();
    let world = Declarations::of(blocks.iter().collect());
    let mut found = Vec::new();
    for (place, (item, block)) in items.iter().zip(&blocks).enumerate() {
        if item.common().constants {
            let mut report = Report::default();
            look_at(block, item.spec(), &mut report);
            (item.spec().check)(block, &world, &mut report);
            found.extend(report.errors.into_iter().map(|mistake| (place, mistake.message)));
        }
    }
    found
}

/// Holds the rules about texts that are constants in a test.
///
/// # Panics
/// With each declaration that does not keep them, where it stands, and how to mend it.
pub fn hold_constants(items: &[&dyn Declared]) {
    let wrong = constants(items).into_iter().map(|(place, message)| {
        let common = items[place].common();
        format!("{}:{}: {}: {message}", common.file, common.line, items[place].address())
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn look_at(block: &Block, spec: &Spec, report: &mut Report) {
    for field in spec.fields {
        if let Some(node) = block.get(field.name) {
            look(node, &field.shape, report);
        }
    }
}

fn look(node: &Node, shape: &Shape, report: &mut Report) {
    match (shape, &node.given) {
        (Shape::Maybe(inner), _) => look(node, inner, report),
        (Shape::Text(rule) | Shape::EnvText(rule), Given::Text(text)) => {
            rule.apply(text, node.at, report);
        }
        (Shape::KeyText, Given::Text(text)) => {
            crate::KeyText::RULE.apply(text, node.at, report);
        }
        (Shape::Int { min, max }, Given::Int(n)) if !(min..=max).contains(&n) => {
            report.error(codes::OUT_OF_RANGE, node.at, format!("{n} is out of range"));
        }
        (Shape::Percent, Given::Percent(n)) if !(0.0..=100.0).contains(n) => {
            report.error(codes::SHARE, node.at, format!("{n}% is out of range"));
        }
        (Shape::Float, Given::Float(n)) if !n.is_finite() => {
            report.error(codes::OUT_OF_RANGE, node.at, format!("{n} is no number"))
        }
        (Shape::Span { units, .. }, Given::Span(span)) => duration(*span, units, node.at, report),
        (Shape::Ago, Given::Span(span)) => {
            duration(*span, &["hours", "days", "weeks", "months", "years"], node.at, report);
        }
        (Shape::List { item }, Given::List(list)) => list.iter().for_each(|node| look(node, item, report)),
        (Shape::Record(record), Given::Record(fields)) => looks(fields, record(), report),
        (Shape::Choice(choice), Given::Case(word, Some(held))) => {
            let choice = choice();
            let case = choice.cases.iter().chain(&choice.otherwise).find(|case| case.word == word);
            if let Some(shape) = case.and_then(|case| case.holds.as_ref()) {
                look(held, shape, report);
            }
        }
        (Shape::Topic { subject, .. }, Given::Topic(of, _)) => look(of, subject, report),
        (Shape::Map { item, key, .. }, Given::Map(entries)) => {
            for (name, at, node) in entries {
                key.apply(name, *at, report);
                look(node, item, report);
            }
        }
        (Shape::Items(spec), Given::Items(blocks)) => {
            blocks.iter().for_each(|block| look_at(block, spec(), report));
        }
        _ => {}
    }
}

fn looks(fields: &[(String, Node)], record: &Record, report: &mut Report) {
    for (name, node) in fields {
        if let Some(field) = record.fields.iter().find(|field| field.name == name) {
            look(node, &field.shape, report);
        }
    }
}

fn duration(span: crate::Span, units: &[&str], at: Site, report: &mut Report) {
    if !units.contains(&span.unit.word()) || !(1..=10_000).contains(&span.count) {
        report.error(codes::TIME, at, format!("{} {} is no duration here", span.count, span.unit.word()));
    }
}
