//! The sandbox on a socket.

use crate::delivery::Delivery;
use crate::intake::Came;
use crate::socket::{Connection, Socket};
use crate::{AccountAddress, Reply, Sandbox, SandboxBuilder, SandboxRequest, admission, control, home, intake, log};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::uri::Authority;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

/// How many connections are open at once.
const CONNECTIONS: usize = 2_000;
/// What the head of a request may hold.
const HEAD_LIMIT: usize = 64 << 10;
/// How long a connection stays open that nothing is asked on: longer than clients keep theirs.
const IDLE: Duration = Duration::from_secs(120);
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

    /// Where every account answers, and with which number.
    pub fn addresses(&self) -> Vec<AccountAddress> {
        self.sandbox.addresses(&self.url())
    }

    /// Where an account answers: what the paths of its API are put after.
    pub fn url_of(&self, account: &str) -> Option<String> {
        self.addresses().into_iter().find(|one| one.name == account).map(|one| one.url)
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

impl SandboxBuilder {
    /// Opens the sandbox and serves it in the current runtime.
    ///
    /// # Errors
    /// When `addr` is not a loopback address or is taken, or the sandbox cannot be opened.
    pub async fn start(self, addr: SocketAddr) -> io::Result<Running> {
        loopback(addr)?;
        self.open()?.run(TcpListener::bind(addr).await?)
    }
}

impl Sandbox {
    /// Opens a sandbox of Attio and PostHog and serves it in the current runtime.
    ///
    /// # Errors
    /// When `addr` is not a loopback address or is taken, or the folder cannot be opened.
    pub async fn start(addr: SocketAddr, dir: Option<&Path>) -> io::Result<Running> {
        let builder = Sandbox::builder();
        match dir {
            Some(dir) => builder.dir(dir).start(addr).await,
            None => builder.start(addr).await,
        }
    }

    /// Serves this sandbox in the current runtime.
    ///
    /// # Errors
    /// When the listener is not on a loopback address.
    pub fn run(self, listener: TcpListener) -> io::Result<Running> {
        let addr = listener.local_addr()?;
        loopback(addr)?;
        let (stop, stopped) = oneshot::channel::<()>();
        // The sender is only ever dropped: by `stop`, or with the handle.
        let task = tokio::spawn(take(listener, self.clone(), async { drop(stopped.await) }));
        Ok(Running { addr, sandbox: self, stop: Some(stop), task })
    }

    /// Serves this sandbox until the future is dropped.
    ///
    /// # Errors
    /// When the listener is not on a loopback address.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        loopback(listener.local_addr()?)?;
        take(listener, self, std::future::pending()).await;
        Ok(())
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

/// Takes connections until `stopped`, then lets those there are finish what is under way.
async fn take(listener: TcpListener, sandbox: Sandbox, stopped: impl Future<Output = ()>) {
    let (tell, told) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut stopped = pin!(stopped);
    loop {
        while connections.try_join_next().is_some() {}
        if connections.len() >= CONNECTIONS {
            connections.join_next().await;
        }
        tokio::select! {
            () = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, sandbox.clone(), told.clone()));
                }
                // Out of files, most likely: others end in a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    drop(tell);
    while connections.join_next().await.is_some() {}
}

/// Serves one connection until it ends, or is told to.
async fn connection(stream: TcpStream, sandbox: Sandbox, mut told: watch::Receiver<()>) {
    let Ok(local) = stream.local_addr() else { return };
    let line = Connection::default();
    let socket = Socket::new(stream, line.clone());
    let service = service_fn(|request| {
        let (sandbox, line) = (sandbox.clone(), line.clone());
        async move { Ok::<_, Infallible>(answer(sandbox, line, local, request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(socket), service);
    let mut served = pin!(served);
    tokio::select! {
        // How it ended is the client's business.
        _ = served.as_mut() => {}
        _ = told.changed() => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
    if let Some((sent, status)) = line.half_head() {
        let note = "the head of this request was broken or did not come";
        sandbox.keep(&log::half_head(&sent), status, Some(note.into()));
    }
}

/// A request in the log if its client leaves before it is answered.
struct Unanswered {
    sandbox: Sandbox,
    request: Option<SandboxRequest>,
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some(request) = self.request.take() {
            self.sandbox.keep(&request, None, Some("its client left before it was answered".into()));
        }
    }
}

async fn answer(
    sandbox: Sandbox,
    line: Connection,
    local: SocketAddr,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    line.handles();
    let (parts, body) = request.into_parts();
    let mut request = intake::head(&parts);
    let mut unanswered = Unanswered { sandbox: sandbox.clone(), request: Some(request.clone()) };
    let admitted = admission::admit(&sandbox, &request, parts.uri.authority().map(Authority::as_str), local);
    let came = intake::read(body, admitted.is_ok()).await;
    let refused = match (admitted, came) {
        (Err(why), _) => Some((403, why)),
        (Ok(()), Came::TooLarge) => Some((413, "the body is too large".into())),
        (Ok(()), Came::TooSlow) => Some((408, "the body did not come in time".into())),
        (Ok(()), Came::Broken) => Some((400, "the body was broken, or only half of it came".into())),
        (Ok(()), Came::Whole(bytes)) => {
            request.body = bytes;
            None
        }
    };
    let Some((status, why)) = refused else {
        let response = respond(sandbox, &line, request).await;
        unanswered.request = None;
        line.handled();
        return response;
    };
    unanswered.request = None;
    sandbox.keep(&request, Some(status), Some(why.clone()));
    let mut response = write(Reply::error(status, &why)).0;
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

async fn respond(sandbox: Sandbox, line: &Connection, request: SandboxRequest) -> Response<Full<Bytes>> {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET" | "HEAD", "/") => return html(home::page(&sandbox), request.header("if-none-match")),
        ("GET" | "HEAD", "/home.js") => return script(home::SCRIPT),
        // Every browser asks for one.
        (_, "/favicon.ico") => return plain(StatusCode::NO_CONTENT, ""),
        _ => {}
    }
    let (account, inner) = sandbox.addressed(&request);
    let inner = inner.as_ref().unwrap_or(&request);
    if inner.path.starts_with(control::ROOT) {
        // Not logged: who controls the sandbox looks for what others sent.
        return write(control::handle(&sandbox, account.as_ref(), inner)).0;
    }
    if account.is_none() || sandbox.is_for_applications(&request) {
        let reply = sandbox.answer(&request);
        sandbox.keep(&request, Some(reply.status), None);
        return write(reply).0;
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
            *response.body_mut() = ("{\"data\": [{\"id\": ".to_owned() + &"x".repeat(length / 2)).into();
            response
        }
        Delivery::HalfBody(reply) => {
            let (response, length) = write(reply);
            line.cut_after(length / 2);
            response
        }
        Delivery::Cut => {
            line.cut();
            plain(StatusCode::INTERNAL_SERVER_ERROR, "")
        }
    }
}

/// The answer, and how long its body is.
fn write(reply: Reply) -> (Response<Full<Bytes>>, usize) {
    let body = reply.written();
    let length = body.as_ref().map_or(0, String::len);
    let mut response = guarded(body.map_or_else(Full::default, Full::from));
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

/// An answer that no page of another site can show, frame or take for something else.
fn guarded(body: Full<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(body);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A page with the mark of what is on it: whoever has that already is told no more.
fn html(page: String, has: Option<&str>) -> Response<Full<Bytes>> {
    let mark: String = Sha256::digest(&page).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mark = format!("\"{mark}\"");
    let is_known = has == Some(mark.as_str());
    let mut response = guarded(if is_known { Full::default() } else { Full::from(page) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(mark) = HeaderValue::try_from(mark) {
        response.headers_mut().insert(header::ETAG, mark);
    }
    response
}

fn script(text: &'static str) -> Response<Full<Bytes>> {
    let mut response = guarded(Full::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = guarded(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
