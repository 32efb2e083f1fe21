//! What every resource has in common.

use crate::params::{self, Param};
use crate::refusal::missing;
use plg_sandbox::{ApiAccount, Reply};
use serde_json::{Map, Value, json};
use std::fmt::Debug;

/// A row of a table.
pub(crate) type Row = Map<String, Value>;

/// A kind of object, with its rules.
pub(crate) trait Resource: Debug + Sync {
    /// What its path ends with: `prices`.
    fn path(&self) -> &'static str;

    /// What an object calls itself: `price`.
    fn object(&self) -> &'static str;

    /// What its requests may say.
    fn params(&self) -> &'static [Param];

    /// What its list can be narrowed by.
    fn filters(&self) -> &'static [&'static str] {
        &[]
    }

    /// What a new object says by itself.
    fn blank(&self) -> Value;

    /// Makes one of what was read.
    fn make(&self, account: &mut ApiAccount<'_>, sent: Row) -> Result<Row, Reply>;

    /// Changes one by what was read.
    fn change(&self, account: &mut ApiAccount<'_>, row: Row, sent: Row) -> Result<Row, Reply> {
        let _ = account;
        let mut row = row;
        params::put(&mut row, sent);
        Ok(row)
    }

    /// Whether one may be deleted: none where there is no such request.
    fn may_delete(&self, account: &mut ApiAccount<'_>, id: &str) -> Option<Result<(), Reply>> {
        let _ = (account, id);
        None
    }

    /// A row as it is at this moment.
    fn now(&self, account: &ApiAccount<'_>, row: &Value) -> Value {
        let _ = account;
        row.clone()
    }

    /// What is shown of a new object beside its row.
    fn shown_once(&self, id: &str) -> Option<(&'static str, Value)> {
        let _ = id;
        None
    }

    /// Makes an object.
    fn create(&self, account: &mut ApiAccount<'_>, sent: &Map<String, Value>) -> Result<Value, Reply> {
        let sent = params::read(self.params(), sent, true)?;
        let row = self.make(account, sent)?;
        let id = row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        account.store.put(&table(self.path()), &id, Value::Object(row.clone()));
        let mut shown = row;
        shown.extend(self.shown_once(&id).map(|(key, value)| (key.to_owned(), value)));
        Ok(Value::Object(shown))
    }

    /// Changes an object.
    fn update(&self, account: &mut ApiAccount<'_>, id: &str, sent: &Map<String, Value>) -> Result<Value, Reply> {
        let row = account.store.get(&table(self.path()), id).and_then(Value::as_object).cloned();
        let row = row.ok_or_else(|| missing(self.object(), id, None))?;
        let sent = params::read(self.params(), sent, false)?;
        let row = Value::Object(self.change(account, row, sent)?);
        account.store.put(&table(self.path()), id, row.clone());
        Ok(self.now(account, &row))
    }

    /// Deletes an object.
    fn delete(&self, account: &mut ApiAccount<'_>, id: &str) -> Result<Value, Reply> {
        if account.store.get(&table(self.path()), id).is_none() {
            return Err(missing(self.object(), id, None));
        }
        match self.may_delete(account, id) {
            None => Err(crate::refusal::unrecognized("DELETE", &format!("/v1/{}/{id}", self.path()))),
            Some(Err(no)) => Err(no),
            Some(Ok(())) => {
                account.store.remove(&table(self.path()), id);
                Ok(json!({ "id": id, "object": self.object(), "deleted": true }))
            }
        }
    }
}

/// Where the rows of a path are.
pub(crate) fn table(path: &str) -> String {
    format!("stripe.{path}")
}

/// Every row of a resource, the oldest first.
pub(crate) fn rows<'a>(
    account: &'a ApiAccount<'_>,
    resource: &dyn Resource,
) -> impl DoubleEndedIterator<Item = (&'a str, &'a Value)> + use<'a> {
    account.store.rows(&table(resource.path()))
}

/// One object.
pub(crate) fn find(account: &ApiAccount<'_>, resource: &dyn Resource, id: &str) -> Result<Value, Reply> {
    let row = account.store.get(&table(resource.path()), id);
    row.map(|row| resource.now(account, row)).ok_or_else(|| missing(resource.object(), id, None))
}

/// A new object: what it says by itself, what was sent, and what Stripe gives out.
pub(crate) fn new(account: &ApiAccount<'_>, resource: &dyn Resource, id: String, sent: Row) -> Row {
    let mut row = Row::new();
    row.insert("id".to_owned(), id.into());
    row.insert("object".to_owned(), resource.object().into());
    row.insert("created".to_owned(), account.now().as_second().into());
    row.insert("livemode".to_owned(), false.into());
    row.insert("metadata".to_owned(), json!({}));
    if let Value::Object(blank) = resource.blank() {
        row.extend(blank);
    }
    params::put(&mut row, sent);
    row
}

/// An id that nobody had before.
pub(crate) fn id(account: &mut ApiAccount<'_>, prefix: &str) -> String {
    let number = account.store.next_number(prefix);
    format!("{prefix}_1Sandbox{number:08}")
}

/// A text of what was sent.
pub(crate) fn text<'a>(row: &'a Row, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}
