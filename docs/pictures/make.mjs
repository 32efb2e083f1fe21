// Makes every picture of this folder anew, from the binary of plg-stack, a sandbox on this machine and the compiler.
//
//   PLG_NODE_MODULES=… CARGO_TARGET_DIR=… node docs/pictures/make.mjs target/debug/plg-stack [CHROMIUM]
//   node docs/pictures/make.mjs target/debug/plg-stack --check
//
// Beside each picture of a terminal is its text, `NAME.txt`. The second form makes no picture: it says which texts are not
// what the program prints now, and exits with 1 if there are any. The pictures of mistakes are made by errors.mjs, beside
// this file, which this one starts; they are not checked, as compiling them takes a minute.
// Needs `script` and `stty` for a terminal, and for pictures playwright-core in $PLG_NODE_MODULES and Chromium. Times, ids,
// addresses and the commit are always the same, so that a picture differs only where what it shows does.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { cut, html, screen } from "./terminal.mjs";

const checks = process.argv.includes("--check");
const [binary, executablePath = "/usr/bin/chromium"] = process.argv.slice(2).filter((given) => given !== "--check").map((given) => path.resolve(given));
const here = path.dirname(new URL(import.meta.url).pathname);
const MOST = 200 * 1024, LINES = 40;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// The length of its name decides where lines break that have it.
const work = mkdtempSync(path.join(existsSync("/tmp") ? "/tmp" : os.tmpdir(), "pictures-"));
const server = spawn(binary, ["sandbox", "serve", "--listen", "127.0.0.1:0", "--dir", path.join(work, "served"), "--root", work], { cwd: work });
const url = await new Promise((found, failed) => {
  let said = "";
  const read = (bytes) => {
    said += bytes;
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
    if (address) found(address[0]);
  };
  server.stdout.on("data", read);
  server.stderr.on("data", read);
  server.on("exit", () => failed(new Error(`the sandbox ended: ${said}`)));
});
const json = async (method, target, body) => {
  const headers = { authorization: "Bearer k", "content-type": "application/json" };
  const answer = await fetch(url + target, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? {} : answer.json().catch(() => ({}));
};
const keys = { ATTIO_KEY_FOR_POSTHOG: "k", ATTIO_API_KEY_DEV: "k", POSTHOG_API_KEY_DEV: "k", POSTHOG_PROJECT_ID_DEV: "12345" };
const clean = { PATH: process.env.PATH, LANG: "C.UTF-8", TERM: "xterm-256color", PLG_ATTIO_URL: url, PLG_POSTHOG_URL: url,
  GITHUB_SHA: "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d", PLG_LATE_WINDOW: "2", ...keys };

// An empty sandbox, and a folder that remembers nothing.
const root = path.join(work, "acme");
mkdirSync(root);
const fresh = async () => {
  await json("POST", "/_sandbox/reset");
  await json("DELETE", "/_sandbox/faults");
  rmSync(root, { recursive: true });
  mkdirSync(root);
};

// What differs from run to run, and nobody looks at.
const fixed = (text) => text
  .replaceAll(root, "/home/ana/acme")
  .replaceAll(url.slice("http://".length), "127.0.0.1:4848")
  .replace(/\d{4}-\d\d-\d\d(\s+)\d\d:\d\d(\s+)UTC/g, "2026-11-30$107:31$2UTC")
  .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "2026-11-30T07:31:42Z")
  .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "4f3b2a10-0b1c-4d2e-8f3a-5b6c7d8e9f01")
  .replace(/\b\d+ ms\b/g, "12 ms")
  .replace(/\b\d+\.\d s\b/g, "4.2 s");

