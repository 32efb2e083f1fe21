//! Servers that answer what no API answers.

use super::{keys, plg, text};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Writes what is answered to every request.
type Answer = dyn Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync;

/// A server with one answer, and what it was asked.
pub(crate) struct Strange {
    address: std::net::SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    end: Arc<AtomicBool>,
}

impl Strange {
    pub(crate) fn new(answer: impl Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static) -> Strange {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (heads, end) = (Arc::<Mutex<Vec<String>>>::default(), Arc::<AtomicBool>::default());
        let answer: Arc<Answer> = Arc::new(answer);
        let (seen, over) = (heads.clone(), end.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let (seen, answer) = (seen.clone(), answer.clone());
                std::thread::spawn(move || talk(stream, &seen, &*answer));
            }
        });
        Strange { address, heads, end }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("nobody panics with it").clone()
    }
}

impl Drop for Strange {
    fn drop(&mut self) {
        self.end.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn talk(mut stream: TcpStream, seen: &Mutex<Vec<String>>, answer: &Answer) {
    let mut head = String::new();
    let mut lines = BufReader::new(stream.try_clone().expect("a second handle"));
    while lines.read_line(&mut head).is_ok_and(|count| count > 2) {}
    seen.lock().expect("nobody panics with it").push(head);
    // Whoever has heard enough hangs up.
    let _ = answer(&mut stream);
}

/// A plan against it; it says what went wrong, and no key.
fn refused(root: &Path, server: &Strange) -> String {
    let mut command = plg(root);
    command.args(["plan", "--stage", "dev"]).env("PLG_LOG", "trace").env("RUST_BACKTRACE", "full");
    command.envs(keys("planted-attio", "planted-posthog"));
    command.env("PLG_ATTIO_URL", server.url()).env("PLG_POSTHOG_URL", server.url());
    let (code, out, err) = text(&command.output().expect("the binary runs"));
    assert!(matches!(code, 3 | 4), "{code} {err}");
    assert!(err.contains("Nothing was changed.") && !err.contains("panicked"), "{err}");
    assert!(!format!("{out}{err}").contains("planted"), "{out} {err}");
    err
}

#[test]
fn a_redirect_is_not_followed_with_a_key() {
    let root = tempfile::tempdir().unwrap();
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Strange::new(|to| to.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"));
        let url = elsewhere.url();
        let server = Strange::new(move |to| {
            write!(to, "HTTP/1.1 {status} Elsewhere\r\nlocation: {url}/v2/self\r\ncontent-length: 0\r\n\r\n")
        });
        refused(root.path(), &server);
        assert!(server.heads().iter().any(|head| head.contains("planted-")), "it was asked");
        assert_eq!(elsewhere.heads(), Vec::<String>::new(), "{status}: the key went elsewhere");
    }
}

#[test]
fn an_answer_without_end_is_not_read_to_its_end() {
    let root = tempfile::tempdir().unwrap();
    let endless = Strange::new(|to| {
        to.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[")?;
        loop {
            to.write_all(&[b' '; 1 << 16])?;
        }
    });
    let err = refused(root.path(), &endless);
    assert!(err.contains("the answer is larger than 67108864 bytes"), "{err}");
    let endless_head = Strange::new(|to| {
        to.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            to.write_all(b"x-more: and more\r\n")?;
        }
    });
    refused(root.path(), &endless_head);
}

#[test]
fn what_is_no_answer_is_said_to_be_none() {
    let root = tempfile::tempdir().unwrap();
    let bodies: [&[u8]; 7] = [
        b"",
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"da",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\xff\xfe\x00\x01",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull",
        b"HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{\"data\":\"\\u001b[2J\"}",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
    ];
    for body in bodies {
        let server = Strange::new(|to| to.write_all(body));
        let err = refused(root.path(), &server);
        assert!(!err.contains('\u{1b}'), "{err:?}");
    }
    for key in ["message", "detail", "code", "error"] {
        let body =
            format!(r#"{{"{key}":"\u001b[2J\u001b]0;owned\u0007\r\nok\u202e","status_code":400,"type":"\u001b[1m"}}"#);
        let server = Strange::new(move |to| {
            write!(to, "HTTP/1.1 400 Bad\r\nx-request-id: a\u{9b}b\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        });
        let err = refused(root.path(), &server);
        let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!err.contains(odd), "{key}: {err:?}");
    }
    let deep = "[".repeat(1 << 20);
    let server = Strange::new(move |to| write!(to, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{deep}", deep.len()));
    refused(root.path(), &server);
}
