//! What a webhook is told about: what happens to what, and what of it counts.

use super::super::prelude::*;
use super::super::{Attribute, List, Member, Object, On, STANDARD};

plg_core::choice! {
    /// An event that a webhook is told about.
    HookEvent "event that a webhook reports" {
        /// Those of its kind alone for which this holds: `filtered(list_entry.updated, with: [list(Targets)])`.
        filtered(FilteredEvent),
        ; /// Every one of its kind, as `deals.created`.
        else every(Topic<Subject, Verb>)
    }
}

plg_core::record! {
    /// An event with what has to hold of it. What is compared is the event's own: ids and who did it, no values.
    FilteredEvent {
        /// What happens to what.
        of: Topic<Subject, Verb>,
        /// What has to hold, all of it.
        with: &'static [HookTest] = &[],
        /// What has to hold, at least one of it. Not together with `with`, and not for the records of one object.
        any: &'static [HookTest] = &[],
    }
}

plg_core::choice! {
    /// What has to hold of an event.
    HookTest "filter of a webhook's event" {
        /// It is about this list, or about entries or attributes of it.
        list(Link<List>),
        /// It is about another list.
        not_list(Link<List>),
        /// The value of this attribute changed, or the attribute itself.
        attribute(Link<Attribute>),
        /// It is another attribute that changed.
        not_attribute(Link<Attribute>),
        /// The value of the other end of this attribute's relationship changed, or that end itself.
        back(Link<Attribute>),
        /// It is about records or attributes of this object.
        object(On),
        /// It is about those of another object.
        not_object(On),
        /// The entry's record, or what the note is on, is of this object.
        parent(On),
        /// It is about this record, by its id in Attio.
        record(Str),
        /// The entry is of this record, or the note is on it, by its id in Attio.
        parent_record(Str),
        /// Somebody of this kind did it.
        by(ActorType),
        /// Nobody of this kind did it.
        not_by(ActorType),
        /// This member did it.
        by_member(Link<Member>),
        /// Another one than this member did it.
        not_by_member(Link<Member>),
        /// This member, app or key did it, by its id in Attio.
        by_id(Str),
        /// Another one than this did it, such as an integration that must not hear itself: `not_by_id("…")` with the id of its
        /// app.
        not_by_id(Str),
    }
}

plg_core::words! {
    /// Who can do something in Attio.
    ActorType "kind of actor" {
        /// A member of the workspace.
        member = "workspace-member",
        /// A program with a key or as an app that somebody installed.
        api_token = "api-token",
        /// An app of Attio.
        app,
        /// Attio itself.
        system,
    }
}

plg_core::choice! {
    /// What something happens to.
    Subject "subject of an event" {
        /// Records of people.
        people,
        /// Records of companies.
        companies,
        /// Records of deals.
        deals,
        /// Records of users.
        users,
        /// Records of workspaces.
        workspaces,
        /// Records of every object.
        record,
        /// Notes.
        note,
        /// What is written in a note.
        note_content,
        /// Tasks.
        task,
        /// Comments.
        comment,
        /// Lists.
        list,
        /// Entries of lists.
        list_entry,
        /// Attributes of lists.
        list_attribute,
        /// Attributes of objects.
        object_attribute,
        /// Members of the workspace.
        workspace_member,
        /// Recordings of calls.
        call_recording,
        /// Activities.
        activity,
        /// Attributes of activities.
        activity_attribute,
        /// Records that an activity is about.
        activity_record,
        ; /// Records of an object that is declared.
        else object(Link<Object>)
    }
}

plg_core::words! {
    /// What happens.
    Verb "change that a webhook reports" {
        /// It is there now.
        created,
        /// It has changed.
        updated,
        /// It is gone.
        deleted,
        /// Two of them have become one.
        merged,
        /// A comment is settled.
        resolved,
        /// A comment is open again.
        unresolved,
    }
}

impl Subject {
    /// What comes before the dot in the API's event, and the object whose records alone are meant.
    pub(super) fn family(&self) -> (&'static str, Option<&'static Object>) {
        match self {
            Subject::people => ("record", Some(&STANDARD[0])),
            Subject::companies => ("record", Some(&STANDARD[1])),
            Subject::deals => ("record", Some(&STANDARD[2])),
            Subject::users => ("record", Some(&STANDARD[3])),
            Subject::workspaces => ("record", Some(&STANDARD[4])),
            Subject::object(object) => ("record", Some(object)),
            Subject::record => ("record", None),
            Subject::note => ("note", None),
            Subject::note_content => ("note-content", None),
            Subject::task => ("task", None),
            Subject::comment => ("comment", None),
            Subject::list => ("list", None),
            Subject::list_entry => ("list-entry", None),
            Subject::list_attribute => ("list-attribute", None),
            Subject::object_attribute => ("object-attribute", None),
            Subject::workspace_member => ("workspace-member", None),
            Subject::call_recording => ("call-recording", None),
            Subject::activity => ("activity", None),
            Subject::activity_attribute => ("activity-attribute", None),
            Subject::activity_record => ("activity-record", None),
        }
    }
}

