// The page with Scalar, used as a reader uses it: samples, JSON and XML answers, a refused key, the reset, the keyboard.
const PAGE = "viewer/index.html#tag/unsubscribes/POST/v1/unsubscribe/delete";
const SAMPLES = {
  cURL: "curl_init(", Fetch: "fetch('http", Requests: "requests.post(", NewRequest: "http.NewRequest(", Curl: "curl 'http",
};

export function viewer(stage) {
  return stage.open(async (page) => {
    await page.request.post(`${stage.base}/sandbox/reset`);
    await page.goto(`${stage.base}/${PAGE}`);
    const operation = page.locator('section[id$="POST/v1/unsubscribe/delete"]');
    const faults = [];
    const expect = async (what, part, locator) => {
      const found = await locator.filter({ hasText: part }).first().waitFor().then(() => true, () => false);
      if (!found) faults.push(`${what}: no ${part}`);
    };
    for (const [client, part] of Object.entries(SAMPLES)) {
      await operation.getByRole("button", { name: / (Curl|Fetch|Requests|NewRequest)$/i }).click();
      await page.getByRole("option", { name: client, exact: true }).first().click();
      await expect(`sample ${client}`, part, operation.locator("pre"));
    }
    await operation.getByRole("button", { name: /Test Request/ }).click();
    const dialog = page.getByRole("dialog");
    const send = () => dialog.getByRole("button", { name: /^Send/ }).first().click();
    await send();
    await expect("JSON", '"success": true', dialog.locator(".cm-content"));
    await dialog.getByRole("button", { name: "json", exact: true }).click();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await send(); // the same id again
    await expect("XML", "<entry>4</entry>", dialog.locator(".cm-content"));
    const seen = async () => (await (await page.request.get(`${stage.base}/sandbox/requests`)).json()).length;
    const before = await seen();
    await dialog.locator("input[type=password], input[placeholder]").first().fill("a-real-key");
    await send();
    await expect("a real key", "Nothing was sent", dialog);
    if (before !== 2 || await seen() !== before) faults.push(`the sandbox saw ${before} requests of 2, then ${await seen()}`);
    const complaints = page.complaints.filter((text) => !text.includes("Nothing was sent")); // Scalar logs it too
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Reset the sandbox" }).click();
    await expect("reset", "as at its start", page.getByRole("status"));
    const { count } = await (await page.request.get(`${stage.base}/sandbox/entries?limit=1`)).json();
    if (count !== 1000) faults.push(`after the reset there are ${count} entries`);
    return [...faults, ...complaints];
  });
}

// A deletion by Tab and Enter alone.
export function viewerByKeyboard(stage) {
  return stage.open(async (page) => {
    await page.goto(`${stage.base}/${PAGE}`);
    await page.locator('section[id$="POST/v1/unsubscribe/delete"]').waitFor();
    const name = "Test Request\\s*\\(post /v1/unsubscribe/delete\\)";
    for (let step = 0; step < 300; step++) {
      await page.keyboard.press("Tab");
      if (!await page.evaluate((wanted) => document.activeElement.matches("button") && new RegExp(wanted).test(document.activeElement.innerText), name)) continue;
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("ControlOrMeta+Enter");
      return page.locator(".cm-content").first().waitFor().then(() => [], () => ["no answer is shown"]);
    }
    return ["the button is not reached by Tab"];
  });
}
