/**
 * A smoke walk through a lab in Firefox, over WebDriver BiDi: `node firefox_walk.mjs FIREFOX SITE_URL PROGRAMS`.
 *
 * PROGRAMS is JSON `{solution, endless}`. Prints one JSON object with what was seen; test_firefox.py judges it. Ends with status 1 when
 * a step of the walk cannot be taken at all.
 */
import { launch } from "puppeteer-core";

const LAB = "labs/cache-hit-miss/";
const PATIENCE_MS = 120_000;

const [, , executablePath, site, programs] = process.argv;
const { solution, endless } = JSON.parse(programs);

const browser = await launch({
  browser: "firefox",
  executablePath,
  headless: true,
  protocolTimeout: PATIENCE_MS,
  extraPrefsFirefox: { "intl.accept_languages": "ko-KR" },
});
const seen = { errors: [], foreign: [], visits: [] };
try {
  seen.version = await browser.version();
  for (const visit of [firstVisit, secondVisit]) {
    const page = await openLab();
    seen.visits.push({ boot: await boot(page), ...(await visit(page)) });
    seen.violations = (seen.violations ?? 0) + (await page.evaluate(() => globalThis.violations));
    await page.close();
  }
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}

async function firstVisit(page) {
  const failed = await press(page, ".lab-check", ["passed", "failed", "error"]);
  await write(page, solution);
  const passed = await press(page, ".lab-check", ["passed", "failed", "error"]);
  const ran = await press(page, ".lab-run", ["ready", "error"]);
  // The page writes what was printed with its next frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  const printed = await page.$eval("lab-step .lab-terminal", (terminal) => terminal.textContent);
  await write(page, endless);
  await press(page, ".lab-run", ["running"]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const stopped = await press(page, ".lab-stop", ["stopped"]);
  const boots = await page.evaluate(() => performance.getEntriesByName("lab-boot").length);
  await write(page, solution);
  const again = await press(page, ".lab-check", ["passed", "failed", "error"]);
  await until(page, async () => {
    const stores = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return stores.flat().some(({ url }) => url.endsWith("/index.json"));
  });
  return { failed, passed, ran, printed, stopped, boots, again };
}

async function secondVisit(page) {
  const code = await page.evaluate(() => document.querySelector("lab-step .lab-editor").shadowRoot.textContent);
  const passed = await press(page, ".lab-check", ["passed", "failed", "error"]);
  return { code, passed };
}

async function openLab() {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  page.on("request", (request) => {
    if (!request.url().startsWith(site) && /^https?:/.test(request.url())) {
      seen.foreign.push(request.url());
    }
  });
  await page.evaluateOnNewDocument(() => {
    globalThis.violations = 0;
    addEventListener("securitypolicyviolation", () => globalThis.violations++);
  });
  await page.goto(site + LAB);
  await page.$eval("lab-step", (step) => step.scrollIntoView());
  await until(page, () => document.querySelector("lab-step .lab-editor")?.shadowRoot != null);
  return page;
}

/** What the worker told of its start. */
async function boot(page) {
  await until(page, () => performance.getEntriesByName("lab-boot").length > 0);
  return page.evaluate(() => {
    const [{ duration, detail }] = performance.getEntriesByName("lab-boot");
    return { ms: duration, ...detail };
  });
}

/** Presses a button of the first step and waits until the step is in one of `phases`. Which, and after how many milliseconds. */
function press(page, button, phases) {
  return page.evaluate(
    (button, phases) =>
      new Promise((resolve) => {
        const step = document.querySelector("lab-step");
        const began = performance.now();
        new MutationObserver((_, observer) => {
          if (phases.includes(step.dataset.phase)) {
            observer.disconnect();
            resolve({ phase: step.dataset.phase, ms: performance.now() - began });
          }
        }).observe(step, { attributeFilter: ["data-phase"] });
        step.querySelector(button).click();
      }),
    button,
    phases,
  );
}

/** Replaces the code as by pasting over all of it. */
async function write(page, code) {
  const editor = await page.evaluateHandle(() =>
    document.querySelector("lab-step .lab-editor").shadowRoot.querySelector(".cm-content"),
  );
  await editor.click();
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.evaluate((code) => document.execCommand("insertText", false, code), code);
}

async function until(page, condition) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await page.evaluate(condition))) {
    if (Date.now() > end) {
      throw new Error(`waited ${PATIENCE_MS} ms for ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
