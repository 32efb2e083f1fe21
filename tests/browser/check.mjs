// Opens pages in a real Chromium, at two widths, and says what is wrong with each.
//
//   node check.mjs CHROMIUM SHOTS PAGE…
//
// Needs playwright-core and axe-core in $PLG_NODE_MODULES. Prints one line a problem; exits with 1
// where there is one. SHOTS is a folder for screenshots.
import { createRequire } from "node:module";
import path from "node:path";
import { readFileSync } from "node:fs";

const require = createRequire(path.join(process.env.PLG_NODE_MODULES, "from"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, shots, ...pages] = process.argv.slice(2);

const problems = [];
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
for (const [number, url] of pages.entries()) {
  for (const width of [1440, 390]) {
    {
      // One of each, as every run of the checks costs seconds.
      const colorScheme = width === 390 ? "dark" : "light";
      const where = `${path.basename(url) || "home"} at ${width} ${colorScheme}`;
      const wrong = (what) => problems.push(`${where}: ${what}`);
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && wrong(`console: ${message.text()}`));
      page.on("pageerror", (error) => wrong(`error: ${error.message}`));
      page.on("request", (request) => {
        const target = new URL(request.url());
        const own = target.protocol === "file:" || target.protocol === "data:" || target.hostname === "127.0.0.1";
        if (!own) wrong(`a request to ${target.host}`);
        // The sandbox's page follows the sandbox it came from.
        const followed = url.startsWith("http:") && [url, `${url}home.js`].includes(request.url());
        // A browser asks every server for its icon.
        if (!followed && request.url() !== url && !request.url().endsWith("/favicon.ico")) wrong(`a request for ${request.url()}`);
      });
      await page.goto(url);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) wrong(`${wide} px wider than the window`);
      if (await page.locator("#search").count()) await drive(page, wrong);
      if (await page.locator("#live").count()) await follow(page, url, width, wrong);
      await page.addScriptTag({ content: axe });
      const { violations } = await page.evaluate(() => window.axe.run());
      for (const one of violations) wrong(`${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => node.target).join(", ")})`);
      await page.screenshot({ path: path.join(shots, `${number}-${width}-${colorScheme}.png`) });
      await context.close();
    }
  }
}
await browser.close();
for (const problem of problems) console.log(problem);
process.exit(problems.length ? 1 : 0);

// What is made while the sandbox's page is open is on it; every answer of a survey is as wide as the others.
async function follow(page, url, width, wrong) {
  await page.getByText("Live: this page follows the sandbox.").waitFor({ timeout: 10_000 });
  const name = `Planets ${width}`;
  const data = { api_slug: `planets_${width}`, singular_noun: `Planet ${width}`, plural_noun: name };
  const headers = { authorization: "Bearer x", "content-type": "application/json" };
  const made = await fetch(`${url}v2/objects`, { method: "POST", headers, body: JSON.stringify({ data }) });
  if (!made.ok) wrong(`the sandbox answers ${made.status} to a new object`);
  await page.getByRole("heading", { name }).waitFor({ timeout: 10_000 }).catch(() => wrong("a new object is not followed"));
  const answers = await page.locator(".scale").evaluateAll((all) =>
    all.map((scale) => [...scale.children].map((one) => one.getBoundingClientRect())).map((boxes) => ({
      count: boxes.length,
      rows: new Set(boxes.map((box) => Math.round(box.top))).size,
      uneven: Math.max(...boxes.map((box) => box.width)) - Math.min(...boxes.map((box) => box.width)),
    })));
  if (!answers.some((one) => one.count === 11)) wrong("no question has eleven answers");
  for (const one of answers) if (one.rows !== 1 || one.uneven > 1) wrong(`answers are uneven: ${JSON.stringify(one)}`);
}

// Search, keyboard, dark and light, on a plan or a graph.
async function drive(page, wrong) {
  const shown = () => page.locator(".resource:visible").count();
  const all = await shown();
  if (all === 0) wrong("no resource is shown");
  await page.keyboard.press("/");
  await page.keyboard.type("feature_flag.DarkMode");
  const found = await shown();
  if (found < 1 || found >= all) wrong(`${found} of ${all} are shown after a search`);
  await page.keyboard.press("Escape");
  if ((await shown()) !== all) wrong("not all are shown again after Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const here = await page.evaluate(() => [...document.querySelectorAll(".resource")].indexOf(document.activeElement));
  if (here !== 0) wrong(`j, j, k ends at resource ${here}`);
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await back();
  await page.getByRole("button", { name: "Dark or light" }).click();
  if ((await back()) === before) wrong("the button does not switch between dark and light");
  await page.getByRole("button", { name: "Dark or light" }).click();
  await page.evaluate(() => scrollTo(0, 0));
}
