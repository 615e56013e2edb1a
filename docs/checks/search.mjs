// The search of the site, used as a reader uses it.
export async function search(stage, { base = stage.base, words = "ALREADY_GONE" } = {}) {
  return stage.open(async (page) => {
    await page.goto(`${base}/index.html`);
    await page.getByRole("textbox", { name: "Search" }).first().fill(words);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /search (finished|results|did not)/i.test(document.querySelector("#search-results")?.textContent));
    const hits = page.locator("#search-results ul.search a");
    const faults = (await hits.count()) ? [] : [`nothing found for ${words}`];
    if (faults.length === 0) {
      await hits.first().click();
      await page.waitForLoadState("load");
      const text = await page.locator("article").innerText();
      if (!text.toLowerCase().includes(words.toLowerCase())) faults.push(`${page.url()} was found for ${words}, and does not hold it`);
    }
    return [...faults, ...page.complaints];
  }, { base });
}
