// Opens pages in a real Chromium, at two widths, and says what is wrong with each.
//
//   node check.mjs CHROMIUM SHOTS PAGE…
//
// `PAGE#most=3000` may be 3000 px tall at a width of 1440; `PAGE#most=3000&all` is looked at in light and dark at both widths.
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
for (const url of pages) {
  const name = path.basename(new URL(url).pathname, ".html") || "home";
  for (const width of [1440, 390]) {
    for (const colorScheme of ["light", "dark"]) {
      // One of each, as every run of the checks costs seconds, but where all four are asked for.
      if (!url.endsWith("&all") && (colorScheme === "dark") !== (width === 390)) continue;
      const where = `${name} at ${width} ${colorScheme}`;
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
        const asked = [url, `${url}home.js`, `${url}_sandbox/evaluate`];
        const followed = url.startsWith("http:") && asked.includes(request.url());
        // A browser asks every server for its icon.
        if (!followed && request.url() !== url.replace(/#.*/, "") && !request.url().endsWith("/favicon.ico")) wrong(`a request for ${request.url()}`);
      });
      await page.goto(url);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) wrong(`${wide} px wider than the window`);
      const most = width === 1440 && parseInt(new URL(url).hash.slice("#most=".length), 10);
      if (await page.locator("#tab-graph").count()) {
        await page.screenshot({ path: path.join(shots, `${name}-${width}-${colorScheme}.png`) });
        // All four are looked at, two of them driven and checked.
        const driven = (colorScheme === "dark") === (width === 390);
        if (driven) await drive(page, wrong, most);
        await page.locator("#tab-graph").click();
        await page.screenshot({ path: path.join(shots, `${name}-${width}-${colorScheme}-graph.png`) });
        if (!driven) {
          await context.close();
          continue;
        }
        if (width === 1440) await plain(url, wrong);
        await check(page, wrong);
        await page.locator("#tab-list").click();
      }
      if (await page.locator("#live").count()) await follow(page, url, width, wrong);
      await check(page, wrong);
      if (!(await page.locator("#tab-graph").count())) await page.screenshot({ path: path.join(shots, `${name}-${width}-${colorScheme}.png`) });
      await context.close();
    }
  }
}
await browser.close();
for (const problem of problems) console.log(problem);
process.exit(problems.length ? 1 : 0);

// The rules of accessibility that a program can tell.
async function check(page, wrong) {
  await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate(() => window.axe.run());
  for (const one of violations) wrong(`${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => node.target).join(", ")})`);
}

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
  await people(page, url, width, wrong);
}

