//! Accepted connections: they can be cut off from inside a handler, they do not wait for ever for the head of a
//! request, and they know what came of a request that never was whole.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long the head of a request may take, from its first byte on.
const HEAD: Duration = Duration::from_secs(5);
/// So much of a head is kept for the log.
const SEEN: usize = 512;
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// What may still be written to a connection.
#[derive(Debug, Default)]
enum Gate {
    #[default]
    Open,
    /// The head, then this many bytes of the body; `head` holds what was seen of the head.
    Body {
        left: usize,
        head: Vec<u8>,
    },
    Shut,
}

/// Where a connection is.
#[derive(Debug, Default)]
enum Phase {
    /// Between two requests.
    #[default]
    Idle,
    /// Some of a head came, and this was answered to it.
    Head { seen: Vec<u8>, answered: Vec<u8> },
    /// A handler has the request, or the connection is about to end.
    Handled,
}

#[derive(Debug, Default)]
struct ConnectionState {
    gate: Gate,
    phase: Phase,
}

/// One connection as its handler sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection(Arc<Mutex<ConnectionState>>);

impl Connection {
    /// Lets nothing more out.
    pub(crate) fn cut(&self) {
        self.state().gate = Gate::Shut;
    }

    /// Lets the head and `bytes` of the body of the next answer out.
    pub(crate) fn cut_after(&self, bytes: usize) {
        self.state().gate = Gate::Body { left: bytes, head: Vec::new() };
    }

    /// A handler has a request.
    pub(crate) fn handles(&self) {
        self.state().phase = Phase::Handled;
    }

    /// It read all of it and answers; the next one may come.
    pub(crate) fn handled(&self) {
        self.state().phase = Phase::Idle;
    }

    /// What came of a head that never was whole, and the status that was answered to it.
    pub(crate) fn half_head(&self) -> Option<(Vec<u8>, Option<u16>)> {
        match &self.state().phase {
            Phase::Head { seen, answered } => {
                let status = answered.get(9..12).and_then(|code| std::str::from_utf8(code).ok()?.parse().ok());
                Some((seen.clone(), status))
            }
            Phase::Idle | Phase::Handled => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, ConnectionState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes came in; whether they begin a request.
    fn heard(&self, bytes: &[u8]) -> bool {
        let mut state = self.state();
        match &mut state.phase {
            Phase::Idle if !bytes.is_empty() => {
                let seen = bytes[..bytes.len().min(SEEN)].to_vec();
                state.phase = Phase::Head { seen, answered: Vec::new() };
                true
            }
            Phase::Head { seen, .. } => {
                seen.extend_from_slice(&bytes[..bytes.len().min(SEEN - seen.len())]);
                false
            }
            Phase::Idle | Phase::Handled => false,
        }
    }

    fn in_head(&self) -> bool {
        matches!(self.state().phase, Phase::Head { .. })
    }

    /// How many of these bytes may be written.
    fn allowed(&self, bytes: &[u8]) -> usize {
        match &self.state().gate {
            Gate::Open => bytes.len(),
            Gate::Shut => 0,
            Gate::Body { left, head } => {
                let mut seen = head.clone();
                seen.extend_from_slice(bytes);
                match seen.windows(4).position(|w| w == b"\r\n\r\n") {
                    Some(end) => (end + 4 + left).saturating_sub(head.len()).min(bytes.len()),
                    None => bytes.len(),
                }
            }
        }
    }

    fn written(&self, bytes: &[u8]) {
        let mut state = self.state();
        if let Phase::Head { answered, .. } = &mut state.phase {
            answered.extend_from_slice(&bytes[..bytes.len().min(12_usize.saturating_sub(answered.len()))]);
        }
        if let Gate::Body { head, .. } = &mut state.gate {
            head.extend_from_slice(bytes);
        }
    }
}

/// One connection as the protocol reads and writes it.
pub(crate) struct Socket {
    stream: TcpStream,
    line: Connection,
    /// When the head that is coming has to be whole.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, line: Connection) -> Self {
        // Answers are small and awaited: without this each would wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        Socket { stream, line, deadline: None }
    }

    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.line.in_head() {
            self.deadline = None;
        }
        self.deadline.as_mut().is_some_and(|deadline| deadline.as_mut().poll(cx).is_ready())
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_late(cx) {
            if self.stream.try_write(TOO_SLOW).is_ok() {
                self.line.written(TOO_SLOW);
            }
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if self.line.heard(&buf.filled()[before..]) {
            self.deadline = Some(Box::pin(sleep(HEAD)));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let allowed = self.line.allowed(bytes);
        if allowed == 0 && !bytes.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &bytes[..allowed]))?;
        self.line.written(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_body_is_counted_from_the_end_of_the_head_over_several_writes() {
        let line = Connection::default();
        assert_eq!(line.allowed(b"anything"), 8);
        line.cut_after(2);
        assert_eq!(line.allowed(b"HTTP/1.1 200 OK\r\n"), 17);
        line.written(b"HTTP/1.1 200 OK\r\n");
        assert_eq!(line.allowed(b"\r\nabcd"), 4);
        line.written(b"\r\nab");
        assert_eq!(line.allowed(b"cd"), 0);
        line.cut();
        assert_eq!(line.allowed(b"x"), 0);
    }

    #[test]
    fn half_a_head_is_known_with_its_answer_until_a_handler_has_it() {
        let line = Connection::default();
        assert_eq!(line.half_head(), None);
        assert!(line.heard(b"GET /v2"));
        assert!(!line.heard(&[b'x'; 1000]));
        line.written(TOO_SLOW);
        let (seen, status) = line.half_head().unwrap();
        assert_eq!((seen.len(), status), (SEEN, Some(408)));
        line.handles();
        assert_eq!(line.half_head(), None);
    }
}
