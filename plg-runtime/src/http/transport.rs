//! How one request reaches an API: over the network, unless a test puts itself in between.

use super::endpoint::EndpointError;
use super::failure::FailureKind;
use crate::loopback::is_on_loopback;
use crate::secret::Secret;
use reqwest::Url;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// The largest answer that is read.
const LARGEST: usize = 64 << 20;

/// The headers of any answer that are looked at, in lower case.
const HEADERS: [&str; 3] = ["retry-after", "date", "location"];

/// One request as it goes out.
#[derive(Debug, Clone)]
pub struct Request {
    /// Upper-case method.
    pub method: String,
    /// Where it goes, with its path and query.
    pub url: String,
    /// The key.
    pub key: Secret<String>,
    /// The header that the key is sent in, in lower case, and its value.
    pub authorisation: (&'static str, Secret<String>),
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Option<String>,
    /// What the body is, such as `application/json`.
    pub content_type: &'static str,
    /// The headers of the answer that are looked at, beside those of any: in lower case.
    pub wanted: &'static [&'static str],
}

/// An answer, whatever it says.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case with their values; `retry-after`, `date`, `location` and what [`Request::wanted`] names are
    /// looked at.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// No answer, or only a part of one.
#[derive(Debug, Clone)]
pub struct Lost {
    /// Why: no connection, no answer in time, too large.
    pub kind: FailureKind,
    /// The status, where that much arrived.
    pub status: Option<u16>,
    /// Whether the request surely never reached the API.
    pub unsent: bool,
    /// What happened, without the address it was sent to.
    pub message: String,
}

/// An answer that is still awaited.
pub type Awaited<'a> = Pin<Box<dyn Future<Output = Result<Answer, Lost>> + Send + 'a>>;

/// Takes one request to an API and brings back what it says. It repeats nothing: that is decided
/// by whoever knows what the request was for.
pub trait Transport: Debug + Send + Sync {
    /// Sends a request once.
    fn send(&self, request: Request) -> Awaited<'_>;

    /// Lets time pass, before a request is repeated or something is looked for once more.
    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time))
    }

    /// A moment that budgets are counted by. It never goes back.
    fn instant(&self) -> Instant {
        Instant::now()
    }

    /// The time now: what is waited for is over by this clock.
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

/// Over the network.
#[derive(Debug)]
pub(super) struct Network {
    /// For this machine: a proxy elsewhere would be shown keys in clear text, and could not reach it.
    direct: reqwest::Client,
    /// For everything else, through the proxy that the environment names, if it does.
    outward: reqwest::Client,
    /// The APIs' addresses, as text and read.
    bases: Vec<(String, Url)>,
}

