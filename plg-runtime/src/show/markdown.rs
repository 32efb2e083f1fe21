//! A plan as a comment on a pull request.

use super::groups::{Group, Row, families};
use super::picture::{Card, Line, Picture};
use super::sections::{About, Section, Weight};
use crate::plan::{Change, Tone};
use crate::strangers::{code as fenced, html, markdown as text, span};
use std::fmt::Write;

/// The most characters of a comment, with room for what a bot writes around it: GitHub takes 65,536.
const MOST: usize = 65_000;

/// The most characters of one section beside the differences.
const MOST_OF_SECTION: usize = 12_000;

/// The most characters of all of them together, so that the differences have room as well.
const MOST_OF_SECTIONS: usize = 40_000;

/// GitHub-flavoured Markdown that fits a comment: what it is for, what it loses, then what changes, by account.
///
/// Parts that do not fit are left out whole, with a count: fields of created resources first, then resources.
pub fn markdown(picture: &Picture) -> String {
    let (first, after): (Vec<&Section>, Vec<&Section>) =
        picture.sections.iter().partition(|section| section.about.is_first());
    let most = MOST_OF_SECTION.min(MOST_OF_SECTIONS / picture.sections.len().max(1));
    let mut out = head(picture);
    first.into_iter().for_each(|section| out.push_str(&alert(section, most)));
    let after: String = after.into_iter().map(|section| folded(section, most)).collect();
    let room = MOST.saturating_sub(length(&out) + length(&after));
    out.push_str(&differences(picture, room));
    out.push_str(&after);
    out
}

/// How long a text is, as a comment's length is counted.
fn length(text: &str) -> usize {
    text.chars().count()
}

/// By which a bot finds its comment again, then what the plan is for.
fn head(picture: &Picture) -> String {
    let (stack, stage) = &picture.of;
    let mut out = format!("<!-- plg: {}/{} -->\n### {}\n", word(stack), word(stage), text(&picture.title));
    let made = picture.made.iter().map(|made| format!("made {}", text(made)));
    let said: Vec<String> = made.chain(picture.accounts.iter().map(|account| text(account))).collect();
    if !said.is_empty() {
        let _ = write!(out, "\n{}\n", said.join(" · "));
    }
    let _ = write!(out, "\n**{}.**\n", text(&picture.summary));
    out
}

/// A name as it may stand in a comment of HTML, which nothing in it ends.
fn word(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        let c = if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
        if c != '-' || !out.ends_with('-') {
            out.push(c);
        }
    }
    out
}

/// What matters before anything else is read.
fn alert(section: &Section, most: usize) -> String {
    let kind = if section.about.weight() == Weight::Loss { "CAUTION" } else { "WARNING" };
    format!("\n> [!{kind}]\n> **{}**\n{}", text(&section.heading()), items(section, "> - ", most))
}

/// What is there to be opened.
fn folded(section: &Section, most: usize) -> String {
    match &section.lines[..] {
        [only] if section.about.is_short() => format!("\n{}: {}\n", text(section.title), text(&only.says)),
        all => format!(
            "\n<details><summary>{} ({})</summary>\n\n{}\n</details>\n",
            html(section.title),
            all.len(),
            items(section, "- ", most)
        ),
    }
}

/// The lines of a section, as many as it has room for; of a first line that is longer, its beginning.
fn items(section: &Section, bullet: &str, most: usize) -> String {
    let (mut out, mut used) = (String::new(), 0);
    for (place, said) in section.lines.iter().enumerate() {
        let address = said.address.as_ref().map_or_else(String::new, |address| format!("{}: ", span(address)));
        let mut line = format!("{bullet}{address}{}\n", text(&said.says));
        if place == 0 && length(&line) > most {
            let mut room = most;
            let fits = |c: &char| {
                // Marks of Markdown are written as several letters.
                let wide = length(&text(c.encode_utf8(&mut [0; 4])));
                room = room.saturating_sub(wide);
                room > 0
            };
            let cut: String = said.says.chars().take_while(fits).collect();
            line = format!("{bullet}{address}{} …\n", text(&cut));
        }
        used += length(&line);
        let is_left = section.about == About::Losses && place >= section.few();
        if is_left || (place > 0 && used > most) {
            let _ = writeln!(out, "{bullet}… and {} more, which `plan -v` lists", section.lines.len() - place);
            break;
        }
        out.push_str(&line);
    }
    out
}

/// One line of the list under an account.
struct Entry<'a> {
    card: Option<&'a Card>,
    head: String,
    /// With its fields below it.
    full: String,
}

