//! Accepted connections that can be cut off from inside a handler.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

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

/// Cuts one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scissors(Arc<Mutex<Gate>>);

impl Scissors {
    /// Lets nothing more out.
    pub(crate) fn cut(&self) {
        self.set(Gate::Shut);
    }

    /// Lets the head and `bytes` of the body of the next answer out.
    pub(crate) fn cut_after(&self, bytes: usize) {
        self.set(Gate::Body { left: bytes, head: Vec::new() });
    }

    fn set(&self, gate: Gate) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = gate;
    }

    /// How many of these bytes may be written.
    fn allowed(&self, bytes: &[u8]) -> usize {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
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
        if let Gate::Body { head, .. } = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            head.extend_from_slice(bytes);
        }
    }
}

impl Connected<IncomingStream<'_, Door>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().scissors.clone()
    }
}

/// A listener whose connections carry [`Scissors`].
pub(crate) struct Door(pub(crate) TcpListener);

impl Listener for Door {
    type Io = Socket;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Socket, SocketAddr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        // Answers are small and awaited: without this each would wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        (Socket { stream, scissors: Scissors::default() }, addr)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// One connection.
pub(crate) struct Socket {
    stream: TcpStream,
    scissors: Scissors,
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let allowed = self.scissors.allowed(bytes);
        if allowed == 0 && !bytes.is_empty() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &bytes[..allowed]))?;
        self.scissors.written(&bytes[..written]);
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
        let scissors = Scissors::default();
        assert_eq!(scissors.allowed(b"anything"), 8);
        scissors.cut_after(2);
        assert_eq!(scissors.allowed(b"HTTP/1.1 200 OK\r\n"), 17);
        scissors.written(b"HTTP/1.1 200 OK\r\n");
        assert_eq!(scissors.allowed(b"\r\nabcd"), 4);
        scissors.written(b"\r\nab");
        assert_eq!(scissors.allowed(b"cd"), 0);
        scissors.cut();
        assert_eq!(scissors.allowed(b"x"), 0);
    }
}
