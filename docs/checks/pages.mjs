// Each page by itself: what it loads, where its links lead, how wide it is, what it looks like, what axe finds.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AXE, ROOT } from "./stage.mjs";

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
        else if (anchor && target !== stage.viewer && !ids.get(target)?.has(decodeURIComponent(anchor))) faults.push(`${name}: dead anchor: ${target}#${anchor}`);
      }
    }
    return faults;
  });
}

// Each link into Scalar's page leads to an operation that it has.
export async function viewerLinks(stage) {
  const anchors = await stage.each(async (page) => page.$$eval('a[href*="viewer/index.html#"]', (all) => all.map((link) => link.hash.slice(1))));
  return stage.open(async (page) => {
    for (const anchor of new Set(anchors.map((found) => found.split(": ")[1]))) {
      await page.goto(`${stage.base}/${stage.viewer}#${anchor}`);
      const shown = page.locator(`section[id$="${anchor}"]`);
      const seen = await shown.waitFor().then(() => true, () => false);
      if (!seen) return [`${stage.viewer} has no ${anchor}`]; // Scalar then finds no other either
    }
    return anchors.length ? [] : ["no page links to an operation"];
  });
}

// The page is not wider than the window, on a small telephone, a tablet and a desk. A picture of each is kept for people.
export function widths(stage, options) {
  const folder = join(ROOT, ".work/screenshots");
  mkdirSync(folder, { recursive: true });
  return stage.each(async (page, name) => {
    const faults = [];
    await page.waitForLoadState("networkidle");
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(beyond);
      if (wide) faults.push(`${wide} pixels too wide in a window of ${width}`);
      if (width !== 768 && !stage.alter) await page.screenshot({ path: join(folder, `${name.replaceAll("/", "-").slice(0, -5)}-${width}.png`) });
    }
    return faults;
  }, options);
}

// In the page: by how much its text is wider than its place, which on narrow screens Furo lets scroll by itself.
function beyond() {
  const places = [document.scrollingElement, ...document.querySelectorAll(".content")];
  return Math.max(...places.map((place) => place.scrollWidth - place.clientWidth));
}

// Sentences are set as sentences: in the font of the body, not bold, not small.
export function bodyText(stage, options) {
  return stage.each((page) => page.evaluate(() => {
    const font = getComputedStyle(document.body).fontFamily;
    const texts = [...document.querySelectorAll("article :is(p, li, dd):not(.sig *, th *)")].filter((one) => one.innerText.trim() && !one.matches(".admonition-title, .rubric"));
    const odd = texts.filter((one) => {
      const style = getComputedStyle(one);
      return style.fontFamily !== font || Number(style.fontWeight) > 400 || parseFloat(style.fontSize) < 13;
    });
    return odd.map((one) => `not set as text: ${one.outerHTML.slice(0, 100)}`);
  }), options);
}

// No critical, serious or moderate fault by axe, in light and dark, wide and narrow.
export function accessible(stage, options) {
  return stage.each(async (page, name) => {
    await page.waitForLoadState("networkidle");
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: "light" });
    const faults = await axe(page);
    await page.setViewportSize({ width: 360, height: 900 });
    await page.emulateMedia({ colorScheme: "dark" });
    const all = [...faults, ...await axe(page)];
    return name === stage.viewer ? all.filter((fault) => !fault.startsWith("axe: landmark-unique")) : all; // two of Scalar's own cards
  }, options);
}

async function axe(page) {
  // Text that fades in is pale meanwhile.
  const isStill = () => document.getAnimations().every((one) => one.playState === "finished" || one.effect.getComputedTiming().endTime === Infinity);
  await page.waitForFunction(isStill);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact !== "minor")
    .flatMap(({ id, nodes }) => nodes.map((node) => `axe: ${id}: ${node.html.slice(0, 150)}`));
}