/// What changes, account by account.
fn differences(picture: &Picture, room: usize) -> String {
    let is_told = |one: &&Card| !matches!(one.change, Change::Unchanged | Change::Read) || !one.notes.is_empty();
    let told: Vec<&Card> = picture.cards.iter().filter(is_told).collect();
    // A marker alone is no change.
    if told.iter().all(|one| one.change == Change::Marker) {
        return String::new();
    }
    let blocks: Vec<(Group, Vec<Entry>)> = picture
        .groups()
        .into_iter()
        .map(|group| {
            let of_group: Vec<&Card> =
                told.iter().copied().filter(|one| group.has(&one.provider, &one.account)).collect();
            let rows = families(&of_group, |one| (&one.address, &one.kind, &one.depends));
            let entries = rows.iter().map(entry).collect();
            (group, entries)
        })
        .filter(|(_, entries): &(Group, Vec<Entry>)| !entries.is_empty())
        .collect();
    let around: usize = blocks.iter().map(|(group, entries)| length(&block(group, entries.len(), ""))).sum();
    let room = room.saturating_sub(around + LEFT_OUT);
    let all: usize = blocks.iter().flat_map(|(_, entries)| entries).map(|entry| length(&entry.full)).sum();
    if all <= room {
        return blocks.iter().map(|(group, entries)| whole(group, entries)).collect();
    }
    cut(&blocks, room)
}

/// The room for what is said of what is left out.
const LEFT_OUT: usize = 400;

/// Every account with all that it has.
fn whole(group: &Group, entries: &[Entry]) -> String {
    let inner: String = entries.iter().map(|entry| entry.full.as_str()).collect();
    block(group, count(entries), &inner)
}

fn count(entries: &[Entry]) -> usize {
    entries.iter().filter(|entry| entry.card.is_some()).count()
}

fn block(group: &Group, count: usize, inner: &str) -> String {
    // The title stands in HTML, where marks of Markdown are letters.
    let title = html(&group.title);
    format!("\n<details open><summary><b>{title}</b> ({count})</summary>\n\n```diff\n{inner}```\n\n</details>\n")
}

/// As much as there is room for. What is lost or changed keeps its fields longest, then what is made; then resources are
/// left out.
fn cut(blocks: &[(Group, Vec<Entry>)], room: usize) -> String {
    let places = || blocks.iter().enumerate().flat_map(|(b, (_, entries))| (0..entries.len()).map(move |e| (b, e)));
    let of = |(b, e): (usize, usize)| blocks.get(b).and_then(|(_, entries)| entries.get(e));
    let rank = |entry: &Entry| match entry.card.map(|card| card.change.words().tone) {
        Some(Tone::Lost | Tone::Replaced) => 0,
        Some(Tone::Changed) => 1,
        Some(Tone::New) | None => 2,
        Some(Tone::Same) => 3,
    };
    let mut order: Vec<(usize, usize)> = places().collect();
    order.sort_by_key(|place| (of(*place).map_or(9, rank), *place));
    // Heads first, so that as many resources as possible are named; then the fields of as many as fit.
    let (mut shown, mut used) = (std::collections::BTreeMap::new(), 0);
    for place in &order {
        let Some(entry) = of(*place) else { continue };
        let wide = length(&entry.head);
        if used + wide <= room {
            used += wide;
            shown.insert(*place, &entry.head);
        }
    }
    for place in &order {
        let Some(entry) = of(*place).filter(|_| shown.contains_key(place)) else { continue };
        let more = length(&entry.full) - length(&entry.head);
        if used + more <= room {
            used += more;
            shown.insert(*place, &entry.full);
        }
    }
    let mut out = String::new();
    for (b, (group, entries)) in blocks.iter().enumerate() {
        let inner: String = (0..entries.len()).filter_map(|e| shown.get(&(b, e))).map(|text| text.as_str()).collect();
        if !inner.is_empty() {
            out.push_str(&block(group, count(entries), &inner));
        }
    }
    let is_resource = |place: &(usize, usize)| of(*place).is_some_and(|entry| entry.card.is_some());
    let hidden = order.iter().filter(|place| is_resource(place) && !shown.contains_key(place)).count();
    let short = |place: &(usize, usize)| {
        of(*place).is_some_and(|entry| shown.get(place).is_some_and(|text| length(text) < length(&entry.full)))
    };
    let bare = order.iter().filter(|place| short(place)).count();
    let resources = |count| if count == 1 { "1 resource".to_owned() } else { format!("{count} resources") };
    let left = match (hidden, bare) {
        (0, bare) => format!("the fields of {}", resources(bare)),
        (hidden, 0) => resources(hidden),
        (hidden, bare) => format!("{} and the fields of {bare} more", resources(hidden)),
    };
    let _ = write!(out, "\n**Cut to fit a comment:** {left} are left out; `plan` prints all of them.\n");
    out
}

fn entry<'a>(row: &Row<'a, Card>) -> Entry<'a> {
    let (one, depth) = match row {
        Row::Item { item, depth } => (*item, *depth),
        Row::Parent(address) => {
            let head = format!("  {}\n", fenced(address));
            return Entry { card: None, full: head.clone(), head };
        }
    };
    let indent = "  ".repeat(depth);
    let words = one.change.words();
    // The first character colours the line.
    let mark = match words.tone {
        Tone::New => '+',
        Tone::Lost => '-',
        Tone::Changed | Tone::Replaced | Tone::Same => '!',
    };
    let notes = if one.notes.is_empty() { String::new() } else { format!("  ({})", one.notes.join("; ")) };
    let head = format!("{mark} {indent}{} {}{}\n", words.title, fenced(&one.address), fenced(&notes));
    let means = one.means.iter().map(|means| format!("      {indent}{}\n", fenced(means)));
    let fields = one.lines.iter().map(|line| field(line, &indent, one.change));
    let below: String = means.chain(fields).collect();
    Entry { card: Some(one), full: format!("{head}{below}"), head }
}