// What a person who is typed in gets is shown, and again when a flag changes; what was typed stays. What arrives is shown.
async function people(page, url, width, wrong) {
  const headers = { authorization: "Bearer x", "content-type": "application/json" };
  const api = async (method, path, body) => {
    const answer = await fetch(`${url}api/projects/12345/${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) wrong(`the sandbox answers ${answer.status} to ${method} ${path}`);
    return answer.json();
  };
  const soon = (locator, what) => locator.waitFor({ timeout: 10_000 }).catch(() => wrong(what));
  const [id, person] = [page.getByLabel("Distinct id"), page.getByLabel("Properties of the person")];
  await id.fill("<b>ada</b>");
  await person.fill("plan=<i>pro</i>\nseats=3");
  await page.getByLabel("Groups").fill("company=acme\ncompany.tier=gold");
  await page.getByRole("button", { name: "Evaluate" }).click();
  const card = page.locator(".answers .card").filter({ hasText: "dark-mode" });
  await soon(card.locator(".state", { hasText: "true" }), "dark-mode is not on for everybody");
  await soon(page.getByText("<b>ada</b> is not known here"), "who was asked about is not said");
  const flag = (await api("GET", "feature_flags/?search=dark-mode")).results[0];
  await api("PATCH", `feature_flags/${flag.id}/`, { active: false });
  await soon(card.locator(".state", { hasText: "false" }), "a flag that is switched off is not followed");
  await api("PATCH", `feature_flags/${flag.id}/`, { active: true });
  await soon(card.locator(".state", { hasText: "true" }), "a flag that is switched on is not followed");
  if ((await id.inputValue()) !== "<b>ada</b>") wrong("what was typed is gone");
  const name = `<b>arrived</b> ${width}`;
  const event = { api_key: "any", event: name, distinct_id: `u${width}`, properties: { long: "x".repeat(500), $set: { plan: "pro" } } };
  await fetch(`${url}batch/`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(event) });
  await soon(page.getByRole("heading", { name }), "an event that arrives is not shown");
  await soon(page.getByRole("heading", { name: `u${width}`, exact: true }), "its person is not shown");
  await soon(page.locator(".sent li").filter({ hasText: name }), "an event that nobody declared is not told");
  await person.fill("oops");
  await page.getByRole("button", { name: "Evaluate" }).click();
  await soon(page.getByText("Not evaluated: write NAME=VALUE instead of “oops”."), "a line that is no property is taken");
  await person.fill("plan=pro");
  await page.getByRole("button", { name: "Evaluate" }).click();
  await soon(card.locator(".state", { hasText: "true" }), "the answers are not shown again");
  // The longest of names are no wider than the window.
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) wrong(`${wide} px wider than the window with people and events`);
}

// A plan's or a graph's page: how tall it is, search, keyboard, the graph, dark and light, paper.
async function drive(page, wrong, most) {
  const plan = await page.evaluate(() => document.body.classList.contains("plan"));
  const shown = () => page.locator(".resource:visible").count();
  const nodes = () => page.locator(".node:visible, .cluster.shut:visible").count();
  const tab = (name) => page.locator(`#tab-${name}`).click();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (most && height > most) wrong(`${height} px tall, of at most ${most}`);
  const overlapping = await page.evaluate(() => [...document.querySelectorAll(".resource summary")]
    .filter((head) => head.checkVisibility() && head.scrollWidth > head.clientWidth + 1).length);
  if (overlapping) wrong(`${overlapping} lines leave their row`);

  // One resource that is there on every page with a list: the last one that changes.
  const target = await page.evaluate(() => {
    const rows = [...document.querySelectorAll(".resource:not(.quiet)")];
    return (rows.at(-1) || document.querySelector(".resource")).querySelector(".address").textContent;
  });
  await tab("list");
  await page.keyboard.press("/");
  await page.keyboard.type(target);
  const found = await page.locator(".resource:visible .address").allTextContents();
  if (!found.includes(target) || found.length > 20) wrong(`a search for ${target} shows ${found}`);
  const others = await page.locator(":is(.losses, .care, .left) li:visible").allTextContents();
  if (others.some((line) => !line.includes(target))) wrong(`a search for ${target} shows beside the list ${others}`);
  await tab("graph");
  if ((await nodes()) < 1) wrong("nothing of a search is in the graph");
  await tab("list");
  await page.keyboard.press("Escape");
  if (await page.locator("#search").inputValue()) wrong("Escape leaves the search");

  // The keyboard's way through the folds.
  await page.keyboard.press("j");
  const here = () => page.evaluate(() => document.activeElement.closest("#list details")?.open);
  await page.keyboard.press("ArrowLeft");
  if ((await here()) !== false) wrong("the left arrow does not fold");
  await page.keyboard.press("ArrowRight");
  if ((await here()) !== true) wrong("the right arrow does not unfold");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const line = await page.evaluate(() => document.activeElement.closest(".resource") !== null);
  if (!line) wrong("the down arrow does not reach the first resource");
  await page.keyboard.press("Enter");

  // What is unchanged is hidden until somebody asks.
  if (plan && (await page.locator("#all").count())) {
    const quiet = () => page.locator(".resource.quiet:visible, .fold.quiet:visible").count();
    if (await quiet()) wrong("what is unchanged is shown");
    await page.locator("#all").check();
    if (!(await quiet())) wrong("the switch shows nothing");
    await page.locator("#all").uncheck();
  }
  await page.locator("#by").selectOption("part");
  if ((await page.locator(".fold:visible").count()) < 1) wrong("no fold by file");
  await page.locator("#by").selectOption("kind");

  // The graph, and one resource's neighbours.
  await tab("graph");
  const all = await nodes();
  if (all < 1 || all > 140) wrong(`${all} nodes are drawn at first`);
  const small = await page.evaluate(() => {
    const node = document.querySelector(".node, .cluster");
    return node ? node.getBoundingClientRect().height / node.offsetHeight : 1;
  });
  if (small < 0.7) wrong(`nodes are drawn at ${small} of their size`);
  if (!(await page.locator(".node").count())) await page.locator("[data-cluster]").first().press("Enter");
  await page.locator(".node").first().focus();
  await page.keyboard.press("Enter");
  if (!(await page.locator("#graph .centre").count())) wrong("a node does not show its neighbours");
  await page.keyboard.press("Escape");
  if (await page.locator("#graph .centre").count()) wrong("Escape does not lead back to all");
  await page.locator(".node").first().click();
  await page.getByRole("button", { name: "Show in the list" }).click();
  if (!(await page.evaluate(() => document.activeElement.closest(".resource")))) wrong("a node does not lead to its line");

  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await back();
  await page.locator("#theme").click();
  if ((await back()) === before) wrong("the button does not switch between dark and light");
  await page.locator("#theme").click();

  // On paper differences are unfolded, and nothing is there to click.
  await page.emulateMedia({ media: "print" });
  const closed = await page.evaluate(() => [...document.querySelectorAll("#list details:not(.quiet) > ul, #list .resource:not(.quiet) .body")]
    .filter((part) => !part.closest(".quiet") && part.getBoundingClientRect().height === 0).length);
  if (plan && closed) wrong(`${closed} are folded on paper`);
  if (await page.locator("#search").isVisible()) wrong("the search is on paper");
  await page.emulateMedia({ media: null });
  await page.evaluate(() => scrollTo(0, 0));
}

// Without scripts the page is a list of details, and its switch works.
async function plain(url, wrong) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  if ((await page.locator(".fold").count()) < 1) wrong("no fold without scripts");
  for (const tool of ["#search", "#tab-list", "#theme", "#graph"]) {
    if (await page.locator(tool).isVisible()) wrong(`${tool} is shown without scripts`);
  }
  if (await page.locator("#all").count()) {
    await page.locator("#all").check();
    if (!(await page.locator(".fold.quiet:visible").count() + await page.locator(".resource.quiet:visible").count())) wrong("the switch needs scripts");
  }
  await context.close();
  // Its own rules let its own script and style through.
  const strict = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const own = await strict.newPage();
  own.on("console", (message) => message.type() === "error" && wrong(`with its own rules: ${message.text()}`));
  own.on("pageerror", (error) => wrong(`with its own rules: ${error.message}`));
  await own.goto(url);
  if (!(await own.locator("#tab-graph").isVisible())) wrong("its rules keep its own script out");
  if ((await own.evaluate(() => getComputedStyle(document.body).marginTop)) !== "0px") wrong("its rules keep its own style out");
  await own.locator("#tab-graph").click();
  await own.locator(".node, .cluster").first().waitFor();
  await strict.close();
}
