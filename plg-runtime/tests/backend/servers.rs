//! Real servers for tests: PostgreSQL and a store that speaks S3, each with data of its own.
//!
//! Without them a test says so and checks nothing; with `PLG_REQUIRE_SERVICES` it fails.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A server that ends with the test.
pub(crate) struct Server {
    child: Child,
    _folder: TempDir,
    /// Where it is.
    pub(crate) url: String,
}

impl Server {
    /// One that was started in a folder.
    pub(crate) fn new(child: Child, folder: TempDir, url: String) -> Self {
        Server { child, _folder: folder, url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says loudly that something is not checked, or fails where it must be.
pub(crate) fn missing(what: &str, install: &str) {
    assert!(std::env::var_os("PLG_REQUIRE_SERVICES").is_none(), "{what} is not installed: {install}");
    eprintln!("NOT CHECKED: {what} is not installed. {install}");
}

/// A program on the path or in one of some folders.
pub(crate) fn program(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.iter().cloned().chain(std::env::split_paths(&path)).map(|folder| folder.join(name)).find(|p| p.is_file())
}

/// The first line that has `mark` in it; what comes after is read and dropped, so that the server
/// never waits for a reader.
pub(crate) fn wait_for(said: Option<impl Read + Send + 'static>, mark: &str) -> String {
    let mut lines = BufReader::new(said.expect("it is piped")).lines();
    let mut seen = String::new();
    let found = loop {
        match lines.next() {
            Some(Ok(line)) if line.contains(mark) => break line,
            Some(Ok(line)) => seen.push_str(&format!("{line}\n")),
            _ => panic!("it ended without `{mark}`:\n{seen}"),
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    found
}

/// Has a command run as somebody who is not root, whom PostgreSQL refuses.
#[cfg(unix)]
fn not_as_root(command: &mut Command, folder: &Path) {
    use std::os::unix::fs::{MetadataExt, chown};
    use std::os::unix::process::CommandExt;
    let nobody = 65_534;
    let owner = std::fs::metadata(folder).expect("the folder was just made").uid();
    if owner == 0 || owner == nobody {
        chown(folder, Some(nobody), Some(nobody)).expect("root may give its folders away");
        command.uid(nobody).gid(nobody);
    }
}

#[cfg(not(unix))]
fn not_as_root(_: &mut Command, _: &Path) {}

/// A PostgreSQL with an empty database, on a socket in a folder of its own.
pub(crate) fn postgres() -> Option<Server> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    let (Some(initdb), Some(postgres)) = (program("initdb", &folders), program("postgres", &folders)) else {
        missing("PostgreSQL", "`apt-get install postgresql`");
        return None;
    };
    // A socket's path is short.
    let folder = tempfile::Builder::new().prefix("plg-pg").tempdir_in("/tmp").expect("/tmp can be written");
    let path = folder.path().to_owned();
    let mut command = Command::new(initdb);
    command.args(["--auth=trust", "--username=plg", "--encoding=UTF8", "--no-sync", "-D"]).arg(path.join("data"));
    not_as_root(&mut command, &path);
    let made = command.current_dir(&path).output().expect("it can be started");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut command = Command::new(postgres);
    command.arg("-D").arg(path.join("data")).args(["-c", "listen_addresses=", "-c", "fsync=off", "-k"]).arg(&path);
    not_as_root(&mut command, &path);
    let mut child = command.current_dir(&path).stderr(Stdio::piped()).spawn().expect("it can be started");
    wait_for(child.stderr.take(), "ready to accept connections");
    let url = format!("postgres://plg@{}/postgres", path.display().to_string().replace('/', "%2F"));
    Some(Server::new(child, folder, url))
}

/// A store that speaks S3, with an empty bucket `plg`; any credentials are good.
pub(crate) fn s3() -> Option<Server> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in a workspace");
    let Some(moto) = program("moto_server", &[root.join("target/services/bin")]) else {
        missing(
            "a server that speaks S3",
            "`python3 -m venv target/services && target/services/bin/pip install 'moto[server]'`",
        );
        return None;
    };
    let mut command = Command::new(moto);
    command.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it can be started");
    let line = wait_for(child.stderr.take(), "Running on http://");
    let address = line.split("http://").nth(1).expect("it is in the mark").trim().to_owned();
    let mut stream = TcpStream::connect(&address).expect("it listens");
    let request = format!("PUT /plg HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let folder = tempfile::tempdir().expect("a folder can be made");
    Some(Server::new(child, folder, format!("http://{address}")))
}
