//! A way to PostgreSQL on which a process can die: before a statement reaches the server, and after
//! the server did it and before its answer is seen.

use crate::trouble::Trouble;
use plg_test::Life;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use tempfile::TempDir;

/// Where PostgreSQL's clients look for it in a folder.
pub(crate) const SOCKET: &str = ".s.PGSQL.5432";

/// Passes on what is asked of a server and what it answers, for as long as the process lives.
#[derive(Debug)]
pub(crate) struct Proxy {
    folder: TempDir,
    life: Arc<OnceLock<Life>>,
    end: Arc<Mutex<bool>>,
    trouble: Trouble,
}

impl Proxy {
    /// To the server whose socket is in a folder.
    pub(crate) fn to(server: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("plg-px").tempdir_in("/tmp")?;
        let listener = UnixListener::bind(folder.path().join(SOCKET))?;
        let (life, end) = (Arc::<OnceLock<Life>>::default(), Arc::<Mutex<bool>>::default());
        let trouble = Trouble::default();
        let (server, shared, cut) = (server.join(SOCKET), (life.clone(), end.clone()), trouble.clone());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                if *shared.1.lock().unwrap() {
                    return;
                }
                let (Ok(client), Some(life)) = (client, shared.0.get().cloned()) else { return };
                let (server, cut) = (server.clone(), cut.clone());
                std::thread::spawn(move || Connection::carry(client, &server, life, cut));
            }
        });
        Ok(Proxy { folder, life, end, trouble })
    }

    /// Cuts a connection after so many more statements, of a process that lives on.
    pub(crate) fn cut(&self, after: u64, done: bool) {
        self.trouble.set(after, done);
    }

    /// Whether that is still ahead; it is taken back.
    pub(crate) fn is_ahead(&self) -> bool {
        self.trouble.is_ahead()
    }

    /// The folder with its socket, for the process whose life it is.
    pub(crate) fn folder(&self, life: Life) -> PathBuf {
        // One world has one life: processes follow each other in it.
        self.life.get_or_init(|| life);
        self.folder.path().to_owned()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        *self.end.lock().unwrap() = true;
        // Wakes the one that waits for connections.
        let _ = UnixStream::connect(self.folder.path().join(SOCKET));
    }
}

/// A message with its type; the first one of a connection has none.
struct Message {
    kind: u8,
    bytes: Vec<u8>,
}

impl Message {
    fn read(from: &mut UnixStream) -> io::Result<Self> {
        let mut kind = [0];
        from.read_exact(&mut kind)?;
        let mut message = Message::read_first(from)?;
        (message.kind, message.bytes) = (kind[0], [&kind[..], &message.bytes].concat());
        Ok(message)
    }

    fn read_first(from: &mut UnixStream) -> io::Result<Self> {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let rest = u32::from_be_bytes(length).saturating_sub(4);
        let mut bytes = length.to_vec();
        bytes.resize(4 + rest as usize, 0);
        from.read_exact(&mut bytes[4..])?;
        Ok(Message { kind: 0, bytes })
    }

    /// The texts in it, each up to its zero.
    fn texts(&self) -> impl Iterator<Item = String> {
        self.bytes[5..].split(|b| *b == 0).map(|text| String::from_utf8_lossy(text).into_owned())
    }
}

struct Connection {
    client: UnixStream,
    server: UnixStream,
    life: Life,
    trouble: Trouble,
    /// Statements by their names.
    prepared: HashMap<String, String>,
}

impl Connection {
    fn carry(client: UnixStream, server: &Path, life: Life, trouble: Trouble) {
        if life.is_over() {
            return;
        }
        let Ok(server) = UnixStream::connect(server) else { return };
        let mut connection = Connection { client, server, life, trouble, prepared: HashMap::new() };
        // Whatever ends it, the server lets go of it before the client hears of that.
        let _ = connection.run();
        let _ = connection.server.shutdown(Shutdown::Write);
        let _ = io::copy(&mut connection.server, &mut io::sink());
    }

    fn run(&mut self) -> io::Result<()> {
        let hello = Message::read_first(&mut self.client)?;
        self.server.write_all(&hello.bytes)?;
        let answer = self.answer()?;
        self.client.write_all(&answer)?;
        loop {
            let (bytes, statements) = self.request()?;
            let said = statements.join("; ");
            if self.life.is_over()
                || (!said.is_empty() && self.life.ends(|| format!("before `{said}` reaches PostgreSQL")))
            {
                return Ok(());
            }
            let cut = if said.is_empty() { None } else { self.trouble.strikes() };
            if cut == Some(false) {
                return Ok(());
            }
            self.server.write_all(&bytes)?;
            let answer = self.answer()?;
            if cut.is_some() {
                return Ok(());
            }
            if !said.is_empty() && self.life.ends(|| format!("after `{said}` is done, and before it is answered")) {
                return Ok(());
            }
            self.client.write_all(&answer)?;
        }
    }

    /// Everything up to where the server is to answer, and what of it changes anything.
    fn request(&mut self) -> io::Result<(Vec<u8>, Vec<String>)> {
        let (mut bytes, mut statements) = (Vec::new(), Vec::new());
        loop {
            let message = Message::read(&mut self.client)?;
            bytes.extend(&message.bytes);
            let mut texts = message.texts();
            match message.kind {
                b'P' => {
                    let (name, text) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
                    self.prepared.insert(name, text);
                }
                b'B' => {
                    let name = texts.nth(1).unwrap_or_default();
                    statements.extend(self.prepared.get(&name).cloned());
                }
                b'Q' => statements.extend(texts.next()),
                _ => {}
            }
            if matches!(message.kind, b'S' | b'Q') {
                statements.retain(|text| changes(text));
                let short = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
                return Ok((bytes, statements.into_iter().map(short).collect()));
            }
            if message.kind == b'X' {
                self.server.write_all(&bytes)?;
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Everything up to where the server waits for more.
    fn answer(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let Ok(message) = Message::read(&mut self.server) else {
                // It said why before it hung up.
                self.client.write_all(&bytes)?;
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            bytes.extend(&message.bytes);
            if message.kind == b'Z' {
                return Ok(bytes);
            }
        }
    }
}

/// Whether a death before or after a statement leaves anything else behind.
fn changes(statement: &str) -> bool {
    const WORDS: [&str; 7] = ["INSERT", "UPDATE", "DELETE", "CREATE", "COMMIT", "advisory", "terminate"];
    WORDS.iter().any(|word| statement.contains(word))
}
