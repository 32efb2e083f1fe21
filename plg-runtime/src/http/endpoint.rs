//! Where an API is, and with which key.

use crate::loopback::is_on_loopback;
use crate::secret::Secret;
use plg_schema::Provider;

/// One API of a stage.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its address without a path, such as `https://api.attio.com`.
    pub base: String,
    /// Its key.
    pub key: Secret<String>,
}

/// Both APIs of a stage.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Attio.
    pub attio: Endpoint,
    /// PostHog.
    pub posthog: Endpoint,
    /// The number of the PostHog project.
    pub project: u64,
}

impl Endpoints {
    /// The endpoint of a provider.
    pub(crate) fn of(&self, provider: Provider) -> &Endpoint {
        match provider {
            Provider::Attio => &self.attio,
            Provider::Posthog => &self.posthog,
        }
    }
}

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It cannot be read.
    #[error("`{0}` is no address")]
    NoAddress(String),
    /// It is not encrypted, and not on this machine.
    #[error("`{0}` is not encrypted: a key is only sent over https, or to this machine")]
    NotEncrypted(String),
    /// It is an address this client cannot be made for.
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}

/// Whether an address is on this machine.
///
/// # Errors
/// When it is no address, or plain http to another machine.
pub(crate) fn check(base: &str) -> Result<bool, EndpointError> {
    let url = reqwest::Url::parse(base).map_err(|_| EndpointError::NoAddress(base.to_owned()))?;
    if !url.has_host() {
        return Err(EndpointError::NoAddress(base.to_owned()));
    }
    let local = is_on_loopback(&url);
    match url.scheme() {
        "https" => Ok(local),
        "http" if local => Ok(true),
        "http" => Err(EndpointError::NotEncrypted(base.to_owned())),
        _ => Err(EndpointError::NoAddress(base.to_owned())),
    }
}

/// The host in an address.
pub(super) fn host(base: &str) -> String {
    reqwest::Url::parse(base).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert_eq!(check("https://api.attio.com"), Ok(false));
        for local in ["http://127.0.0.1:4848", "http://localhost:1", "http://[::1]:8080", "http://127.8.8.8"] {
            assert_eq!(check(local), Ok(true), "{local}");
        }
        for refused in
            ["http://api.attio.com", "http://localhost.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com"]
        {
            assert_eq!(check(refused), Err(EndpointError::NotEncrypted(refused.into())));
        }
        assert_eq!(check("ftp://127.0.0.1"), Err(EndpointError::NoAddress("ftp://127.0.0.1".into())));
        assert!(check("nonsense").is_err());
    }
}