impl Network {
    /// `bases` are the APIs' addresses, without a path.
    pub(super) fn new(timeout: Duration, bases: &[&str]) -> Result<Self, EndpointError> {
        // Installed once a process; a second installation is refused, and that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let read = |base: &&str| Some(((*base).to_owned(), Url::parse(base).ok()?));
        let bases: Vec<(String, Url)> = bases.iter().filter_map(read).collect();
        let client = |local: bool, builder: reqwest::ClientBuilder| {
            // Reading the system's roots takes longer than a plan.
            let encrypted = bases.iter().any(|(_, url)| url.scheme() == "https" && is_on_loopback(url) == local);
            let builder = if encrypted { builder } else { builder.tls_certs_only([]) };
            builder
                .redirect(reqwest::redirect::Policy::none())
                .timeout(timeout)
                .connect_timeout(Duration::from_secs(10).min(timeout))
                .user_agent(concat!("plg/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|e| EndpointError::Client(e.to_string()))
        };
        let direct = client(true, reqwest::Client::builder().no_proxy())?;
        let is_local = bases.iter().all(|(_, url)| is_on_loopback(url));
        let outward = if is_local { direct.clone() } else { client(false, reqwest::Client::builder())? };
        Ok(Network { direct, outward, bases: bases.into_iter().filter(|(_, url)| url.path() == "/").collect() })
    }

    /// Where a request goes. Reading the host anew takes the most of reading an address.
    fn address(&self, text: &str) -> Option<Url> {
        let known = self.bases.iter().find_map(|(base, url)| Some((url, text.strip_prefix(base.as_str())?)));
        match known {
            Some((url, path)) if path.starts_with('/') && !path.starts_with("//") => url.join(path).ok(),
            _ => Url::parse(text).ok(),
        }
    }

    async fn once(&self, request: Request) -> Result<Answer, Lost> {
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).unwrap_or(reqwest::Method::GET);
        let (header, key) = &request.authorisation;
        let mut bearer = authorised(key).map_err(|error| Lost {
            kind: FailureKind::Auth,
            status: None,
            unsent: true,
            message: error.to_string(),
        })?;
        bearer.set_sensitive(true);
        let address = self.address(&request.url).ok_or_else(|| Lost {
            kind: FailureKind::Network,
            status: None,
            unsent: true,
            message: "its address is invalid: check the account in the stage, and the variables `PLG_…_URL`".into(),
        })?;
        let client = if is_on_loopback(&address) { &self.direct } else { &self.outward };
        let mut outgoing = client.request(method, address).header(ACCEPT, "application/json").header(*header, bearer);
        for (name, value) in request.headers {
            outgoing = outgoing.header(name, value);
        }
        if let Some(body) = request.body {
            outgoing = outgoing.header(CONTENT_TYPE, request.content_type).body(body);
        }
        // Only a connection that was never made surely changed nothing.
        let mut incoming =
            outgoing.send().await.map_err(|error| lost(&error, None, error.is_connect() || error.is_builder()))?;
        let mut answer = Answer { status: incoming.status().as_u16(), ..Answer::default() };
        for name in HEADERS.iter().chain(request.wanted) {
            if let Some(value) = incoming.headers().get(*name).and_then(|value| value.to_str().ok()) {
                answer.headers.push(((*name).to_owned(), value.to_owned()));
            }
        }
        loop {
            match incoming.chunk().await {
                Ok(Some(chunk)) if answer.body.len() + chunk.len() > LARGEST => {
                    return Err(Lost {
                        kind: FailureKind::Malformed,
                        status: Some(answer.status),
                        unsent: false,
                        message: format!("the answer is larger than {LARGEST} bytes"),
                    });
                }
                Ok(Some(chunk)) => answer.body.extend_from_slice(&chunk),
                Ok(None) => return Ok(answer),
                Err(error) => return Err(lost(&error, Some(answer.status), false)),
            }
        }
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> Awaited<'_> {
        Box::pin(self.once(request))
    }
}

/// The value of the header that a key is sent in, if it can be in one.
pub(super) fn authorised(value: &Secret<String>) -> Result<HeaderValue, EndpointError> {
    HeaderValue::from_str(value.expose())
        .map_err(|_| EndpointError::Client("the API key contains invalid characters".into()))
}

fn lost(error: &reqwest::Error, status: Option<u16>, unsent: bool) -> Lost {
    let kind = match error {
        error if error.is_timeout() => FailureKind::Timeout,
        error if error.is_connect() => FailureKind::Unreachable,
        _ => FailureKind::Network,
    };
    Lost { kind, status, unsent, message: words(error) }
}

/// A network error in words, with its innermost cause and without the address it was sent to.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        let host = error.url().and_then(Url::host_str).map_or_else(String::new, |host| format!(" from {host}"));
        return format!("no answer{host} in time");
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let cause = cause.to_string();
    // The number says no more than the words before it.
    let cause = cause.split(" (os error ").next().unwrap_or_default();
    let host = error.url().and_then(|url| {
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        Some(format!("{}{port}", url.host_str()?))
    });
    let host = host.unwrap_or_else(|| "the host".to_owned());
    if error.is_connect() {
        format!("no connection to {host}: {cause}")
    } else {
        format!("the connection to {host} broke: {cause}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_read() {
        let bases = ["https://api.attio.com", "http://127.0.0.1:4848", "https://proxy.example/attio"];
        let network = Network::new(Duration::from_secs(1), &bases).unwrap();
        let paths =
            ["/v2/objects", "/api/projects/1/cohorts/?limit=100&q=%C3%A9", "/a b/ü?x=[1]#y", "//twice", "/../up", ""];
        for text in bases.iter().flat_map(|base| paths.map(|path| format!("{base}{path}"))) {
            assert_eq!(network.address(&text), Url::parse(&text).ok(), "{text}");
        }
        for other in ["https://api.attio.com.example/v2", "http://127.0.0.1:48480/v2", "nonsense"] {
            assert_eq!(network.address(other), Url::parse(other).ok(), "{other}");
        }
    }
}
