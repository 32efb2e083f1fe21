//! How a kind speaks to its API: pure functions between declared fields and JSON.
//!
//! Both sides of a comparison are JSON objects in one *comparable form*: what is declared
//! ([`Want`]) and what is live ([`Live`]), normalised by the kind so that equal things are equal
//! JSON. In a want, what is only known later is a [`Term`](crate::Term) of its own, a reference (see
//! [`reference()`]) or a variable (see [`env()`]), resolved by the runtime.

mod call;
mod collection;
mod compare;
mod live;
pub mod mention;
mod owned;
mod reference;
mod want;

pub use crate::term::Map;
pub use call::{Call, Listing, Paging, RowAt, segment};
pub use collection::{Ending, RestCollection};
pub use compare::{id_text, includes, pick, same, same_entries, same_set, text, without};
pub use live::{Hold, Live, Prior, Removal, Settling, Standing};
pub use owned::{Owned, Theirs, UNTOLD};
pub use reference::{env, reference, reference_to};
pub use want::{Addition, Want};

use crate::term::Terms;
use mention::Mention;
use serde_json::Value as Json;
use std::fmt::Debug;

/// How one kind speaks to its API. Pure: no I/O, no clock, no randomness.
///
/// `want` is always resolved: it is JSON, and no term any more. Fields that name a parent (an attribute's `on`)
/// hold what [`reference()`] resolved to.
pub trait Wire: Debug + Sync {
    /// Where its objects are; `fields` name its parents.
    fn collection(&self, fields: &Map) -> RestCollection;

    /// Where an object that is known is.
    fn collection_of(&self, prior: &Prior) -> RestCollection {
        self.collection(&prior.fields)
    }

    /// The list that holds what `want` describes.
    fn listing(&self, want: &Map) -> Listing {
        self.collection(want).listing()
    }

    /// Reads one object out of a list, a detail, or the answer to a write. `None` when it is not
    /// one of ours to see (a survey's internal flag, a tombstone).
    fn read(&self, json: Json) -> Option<Live>;

    /// Reads one object out of this list, or one of its objects out of a detail, where the list says how its rows are
    /// read.
    fn read_row(&self, json: Json, listing: &Listing) -> Option<Live> {
        let _ = listing;
        self.read(json)
    }

    /// Reads the object out of the answer to the request that made it, or changed the one of this id: some APIs answer
    /// with the whole that it is part of. `want` is what was asked for.
    fn of_answer(&self, answer: Json, id: Option<&str>, want: &Map) -> Option<Live> {
        let _ = (id, want);
        self.read(answer)
    }

    /// Whether an answer to a create is of what was asked for: it has its identity. A kind whose identity is made of what
    /// it does says what tells an answer about something else.
    fn answers(&self, want: &Map, live: &Map) -> bool {
        let name = |fields: &Map| self.identity(fields).map(|name| name.trim().to_lowercase());
        let asked = name(want);
        asked.is_none() || name(live) == asked
    }

