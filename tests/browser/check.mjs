// Opens each page as a reader would and fails on anything a reader would complain of.
//
// node check.mjs FOLDER PAGE…: FOLDER holds PAGE.html and the installed packages; screenshots go there.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...pages] = process.argv.slice(2);
const require = createRequire(pathToFileURL(resolve(folder, "package.json")));
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const views = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 400, height: 800 }, colorScheme: "light", deviceScaleFactor: 2 },
};

const problems = [];
const expect = (what, holds) => { if (!holds) problems.push(what); };

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const name of pages) {
  const file = resolve(folder, `${name}.html`);
  const url = pathToFileURL(file).href;
  for (const [view, options] of Object.entries(views)) {
    const label = `${name}, ${view}`;
    // The policy of the page forbids the very functions that axe is put in by.
    const context = await browser.newContext({ ...options, bypassCSP: false });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(`${label}: console: ${message.text()}`);
    });
    page.on("pageerror", (error) => problems.push(`${label}: ${error}`));
    page.on("request", (request) => { if (request.url().split("#")[0] !== url) problems.push(`${label}: request: ${request.url()}`); });
    page.on("dialog", (dialog) => { problems.push(`${label}: dialog: ${dialog.message()}`); dialog.dismiss(); });
    await page.goto(url);

    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(`${label}: ${overflow} pixels wider than the window`, overflow <= 0);
    expect(`${label}: a script of the capture ran`, await page.evaluate(() => !("pwned" in window)));
    expect(`${label}: not one script`, (await page.locator("script").count()) === 1);
    const comparison = (await page.locator(".pair").count()) > 0;
    const details = page.locator("details.login");
    if (comparison) {
      const ladders = page.locator(".pair svg");
      expect(`${label}: not two ladders`, (await ladders.count()) === 2);
      const boxes = await ladders.evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().toJSON()));
      // Wide: beside each other, line by line. On a phone: one below the other.
      expect(`${label}: the ladders do not stand as they should`, view === "phone"
        ? boxes[1].top >= boxes[0].bottom
        : Math.abs(boxes[0].top - boxes[1].top) < 1 && Math.abs(boxes[0].height - boxes[1].height) < 1);
      await details.evaluateAll((all) => all.forEach((element) => { element.open = true; }));
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(`${label}: with details open ${wider} pixels wider than the window`, wider <= 0);
    } else if ((await details.count()) > 0) {
      await details.first().evaluate((element) => { element.open = true; });
      expect(`${label}: no diagram`, await details.first().locator("svg").isVisible() || name === "hostile");
    }
    await page.screenshot({ path: resolve(folder, `${name}-${view}.png`), fullPage: comparison });
    if (!comparison && (await details.count()) > 0) {
      await details.first().screenshot({ path: resolve(folder, `${name}-${view}-login.png`) });
    }

    // Outside the page's world, so that its policy holds for everything that is its own.
    const session = await context.newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
    const evaluate = async (expression) => {
      const { result, exceptionDetails } = await session.send("Runtime.evaluate",
        { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    await evaluate(axe.source);
    const found = await evaluate("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => " +
      "({ id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)) })))");
    for (const violation of found) {
      if (["serious", "critical"].includes(violation.impact)) problems.push(`${label}: axe: ${JSON.stringify(violation)}`);
      else console.log(`${label}: axe, ${violation.impact}: ${violation.id}: ${violation.help} ${violation.nodes[0]}`);
    }

    const rows = page.locator("#table tbody tr");
    const all = await rows.count();
    if (all > 1) {
      const visible = () => page.locator("#table tbody tr:visible").count();
      await page.selectOption("#outcome", "accepted");
      const accepted = await visible();
      expect(`${label}: the filter by outcome`, accepted > 0 && accepted < all);
      expect(`${label}: details follow the filter`, (await page.locator("details.login:visible").count()) === accepted);
      await page.selectOption("#outcome", "");
      await page.selectOption("#finding", "salt-trailing-nul");
      const salted = await visible();
      expect(`${label}: the filter by finding`, salted > 0 && salted < all);
      await page.click("button[type=reset]");
      await page.waitForFunction((count) => document.querySelectorAll("#table tbody tr:not([hidden])").length === count, all);
      await page.fill("#search", "no such text anywhere");
      expect(`${label}: the search`, (await visible()) === 0);
      await page.fill("#search", "");
      const users = () => page.locator('#table tbody [data-label="user"]').allTextContents();
      const sorted = (list, sign) => list.every((text, at) =>
        at === 0 || sign * new Intl.Collator("en", { numeric: true }).compare(list[at - 1].trim(), text.trim()) <= 0);
      const head = page.getByRole("button", { name: "user" });
      await head.click();
      expect(`${label}: sorted`, sorted(await users(), 1));
      await head.click();
      expect(`${label}: sorted the other way`, sorted(await users(), -1));
      expect(`${label}: nothing lost by sorting`, (await rows.count()) === all);
      const link = page.locator("#table tbody a").nth(1);
      const target = (await link.getAttribute("href")).slice(1);
      await link.click();
      await page.waitForFunction((id) => document.getElementById(id).open, target);
    }
    await context.close();
  }
  // Without scripts everything is there, and nothing that does nothing.
  const context = await browser.newContext({ javaScriptEnabled: false, ...views.phone });
  const page = await context.newPage();
  await page.goto(url);
  expect(`${name}, no scripts: controls that do nothing`, !(await page.locator("#controls").isVisible()));
  expect(`${name}, no scripts: no heading`, await page.locator("h1").isVisible());
  await context.close();
  // On paper.
  const paper = await browser.newContext();
  const sheet = await paper.newPage();
  await sheet.goto(url);
  await sheet.pdf({ path: resolve(folder, `${name}.pdf`), format: "A4" });
  await paper.close();
}
await browser.close();
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages in ${Object.keys(views).length} views: ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
