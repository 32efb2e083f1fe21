// Signs somebody up in the page of `examples/web`: CHROMIUM URL EMAIL SANDBOX. Prints JSON.
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"));
const { chromium } = require("playwright-core");
const [executablePath, url, email, sandbox] = process.argv.slice(2);

const said = { console: [], elsewhere: [] };
// A page tells posthog-js nothing of tests: what it takes for a robot sends no events.
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-blink-features=AutomationControlled",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const page = await browser.newPage({
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
});
page.on("console", (message) => message.type() === "error" && said.console.push(message.text()));
page.on("request", (request) => {
  const at = new URL(request.url());
  if (!["127.0.0.1", "localhost"].includes(at.hostname)) said.elsewhere.push(request.url());
});
await page.goto(url);
await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
await page.fill("#email", email);
await page.click("#form button");
await page.waitForFunction(() => !document.getElementById("export").disabled);
said.text = await page.textContent("#said");
await page.click("#export");
// The library sends in batches; how soon is its business.
const events = `${sandbox}/api/projects/12345/events/?event=feature_used&distinct_id=${encodeURIComponent(email)}`;
const arrived = async () => (await (await fetch(events, { headers: { authorization: "Bearer any" } })).json()).results;
for (let waits = 0; waits < 200 && !(said.sent = (await arrived())[0]); waits++) {
  await new Promise((done) => setTimeout(done, 100));
}
await browser.close();
console.log(JSON.stringify(said));