    /// The kind of the declarations that its own are made of, where nobody writes them by themselves: see
    /// [`Describe::parts`](crate::kinds::Describe::parts).
    fn part_of(&self) -> Option<&'static str> {
        None
    }

    /// Whether a part is there as soon as its whole is, and was made by whoever made that.
    fn comes_with_its_whole(&self) -> bool {
        false
    }

    /// Words of a declaration that its parts apply, in steps of their own: what they name may need the declaration itself.
    fn applied_by_parts(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether the API made a live object by itself, beside something that somebody made: it is nobody's to declare or
    /// to count, and may be gone tomorrow.
    fn is_made_by_api(&self, live: &Live) -> bool {
        let _ = live;
        false
    }

    /// The request for what the list's rows leave out of these fields, if they do; for all there is where none are
    /// named.
    fn detail(&self, id: &str, fields: &Map) -> Option<Call> {
        let _ = (id, fields);
        None
    }

    /// The request for one object that is known by its id; `None` where its list is the only place that surely tells
    /// whether it is there.
    fn by_id(&self, prior: &Prior) -> Option<Call> {
        Some(self.collection_of(prior).get(&prior.id))
    }

    /// Creates it.
    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(without(want, self.parents()))
    }

    /// Whether [`Wire::create`] leaves out what the API only takes of something that is there: the rest is sent right after.
    fn is_made_in_two(&self, want: &Map) -> bool {
        let _ = want;
        false
    }

    /// Changes it: `changed` are the fields that differ. `None` when nothing can be sent.
    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        part.retain(|field, _| !self.parents().contains(&field.as_str()) && !self.fixed().contains(&field.as_str()));
        (!part.is_empty()).then(|| by(self.changed_by(), self.collection_of(prior).change(prior, part)))
    }

    /// What the next request says of a change that takes several, one after the other, each with its fields as it leaves
    /// them: that an experiment runs, before it is paused. `prior` is as the last one left it. `None` where what is left
    /// goes in one.
    fn part(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Map> {
        let _ = (want, changed, prior);
        None
    }

    /// The method that changes an object, and puts one away or restores it where that is a field: `PATCH`, or `POST`
    /// to the object's own path.
    fn changed_by(&self) -> &'static str {
        "PATCH"
    }

    /// Brings it back from being archived, where that is another request than [`Wire::update`].
    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let call = self.collection_of(prior).restore(prior, without(want, self.parents()))?;
        Some(by(self.changed_by(), call))
    }

    /// Brings back what somebody deleted, where the API keeps it though no request shows it any more: the object as it
    /// was. What differs is changed afterwards.
    fn undelete(&self, want: &Map, prior: &Prior) -> Option<Call> {
        let _ = want;
        let at = self.collection_of(prior);
        let call = if matches!(at.ending, Ending::Mark(_)) { at.restore(prior, Map::new()) } else { None };
        call.map(|call| by(self.changed_by(), call))
    }

    /// Whether an API that restores what it is on brings it back, too, although nobody asked for that.
    fn comes_back_with_another(&self) -> bool {
        false
    }

    /// The kinds whose objects come back with it when it is restored, although nobody asked for that.
    fn brings_back(&self) -> &'static [&'static str] {
        &[]
    }

    /// Removes it.
    fn remove(&self, prior: &Prior) -> Removal {
        let at = self.collection_of(prior);
        match at.remove(prior) {
            Removal::Delete(call) if at.ending != Ending::Delete => Removal::Delete(by(self.changed_by(), call)),
            Removal::Archive(call) => Removal::Archive(by(self.changed_by(), call)),
            removal => removal,
        }
    }

    /// What must be sent to the old one before its replacement can be created, such as moving the
    /// slug of an attribute that cannot be deleted out of the way. `mark` is unique.
    fn retire(&self, prior: &Prior, mark: &str) -> Option<Call> {
        let _ = (prior, mark);
        None
    }

    /// Creates the replacement of an object that has the same key, in a request that takes the key over from the old one:
    /// then the new one is made first, and the old one is removed once nothing needs it any more. `None` where two of
    /// one key cannot be there for a moment.
    fn succeed(&self, want: &Map) -> Option<Call> {
        let _ = want;
        None
    }

    /// Fields that name a parent or stand in the path: never compared with what is live.
    fn parents(&self) -> &'static [&'static str] {
        &[]
    }

    /// Those of [`Wire::parents`] that say in which way it is talked to, and not where it is: with another one it is the
    /// same object.
    fn ways(&self) -> &'static [&'static str] {
        &[]
    }

    /// Fields that cannot change: a difference replaces the object.
    fn fixed(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether a field cannot change; kinds override it where their declarations say which.
    fn is_fixed(&self, field: &str, want: &Map) -> bool {
        let _ = want;
        self.fixed().contains(&field)
    }

    /// Fields that an API takes and shows to nobody, such as the id of a template: they are as they were applied.
    fn write_only(&self) -> &'static [&'static str] {
        &[]
    }

    /// What is lost with the old one where it is replaced.
    fn lost(&self) -> &'static str {
        "what people made of the old one in the web app"
    }

    /// Why something that is put away came to its end by itself, such as a code that was redeemed as often as it may be:
    /// no request restores it, and it stays as it is for as long as it is declared. Who declares it anew gets another one.
    fn ended(&self, live: &Live) -> Option<&'static str> {
        let _ = live;
        None
    }

    /// Why something that is remembered and is not there any more is not made again, such as what was to be done once at
    /// a time that is over. `now` is the moment of the look (RFC 3339).
    fn over(&self, want: &Map, now: &str) -> Option<&'static str> {
        let _ = (want, now);
        None
    }

    /// The kinds of which a declaration changes by itself, in its time, what this one is wanted to be: see
    /// [`Wire::settled`].
    fn may_settle(&self) -> &'static [&'static str] {
        &[]
    }

    /// Writes into what is wanted of it what the declarations that refer to it did, of the kinds in
    /// [`Wire::may_settle`]: a scheduled change that was carried out. So no plan takes back what another declaration did.
    fn settled(&self, want: &mut Terms, others: &[Settling<'_>]) {
        let _ = (want, others);
    }

    /// The state that people gave it and that `want` leaves to them, such as a running experiment.
    fn standing(&self, want: &Map, live: &Live) -> Option<Standing> {
        let _ = (want, live);
        None
    }

    /// What finds the same object again without an id: the natural key, or the name people gave it.
    fn identity(&self, fields: &Map) -> Option<String>;

    /// Whether the API itself keeps identities apart, so that one found is surely ours to adopt.
    fn identity_is_unique(&self) -> bool {
        true
    }

    /// Whether paths take the identity in place of the id, so that what is below can be listed before
    /// the id is known.
    fn identity_is_path(&self) -> bool {
        false
    }

    /// Whether a field is as declared; kinds override it for what is equal though spelt differently.
    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        let _ = field;
        same(want, live)
    }

    /// How much of a field belongs to its declaration: people may add members to a collection, and keys to what is
    /// inside it.
    fn owned(&self, field: &str) -> &'static Owned {
        let _ = field;
        &Owned::Whole
    }

    /// What a field becomes by a write: as declared, with what others added, and without what was applied earlier and
    /// is declared no more.
    fn merged(&self, field: &str, want: &Json, applied: Option<&Json>, live: &Json) -> Json {
        owned::merged(self.owned(field), want, applied, live)
    }

    /// Whether a field is as declared, whatever others added to it.
    fn agrees(&self, field: &str, want: &Json, applied: Option<&Json>, live: &Json) -> bool {
        match self.owned(field) {
            Owned::Whole => self.same(field, want, live),
            owned => self.same(field, &owned::merged(owned, want, applied, live), live),
        }
    }

    /// What others added to a field.
    fn theirs(&self, field: &str, want: &Json, applied: Option<&Json>, live: &Json) -> Vec<Theirs> {
        let mut found = Vec::new();
        owned::others(self.owned(field), field, want, applied, live, &mut found);
        found
    }

    /// Whether it is made anew after each deploy that changed something, instead of being kept as
    /// declared: an annotation that marks the deploy.
    fn is_marker(&self, want: &Terms) -> bool {
        let _ = want;
        false
    }

    /// Writes the moment (RFC 3339) into what a marker wants, as it is made.
    fn stamp(&self, want: &mut Map, now: &str) {
        let _ = (want, now);
    }

    /// The fields that a word of the language stands for: `groups` for `rollout`, the word itself where the field has
    /// the same name.
    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        itself(word)
    }

    /// The word whose keys are fields of their own, where declarations say these as JSON.
    fn keys_in(&self) -> Option<&'static str> {
        None
    }

    /// The field that an API means by what it calls the one at fault, such as `key` or `filters__groups`, with what it
    /// says about it.
    fn field_at_fault<'a>(&self, said: &'a str, message: &str) -> &'a str {
        let _ = message;
        // Some name the body itself first.
        let said = said.strip_prefix("data.").unwrap_or(said);
        said.split(['.', '[']).next().and_then(|first| first.split("__").next()).unwrap_or(said)
    }

    /// Fields that only describe it: whatever refers to it works the same without them.
    fn descriptive(&self) -> &'static [&'static str] {
        &["description", "tags"]
    }

    /// Words of a new one that should be told although they are not written, as a stack would write them: that a flag is
    /// on, and for how many. `new` is what it is made with, as far as that is known.
    fn goes_without_saying(&self, new: &Map) -> Vec<(&'static str, String)> {
        let _ = new;
        Vec::new()
    }

    /// Whether an `existing` declaration may be absent remotely: an event PostHog makes when it first sees it.
    fn existing_may_be_absent(&self) -> bool {
        false
    }

    /// Words that are looked at of something `existing`, beside those that find it and those that an application sees.
    fn looked_at(&self) -> &'static [&'static str] {
        &[]
    }

    /// Keys by which its API puts objects away, beside the one of its [`Ending`].
    fn removed_with(&self) -> &'static [&'static str] {
        &[]
    }

    /// Why it may not be there yet, where no request can make it: others do, and it is looked after
    /// from the moment it is there.
    fn made_elsewhere(&self) -> Option<&'static str> {
        None
    }

    /// The kinds that its objects can refer to: see [`Wire::mentions`].
    fn may_mention(&self) -> &'static [&'static str] {
        &[]
    }

    /// What a live object refers to, whoever made it.
    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let _ = live;
        Vec::new()
    }

    /// The kinds of which a live object that refers to it may keep the API from changing or removing it: see
    /// [`Wire::holds_back`].
    fn may_hold_back(&self) -> &'static [&'static str] {
        &[]
    }

    /// Why the API refuses what is about to become of it, as long as another live object that refers to it is as it
    /// is: `after` are its fields then, none where it is removed.
    fn holds_back(&self, before: &Map, after: Option<&Map>, kind: &str, other: &Live) -> Option<Hold> {
        let _ = (before, after, kind, other);
        None
    }

    /// Why the API refuses what is about to become of it, as it is itself: `after` are its fields then, none where it is
    /// removed.
    fn refuses(&self, before: &Map, after: Option<&Map>) -> Option<Hold> {
        let _ = (before, after);
        None
    }

    /// What people should know before these fields of it change, as it is: an experiment that runs is measured otherwise
    /// from then on. `live` is as it was before.
    fn unsettles(&self, changed: &[&str], live: &Live) -> Option<String> {
        let _ = (changed, live);
        None
    }

    /// What else becomes of what it is built on as these fields become what is wanted: launching an experiment switches
    /// its flag on. `live` is as it was before, nothing where it is made.
    fn effects(&self, want: &Map, changed: &[&str], live: Option<&Live>) -> Vec<String> {
        let _ = (want, changed, live);
        Vec::new()
    }

    /// What people should know before it changes so, as another live object that refers to it is: a flag's split changes
    /// for people who are in an experiment. Those of the kinds in [`Wire::may_hold_back`] are asked about.
    fn disturbs(&self, before: &Map, after: &Map, kind: &str, other: &Live) -> Option<String> {
        let _ = (before, after, kind, other);
        None
    }

    /// Why the API would not make it on another object that it needs, as that is.
    fn unfit(&self, kind: &str, needed: &Live) -> Option<Hold> {
        let _ = (kind, needed);
        None
    }

    /// The query for the records that hold something of it, and that are hidden or deleted with it.
    /// `find` has the fields of another live object, by its kind and id.
    fn held_by(&self, prior: &Prior, find: &dyn Fn(&str, &str) -> Option<Map>) -> Option<Call> {
        let _ = (prior, find);
        None
    }

    /// What people gave or measured that goes with it, where the object itself says so.
    fn collected(&self, fields: &Map) -> Option<&'static str> {
        let _ = fields;
        None
    }

    /// Names of [`Live::outputs`], beside `id`, that other declarations may refer to.
    fn outputs(&self) -> &'static [&'static str] {
        &[]
    }

    /// Fields of [`Live::outputs`] that are secrets shown once.
    fn secrets(&self) -> &'static [&'static str] {
        &[]
    }
}

/// A change, sent with this method.
fn by(method: &'static str, call: Call) -> Call {
    Call { method, ..call }
}

/// The field that is called like its word.
pub fn itself<'a>(word: &'a &'static str) -> &'a [&'static str] {
    std::slice::from_ref(word)
}
