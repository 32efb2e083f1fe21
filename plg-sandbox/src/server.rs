//! The sandbox on a socket.

use crate::delivery::Delivery;
use crate::socket::{Door, Scissors};
use crate::traffic::Api;
use crate::{Reply, Sandbox, SandboxRequest, capture, control, home};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// No definition comes near this; a body that does is a mistake.
const BODY_LIMIT: usize = 32 << 20;
/// How long a stop waits for requests under way.
const PATIENCE: Duration = Duration::from_secs(2);

/// A sandbox that is served; it stops when dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    sandbox: Sandbox,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    /// `http://host:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The sandbox behind the socket.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Stops listening and waits until requests under way are answered.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if tokio::time::timeout(PATIENCE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Sandbox {
    /// Opens a sandbox and serves it in the current runtime.
    ///
    /// # Errors
    /// When `addr` is not a loopback address or is taken, or the folder cannot be opened.
    pub async fn start(addr: SocketAddr, dir: Option<&Path>) -> io::Result<Running> {
        loopback(addr)?;
        let sandbox = Sandbox::open(dir, None)?;
        sandbox.run(TcpListener::bind(addr).await?)
    }

    /// Serves this sandbox in the current runtime.
    ///
    /// # Errors
    /// When the listener is not on a loopback address.
    pub fn run(self, listener: TcpListener) -> io::Result<Running> {
        let addr = listener.local_addr()?;
        loopback(addr)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let router = router(self.clone());
        let task = tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<Scissors>();
            // The sender is only ever dropped: by `stop`, or with the handle.
            let until = async { drop(stopped.await) };
            // Serving never ends with an error: a failed accept is tried again.
            let _ = axum::serve(Door(listener), service).with_graceful_shutdown(until).await;
        });
        Ok(Running { addr, sandbox: self, stop: Some(stop), task })
    }

    /// Serves this sandbox until the future is dropped.
    ///
    /// # Errors
    /// When the listener is not on a loopback address.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        loopback(listener.local_addr()?)?;
        axum::serve(Door(listener), router(self).into_make_service_with_connect_info::<Scissors>()).await
    }
}

/// The sandbox takes any key, so nobody else may reach it.
fn loopback(addr: SocketAddr) -> io::Result<()> {
    if addr.ip().is_loopback() {
        return Ok(());
    }
    let message = format!("the sandbox listens on loopback only, and `{}` is not a loopback address", addr.ip());
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

fn router(sandbox: Sandbox) -> Router {
    Router::new().fallback(answer).with_state(sandbox)
}

async fn answer(
    State(sandbox): State<Sandbox>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: axum::extract::Request,
) -> Response<Body> {
    let request = match read(request).await {
        Ok(request) => request,
        Err(status) => return plain(status, "the body could not be read\n"),
    };
    if Api::of(&request.path).is_none() {
        return match request.path.as_str() {
            "/" => html(home::page(&sandbox)),
            // Every browser asks for one.
            "/favicon.ico" => plain(StatusCode::NO_CONTENT, ""),
            _ => {
                let captured = capture::handle(&sandbox, &request);
                write(captured.unwrap_or_else(|| control::handle(&sandbox, &request))).0
            }
        };
    }
    let arrival = sandbox.receive(request);
    if !arrival.delay().is_zero() {
        tokio::time::sleep(arrival.delay()).await;
    }
    let delivery = arrival.finish();
    if let Some(due) = sandbox.next_due() {
        let wait = Duration::try_from(due.duration_since(Timestamp::now())).unwrap_or_default();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            sandbox.process_due();
        });
    }
    match delivery {
        Delivery::Answer(reply) => write(reply).0,
        Delivery::Garbled(reply) => {
            let (mut response, length) = write(reply);
            *response.body_mut() = Body::from("{\"data\": [{\"id\": ".to_owned() + &"x".repeat(length / 2));
            response
        }
        Delivery::HalfBody(reply) => {
            let (response, length) = write(reply);
            scissors.cut_after(length / 2);
            response
        }
        Delivery::Cut => {
            scissors.cut();
            plain(StatusCode::INTERNAL_SERVER_ERROR, "")
        }
    }
}

async fn read(request: axum::extract::Request) -> Result<SandboxRequest, StatusCode> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let host = headers.iter().find(|(name, _)| name == "host").map_or("localhost", |(_, value)| value.as_str());
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    Ok(SandboxRequest {
        origin: format!("http://{host}"),
        headers,
        body: body.to_vec(),
        ..SandboxRequest::new(parts.method.as_str(), target)
    })
}

/// The answer, and how long its body is.
fn write(reply: Reply) -> (Response<Body>, usize) {
    let body = reply.body.map(|body| body.to_string());
    let length = body.as_ref().map_or(0, String::len);
    let mut response = Response::new(body.map_or_else(Body::empty, Body::from));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if length > 0 {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    (response, length)
}

fn html(page: String) -> Response<Body> {
    let mut response = Response::new(Body::from(page));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