// Runs it in a terminal; `meanwhile` gets a function that presses Ctrl-C.
async function terminal(args, columns, meanwhile) {
  const pid = path.join(root, "pid");
  const quoted = args.map((one) => `'${one}'`).join(" ");
  const inner = `stty cols ${columns} rows 50; echo $$ > '${pid}'; exec '${binary}' ${quoted}`;
  const child = spawn("script", ["-qec", inner, "/dev/null"], { cwd: root, env: { ...clean, PLG_ROOT: root, SHELL: "/bin/sh" }, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  const ended = new Promise((done) => child.on("close", done));
  if (meanwhile) await meanwhile(() => process.kill(Number(readFileSync(pid, "utf8")), "SIGINT"));
  await ended;
  return fixed(said);
}
const quietly = (args) => terminal(args, 120);

const launch = async () => {
  const { chromium } = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"))("playwright-core");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"] });
};
const browser = checks ? null : await launch();
const stale = [];
async function shot(name, file, { width, height = 900, colorScheme = "light", element, acts = async () => {} }) {
  const page = await (await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" })).newPage();
  await page.goto(`file://${file}`);
  await acts(page);
  const to = path.join(here, `${name}.png`);
  await (element ? page.locator(element).screenshot({ path: to }) : page.screenshot({ path: to }));
  await page.close();
  const size = statSync(to).size;
  console.log(`${name}.png: ${Math.ceil(size / 1024)} KB`);
  if (size > MOST) throw new Error(`${name}.png is larger than ${MOST / 1024} KB`);
}
async function picture(name, args, said, columns) {
  const command = `plg-stack ${args.join(" ")}`;
  const lines = cut(screen(said, columns), LINES);
  const text = `$ ${command}\n${lines.map((line) => line.map(([letter]) => letter).join("").trimEnd()).join("\n")}\n`;
  const kept = path.join(here, `${name}.txt`);
  if (checks) {
    if (readFileSync(kept, "utf8") !== text) stale.push(`${name}.txt is not what is printed now:\n${text}`);
    return;
  }
  writeFileSync(kept, text);
  const file = path.join(work, `${name}.html`);
  writeFileSync(file, html([{ command, lines }], columns));
  await shot(name, file, { width: columns * 8 + 80, element: "body" });
}
async function paged(args, name) {
  const file = path.join(root, "page.html");
  await quietly([...args, "--html", file]);
  const kept = path.join(work, `${name}.html`);
  // The script and the style are not touched: a browser compares both with their hashes.
  writeFileSync(kept, readFileSync(file, "utf8").split(/(<(?:style|script)>[^]*?<\/(?:style|script)>)/).map((part, place) => place % 2 ? part : fixed(part)).join(""));
  return kept;
}

try {
  for (const columns of [60, 120]) {
    const deploy = ["deploy", "--stage", "dev", "--yes"], one = [...deploy, "--parallelism", "1"];

    await fresh();
    await picture(`first-deploy-${columns}`, deploy, await terminal(one, columns), columns);

    // Three people have a churn risk; then the attribute goes.
    for (const [domain, risk] of [["acme.example", "High"], ["umbrella.example", "High"], ["initech.example", "Low"]]) {
      await json("POST", "/v2/objects/companies/records", { data: { values: { name: domain, churn_risk: risk } } });
    }
    const losses = ["plan", "--stage", "dev", "--destroy", "--target", "attribute.ChurnRisk"];
    await picture(`losses-${columns}`, losses, await terminal(losses, columns), columns);
    if (columns === 120 && !checks) {
      const page = await paged(losses, "losses");
      await shot("page-losses", page, { width: 1440 });
    }

    // Somebody renames a dashboard and opens a flag to more people.
    const flags = await json("GET", "/api/projects/12345/feature_flags/?limit=100");
    const flag = flags.results.find((one) => one.key === "beta-features");
    const groups = [{ ...flag.filters.groups[0], rollout_percentage: 60 }];
    await json("PATCH", `/api/projects/12345/feature_flags/${flag.id}/`, { filters: { ...flag.filters, groups } });
    const dashboards = await json("GET", "/api/projects/12345/dashboards/?limit=100");
    const board = dashboards.results.find((one) => one.name === "Executive Overview");
    await json("PATCH", `/api/projects/12345/dashboards/${board.id}/`, { name: "Numbers for the board" });
    const drift = ["drift", "--stage", "dev"];
    await picture(`drift-${columns}`, drift, await terminal(drift, columns), columns);
    if (columns === 120 && !checks) {
      const page = await paged(["plan", "--stage", "dev"], "changes");
      await shot("page-changes", page, { width: 1440, height: 640 });
    }

    // Where it is interrupted depends on how busy the machine is.
    if (checks) continue;
    await fresh();
    if (columns === 120) {
      const page = await paged(["plan", "--stage", "dev"], "creates");
      await shot("page-light", page, { width: 1440 });
      await shot("page-dark", page, { width: 1440, colorScheme: "dark" });
      await shot("page-phone", page, { width: 390, height: 844 });
      await shot("page-graph", page, { width: 1440, height: 820, acts: (opened) => opened.locator("#tab-graph").click() });
    }
    await json("POST", "/_sandbox/stats/reset");
    await json("POST", "/_sandbox/faults", { delay_ms: 250, rules: [] });
    const said = await terminal(one, columns, async (interrupt) => {
      const writes = async () => JSON.stringify(await json("GET", "/_sandbox/stats")).match(/"writes":\d+/g).reduce((all, one) => all + Number(one.slice(9)), 0);
      while ((await writes()) < 6) await wait(20);
      // While the next one is under way.
      await wait(120);
      interrupt();
    });
    await picture(`interrupted-${columns}`, deploy, said, columns);
  }
} finally {
  server.removeAllListeners("exit");
  server.kill("SIGINT");
  await browser?.close();
  rmSync(work, { recursive: true, force: true });
}
if (checks) {
  for (const one of stale) console.log(one);
  process.exitCode = stale.length ? 1 : 0;
} else {
  const errors = spawn(process.execPath, [path.join(here, "errors.mjs"), executablePath], { stdio: "inherit" });
  process.exitCode = await new Promise((done) => errors.on("close", done));
}