/// What can happen to a subject.
pub(super) fn verbs(subject: &str) -> &'static [&'static str] {
    match subject {
        "note" | "task" | "list" | "list_entry" | "activity" => &["created", "updated", "deleted"],
        "comment" => &["created", "resolved", "unresolved", "deleted"],
        "list_attribute" | "object_attribute" | "activity_attribute" => &["created", "updated"],
        "activity_record" => &["created", "deleted"],
        "workspace_member" | "call_recording" => &["created"],
        "note_content" => &["updated"],
        _ => &["created", "updated", "deleted", "merged"],
    }
}

impl HookTest {
    /// The path into the event, whether it must be that, and what it is compared with.
    fn parts(&self) -> (&'static str, bool, Term) {
        match self {
            HookTest::list(list) => (LIST, true, reference(*list)),
            HookTest::not_list(list) => (LIST, false, reference(*list)),
            HookTest::attribute(attribute) => (ATTRIBUTE, true, reference(*attribute)),
            HookTest::not_attribute(attribute) => (ATTRIBUTE, false, reference(*attribute)),
            HookTest::back(attribute) => (ATTRIBUTE, true, reference_to(*attribute, "far")),
            HookTest::object(on) => (OBJECT, true, reference(on.object())),
            HookTest::not_object(on) => (OBJECT, false, reference(on.object())),
            HookTest::parent(on) => (PARENT, true, reference(on.object())),
            HookTest::record(id) => (RECORD, true, id.0.into()),
            HookTest::parent_record(id) => (PARENT_RECORD, true, id.0.into()),
            HookTest::by(actor) => (ACTOR_TYPE, true, actor.as_str().into()),
            HookTest::not_by(actor) => (ACTOR_TYPE, false, actor.as_str().into()),
            HookTest::by_member(member) => (ACTOR, true, reference(*member)),
            HookTest::not_by_member(member) => (ACTOR, false, reference(*member)),
            HookTest::by_id(id) => (ACTOR, true, id.0.into()),
            HookTest::not_by_id(id) => (ACTOR, false, id.0.into()),
        }
    }

    fn term(&self) -> Term {
        let (field, is, value) = self.parts();
        test(field, is, value)
    }
}

pub(super) const OBJECT: &str = "id.object_id";
pub(super) const LIST: &str = "id.list_id";
pub(super) const ATTRIBUTE: &str = "id.attribute_id";
pub(super) const RECORD: &str = "id.record_id";
pub(super) const PARENT: &str = "parent_object_id";
pub(super) const PARENT_RECORD: &str = "parent_record_id";
pub(super) const ACTOR_TYPE: &str = "actor.type";
pub(super) const ACTOR: &str = "actor.id";

/// The path into an event that a test's word looks at.
pub(super) fn path_of(word: &str) -> &'static str {
    match word {
        "list" | "not_list" => LIST,
        "attribute" | "not_attribute" | "back" => ATTRIBUTE,
        "object" | "not_object" => OBJECT,
        "parent" => PARENT,
        "record" => RECORD,
        "parent_record" => PARENT_RECORD,
        "by" | "not_by" => ACTOR_TYPE,
        _ => ACTOR,
    }
}

/// Whether events of a subject have something at a path. Attio takes any path, and one that an event does not have never
/// matches.
pub(super) fn has(subject: &str, verb: &str, path: &str) -> bool {
    let family = match subject {
        "note" | "note_content" | "task" | "comment" | "list" | "list_entry" | "list_attribute"
        | "object_attribute" | "workspace_member" | "call_recording" | "activity" | "activity_attribute"
        | "activity_record" => subject,
        _ => "record",
    };
    match path {
        OBJECT => matches!(family, "record" | "object_attribute"),
        RECORD => family == "record",
        LIST => matches!(family, "list" | "list_entry" | "list_attribute"),
        ATTRIBUTE => {
            matches!(family, "list_attribute" | "object_attribute" | "activity_attribute")
                || (matches!(family, "record" | "list_entry") && verb == "updated")
        }
        PARENT | PARENT_RECORD => matches!(family, "list_entry" | "note" | "note_content"),
        _ => true,
    }
}

/// Whether a subject is the records of one object.
pub(super) fn is_of_one_object(subject: &Node) -> bool {
    subject.word().is_some_and(|word| word == "object" || STANDARD.iter().any(|own| own.slug.0 == word))
}

fn test(field: &str, is: bool, value: impl Into<Term>) -> Term {
    let operator = if is { "equals" } else { "not_equals" };
    term!({ "field": field, "operator": operator, "value": value.into() })
}

impl HookEvent {
    /// As the API has it.
    pub(super) fn subscription(&self) -> Term {
        let (topic, with, any): (_, &[HookTest], &[HookTest]) = match self {
            HookEvent::every(topic) => (topic, &[], &[]),
            HookEvent::filtered(FilteredEvent { of, with, any }) => (of, with, any),
        };
        let (family, object) = topic.subject.family();
        let own = object.map(|object| test(OBJECT, true, reference(object)));
        let all: Vec<Term> = own.into_iter().chain(with.iter().map(HookTest::term)).collect();
        let filter = match (&all[..], any) {
            ([], []) => Term::Null,
            ([], any) => term!({ "$or": any.iter().map(HookTest::term).collect::<Vec<_>>() }),
            _ => term!({ "$and": all }),
        };
        term!({ "event_type": format!("{family}.{}", topic.verb.as_str()), "filter": filter })
    }
}
