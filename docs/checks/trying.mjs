// The forms of the API reference, against the sandbox: by mouse and by keyboard alone.
import { axe } from "./pages.mjs";

const REFERENCE = "reference.html";
const form = (page, operation) => page.getByRole("form", { name: `Try ${operation}`, exact: true });

async function answered(page, operation, ...expected) {
  const answer = form(page, operation).locator(".try-answer");
  await page.waitForFunction((box) => box.textContent.trim() && !box.querySelector(".under-way"), await answer.elementHandle());
  const text = await answer.innerText();
  return expected.filter((part) => !text.includes(part)).map((part) => `${operation}: no ${part} in the answer: ${text}`);
}

async function attempt(page, operation, fields, format, ...expected) {
  const box = form(page, operation);
  for (const [name, value] of Object.entries(fields)) await box.getByLabel(name, { exact: true }).fill(value);
  await box.getByRole("radio", { name: format }).check();
  await box.getByRole("button").click();
  return answered(page, operation, ...expected);
}

export async function tries(stage) {
  return stage.open(async (page) => {
    await page.request.post(`${stage.base}/sandbox/reset`);
    await page.goto(`${stage.base}/${REFERENCE}`);
    const faults = [
      ...await attempt(page, "deleteUnsubscribe", { id: "300" }, "JSON", "HTTP 200, application/json", '"success":true', "Code 200, OK"),
      ...await attempt(page, "deleteUnsubscribe", { id: "300" }, "JSON", '"code":4', "Code 4, UNKNOWN_ID"),
      ...await attempt(page, "deleteUnsubscribe", { id: "301" }, "XML", "HTTP 200, application/xml", "<entry>true</entry>", "Code 200, OK"),
      ...await attempt(page, "deleteUnsubscribe", { id: "302", apiKey: "sandbox-wrong" }, "XML", "<entry>10</entry>", "INVALID_API_KEY"),
      ...await attempt(page, "deleteUnsubscribe", { id: "302", apiKey: "" }, "JSON", "Code 1, API_KEY_REQUIRED"),
      ...await attempt(page, "deleteUnsubscribeWithGet", { id: "302" }, "JSON", "Code 200, OK"),
      ...await attempt(page, "addUnsubscribe", { email: "new@example.com" }, "JSON", '"stopId"', "Code 200, OK"),
      ...await attempt(page, "addUnsubscribe", { email: "new@example.com" }, "XML", "<entry>3</entry>", "ALREADY_LISTED"),
      ...await attempt(page, "listUnsubscribes", {}, "JSON", '"nbData"', "Code 200, OK"),
    ];
    const before = await (await page.request.get(`${stage.base}/sandbox/requests`)).json();
    faults.push(...await attempt(page, "deleteUnsubscribe", { id: "303", apiKey: "a-real-key" }, "JSON", "Nothing was sent"));
    const after = await (await page.request.get(`${stage.base}/sandbox/requests`)).json();
    if (before.length < 9) faults.push(`the sandbox saw ${before.length} requests of 9`);
    if (after.length !== before.length) faults.push("a key that is not the sandbox's was sent");
    return [...faults, ...await axe(page), ...page.complaints];
  });
}

// A deletion by Tab, digits, arrows and Enter alone.
export async function triesByKeyboard(stage) {
  return stage.open(async (page) => {
    await page.request.post(`${stage.base}/sandbox/reset`);
    await page.goto(`${stage.base}/${REFERENCE}`);
    if (!await tabTo(page, "#deleteUnsubscribe-id")) return ["the field for the id is not reached by Tab"];
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("310");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight"); // from JSON to XML
    await page.keyboard.press("Tab");
    if (!await page.evaluate(() => document.activeElement.matches("button"))) return ["the button is not reached by Tab"];
    await page.keyboard.press("Enter");
    return answered(page, "deleteUnsubscribe", "id=310", "<entry>true</entry>");
  });
}

async function tabTo(page, selector, most = 400) {
  for (let step = 0; step < most; step++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return true;
  }
  return false;
}
