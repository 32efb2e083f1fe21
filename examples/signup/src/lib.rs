//! What a product does when somebody signs up: one event to PostHog, one record in Attio.
//!
//! Every name here comes from the stack. What is renamed or removed there does not compile here.

use plg::Capture;
use plg_stack::crm::{LifecycleStage, Mrr};
use plg_stack::product::SignupCompleted;
use serde_json::{Map, Value, json};

/// Where events and records go.
#[derive(Debug, Clone)]
pub struct Services {
    /// Attio, such as `https://api.attio.com`.
    pub attio: String,
    /// Attio's API key.
    pub attio_key: String,
    /// PostHog's ingestion, such as `https://us.i.posthog.com`.
    pub posthog: String,
    /// The project's own key, which browsers have too.
    pub posthog_key: String,
}

/// Somebody who signs up.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// Who it is, as PostHog tells people apart.
    pub person: String,
    /// The domain of their company.
    pub domain: String,
    /// The plan chosen.
    pub plan: String,
    /// How many seats were taken.
    pub seats: u32,
}

/// Why somebody could not be signed up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer.
    #[error("could not reach {0}: {1}")]
    Unreachable(&'static str, #[source] reqwest::Error),
    /// An answer that is no yes.
    #[error("{0} answered {1}: {2}")]
    Refused(&'static str, reqwest::StatusCode, String),
}

/// An application's connections.
#[derive(Debug, Clone)]
pub struct Application {
    services: Services,
    http: reqwest::Client,
}

impl Application {
    /// An application that talks to these services.
    pub fn new(services: Services) -> Self {
        // Another part of the program may have chosen one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Application { services, http: reqwest::Client::new() }
    }

    /// Remembers the company as a trial and reports that somebody signed up; answers the record's id.
    ///
    /// # Errors
    /// When a service cannot be reached or says no.
    pub async fn sign_up(&self, who: &SignUp) -> Result<String, Error> {
        let record = self
            .company(&who.domain, [(LifecycleStage::SLUG, LifecycleStage::Trial.title().into()), (Mrr::SLUG, 0.into())])
            .await?;
        let event = SignupCompleted { plan: who.plan.clone(), seats: f64::from(who.seats), source: None };
        self.capture(&who.person, &event).await?;
        Ok(record)
    }

    /// Makes or updates the company of a domain.
    async fn company(
        &self,
        domain: &str,
        values: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<String, Error> {
        let mut all: Map<String, Value> = values.into_iter().map(|(slug, value)| (slug.to_owned(), value)).collect();
        all.insert("domains".into(), json!([domain]));
        let request = self
            .http
            .put(format!("{}/v2/objects/companies/records", self.services.attio))
            .query(&[("matching_attribute", "domains")])
            .bearer_auth(&self.services.attio_key)
            .json(&json!({ "data": { "values": all } }));
        let answer = answer("Attio", request).await?;
        Ok(answer["data"]["id"]["record_id"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends any event of the stack.
    async fn capture<E: Capture>(&self, person: &str, event: &E) -> Result<(), Error> {
        let request = self.http.post(format!("{}/i/v0/e/", self.services.posthog)).json(&json!({
            "api_key": self.services.posthog_key, "event": E::NAME, "distinct_id": person,
            "properties": event.properties(),
        }));
        answer("PostHog", request).await.map(drop)
    }
}

async fn answer(service: &'static str, request: reqwest::RequestBuilder) -> Result<Value, Error> {
    let response = request.send().await.map_err(|error| Error::Unreachable(service, error.without_url()))?;
    let status = response.status();
    let body = response.text().await.map_err(|error| Error::Unreachable(service, error.without_url()))?;
    if !status.is_success() {
        return Err(Error::Refused(service, status, body));
    }
    Ok(serde_json::from_str(&body).unwrap_or(Value::Null))
}
