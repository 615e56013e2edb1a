// Each check, shown to find what it looks for: a page is broken on its way to the browser, and the check must say so.
import { keyboard } from "./keyboard.mjs";
import { accessible, bodyText, links, loads, viewerLinks, widths } from "./pages.mjs";
import { search } from "./search.mjs";
import { shared, Stage } from "./stage.mjs";
import { viewer, viewerByKeyboard } from "./viewer.mjs";

const PAGE = "list-keepers.html";
const put = (html) => (page) => page.replace("</article>", `${html}</article>`);

// What is broken, the check that is to find it, words of the fault.
const BREAKAGES = [
  ["an error on the console", loads, put('<script>console.error("broken")</script>'), "console: broken"],
  ["a script that fails", loads, put("<script>undefined.broken</script>"), "script:"],
  ["an image of another host", loads, put('<img alt="" src="http://outside.example/x.png">'), "outside request: http://outside.example/x.png"],
  ["a missing image", loads, put('<img alt="" src="missing.png">'), "404"],
  ["a dead link", links, put('<a href="missing.html">there</a>'), "dead link: missing.html"],
  ["a dead anchor", links, put('<a href="#missing">there</a>'), "dead anchor: list-keepers.html#missing"],
  ["a wide table", widths, put('<div style="width: 2000px">wide</div>'), "too wide in a window of 360"],
  ["pale text", accessible, put('<p style="color: #999; background: #aaa">pale</p>'), "axe: color-contrast"],
  ["a sentence in bold", bodyText, put("<p style='font-weight: 700'>bold</p>"), "not set as text"],
  ["a field without a label", accessible, put('<input type="text">'), "axe: label"],
  ["a focus that does not show", keyboard, put('<a href="#" style="outline: 0 !important; box-shadow: none">x</a>'), "the focus does not show"],
  ["a focus on what is hidden", keyboard, put('<a href="#" style="position: absolute; left: -9999px">x</a>'), "not to be seen"],
];

// Checks that are not of one page.
const OTHERS = [
  ["a word that is nowhere", (stage) => search(stage, { expected: { "index.html": ["xylophone"] } }), (page) => page, "xylophone: not index.html"],
  ["an operation that Scalar does not have", viewerLinks, (page) => page.replace("#tag/account/GET/v1/me", "#tag/account/GET/v2/nowhere"), "v2/nowhere"],
  ["a viewer without its bar", viewer, (page) => page.replace('id="reset"', 'id="nothing"'), "Reset the sandbox"],
  ["buttons that are never reached", viewerByKeyboard, (page) => page.replace("<body>", "<body inert>"), "not reached by Tab"],
];

export function breakages(stage) {
  const all = [...BREAKAGES.map((one) => [[PAGE], one]), ...OTHERS.map((one) => [stage.pages, one])];
  return shared(all, async (left) => {
    const missed = [];
    while (left.length) missed.push(...await missedBy(stage, ...left.shift()));
    return missed;
  });
}

async function missedBy({ browser, base, site }, pages, [what, check, alter, words]) {
  const broken = new Stage({ browser, base, site, pages, alter });
  const faults = await check(broken).catch((error) => [error.message]);
  return faults.some((fault) => fault.includes(words)) ? [] : [`${what} was not found: ${JSON.stringify(faults)}`];
}
