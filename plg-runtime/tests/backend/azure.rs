//! A server that speaks Azure's protocol.

use crate::servers::{Server, missing, program, wait_for};
use std::path::Path;
use std::process::{Command, Stdio};

/// A store that speaks the protocol of Azure Blob Storage, with an empty container `plg`, under the
/// account that its clients know from the manual.
pub(crate) fn server() -> Option<Server> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in a workspace");
    let azurite = program("azurite-blob", &[root.join("target/services/node_modules/.bin")]);
    let (Some(azurite), Some(node)) = (azurite, program("node", &[])) else {
        missing("Azurite", "`npm install --prefix target/services azurite`");
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut command = Command::new(azurite);
    command.args(["--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--disableTelemetry"]);
    command.arg("--skipApiVersionCheck").current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("it can be started");
    let line = wait_for(child.stdout.take(), "successfully listens on http://");
    let url = format!("http://{}", line.split("http://").nth(1).expect("it is in the mark").trim());
    let made = Command::new(node).args(["-e", CONTAINER, &url, KEY]).output().expect("it can be started");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some(Server::new(child, folder, url))
}

/// The key of that account, the same in every emulator.
pub(crate) const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Makes a container.
const CONTAINER: &str = r"
const [url, key] = process.argv.slice(1);
const headers = { 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2021-12-02' };
const text = ['PUT', ...Array(11).fill(''), ...Object.entries(headers).map(([k, v]) => `${k}:${v}`),
  '/devstoreaccount1/devstoreaccount1/plg', 'restype:container'].join('\n');
const mac = require('crypto').createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64');
headers.authorization = `SharedKey devstoreaccount1:${mac}`;
fetch(`${url}/devstoreaccount1/plg?restype=container`, { method: 'PUT', headers })
  .then(async (answer) => { if (answer.status !== 201) { console.error(answer.status, await answer.text()); process.exit(1); } });
";
