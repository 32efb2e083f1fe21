// Makes the pictures of ten mistakes anew: the source, what the compiler says of it, and the source fixed. make.mjs starts it.
//
//   PLG_NODE_MODULES=… CARGO_TARGET_DIR=… node docs/pictures/errors.mjs [CHROMIUM]
//
// Each is compiled at both widths, and each fixed source has to compile. What the compiler says is beside each picture as
// text, so that a change of it is read in a diff.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { html, screen } from "./terminal.mjs";
import { mistakes } from "./mistakes.mjs";

const require = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"));
const { chromium } = require("playwright-core");
const executablePath = path.resolve(process.argv[2] ?? "/usr/bin/chromium");
const here = path.dirname(fileURLToPath(import.meta.url)), root = path.join(here, "../..");
const acme = mkdtempSync(path.join(os.tmpdir(), "mistakes-"));
const source = path.join(acme, "src/lib.rs");
mkdirSync(path.dirname(source), { recursive: true });
copyFileSync(path.join(root, "Cargo.lock"), path.join(acme, "Cargo.lock"));
writeFileSync(path.join(acme, "Cargo.toml"), `[package]
name = "acme"
version = "0.1.0"
edition = "2024"

[dependencies]
plg = { path = "${path.join(root, "plg")}", default-features = false, features = ["attio", "posthog"] }
plg-core = { path = "${path.join(root, "plg-core")}" }

[workspace]
`);

// Runs the compiler in a terminal; what it says, and whether it takes the source.
async function check(text, columns) {
  writeFileSync(source, text);
  const inner = `stty cols ${columns} rows 50; exec cargo check --offline --quiet`;
  const env = { ...process.env, SHELL: "/bin/sh", TERM: "xterm-256color", CARGO_TERM_PROGRESS_WHEN: "never", CARGO_TERM_COLOR: "always" };
  const child = spawn("script", ["-qec", inner, "/dev/null"], { cwd: acme, env, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (part) => (said += part));
  const code = await new Promise((done) => child.on("close", done));
  return { said, taken: code === 0 };
}

// What the compiler says of the source itself: not of plg's own crates, and not that it gives up.
const own = (said) => said.replaceAll("\r", "").split(/\n(?:\x1b\[[\d;]*m)*\n/)
  .filter((part) => /-->(?:\x1b\[[\d;]*m)* ?(?:\x1b\[[\d;]*m)*src\//.test(part)).join("\n\n").replaceAll("\n", "\r\n");

// A source with its lines numbered; those that are not in the other one are marked.
function listing(text, other, mark) {
  const lines = text.trimEnd().split("\n"), known = new Set(other.split("\n"));
  return lines.map((line, place) => {
    const number = `${String(place + 1).padStart(2)}  `, style = known.has(line) ? "" : mark;
    return [...[...number].map((letter) => [letter, "s2"]), ...[...line].map((letter) => [letter, style])];
  });
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"] });
try {
  for (const { name, before, after } of mistakes) {
    const fixed = await check(after, 120);
    if (!fixed.taken) throw new Error(`${name}: the fixed source does not compile:\n${fixed.said}`);
    for (const columns of [60, 120]) {
      const { said, taken } = await check(before, columns);
      if (taken) throw new Error(`${name}: it compiles`);
      const file = path.join(acme, `${name}.html`);
      const lines = screen(own(said), columns);
      const text = lines.map((line) => line.map(([letter]) => letter).join("").trimEnd()).join("\n");
      writeFileSync(path.join(here, `error-${name}-${columns}.txt`), `$ cargo check\n${text}\n`);
      writeFileSync(file, html([
        { title: "src/lib.rs", lines: listing(before, after, "s31") },
        { command: "cargo check", lines },
        { title: "src/lib.rs, fixed", lines: listing(after, before, "s32") },
      ], columns));
      const page = await browser.newPage({ viewport: { width: columns * 8 + 80, height: 400 } });
      await page.goto(`file://${file}`);
      await page.locator("body").screenshot({ path: path.join(here, `error-${name}-${columns}.png`) });
      await page.close();
    }
    console.log(name);
  }
} finally {
  await browser.close();
  rmSync(acme, { recursive: true, force: true });
}
