//! Each live object in turn: how it is written, what is left to people, or why it is left out.

use super::answers::{Answers, Unsaid};
use super::importer::{Draft, Importer, LiveKind, Steps, live as live_of};
use super::known::{Known, plain};
use super::names::UniqueNames;
use super::only::{Only, refers_to};
use super::settled::settled;
use super::{names, print, read};
use crate::linked::importers;
use crate::wire::text;
use crate::written::mistakes;
use crate::{Block, Common, Declarations, Declared, Handling, Live, Report, Spec};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What became of something that could not be written as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is written, and what has no word stays as people set it.
    Partly,
    /// It is referred to as `existing`: read, never changed.
    Existing,
    /// It is not in the stack.
    LeftOut,
}

/// Something that the language could not express.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The kind's keyword.
    pub kind: &'static str,
    /// Its name in the stack, or what people call it.
    pub name: String,
    /// Its remote id.
    pub id: String,
    /// What became of it.
    pub fate: Fate,
    /// Why.
    pub why: Vec<String>,
    /// Keys of the API's answer that the source does not say.
    pub keys: Vec<String>,
}

/// A project written down.
#[derive(Debug, Default)]
pub struct ImportedStack {
    /// The declarations, as they stand inside `stack!`.
    pub text: String,
    /// The same declarations, for a plan of them: those of default accounts.
    pub items: Vec<&'static dyn Declared>,
    /// Those of each other account.
    pub items_of: Vec<(&'static str, Vec<&'static dyn Declared>)>,
    /// Everything that the language could not express.
    pub gaps: Vec<Gap>,
    /// What was asked for alone, and is not there.
    pub absent: Vec<String>,
    /// Addresses with the ids that they stand for, of which the state alone says which of several they are.
    pub by_id: Vec<(String, String)>,
}

/// What is wrong with a declaration.
#[derive(Debug, Default)]
struct Misfit {
    /// Words whose fields differ from what is live: these can be left to people.
    words: Vec<&'static str>,
    /// Why each of them differs.
    differs: Vec<String>,
    /// What cannot be left to people.
    rest: Vec<String>,
}

struct ImportRun<'a> {
    /// The account it is about, where that is not a default one.
    account: Option<&'static str>,
    known: Known,
    /// What the API answered of each, by kind and id.
    answers: HashMap<(&'static str, &'a str), &'a Json>,
    blocks: Vec<Block>,
    /// Texts that must differ, with who has them.
    unique: BTreeMap<(String, String, String), String>,
    done: BTreeMap<&'static str, Vec<&'static dyn Declared>>,
    gaps: Vec<Gap>,
    /// What the state knows, by kind and id.
    remembered: HashSet<(&'static str, &'a str)>,
    /// See [`ImportedStack::by_id`].
    by_id: Vec<(String, String)>,
    /// What is written, with whether it was found; everything where there is none.
    only: Vec<(Only, bool)>,
    /// The names of what is written though only because others refer to it.
    beside: BTreeSet<&'static str>,
}

