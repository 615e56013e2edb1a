// Check the site in a real browser, served by the sandbox; one line for each check.
//   tools/node docs/checks/run.mjs SITE [NAME...]
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { breakages } from "./breakages.mjs";
import { keyboard } from "./keyboard.mjs";
import { accessible, asFiles, bodyText, links, loads, viewerLinks, widths } from "./pages.mjs";
import { search } from "./search.mjs";
import { launch, pagesOf, serve, Stage } from "./stage.mjs";
import { viewer, viewerByKeyboard } from "./viewer.mjs";

const MOST_SHOWN = 20; // faults of a check

const CHECKS = {
  "each page loads": loads,
  "links and anchors": links,
  "links into the viewer": viewerLinks,
  search,
  viewer,
  "viewer, by keyboard": viewerByKeyboard,
  "keyboard and focus": keyboard,
  "width 360 to 1440": widths,
  "text is set as text": bodyText,
  "axe, light and dark": accessible,
  "opened as files": asFiles,
  "search, as files": (stage) => search(stage, { base: pathToFileURL(stage.site).href }),
  "each check can fail": breakages,
};

async function report(name, check, stage) {
  const start = performance.now();
  const faults = await check(stage).catch((error) => [error.message]);
  const seconds = `(${((performance.now() - start) / 1000).toFixed(1)} s)`;
  console.log(`${name.padEnd(26)} ${faults.length ? "failed" : "ok"} ${seconds}`);
  for (const fault of faults.slice(0, MOST_SHOWN)) console.log(`  ${fault}`);
  if (faults.length > MOST_SHOWN) console.log(`  and ${faults.length - MOST_SHOWN} more`);
  return faults.length === 0;
}

const [folder, ...names] = process.argv.slice(2);
const site = resolve(folder);
const server = await serve(site);
const browser = await launch();
let failed = 0;
try {
  const stage = new Stage({ browser, base: server.base, pages: pagesOf(site), site });
  for (const [name, check] of Object.entries(CHECKS)) {
    if (names.length === 0 || names.includes(name)) failed += !(await report(name, check, stage));
  }
} finally {
  await browser.close();
  await server.stop();
}
process.exitCode = failed ? 1 : 0;
