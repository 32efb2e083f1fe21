//! Questions to an account that no kind asks.

use super::Session;
use crate::error::Error;
use plg_core::AccountName;
use plg_core::wire::Call;
use serde_json::Value;

impl Session {
    /// What an account answers to a question that no kind asks; `{project}` and its like stand in the path for the account's
    /// numbers. Changes nothing.
    ///
    /// # Errors
    /// When the session has no such account, or the API does not answer.
    pub async fn ask(&self, account: AccountName, path: &str) -> Result<Value, Error> {
        self.asked_of(account, &Call::bare("GET", path)).await
    }

    /// As [`Session::ask`], of a question that is a body: an API's query, which changes nothing either.
    ///
    /// # Errors
    /// When the session has no such account, or the API does not answer.
    pub async fn query(&self, account: AccountName, path: &str, body: Value) -> Result<Value, Error> {
        self.asked_of(account, &Call::new("POST", path, body)).await
    }

    async fn asked_of(&self, account: AccountName, call: &Call) -> Result<Value, Error> {
        let mut all = self.client.endpoints().0.iter();
        let Some(endpoint) = all.find(|endpoint| endpoint.account == account) else {
            let names = self.client.endpoints().0.iter().map(|endpoint| endpoint.account.0);
            return Err(Error::unknown(account.0, names));
        };
        Ok(self.client.of(endpoint.provider, account).read(call).await?)
    }
}
