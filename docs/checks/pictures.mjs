// Pictures of the pages that matter, for people to look at.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stage.mjs";

const SHOWN = [
  ["index", "index.html"], ["errors", "guide/errors.html"], ["command-line", "guide/the-command-line.html"],
  ["reference", "reference.html"], ["operation", "reference.html#deleteunsubscribe"], ["try", "reference.html#deleteunsubscribe-try"],
  ["python", "python/client.html"], ["cases", "cases.html"], ["case", "cases.html#sequence-lost-then-gone"],
  ["search", "search.html?q=ALREADY_GONE"],
];

export async function pictures(stage) {
  const folder = join(ROOT, ".work/screenshots");
  mkdirSync(folder, { recursive: true });
  const looks = [];
  for (const width of [360, 1440]) {
    for (const scheme of ["light", "dark"]) {
      looks.push(stage.open(async (page) => {
        for (const [name, path] of SHOWN) {
          await page.goto("about:blank");
          await page.goto(`${stage.base}/${path}`, { waitUntil: "networkidle" });
          if (name === "try") await page.getByRole("form", { name: "Try deleteUnsubscribe", exact: true }).getByRole("button").click();
          if (name === "try") await page.waitForLoadState("networkidle");
          await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) });
        }
      }, { width, scheme }));
    }
  }
  await Promise.all(looks);
  return [];
}
