// What PostHog's library for browsers gets of a sandbox, in a page of another origin: CHROMIUM HOST TOKEN FLAG FEATURE. Prints
// JSON. FLAG is one that only who is identified gets.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"));
const { chromium } = require("playwright-core");
const library = readFileSync(require.resolve("posthog-js/dist/array.full.no-external.js"), "utf8");
const [executablePath, host, token, flag, feature] = process.argv.slice(2);

const html = `<!doctype html><title>An application</title><h1>An application</h1><script src="/library.js"></script><script>
posthog.init(${JSON.stringify(token)}, { api_host: ${JSON.stringify(host)}, person_profiles: "always", disable_session_recording: true, opt_out_useragent_filter: true,
  capture_pageview: true, request_batching: false, loaded: (it) => { window.ready = it; } });
</script>`;
const server = createServer((request, response) => {
  const script = request.url === "/library.js";
  response.writeHead(200, { "content-type": script ? "text/javascript" : "text/html" });
  response.end(script ? library : html);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const said = { console: [], refused: [] };
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
const page = await browser.newPage();
page.on("console", (message) => message.type() === "error" && said.console.push(message.text()));
page.on("request", (request) => {
  const at = new URL(request.url());
  if (!["127.0.0.1", "localhost"].includes(at.hostname)) said.refused.push(request.url());
});
await page.goto(`http://localhost:${server.address().port}/`);
await page.waitForFunction(() => window.ready);
const flags = () => page.evaluate(() => new Promise((done) => {
  window.ready.onFeatureFlags((_, values) => done(values));
}));
said.flags = await flags();
await page.evaluate(() => window.ready.identify("browser-ada", { plan: "pro" }));
await page.evaluate(() => window.ready.capture("signup_completed", { plan: "pro" }));
// The library asks again by itself; how soon is its business.
const values = () => page.evaluate(() => window.ready.featureFlags.getFlagVariants());
const gets = (key) => page.waitForFunction((key) => window.ready.isFeatureEnabled(key), key, { timeout: 15_000 }).catch(() => null);
await gets(flag);
said.identified = await values();
said.surveys = await page.evaluate(() => new Promise((done) => window.ready.getSurveys((all) => done(all.map((one) => one.name)), true)));
said.features = await page.evaluate(() => new Promise((done) => window.ready.getEarlyAccessFeatures((all) => done(all.map((one) => one.flagKey)), true)));
await page.evaluate((feature) => window.ready.updateEarlyAccessFeatureEnrollment(feature, true), feature);
await gets(feature);
said.joined = await values();
// A popover is drawn into an element of its own.
said.shown = await page.waitForFunction(
  () => [...document.querySelectorAll("*")].map((one) => one.shadowRoot?.textContent || "").find((text) => text.trim().length > 3), null, { timeout: 15_000 },
).then((found) => found.jsonValue(), () => null);
await page.evaluate(() => window.ready.capture("feature_used", { feature: "export" }));
await page.waitForTimeout(500);
await browser.close();
server.close();
console.log(JSON.stringify(said));
