// A page by Tab alone: each stop is to be seen, and the end is reached.
const MOST_STOPS = 1500;

// One page of each kind: what they share is on all of them.
const KINDS = ["index.html", "list-keepers.html", "api/unsubscribes.html", "python/errors.html", "search.html"];

export async function keyboard(stage, options = {}) {
  const pages = stage.pages.length > 1 ? KINDS : stage.pages;
  const walks = [1440, 360].map((width) => stage.each(stops, { pages, ...options, width }));
  return (await Promise.all([...walks, stage.open(menus, { width: 360 })])).flat();
}

// On a narrow screen the navigation and the contents of the page are behind buttons.
async function menus(page) {
  await page.goto(`${page.base}/api/unsubscribes.html`);
  const faults = [];
  for (const [name, place] of [["Toggle site navigation sidebar", ".sidebar-drawer"], ["Toggle table of contents sidebar", ".toc-drawer"]]) {
    const button = page.getByRole("button", { name });
    const link = page.locator(`${place} :is(.sidebar-brand, li li a)`).first();
    if (await link.isVisible()) faults.push(`${place} is open before anybody opens it`);
    await button.focus();
    await page.keyboard.press("Enter");
    if (!await link.isVisible()) faults.push(`${name}: Enter does not open it`);
    await page.keyboard.press("Escape");
    if (await link.isVisible()) faults.push(`${name}: Escape does not close it`);
  }
  return faults;
}

async function stops(page) {
  const faults = new Set();
  for (let step = 0; step < MOST_STOPS; step++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(look);
    if (stop === null) return [...faults];
    if (stop) faults.add(stop);
  }
  return [...faults, `the end is not reached by ${MOST_STOPS} times Tab`];
}

// In the page: null at its end, a fault of the element with the focus, or nothing.
function look() {
  const element = document.activeElement;
  if (!element || element === document.body || element.dataset.walked) return null;
  const shown = () => {
    const style = getComputedStyle(element);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundColor, style.borderColor].join();
  };
  const box = element.getBoundingClientRect();
  const seen = box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth && getComputedStyle(element).visibility !== "hidden";
  const focused = shown();
  element.blur();
  const plain = shown();
  element.focus({ preventScroll: true });
  element.dataset.walked = "yes";
  const name = element.outerHTML.slice(0, 100);
  if (!seen) return `the focus is on something that is not to be seen: ${name}`;
  return focused === plain ? `the focus does not show: ${name}` : "";
}
