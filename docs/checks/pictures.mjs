// Pictures of the pages that matter, for people to look at.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stage.mjs";

// docs/site.png is site-1440-light.png of these, its colours reduced with pngquant.
const SHOWN = [
  ["index", "index.html"], ["errors", "guide/errors.html"], ["command-line", "guide/the-command-line.html"],
  ["reference", "reference.html"], ["operation", "reference.html#deleteunsubscribe"], ["site", "reference.html"],
  ["python", "python/client.html"], ["cases", "cases.html"], ["case", "cases.html#sequence-lost-then-gone"],
  ["search", "search.html?q=ALREADY_GONE"],
];

// The looks are taken at the same time, on one sandbox: each deletes an entry of its own.
async function sendOne(page, id) {
  const form = page.getByRole("form", { name: "Try deleteUnsubscribe", exact: true });
  await form.getByLabel("id", { exact: true }).fill(String(id));
  await form.getByRole("radio", { name: "XML" }).check();
  await form.getByRole("button").click();
  await form.locator("pre").waitFor();
  await page.locator("#deleteunsubscribe-try").evaluate((place) => (place.closest("section") ?? place).scrollIntoView());
}

export async function pictures(stage) {
  await stage.open((page) => page.request.post(`${stage.base}/sandbox/reset`));
  const folder = join(ROOT, ".work/screenshots");
  mkdirSync(folder, { recursive: true });
  const looks = [];
  let next = 300;
  for (const width of [360, 1440]) {
    for (const scheme of ["light", "dark"]) {
      const id = next++;
      looks.push(stage.open(async (page) => {
        for (const [name, path] of SHOWN) {
          await page.goto("about:blank");
          await page.goto(`${stage.base}/${path}`, { waitUntil: "networkidle" });
          if (name === "site") await sendOne(page, id);
          await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) });
        }
      }, { width, scheme }));
    }
  }
  await Promise.all(looks);
  return [];
}
