//! One request to Attio under way.

use super::refusal::Problem;
use super::row::stamp;
use super::validate::Shape;
use super::{validate, workspace};
use crate::message::Request;
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Map, Value, json};

pub(crate) type Answer = Result<Value, Problem>;

/// One request under way.
pub(crate) struct Call<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) settings: &'a Settings,
    pub(crate) request: &'a Request,
    /// Path segments after `/v2`.
    pub(crate) parts: Vec<String>,
    pub(crate) workspace: String,
}

impl Call<'_> {
    /// A path segment; the route has made sure that it is there.
    pub(crate) fn part(&self, at: usize) -> &str {
        self.parts.get(at).map_or("", String::as_str)
    }

    pub(crate) fn data(&self, shape: &'static Shape) -> Result<Map<String, Value>, Problem> {
        validate::data(&self.request.body, shape)
    }

    pub(crate) fn whole(&self, key: &str, least: usize, most: usize, default: usize) -> Result<usize, Problem> {
        validate::whole(self.request.query(key), key, least, most, default)
    }

    pub(crate) fn show_archived(&self) -> Result<bool, Problem> {
        validate::flag(self.request.query("show_archived"), "show_archived")
    }

    pub(crate) fn now(&self) -> String {
        stamp(self.settings.clock())
    }

    /// The actor behind this request's key.
    pub(crate) fn actor(&self) -> Value {
        json!({"type": "api-token", "id": workspace::client(self.store)})
    }
}

pub(crate) fn data(value: Value) -> Answer {
    Ok(json!({"data": value}))
}
