// The inbox page in Chromium: tools/node tests/sandbox/inbox/browser.mjs BASE FOLDER; prints faults, none if all is well.
// BASE serves the mails of test_sandbox_inbox_in_browser.py; screenshots go to FOLDER.
import { join } from "node:path";
import { AXE, launch, Stage } from "../../../docs/checks/stage.mjs";

const [base, folder] = process.argv.slice(2);
const INBOX = `${base}/sandbox/inbox`;
const ROUNDS = [[1440, "light"], [1440, "dark"], [360, "light"], [360, "dark"]];
const PAGES = {
  list: "/", full: "/mails/full", source: "/mails/full?view=source", recipients: "/mails/full?view=recipients",
  variables: "/mails/full?view=variables", links: "/mails/full?view=links", scheduled: "/mails/scheduled",
  missing: "/mails/none", search: "/?q=nothing", hostile: "/mails/hostile",
};
// The browser says that it stopped something: expected of a mail that tries.
const STOPPED = /\(csp\)|Content Security Policy|Blocked script|Blocked form|sandboxed|404/;

const faults = [];
const expect = (holds, text) => holds || faults.push(text);

async function look(page, width, scheme) {
  for (const [name, path] of Object.entries(PAGES)) {
    page.complaints.length = 0;
    const where = `${name} ${width} ${scheme}`;
    await page.goto(INBOX + path, { waitUntil: "networkidle" });
    const allowed = (text) => (name === "hostile" || name === "missing") && STOPPED.test(text) && !text.startsWith("outside");
    for (const text of page.complaints) expect(allowed(text), `${where}: ${text}`);
    for (const fault of await axe(page)) faults.push(`${where}: ${fault}`);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
    expect(wide <= 0, `${where}: ${wide} pixels too wide`);
    await page.screenshot({ path: join(folder, `inbox-${name}-${width}-${scheme}.png`) });
  }
}

// axe's frame needs scripts, which the mail's frame has none of: it is left out.
async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ exclude: ["iframe"] }, { iframes: false, resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact !== "minor")
    .flatMap(({ id, nodes }) => nodes.map((node) => `axe: ${id}: ${node.html.slice(0, 150)}`));
}

// No script of a hostile mail ran: none changed the title, and none reached the page around it.
async function stayedOut(page) {
  await page.goto(`${INBOX}/mails/hostile`, { waitUntil: "networkidle" });
  const frame = page.frames()[1];
  expect(frame.url().endsWith("/mails/hostile/html"), `the mail led its frame to ${frame.url()}`);
  expect(await page.evaluate(() => globalThis.ran === undefined), "a script of the mail reached the page");
  expect((await frame.locator("#proof").innerText()) === "untouched", "a script of the mail changed it");
  await frame.locator("#away").click();
  await frame.locator("button").click();
  await page.goto(`${INBOX}/mails/hostile/html`, { waitUntil: "networkidle" });
  expect((await page.locator("#proof").innerText()) === "untouched", "a script of the mail ran outside the frame");
  expect(!page.complaints.some((text) => text.startsWith("outside")), `hostile: ${page.complaints.join("; ")}`);
}

async function isLive(page) {
  await page.goto(`${INBOX}/mails/scheduled`);
  await page.locator("#mails a").nth(1).focus();
  const focused = await page.evaluate(() => document.activeElement.getAttribute("href"));
  await page.evaluate(() => { globalThis.same = true; });
  await page.request.post(`${base}/change`);
  await page.locator("#mails .subject", { hasText: "Just arrived" }).waitFor();
  await page.locator("#facts .pill.cancelled").waitFor();
  expect(await page.evaluate(() => globalThis.same), "the page was loaded anew");
  expect(await page.evaluate(() => document.activeElement.getAttribute("href")) === focused, "the focus was lost");
  await page.context().setOffline(true);
  await page.getByText("The sandbox does not answer; trying again.").waitFor();
  await page.context().setOffline(false);
  await page.locator("#connection:empty").waitFor({ state: "attached" });
}

async function worksByKeyboard(page) {
  await page.goto(`${INBOX}/`);
  for (let step = 0; step < 20 && !page.url().includes("/mails/full"); step++) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => document.activeElement.getAttribute("href") ?? "");
    if (here.endsWith("/mails/full")) await Promise.all([page.waitForURL("**/mails/full"), page.keyboard.press("Enter")]);
  }
  expect(page.url().includes("/mails/full"), "a mail is not reached by Tab and Enter");
}

const browser = await launch();
try {
  const stage = new Stage({ browser, base });
  for (const [width, scheme] of ROUNDS) await stage.open((page) => look(page, width, scheme), { width, scheme });
  await stage.open(stayedOut);
  await stage.open(worksByKeyboard);
  await stage.open(isLive);
} finally {
  await browser.close();
}
for (const fault of faults) console.log(fault);
