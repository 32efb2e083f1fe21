//! Two sides of one resource, word by word.

use super::names::{Names, SideNames, importer, term};
use super::near::{self, Nearest, nearest};
use super::parts::{Differing, Sides, parts, text};
use super::side::{ReadBack, wanted};
use super::{Changed, MASKED, terms};
use crate::block::Block;
use crate::hollow::is_hollow;
use crate::source::print;
use crate::{Common, Declared, Field, Given, Handling, Live, Map, Term, declared};

/// A resource as it is and as it should be.
pub(super) struct BothSides<'a> {
    item: &'static dyn Declared,
    /// The same without what `existing` would leave out.
    common: Common,
    from: &'a Live,
    to: &'a Live,
    /// Both read back; nothing where the language has no words for one.
    read: (Option<ReadBack<'a>>, Option<ReadBack<'a>>),
    /// The declaration as it is written.
    written: Block,
    /// What it wants.
    wanted: Map,
}

impl<'a> BothSides<'a> {
    pub(super) fn of(names: &mut SideNames, item: &'static dyn Declared, (from, to): (&'a Live, &'a Live)) -> Self {
        let own = item.common();
        let common = Common { handling: if own.existing { &Handling::PLAIN } else { own.handling }, ..*own };
        let side = |names: &mut Names, live: &'a Live| {
            let drawn = importer(item.spec()).and_then(|importer| names.draw(importer, live, common))?;
            Some(ReadBack::of(names, drawn, live))
        };
        let read = (side(names.from(), from), side(names.to(), to));
        BothSides { item, common, from, to, read, written: item.block(), wanted: wanted(names.to(), item) }
    }

    /// What differs of a word, of whose fields these do; `None` where the language does not say all of it.
    pub(super) fn word(&self, field: &Field, changed: &[&Changed]) -> Option<Vec<Differing>> {
        let word = field.name;
        if changed.iter().any(|changed| changed.is_secret) {
            return Some(vec![(word.to_owned(), Some(MASKED.to_owned()), self.written(field))]);
        }
        let (Some(from), Some(to)) = &self.read else { return None };
        let is_sure = |changed: &&&Changed| from.is_sure(changed.field) && to.is_sure(changed.field);
        if !changed.iter().all(|changed| is_sure(&changed)) {
            return None;
        }
        let want = &from.want;
        let (from, to) = (from.given(word), to.given(word));
        let mut found = Vec::new();
        if raw(from, to).is_some() {
            return None;
        }
        parts(word, &field.shape, Sides { from, to }, self.usual(field).as_ref(), &mut found);
        if let ([one], Some((case, from)), Some((_, to))) = (changed, json_of(from), json_of(to)) {
            let path = format!("{word}.{case}");
            gone_of(&path, (from, to), one.applied, &mut found);
            gone_of(&path, (from, to), self.meant(one).as_ref(), &mut found);
        } else {
            found.extend(changed.iter().flat_map(|one| self.dropped(word, one, want)));
        }
        // What is replaced as a whole is told as it is written, where nobody added anything to it.
        if let [(path, _, to)] = &mut found[..]
            && path == word
            && changed.iter().all(|changed| self.is_as_written(changed.field))
        {
            *to = self.written(field).or(to.take());
        }
        Some(found)
    }

    /// What differs of a word that one side says as JSON and the other in words: as JSON.
    pub(super) fn raw(&self, field: &Field, changed: &[&Changed]) -> Vec<Differing> {
        let mut found = Vec::new();
        if let ((Some(from), Some(to)), [one]) = (&self.read, changed)
            && let Some(case) = raw(from.given(field.name), to.given(field.name))
        {
            let sides = (self.json(self.from, one), self.json(self.to, one));
            terms_of(&format!("{}.{case}", field.name), sides, one.applied, &mut found);
        }
        found
    }

    /// What differs of a word of which a part has no words: that part as it is, under its path in the API's words, and all
    /// the rest as the stack writes it. Nothing, where too much of it has none.
    pub(super) fn nearly(&self, names: &mut SideNames, field: &Field, changed: &[&Changed]) -> Vec<Differing> {
        let word = field.name;
        let fields: Vec<&str> = changed.iter().map(|changed| changed.field).collect();
        let (Some(from), Some(to)) =
            (self.near(names.from(), word, &fields, self.from), self.near(names.to(), word, &fields, self.to))
        else {
            return Vec::new();
        };
        let (live_from, live_to) = (self.with(from.fields), self.with(to.fields));
        let (Some(read_from), Some(read_to)) = (self.read(names.from(), &live_from), self.read(names.to(), &live_to))
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let sides = Sides { from: read_from.given(word), to: read_to.given(word) };
        parts(word, &field.shape, sides, self.usual(field).as_ref(), &mut found);
        let mut left: Vec<String> = from.left.into_iter().chain(to.left).map(|(path, _)| path).collect();
        left.sort();
        left.dedup();
        let json = |side: &Live, path: &str| near::at(&side.fields, path).map(term);
        for path in left {
            let (from, to) = (json(self.from, &path), json(self.to, &path));
            if from != to {
                let text = |term: Option<Term>| term.map(|term| print::json(&term).flat());
                found.push((unnamed(word, &path), text(from), text(to)));
            }
        }
        found
    }

    /// One side as near as it can be read.
    fn near(&self, names: &mut Names, word: &str, fields: &[&str], side: &Live) -> Option<Nearest> {
        let is_raw = self.written.get(word).is_some_and(|node| json_of(Some(&node.given)).is_some());
        let is_read = |names: &mut Names, tried: &Map| {
            let live = self.with(tried.clone());
            self.read(names, &live).is_some_and(|read| {
                fields.iter().all(|field| read.is_sure(field)) && (is_raw || json_of(read.given(word)).is_none())
            })
        };
        if is_read(names, &side.fields) {
            return Some(Nearest { fields: side.fields.clone(), left: Vec::new() });
        }
        let wanted = wanted(names, self.item);
        let mut is_read = |tried: &Map| is_read(names, tried);
        let with = |is_meant: &dyn Fn(&str) -> bool| {
            let wanted = wanted.iter().filter(|(field, _)| is_meant(field));
            side.fields.clone().into_iter().chain(wanted.map(|(field, value)| (field.clone(), value.clone()))).collect()
        };
        let base: Map = with(&|_| true);
        nearest(base, &side.fields, fields, &mut is_read)
            .or_else(|| nearest(with(&|field| fields.contains(&field)), &side.fields, fields, &mut is_read))
    }

    /// The resource with these fields.
    fn with(&self, fields: Map) -> Live {
        Live { fields, ..self.from.clone() }
    }

    fn read<'b>(&self, names: &mut Names, live: &'b Live) -> Option<ReadBack<'b>> {
        let drawn = importer(self.item.spec()).and_then(|importer| names.draw(importer, live, self.common))?;
        Some(ReadBack::of(names, drawn, live))
    }

    /// What of a field that is there people may mean.
    fn meant(&self, changed: &Changed) -> Option<Term> {
        let answers = importer(self.item.spec())?.answers;
        answers.meant(changed.field, self.from.fields.get(changed.field)?).map(|meant| term(&meant))
    }

    /// What of a field is there, is in no word of it, and goes with the rest: no declaration has it.
    fn dropped(&self, word: &str, changed: &Changed, said: &Map) -> Vec<Differing> {
        let both = self.json(self.from, changed).zip(self.json(self.to, changed));
        let (Some((from, to)), Some(meant)) = (both, self.meant(changed)) else { return Vec::new() };
        let mut gone = Vec::new();
        terms::also_gone(changed.field, (&from, &to), &meant, &mut gone);
        gone.retain(|(path, ..)| near::at(said, path).is_none());
        gone.into_iter()
            .map(|(path, from, _)| (unnamed(word, &path), from.map(|from| print::json(&from).flat()), None))
            .collect()
    }

    /// A field that no word tells: what is there as JSON, and what is written.
    pub(super) fn untold(&self, word: Option<&str>, changed: &Changed) -> Vec<Differing> {
        let (from, to) = (self.json(self.from, changed), self.json(self.to, changed));
        let keys_in = self.item.spec().wire.keys_in();
        let is_key = keys_in.is_some() && keys_in == word;
        let field = self.item.spec().fields.iter().find(|field| Some(field.name) == word && !is_key);
        let masked = changed.is_secret.then(|| MASKED.to_owned());
        if let Some(field) = field {
            let from = masked.or_else(|| from.filter(|from| !from.is_null()).map(|from| print::json(&from).flat()));
            return vec![(field.name.to_owned(), from, self.written(field))];
        }
        let extra = self.item.common().extra.iter().find(|(key, _)| *key == changed.field);
        let path = match (extra, keys_in) {
            (Some((key, _)), _) => format!("extra.{}", print::key(key)),
            (None, Some(word)) if is_key => format!("{word}.{}", print::key(changed.field)),
            (None, _) => changed.field.to_owned(),
        };
        let to = extra.map(|(_, value)| value.term()).or(to);
        if masked.is_some() {
            return vec![(path, masked, to.map(|to| print::json(&to).flat()))];
        }
        let mut found = Vec::new();
        terms_of(&path, (from, to), changed.applied, &mut found);
        found
    }

    /// What differs of the doc comment.
    pub(super) fn description(&self, changed: &Changed) -> Differing {
        let text = |side: &Live| {
            let said = side.fields.get(changed.field).filter(|value| !is_hollow(value));
            said.map(|value| print::json(&term(value)).flat())
        };
        let from = if changed.is_secret { Some(MASKED.to_owned()) } else { text(self.from) };
        (declared::DESCRIPTION.to_owned(), from, text(self.to))
    }

    fn json(&self, side: &Live, changed: &Changed) -> Option<Term> {
        side.fields.get(changed.field).map(term)
    }

    /// A word as the declaration writes it, or what it is where that says nothing.
    fn written(&self, field: &Field) -> Option<String> {
        let usual = self.usual(field);
        let given = self.written.get(field.name).map(|node| &node.given).or(usual.as_ref());
        given.map(|given| text(given, &field.shape))
    }

    fn usual(&self, field: &Field) -> Option<Given> {
        let (spec, name) = (self.item.spec(), self.item.common().name);
        let own = name.rsplit('.').next().unwrap_or_default();
        let titled = spec.titled == Some(field.name);
        if titled { Some(Given::Text(crate::text::title(own))) } else { (field.usual)() }
    }

    /// Whether a field will be as it is declared, and no more.
    fn is_as_written(&self, field: &str) -> bool {
        let both = self.wanted.get(field).zip(self.to.fields.get(field));
        both.is_some_and(|(wanted, to)| self.item.spec().wire.same(field, wanted, to))
    }
}

