// The site as served by the sandbox, and a browser to look at it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";

export const ROOT = resolve(import.meta.dirname, "../..");
const packages = createRequire(join(ROOT, ".work/node/node_modules/"));
const { chromium } = packages("playwright-core");
export const AXE = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");

const PATIENCE = 60000; // milliseconds
const PATIENCE_WITH_BROKEN_PAGES = 15000;
const AT_ONCE = 4;
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

// Let a few workers take what there is to do from one list, and gather what they find.
export async function shared(left, worker) {
  const workers = Array.from({ length: Math.min(AT_ONCE, left.length) }, () => worker(left));
  return (await Promise.all(workers)).flat().sort();
}

// Start the sandbox; it ends when its standard input is closed, so also with this process.
export async function serve(site) {
  const python = join(ROOT, ".venv/bin/python");
  const options = ["-m", "mailpartner.sandbox", "--port", "0", "--site", site, "--end-with-stdin"];
  const child = spawn(python, options, { stdio: ["pipe", "pipe", "inherit"] });
  const line = await Promise.race([
    once(createInterface(child.stdout), "line").then(([text]) => text),
    once(child, "exit").then(() => ""),
  ]);
  const base = /http:\/\/\S+/.exec(line)?.[0];
  if (!base) throw new Error("the sandbox did not start; what it says is above");
  return { base, stop: () => (child.stdin.end(), once(child, "exit")) };
}

export function launch() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
}

export function pagesOf(site) {
  const names = readdirSync(site, { recursive: true, withFileTypes: true });
  const pages = names.filter((entry) => entry.isFile() && entry.name.endsWith(".html"));
  return pages.map((entry) => relative(site, join(entry.parentPath, entry.name))).sort();
}

// What the checks share. `base` is the address of the site; `alter` changes the HTML of a page on its way: the checks
// are shown to find what they look for by breaking pages with it.
export class Stage {
  constructor({ browser, base, pages, site, alter }) {
    Object.assign(this, { browser, base, pages, site, alter, viewer: "viewer/index.html" });
  }

  // Do something on a page of its own. What the browser complains of meanwhile is in page.complaints.
  async open(work, { width = 1440, scheme = "light", base = this.base } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion: "reduce" });
    context.setDefaultTimeout(this.alter ? PATIENCE_WITH_BROKEN_PAGES : PATIENCE);
    try {
      const page = await context.newPage();
      await this.#listen(page, base);
      return await work(page);
    } finally {
      await context.close();
    }
  }

  // The same for each page of the site; returns all faults, each with its page.
  async each(work, options = {}) {
    return shared([...(options.pages ?? this.pages)], (left) => this.#walk(left, work, options));
  }

  #walk(left, work, options) {
    return this.open(async (page) => {
      const faults = [];
      while (left.length) {
        const name = left.shift();
        page.complaints.length = 0;
        await page.goto(`${options.base ?? this.base}/${name}`, { waitUntil: "load" });
        const found = await work(page, name);
        faults.push(...found.map((fault) => `${name}: ${fault}`));
      }
      return faults;
    }, options);
  }

  async #listen(page, base) {
    Object.assign(page, { base, complaints: [] });
    const complain = (text) => page.complaints.push(text);
    page.on("console", (message) => message.type() === "error" && complain(`console: ${message.text()}`));
    page.on("pageerror", (error) => complain(`script: ${error.message}`));
    page.on("requestfailed", (request) => {
      const failure = request.failure()?.errorText;
      if (failure !== "net::ERR_ABORTED") complain(`not loaded: ${request.url()} (${failure})`);
    });
    await page.route("**/*", async (route) => {
      const address = route.request().url();
      if (!address.startsWith(base) && !address.startsWith("data:")) {
        complain(`outside request: ${address}`);
        return route.abort();
      }
      if (!this.alter || route.request().resourceType() !== "document") return route.continue();
      const response = await route.fetch();
      const headers = { ...response.headers() };
      delete headers["content-security-policy"]; // it would stop what the checks are to see
      return route.fulfill({ response, headers, body: this.alter(await response.text(), address) });
    });
  }
}