/// Writes down everything that is live in the default accounts and in each other one, or `only` some of it with what that
/// refers to as `existing`. A name is given once over all accounts, and nothing refers to what is in another one.
pub fn write_accounts(
    found: &[LiveKind],
    others: &[(&'static str, Vec<LiveKind>)],
    variables: &BTreeMap<String, String>,
    only: &[Only],
) -> ImportedStack {
    let (mut written, mut names) = write_one(found, None, variables, only, UniqueNames::default());
    for (account, found) in others {
        let (mut more, given) = write_one(found, Some(*account), variables, only, names);
        names = given;
        if !written.text.is_empty() && !more.text.is_empty() {
            written.text.push('\n');
        }
        written.text.push_str(&more.text);
        for gap in &mut more.gaps {
            gap.name = format!("{} in the account `{account}`", gap.name);
        }
        written.gaps.append(&mut more.gaps);
        written.by_id.append(&mut more.by_id);
        // What was asked for is there, where any account has it.
        written.absent.retain(|absent| more.absent.contains(absent));
        written.items_of.push((*account, more.items));
    }
    written
}

/// Writes down everything that is live, or `only` some of it with what that refers to as `existing`.
pub fn write(found: &[LiveKind], variables: &BTreeMap<String, String>, only: &[Only]) -> ImportedStack {
    write_one(found, None, variables, only, UniqueNames::default()).0
}

fn write_one(
    found: &[LiveKind],
    account: Option<&'static str>,
    variables: &BTreeMap<String, String>,
    only: &[Only],
    names: UniqueNames,
) -> (ImportedStack, UniqueNames) {
    let mut run = ImportRun {
        account,
        known: Known::of_variables(variables, names),
        answers: found
            .iter()
            .flat_map(|kind| kind.answers.iter().map(|(id, answer)| ((kind.spec.keyword, id.as_str()), answer)))
            .collect(),
        blocks: Vec::new(),
        unique: BTreeMap::new(),
        done: BTreeMap::new(),
        gaps: Vec::new(),
        remembered: found
            .iter()
            .flat_map(|kind| kind.remembered.iter().map(|id| (kind.spec.keyword, id.as_str())))
            .collect(),
        by_id: Vec::new(),
        only: only.iter().map(|only| (only.clone(), false)).collect(),
        beside: BTreeSet::new(),
    };
    for (importer, within) in importers().filter_map(|importer| Some((importer, importer.within?))) {
        for live in live_of(found, importer.spec.keyword).filter(|live| !live.archived) {
            let around = text(&live.fields, within).to_owned();
            run.known.inside.entry(around).or_default().push(live.clone());
        }
        let unlisted = found.iter().filter(|kind| kind.spec.keyword == importer.spec.keyword);
        for parent in unlisted.flat_map(|kind| &kind.unlisted) {
            run.known.unlisted.extend(parent.get(within).and_then(Json::as_str).map(str::to_owned));
        }
    }
    for importer in importers() {
        for live in live_of(found, importer.spec.keyword).filter(|live| live.system) {
            (importer.keep_own)(live, &mut run.known);
        }
    }
    for importer in importers() {
        if let Some(steps) = importer.steps {
            let live: Vec<&Live> = live_of(found, importer.spec.keyword).collect();
            run.kind(importer, steps, &live);
        }
    }
    let names = std::mem::take(&mut run.known.names);
    (run.finish(), names)
}

impl ImportRun<'_> {
    fn kind(&mut self, importer: &Importer, steps: Steps, live: &[&Live]) {
        let mut open: Vec<&Live> =
            live.iter().copied().filter(|live| !live.archived && !(steps.is_left_alone)(live, &self.known)).collect();
        // What refers to others of its kind has to wait for them.
        loop {
            let before = open.len();
            let mut waiting = Vec::new();
            for one in open {
                let common = self.common(importer.spec, steps, one);
                self.known.forget_lost();
                if (steps.import)(one, common, &mut self.known).is_err() {
                    waiting.push(one);
                } else {
                    self.settle(importer.spec, steps, one, live);
                }
            }
            open = waiting;
            if open.len() == before || open.is_empty() {
                break;
            }
        }
        for one in open {
            self.settle(importer.spec, steps, one, live);
        }
    }

    fn common(&mut self, spec: &'static Spec, steps: Steps, live: &Live) -> Common {
        let label = (steps.label)(live);
        // A label without letters that Rust has gives no name: the key is used instead.
        let label = if names::has_letters(label) { label } else { key(live).unwrap_or(label) };
        let name = self.known.name(spec.keyword, &live.id, label);
        let description = (steps.description)(live);
        let doc = if print::docs(description).is_some() { read::leak(description) } else { "" };
        Common { doc, ..Common::named(name) }
    }

    /// Tries one form after the other, from all that is said to nothing.
    fn settle(&mut self, spec: &'static Spec, steps: Steps, live: &Live, all: &[&Live]) {
        let common = self.common(spec, steps, live);
        if !self.is_asked_for(spec, live, common.name) {
            let existing = common.handled(read::keep(Handling { existing: true, ..*common }));
            if let Ok((draft, misfit)) = self.attempt(steps, live, existing)
                && misfit.rest.is_empty()
            {
                self.beside.insert(common.name);
                self.accept(draft, live);
            }
            return;
        }
        let mut why = Vec::new();
        let identity = spec.wire.identity(&live.fields);
        let alike: Vec<&&Live> =
            all.iter().filter(|l| !l.archived && spec.wire.identity(&l.fields) == identity).collect();
        if alike.len() > 1 && !spec.wire.identity_is_unique() {
            let is_known = |one: &Live| self.remembered.contains(&(spec.keyword, one.id.as_str()));
            let known: Vec<&str> = alike.iter().filter(|one| is_known(one)).map(|one| one.id.as_str()).collect();
            let (label, alike) = ((steps.label)(live), alike.len());
            match known[..] {
                // Which one the stack means is known.
                [one] if one == live.id => {
                    self.by_id.push((crate::address(spec.keyword, common.name), live.id.clone()));
                }
                [one] => {
                    why.push(format!("{alike} are called \"{label}\", and the one that is remembered is {one}"));
                    return self.say(spec, common.name, live, Fate::LeftOut, why, Vec::new());
                }
                _ => {
                    why.push(format!(
                        "{alike} are called \"{label}\", and nothing tells them apart: rename them first"
                    ));
                    return self.say(spec, common.name, live, Fate::LeftOut, why, Vec::new());
                }
            }
        }
        let mut ignore: Vec<&'static str> = Vec::new();
        for _ in 0..3 {
            let common = common.handled(read::keep(Handling { ignore: read::slice(ignore.clone()), ..*common }));
            let (draft, misfit) = match self.attempt(steps, live, common) {
                Ok(tried) => tried,
                Err(reason) => {
                    why.push(reason);
                    break;
                }
            };
            if !misfit.rest.is_empty() || live.system {
                why.extend(misfit.rest);
                break;
            }
            if misfit.words.is_empty() {
                why.append(&mut self.known.lost);
                let said = self.said(steps, spec, &ignore);
                let unsaid = self.unsaid(steps, &draft, live, &said);
                let mut keys: Vec<String> =
                    said.iter().filter(|key| !key.is_empty()).map(|key| (*key).to_owned()).collect();
                keys.extend(unsaid.iter().map(|(key, _)| key.clone()));
                keys.dedup();
                why.extend(unsaid.into_iter().map(|(_, why)| why));
                self.accept(draft, live);
                if !why.is_empty() {
                    self.say(spec, common.name, live, Fate::Partly, why, keys);
                }
                return;
            }
            why.extend(misfit.differs);
            ignore.extend(misfit.words.iter().filter(|word| !ignore.contains(word)).collect::<Vec<_>>());
        }
        let existing = common.handled(read::keep(Handling { existing: true, ..*common }));
        if let Ok((draft, misfit)) = self.attempt(steps, live, existing)
            && misfit.rest.is_empty()
        {
            self.accept(draft, live);
            // What belongs to the API itself is meant to be referred to.
            if !live.system {
                self.say(spec, common.name, live, Fate::Existing, why, Vec::new());
            }
            return;
        }
        self.say(spec, common.name, live, Fate::LeftOut, why, Vec::new());
    }

    fn is_asked_for(&mut self, spec: &Spec, live: &Live, name: &str) -> bool {
        let mut is_asked_for = self.only.is_empty();
        for (only, found) in &mut self.only {
            if only.takes(spec, live, name) {
                *found = true;
                is_asked_for = true;
            }
        }
        is_asked_for
    }

    fn attempt(&mut self, steps: Steps, live: &Live, common: Common) -> Result<(Draft, Misfit), String> {
        self.known.forget_lost();
        let draft = (steps.import)(live, common, &mut self.known)?;
        let misfit = self.misfit(&draft, live);
        Ok((draft, misfit))
    }

    fn misfit(&mut self, draft: &Draft, live: &Live) -> Misfit {
        let (item, spec) = (draft.item, draft.item.spec());
        let block = item.block();
        let mut misfit = Misfit { rest: mistakes(&block, spec), ..Misfit::default() };
        let mut report = Report::default();
        // Events that are only referred to join as they are noticed.
        let noticed: Vec<Block> = self.known.noticed.iter().map(|item| item.block()).collect();
        let blocks = self.blocks.iter().chain(&noticed).chain([&block]).collect();
        spec.hold(&block, &Declarations::of(blocks), &mut report);
        misfit.rest.extend(report.errors.into_iter().map(|mistake| mistake.message));
        misfit.rest.extend(item.lint());
        for key in self.keys(&block, spec) {
            if let Some(other) = self.unique.get(&key) {
                misfit.rest.push(format!("`{other}` has the {} \"{}\" already", key.1, key.2));
            }
        }
        for rest in &mut misfit.rest {
            *rest = plain(rest);
        }
        self.differences(item, live, &mut misfit);
        if !draft.inside.is_empty() {
            // What is inside may say what it is inside of.
            self.known.remember(item, live);
        }
        for (child, live) in &draft.inside {
            let mut inner = Misfit::default();
            self.differences(*child, live, &mut inner);
            misfit.rest.extend(
                inner.differs.into_iter().chain(inner.rest).map(|why| format!("{}: {why}", child.common().name)),
            );
        }
        misfit
    }

    /// What a plan would change.
    fn differences(&self, item: &dyn Declared, live: &Live, misfit: &mut Misfit) {
        let (wire, spec, common) = (item.spec().wire, item.spec(), item.common());
        let want = item.want();
        let fields: crate::Map =
            want.fields.iter().map(|(field, value)| (field.clone(), self.known.resolved(value))).collect();
        if wire.is_marker(&want.fields) {
            misfit.rest.push("without a date it would mark every deploy".to_owned());
        }
        if wire.identity(&fields) != wire.identity(&live.fields) {
            misfit.rest.push("it could not be found again by what is declared".to_owned());
        }
        if common.existing {
            return;
        }
        let ignored: Vec<&str> = spec.ignored(common).collect();
        for (field, value) in &fields {
            let now = live.fields.get(field);
            let same = now.map_or(value.is_null(), |now| wire.agrees(field, value, None, now));
            let name = field.as_str();
            if same || wire.parents().contains(&name) || want.create_only.contains(&name) || ignored.contains(&name) {
                continue;
            }
            match spec.word_of(name) {
                Some(word) => {
                    misfit.words.push(word);
                    misfit.differs.push(format!(
                        "`{word}` is {} there, and here it could only be {}",
                        short(now),
                        short(Some(value))
                    ));
                }
                None => misfit.rest.push(format!(
                    "its {field} is {} there, and here it could only be {}",
                    short(now),
                    short(Some(value))
                )),
            }
        }
    }

    /// The keys of an answer of which it is told already why they are not in the source.
    fn said(&self, steps: Steps, spec: &Spec, ignored: &[&'static str]) -> Vec<&'static str> {
        let lost = self.known.lost_at.iter().copied();
        let ignored = ignored.iter().flat_map(|word| spec.wire.fields_of(word)).copied();
        let mut said: Vec<&str> = lost.chain(ignored).map(|field| steps.answers.place(field)).collect();
        said.sort_unstable();
        said.dedup();
        said
    }

    /// What the answers of a declaration and of those inside it say and the source does not, each key with how that is
    /// told, but for the keys that are `said`.
    fn unsaid(&self, steps: Steps, draft: &Draft, live: &Live, said: &[&str]) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for one in self.left_of(steps.answers, steps.plain, draft.item, live, said) {
            all.push((one.key.clone(), told(&one, "")));
        }
        for (child, live) in &draft.inside {
            let Some(importer) = importers().find(|importer| importer.spec.keyword == child.spec().keyword) else {
                continue;
            };
            let ignored = child.common().ignore.iter().flat_map(|word| child.spec().wire.fields_of(word)).copied();
            let ignored: Vec<&str> = ignored.collect();
            for one in self.left_of(importer.answers, |answer| answer, *child, live, &ignored) {
                let own = child.common().name.rsplit('.').next().unwrap_or_default();
                all.push((format!("{own}.{}", one.key), told(&one, &format!(" of {own}"))));
            }
        }
        all
    }

    /// What the request that would make an object anew does not say of its answer.
    fn left_of(
        &self,
        answers: &Answers,
        plain: fn(Json) -> Json,
        item: &dyn Declared,
        live: &Live,
        said: &[&str],
    ) -> Vec<Unsaid> {
        let Some(answer) = self.answers.get(&(item.spec().keyword, live.id.as_str())) else { return Vec::new() };
        let want = item.want();
        let fields: crate::Map =
            want.fields.iter().map(|(field, value)| (field.clone(), self.known.resolved(value))).collect();
        let wire = item.spec().wire;
        let envelope = wire.collection(&fields).envelope;
        let sent = wire.create(&fields).body.unwrap_or_default();
        let inside = |json: &Json| envelope.and_then(|key| json.get(key)).cloned();
        let answer = plain(inside(answer).unwrap_or_else(|| (*answer).clone()));
        answers.unsaid(&answer, &inside(&sent).unwrap_or(sent), said)
    }

    /// The texts of a declaration that no other may have.
    fn keys(&self, block: &Block, spec: &Spec) -> Vec<(String, String, String)> {
        let mut keys = Vec::new();
        for (field, within) in spec.unique {
            let title = || crate::text::title(&block.name);
            let text = block.text(field).map(str::to_owned).or_else(|| (spec.titled == Some(*field)).then(title));
            let within =
                within.and_then(|field| block.get(field)).map_or(String::new(), |node| format!("{:?}", node.given));
            keys.extend(text.map(|text| (format!("{} {within}", spec.keyword), (*field).to_owned(), text)));
        }
        keys
    }

    fn accept(&mut self, draft: Draft, live: &Live) {
        let block = draft.item.block();
        for key in self.keys(&block, draft.item.spec()) {
            self.unique.insert(key, block.name.clone());
        }
        self.blocks.push(block);
        self.known.remember(draft.item, live);
        for (child, live) in &draft.inside {
            self.known.remember(*child, live);
        }
        (draft.keep)(live, &mut self.known);
        let items = self.done.entry(draft.item.spec().keyword).or_default();
        items.push(draft.item);
        items.extend(draft.inside.iter().map(|(child, _)| *child));
    }

    fn say(
        &mut self,
        spec: &'static Spec,
        name: &str,
        live: &Live,
        fate: Fate,
        mut why: Vec<String>,
        keys: Vec<String>,
    ) {
        why.dedup();
        self.gaps.push(Gap { kind: spec.keyword, name: name.to_owned(), id: live.id.clone(), fate, why, keys });
    }

    /// The names of what was asked for, and of all that this refers to; none where everything is written.
    fn kept(&self) -> Option<BTreeSet<String>> {
        if self.only.is_empty() {
            return None;
        }
        let items = || self.done.values().flatten().filter(|item| item.common().parent.is_none());
        let noticed: BTreeSet<&str> = self.known.noticed.iter().map(|item| item.common().name).collect();
        let asked = items().map(|item| item.common().name);
        let mut open: BTreeSet<String> =
            asked.filter(|name| !self.beside.contains(name) && !noticed.contains(name)).map(str::to_owned).collect();
        let mut kept = BTreeSet::new();
        while let Some(name) = open.pop_first() {
            let Some(item) = items().find(|item| item.common().name == name) else { continue };
            let mut names = BTreeSet::new();
            refers_to(&item.block(), &mut names);
            open.extend(names.into_iter().filter(|name| !kept.contains(name)));
            kept.insert(name);
        }
        Some(kept)
    }

    fn finish(mut self) -> ImportedStack {
        let noticed = std::mem::take(&mut self.known.noticed);
        for item in noticed {
            self.done.entry(item.spec().keyword).or_default().push(item);
        }
        let kept = self.kept();
        let absent = self.only.iter().filter(|(only, found)| !found && only.key.is_some());
        let absent = absent.map(|(only, _)| only.to_string()).collect();
        let by_id = std::mem::take(&mut self.by_id);
        let mut written = ImportedStack { gaps: self.gaps, absent, by_id, ..ImportedStack::default() };
        for importer in importers() {
            let items = self.done.remove(importer.spec.keyword).unwrap_or_default();
            let is_kept = |item: &&'static dyn Declared| kept.as_ref().is_none_or(|kept| kept.contains(top(*item)));
            written.items.extend(items.into_iter().filter(is_kept));
        }
        let alone = written.items.iter().filter(|item| item.common().parent.is_none());
        let blocks: Vec<Block> = alone.map(|item| item.block()).collect();
        let world = Declarations::whole(blocks.iter().collect(), Vec::new());
        for item in written.items.iter_mut().filter(|item| item.common().parent.is_none()) {
            *item = settled(*item, &world);
            if !written.text.is_empty() {
                written.text.push('\n');
            }
            written.text.push_str(&print::docs(item.common().doc).unwrap_or_default());
            written.text.push_str(&print::declaration(&item.block(), item.spec(), self.account));
        }
        written
    }
}

/// What programs call an object, where that has letters.
fn key(live: &Live) -> Option<&str> {
    let keys = ["api_slug", "key"].iter().map(|key| text(&live.fields, key));
    keys.into_iter().find(|key| names::has_letters(key))
}

/// The name of the declaration that stands in the file: of an option, its attribute's.
fn top(item: &'static dyn Declared) -> &'static str {
    item.common().parent.map_or(item.common().name, |parent| parent.common().name)
}

/// How it is told that a key is not in the source.
fn told(one: &Unsaid, of: &str) -> String {
    let times = if one.count > 1 { format!(", in {} places, the first", one.count) } else { String::new() };
    format!("`{}`{of} is not expressed{times}: {}", one.key, short(Some(&one.value)))
}

/// A value as far as a line has room for it.
fn short(value: Option<&Json>) -> String {
    let text = value.map_or("absent".to_owned(), Json::to_string);
    if text.chars().count() <= 80 { text } else { text.chars().take(79).chain(['…']).collect() }
}