/// The part of a path that has no word, where it has one.
pub(super) fn unnamed_part<'a>(path: &'a str, changed: &[&Changed]) -> Option<&'a str> {
    let (_, api) = path.split_once(".\"")?;
    changed.iter().any(|changed| api.starts_with(changed.field)).then_some(api)
}

/// The path of what has no word: the field's word, and how the API calls it.
fn unnamed(word: &str, path: &str) -> String {
    format!("{word}.{}", print::quoted(path))
}

/// The case that holds JSON, where one side has no other words and the other has.
fn raw<'a>(from: Option<&'a Given>, to: Option<&'a Given>) -> Option<&'a str> {
    match (json_of(from), json_of(to)) {
        (Some((case, _)), None) if to.is_some() => Some(case),
        (None, Some((case, _))) if from.is_some() => Some(case),
        _ => None,
    }
}

/// The case that holds JSON, with that.
fn json_of(side: Option<&Given>) -> Option<(&str, &Term)> {
    match side {
        Some(Given::Case(word, Some(held))) => match &held.given {
            Given::Json(json) => Some((word, json)),
            _ => None,
        },
        _ => None,
    }
}

/// The parts in which JSON differs.
fn terms_of(path: &str, (from, to): (Option<Term>, Option<Term>), applied: Option<&Term>, out: &mut Vec<Differing>) {
    let mut leaves = Vec::new();
    terms::differences(path, from.as_ref(), to.as_ref(), &mut leaves);
    let text = |term: Option<Term>| term.map(|term| print::json(&term).flat());
    out.extend(leaves.into_iter().map(|(path, from, to)| (path, text(from), text(to))));
    if let (Some(from), Some(to)) = (&from, &to) {
        gone_of(path, (from, to), applied, out);
    }
}

/// What of JSON was applied and goes, where that is not said yet.
fn gone_of(path: &str, sides: (&Term, &Term), applied: Option<&Term>, out: &mut Vec<Differing>) {
    let mut gone = Vec::new();
    applied.into_iter().for_each(|applied| terms::also_gone(path, sides, applied, &mut gone));
    for (path, from, _) in gone {
        if out.iter().all(|(told, ..)| *told != path) {
            out.push((path, from.map(|from| print::json(&from).flat()), None));
        }
    }
}
