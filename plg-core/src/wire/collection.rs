//! A collection: where the objects of a kind are, and how requests change them there.

use super::call::segment;
use super::{Call, Listing, Map, Paging, Prior, Removal};
use serde_json::Value as Json;

/// Where the objects of a kind are. [`Wire`](super::Wire) makes its requests from it where the kind writes none of
/// its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestCollection {
    /// Path from the host's root, such as `/v2/objects`. A slash at its end ends the path of each object too.
    pub path: String,
    /// The query of the list that does not page, such as `?show_archived=true`.
    pub query: &'static str,
    /// How the list is paged.
    pub paging: Paging,
    /// The key around the body of a write, where the API wants one.
    pub envelope: Option<&'static str>,
    /// How an object is removed.
    pub ending: Ending,
}

/// How an object of a collection is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// `DELETE`: it is gone for good.
    Delete,
    /// This field is set: people see it as gone, and it can be restored.
    Mark(&'static str),
    /// This field is set: it is hidden and stays behind, and it can be restored.
    Archive(&'static str),
    /// This field, such as `active`, is set to `false`: it is hidden and stays behind, and `true` restores it.
    Deactivate(&'static str),
}

impl RestCollection {
    /// The list of its objects.
    pub fn listing(self) -> Listing {
        let mut path = self.path;
        path.push_str(self.query);
        Listing { path, paging: self.paging, rows: None }
    }

    /// Where one object is.
    pub fn object(&self, id: &str) -> String {
        if self.paging == Paging::One {
            return self.path.clone();
        }
        let id = segment(id);
        if self.path.ends_with('/') { [&self.path, &id, "/"].concat() } else { [&self.path, "/", &id].concat() }
    }

    /// Reads one object.
    pub fn get(&self, id: &str) -> Call {
        Call::bare("GET", self.object(id))
    }

    /// Creates an object. Tags that it does not have are not mentioned: requests that mention any go one after another.
    pub fn create(self, mut body: Map) -> Call {
        if body.get("tags").and_then(Json::as_array).is_some_and(Vec::is_empty) {
            body.shift_remove("tags");
        }
        let body = self.wrapped(body);
        let method = if self.paging == Paging::One { "PATCH" } else { "POST" };
        Call::new(method, self.path, body)
    }

    /// Changes an object.
    pub fn change(&self, prior: &Prior, part: Map) -> Call {
        Call::new("PATCH", self.object(&prior.id), self.wrapped(part))
    }

    /// Removes an object.
    pub fn remove(&self, prior: &Prior) -> Removal {
        if self.paging == Paging::One {
            return Removal::Forget("it is always there, and stays as it is");
        }
        let sets = |field: &str, to: bool| self.change(prior, Map::from_iter([(field.to_owned(), Json::Bool(to))]));
        match self.ending {
            Ending::Delete => Removal::Delete(Call::bare("DELETE", self.object(&prior.id))),
            Ending::Mark(field) => Removal::Delete(sets(field, true)),
            Ending::Archive(field) => Removal::Archive(sets(field, true)),
            Ending::Deactivate(field) => Removal::Archive(sets(field, false)),
        }
    }

    /// Restores a removed object with this body; `None` where removed objects are gone for good.
    pub fn restore(&self, prior: &Prior, mut body: Map) -> Option<Call> {
        let (field, to) = match self.ending {
            Ending::Delete => return None,
            Ending::Mark(field) | Ending::Archive(field) => (field, false),
            Ending::Deactivate(field) => (field, true),
        };
        body.insert(field.to_owned(), Json::Bool(to));
        Some(self.change(prior, body))
    }

    fn wrapped(&self, body: Map) -> Json {
        match self.envelope {
            Some(key) => Json::Object(Map::from_iter([(key.to_owned(), Json::Object(body))])),
            None => Json::Object(body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PLAIN: RestCollection =
        RestCollection { path: String::new(), query: "", paging: Paging::Data, envelope: None, ending: Ending::Delete };

    #[test]
    fn paths_of_objects_end_as_their_collection_does() {
        let with = RestCollection { path: "/api/things/".into(), ..PLAIN };
        let without = RestCollection { path: "/v2/things".into(), ..PLAIN };
        assert_eq!((with.object("a b"), without.object("7")), ("/api/things/a%20b/".into(), "/v2/things/7".into()));
    }

    #[test]
    fn the_one_there_is_has_no_id_in_its_path_and_is_never_removed() {
        let one = || RestCollection { path: "/api/account/".into(), paging: Paging::One, ..PLAIN };
        let prior = Prior { id: "7".into(), ..Prior::default() };
        let sent = Call::new("PATCH", "/api/account/", json!({ "zone": "UTC" }));
        let body = Map::from_iter([("zone".to_owned(), json!("UTC"))]);
        assert_eq!((one().create(body.clone()), one().change(&prior, body)), (sent.clone(), sent));
        assert_eq!(one().get("7"), Call::bare("GET", "/api/account/"));
        assert!(matches!(one().remove(&prior), Removal::Forget(_)));
    }

    #[test]
    fn no_tags_are_not_mentioned_at_first() {
        let body = |tags: Json| json!({ "name": "a", "tags": tags }).as_object().cloned().unwrap();
        let things = || RestCollection { path: "/things/".into(), ..PLAIN };
        let (none, some) = (things().create(body(json!([]))), things().create(body(json!(["b"]))));
        assert_eq!(none.body, Some(json!({ "name": "a" })));
        assert!(!none.has_tags() && some.has_tags());
        // To take them away, they have to be.
        let prior = Prior { id: "7".into(), ..Prior::default() };
        assert!(things().change(&prior, body(json!([]))).has_tags());
    }

    #[test]
    fn a_mark_is_set_and_taken_back_and_a_deletion_is_not() {
        let prior = Prior { id: "7".into(), ..Prior::default() };
        let marked = RestCollection { path: "/things/".into(), ending: Ending::Mark("deleted"), ..PLAIN };
        let gone = Call::new("PATCH", "/things/7/", json!({ "deleted": true }));
        assert_eq!(marked.remove(&prior), Removal::Delete(gone));
        let back = Call::new("PATCH", "/things/7/", json!({ "deleted": false }));
        assert_eq!(marked.restore(&prior, Map::new()), Some(back));

        let hidden = RestCollection { envelope: Some("data"), ending: Ending::Archive("is_archived"), ..marked };
        let archived = Call::new("PATCH", "/things/7/", json!({ "data": { "is_archived": true } }));
        assert_eq!(hidden.remove(&prior), Removal::Archive(archived));

        let inactive = RestCollection { path: "/things".into(), ending: Ending::Deactivate("active"), ..PLAIN };
        let archived = Call::new("PATCH", "/things/7", json!({ "active": false }));
        assert_eq!(inactive.remove(&prior), Removal::Archive(archived));
        let back = Call::new("PATCH", "/things/7", json!({ "active": true }));
        assert_eq!(inactive.restore(&prior, Map::new()), Some(back));

        let deleted = RestCollection { path: "/things/".into(), ..PLAIN };
        assert_eq!(deleted.remove(&prior), Removal::Delete(Call::bare("DELETE", "/things/7/")));
        assert_eq!(deleted.restore(&prior, Map::new()), None);
    }
}
