#!/usr/bin/env python3
"""Asks rust-analyzer what an editor would ask inside `stack!`: completion, definition, also while
another declaration is half typed.

    cargo install ra_ap_rust-analyzer --version 0.0.330 --locked
    python3 tests/editor/check.py [PATH_TO_RUST_ANALYZER]
"""
import json, os, pathlib, subprocess, sys, tempfile, threading, queue, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = sys.argv[1] if len(sys.argv) > 1 else "rust-analyzer"

SOURCE = '''plg::stack! {
    /// The guided onboarding.
    feature_flag NewOnboarding { key: "new-onboarding-flow", variants: { control: 50%, test: 50% } }
    experiment OnboardingFlowTest { flag: NewOnboarding }
    feature_flag Half { key: "half", rollou }
    experiment Other { flag: NewOnb }
    experimen
    feature_flag Last { key: "last" }
}
pub fn used() -> &'static str { NewOnboarding::KEY }
'''


class Client:
    def __init__(self, folder):
        self.process = subprocess.Popen([SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder)
        self.answers, self.quiet, self.number = {}, queue.Queue(), 0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            length = 0
            while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            message = json.loads(self.process.stdout.read(length))
            if "id" in message and "method" not in message:
                self.answers[message["id"]] = message
            elif "id" in message:
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            elif message.get("method") == "experimental/serverStatus" and message["params"].get("quiescent"):
                self.quiet.put(message["params"])

    def send(self, message):
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def ask(self, method, params):
        self.number += 1
        number = self.number
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        end = time.time() + 300
        while number not in self.answers:
            if time.time() > end:
                sys.exit(f"no answer to {method}")
            time.sleep(0.02)
        return self.answers.pop(number).get("result")

    def tell(self, method, params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})


def place(needle, after=""):
    start = SOURCE.index(after) if after else 0
    offset = SOURCE.index(needle, start) + len(needle)
    before = SOURCE[:offset]
    return {"line": before.count("\n"), "character": len(before) - (before.rfind("\n") + 1)}


def main():
    with tempfile.TemporaryDirectory() as folder:
        crate = pathlib.Path(folder)
        (crate / "src").mkdir()
        (crate / "src/lib.rs").write_text(SOURCE)
        (crate / "Cargo.toml").write_text(
            '[package]\nname = "edited"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[dependencies]\n'
            f'plg = {{ path = "{ROOT}/plg", default-features = false }}\n'
        )
        lock = ROOT / "Cargo.lock"
        (crate / "Cargo.lock").write_text(lock.read_text())
        uri = (crate / "src/lib.rs").as_uri()
        client = Client(folder)
        client.ask("initialize", {"processId": os.getpid(), "rootUri": crate.as_uri(), "workspaceFolders": [{"uri": crate.as_uri(), "name": "edited"}],
            "capabilities": {"experimental": {"serverStatusNotification": True}, "textDocument": {"completion": {"completionItem": {"snippetSupport": False}}}},
            "initializationOptions": {"checkOnSave": False, "procMacro": {"enable": True}}})
        client.tell("initialized", {})
        client.tell("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "rust", "version": 1, "text": SOURCE}})
        client.quiet.get(timeout=900)
        document = {"uri": uri}

        def complete(at):
            found = client.ask("textDocument/completion", {"textDocument": document, "position": at}) or []
            items = found["items"] if isinstance(found, dict) else found
            return [item["label"].split("(")[0].strip() for item in items]

        def define(at):
            found = client.ask("textDocument/definition", {"textDocument": document, "position": at}) or []
            return [((f.get("targetSelectionRange") or f["range"])["start"]["line"]) for f in (found if isinstance(found, list) else [found])]

        checks = {
            "a field's name completes": "rollout" in complete(place("rollou", "Half")),
            "a reference completes": "NewOnboarding" in complete(place("NewOnb", "Other")),
            "a kind completes": any("experiment" in c for c in complete(place("experimen\n", "Other")[
                "line"] and {"line": place("experimen\n", "Other")["line"] - 1, "character": 13})),
            "a reference leads to its declaration, and nowhere else": define(place("flag: New", "OnboardingFlowTest")) == [2],
            "an application's use leads to the declaration": 2 in define(place("{ New", "used")),
        }
        for what, good in checks.items():
            print("ok  " if good else "FAIL", what)
        client.process.kill()
        sys.exit(0 if all(checks.values()) else 1)


main()
