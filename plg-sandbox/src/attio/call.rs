//! One request to Attio under way.

use super::refusal::AttioRefusal;
use super::row::stamp;
use super::schema::BodyShape;
use super::{validate, workspace};
use crate::message::SandboxRequest;
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Map, Value, json};

pub(crate) type AttioAnswer = Result<Value, AttioRefusal>;

/// One request under way.
pub(crate) struct AttioCall<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) settings: &'a Settings,
    pub(crate) request: &'a SandboxRequest,
    /// Path segments after `/v2`.
    pub(crate) parts: Vec<String>,
    pub(crate) workspace: String,
}

impl AttioCall<'_> {
    /// A path segment; the route has made sure that it is there.
    pub(crate) fn part(&self, at: usize) -> &str {
        self.parts.get(at).map_or("", String::as_str)
    }

    pub(crate) fn data(&self, shape: &'static BodyShape) -> Result<Map<String, Value>, AttioRefusal> {
        validate::data(&self.request.body, shape)
    }

    pub(crate) fn whole(&self, key: &str, least: usize, most: usize, default: usize) -> Result<usize, AttioRefusal> {
        validate::whole(self.request.query(key), key, least, most, default)
    }

    pub(crate) fn show_archived(&self) -> Result<bool, AttioRefusal> {
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

pub(crate) fn data(value: Value) -> AttioAnswer {
    Ok(json!({"data": value}))
}
