// The filter of the conformance cases, and the link to one of them.
export async function filters(stage) {
  return stage.open(async (page) => {
    await page.goto(`${stage.base}/cases.html#sequence-lost-then-gone`);
    const faults = [];
    const open = await page.locator("#sequence-lost-then-gone details").getAttribute("open");
    if (open === null) faults.push("a link to a case does not open it");
    const rows = page.locator("table.cases tbody tr");
    const hold = async (what, wanted) => {
      const [seen, said] = [await rows.filter({ visible: true }).count(), await page.locator(".case-count").innerText()];
      if (!said.startsWith(`${seen} case`)) faults.push(`${what}: ${seen} cases are shown, and it says ${said}`);
      if (!wanted(seen)) faults.push(`${what}: ${seen} cases are shown`);
    };
    const all = await rows.count();
    await hold("unfiltered", (seen) => seen === all && seen > 0);
    await page.getByLabel("Words").fill("sequence-lost-then-gone-xml");
    await hold("one id", (seen) => seen === 1);
    await page.getByLabel("Words").fill("");
    await page.getByLabel("The client does not support").selectOption("xml");
    await hold("without xml", (seen) => seen > 0 && seen < all);
    await page.getByLabel("Outcome").selectOption("already_done");
    await page.getByLabel("Operation").selectOption("listUnsubscribes");
    await hold("a list that is read already", (seen) => seen === 0);
    return [...faults, ...page.complaints];
  });
}