/// One field: as it is, and as it should be.
fn field(line: &Line, indent: &str, change: Change) -> String {
    let note = line.note.as_ref().map_or_else(String::new, |note| format!("  ({note})"));
    let mut out = String::new();
    if let Some(from) = &line.from {
        let _ = writeln!(out, "-     {indent}{}: {}{}", fenced(&line.path), fenced(from), fenced(&note));
    }
    if let Some(to) = &line.to {
        // What is made has nothing before it: the line above says that it is new.
        let note = if line.from.is_none() && change != Change::Create { note } else { String::new() };
        let _ = writeln!(out, "+     {indent}{}: {}{}", fenced(&line.path), fenced(to), fenced(&note));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Plan, Step};
    use crate::show::{PlanFacts, Said};
    use crate::store::State;
    use plg_core::AccountName;
    use proptest::prelude::*;

    fn plan(addresses: &[String], change: Change, note: &str) -> Plan {
        let mut plan = Plan::of_one(
            &State::new("shop", "prod"),
            "prod",
            Step::of("k.A", ("k", AccountName("posthog")), String::new(), Change::Marker),
        );
        plan.steps = addresses
            .iter()
            .map(|address| {
                let mut step = Step::of(address, ("feature_flag", AccountName("posthog")), String::new(), change);
                step.provider = "PostHog".to_owned();
                step.reason = Some(note.to_owned());
                step
            })
            .collect();
        plan
    }

    fn shown(plan: &Plan) -> String {
        markdown(&Picture::of_plan_with(plan, &PlanFacts::default()))
    }

    /// Fences that stand at the start of a line, which are those that count.
    fn fences(text: &str) -> usize {
        text.lines().filter(|line| line.starts_with("```")).count()
    }

    #[test]
    fn it_fits_a_comment_with_a_count_of_what_does_not() {
        let long = "why it is so, at length; ".repeat(8);
        let many: Vec<String> = (0..3_000).map(|n| format!("feature_flag.Number{n}")).collect();
        let text = shown(&plan(&many, Change::Create, &long));
        assert!(length(&text) <= 65_536 && length(&text) > 40_000, "{}", length(&text));
        assert_eq!(fences(&text) % 2, 0);
        assert_eq!(text.matches("<details").count(), text.matches("</details>").count());
        let left = text.lines().find(|line| line.starts_with("**Cut to fit")).expect("it says so");
        let shown = text.lines().filter(|line| line.starts_with("+ create")).count();
        assert!(left.contains(&format!(" {} resources", 3_000 - shown)), "{left} {shown}");
    }

    #[test]
    fn whatever_is_said_of_it_fits_a_comment() {
        let many: Vec<String> = (0..500).map(|n| format!("feature_flag.Number{n}")).collect();
        let mut picture = Picture::of_plan_with(&plan(&many, Change::Delete, "gone"), &PlanFacts::default());
        let says = |n| Said { address: None, says: "[*`_<>`*] ".repeat(n), change: None };
        for about in [About::Broken, About::Warned, About::Late, About::People, About::NotKept, About::Others] {
            picture.sections.push(Section::of(about, (0..2_000).map(|_| says(9)).collect()));
            picture.sections.push(Section::of(about, vec![says(9_000)]));
        }
        let text = markdown(&picture);
        assert!(length(&text) <= 65_536 && length(&text) > 30_000, "{}", length(&text));
        assert_eq!(fences(&text), 2, "the differences have room");
        assert!(text.contains("… and 492 more, which `plan -v` lists"), "losses that say no more are counted");
    }

    #[test]
    fn a_bot_finds_its_comment_again() {
        let text = shown(&plan(&["feature_flag.A".to_owned()], Change::Delete, "no longer declared"));
        assert!(text.starts_with("<!-- plg: shop/prod -->\n"), "{text}");
        assert_eq!(word("a-->b--c"), "a-b-c");
        assert_eq!(word("a---->"), "a-");
    }

    proptest! {
        #[test]
        fn names_break_nothing(name in "[`|@<>\\n\\r*_~#\\[\\]()!a-z -]{1,40}", note in any::<String>()) {
            let address = format!("feature_flag.{name}");
            let text = shown(&plan(&[address], Change::Update, &note));
            prop_assert_eq!(fences(&text), 2, "{}", text);
            prop_assert_eq!(text.matches("<details").count(), 1);
            let outside: String = text.split("```").step_by(2).collect();
            prop_assert!(!outside.contains('@'), "{}", outside);
        }
    }
}
