// Opens the sandbox's page of a stack that does not compile in a real Chromium, and says what is wrong with it.
//
//   node page.mjs CHROMIUM URL
//
// Needs playwright-core and axe-core in $PLG_NODE_MODULES. Prints one line a problem; exits with 1 where there is one.
import { createRequire } from "node:module";
import path from "node:path";
import { readFileSync } from "node:fs";

const require = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, url] = process.argv.slice(2);

const problems = [];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
for (const [width, colorScheme] of [[1440, "light"], [390, "dark"]]) {
  const wrong = (what) => problems.push(`${width} ${colorScheme}: ${what}`);
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true, timezoneId: "Asia/Tokyo" });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && wrong(`console: ${message.text()}`));
  page.on("request", (request) => request.url().startsWith(url) || wrong(`a request for ${request.url()}`));
  await page.goto(url);
  await page.getByText("Live: this page follows the sandbox.").waitFor();
  const build = page.locator("#build");
  if (!(await build.locator("pre").textContent()).includes("src/product.rs:")) wrong("no place is named");
  const at = await build.locator("time").evaluate((time) => [time.textContent, new Date(time.dateTime).toLocaleTimeString()]);
  if (at[0] !== at[1]) wrong(`the time is ${at[0]}, and here it is ${at[1]}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) wrong(`${wide} px wider than the window`);
  await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate(() => window.axe.run());
  for (const one of violations) wrong(`${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => node.target).join(", ")})`);
  // What is told while the page is open comes into it, and goes again, without the page being loaded anew.
  if (width === 390) {
    await page.evaluate(() => { window.same = true; });
    const told = (method, body) => fetch(`${url}_sandbox/build`, { method, body, headers: { "content-type": "application/json" } });
    const before = await (await told("GET")).json();
    await told("PUT", JSON.stringify({ state: "deploy_failed", says: "<i>Refused</i>", detail: "error: because" }));
    await build.getByText("<i>Refused</i>").waitFor({ timeout: 10_000 }).catch(() => wrong("what is told is not followed"));
    await told("DELETE");
    await build.locator("section").waitFor({ state: "detached", timeout: 10_000 }).catch(() => wrong("it does not go away"));
    if (!(await page.evaluate(() => window.same))) wrong("the page was loaded anew");
    delete before.at;
    await told("PUT", JSON.stringify(before));
  }
  await context.close();
}
await browser.close();
for (const problem of problems) console.log(problem);
process.exit(problems.length ? 1 : 0);
