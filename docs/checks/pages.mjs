// Each page by itself: what it loads, where its links lead, how wide it is, what axe finds.
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AXE } from "./stage.mjs";

// No errors on the console, no script that fails, nothing that is missing, nothing asked of another host.
export function loads(stage, options) {
  return stage.each(async (page) => {
    await page.waitForLoadState("networkidle");
    return [...page.complaints];
  }, options);
}

// Opened without a server: each page loads, and each link works.
export function asFiles(stage) {
  return links(stage, { base: pathToFileURL(stage.site).href });
}

// Each link inside the site leads to a page that is there, and to a place on it that is there.
export async function links(stage, options = {}) {
  const base = options.base ?? stage.base;
  const [ids, hrefs] = [new Map(), new Map()];
  const complaints = await stage.each(async (page, name) => {
    ids.set(name, new Set(await page.$$eval("[id]", (all) => all.map((element) => element.id))));
    hrefs.set(name, new Set(await page.$$eval("a[href], area[href]", (all) => all.map((element) => element.href))));
    return [...page.complaints];
  }, options);
  const files = new Map();
  const exists = async (page, address) => {
    if (address.startsWith("file:")) return existsSync(fileURLToPath(address));
    if (!files.has(address)) files.set(address, (await page.request.get(address)).ok());
    return files.get(address);
  };
  return stage.open(async (page) => {
    const faults = [...complaints];
    for (const [name, found] of hrefs) {
      for (const href of [...found].filter((one) => one.startsWith(base))) {
        const [address, anchor] = href.split("#");
        const target = address.slice(base.length + 1) || "index.html";
        const there = ids.has(target) || (await exists(page, address));
        if (!there) faults.push(`${name}: dead link: ${target}`);
        else if (anchor && !ids.get(target)?.has(decodeURIComponent(anchor))) faults.push(`${name}: dead anchor: ${target}#${anchor}`);
      }
    }
    return faults;
  });
}

// The page is not wider than the window, on a small telephone, a tablet and a desk.
export function widths(stage, options) {
  return stage.each(async (page) => {
    const faults = [];
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(beyond);
      if (wide) faults.push(`${wide} pixels too wide in a window of ${width}`);
    }
    return faults;
  }, options);
}

// In the page: by how much its text is wider than its place, which on narrow screens Furo lets scroll by itself.
function beyond() {
  const places = [document.scrollingElement, ...document.querySelectorAll(".content")];
  return Math.max(...places.map((place) => place.scrollWidth - place.clientWidth));
}

// No serious or critical fault by axe, in light and dark, wide and narrow.
export function accessible(stage, options) {
  return stage.each(async (page) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: "light" });
    const faults = await axe(page);
    await page.setViewportSize({ width: 360, height: 900 });
    await page.emulateMedia({ colorScheme: "dark" });
    return [...faults, ...await axe(page)];
  }, options);
}

export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `axe: ${id}: ${node.html.slice(0, 150)}`));
}
