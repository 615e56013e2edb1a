// The search of the site: what people type, and a page that must be among the first results.
const FIRST = 5;
const EXPECTED = {
  "api/index.html": ["429", "90", "96", "20", "500", "MALFORMED_JSON", "TOO_MANY_REQUESTS", "Compte bloqué", "IP n'est pas autorisée"],
  "api/unsubscribes.html": ["UNKNOWN_ID", "ALREADY_LISTED", "désabonnement", "desabonnement", "Désabonnements", "Le mail et invalide",
    'Mail Partner refused: code 4 UNKNOWN_ID, "Le mail et invalide". Nothing was done. Check the id.', "deleteUnsubscribe", "stopId"],
  "api/account.html": ["INVALID_API_KEY", "clé api incorrecte", "cle api incorrecte", "getCredits", "creditMail"],
  "api/messages.html": ["TOO_LATE_TO_CANCEL", "replyTo", "/v1/bulk-status", "scheduledDeliveryDate"],
  "api/subaccounts.html": ["subaccount credit", "createSubaccount"],
  "python/how-to.html": ["proxy", "bulk journal", "Check the API key.", "trio",
    "It may have been done all the same. Do not repeat it before you know whether it was done.",
    "No answer from http://127.0.0.1:8025 (ConnectError). Nothing was done. Check the network and the base URL."],
  "python/tutorial.html": ["tutorial"],
  "python/client.html": ["ALREADY_GONE", "with_options"],
  "python/errors.html": ["RateLimitError", "retry_after"],
  "python/testing.html": ["ScriptedMailPartner"],
  "list-keepers.fr.html": ["separateur", "séparateur", "majuscules"],
  "list-keepers.html": ["dry-run", "--skip-mismatches"],
  "operators.html": ["exit code 75", "containers"],
  "sandbox.html": ["bad-gateway-after"],
  "undocumented.html": ["UTF-16"],
};

export function search(stage, { base = stage.base, expected = EXPECTED } = {}) {
  return stage.open(async (page) => {
    const faults = [];
    for (const [target, all] of Object.entries(expected)) {
      for (const words of all) {
        await page.goto(`${base}/search.html?q=${encodeURIComponent(words)}`);
        await page.waitForFunction(() => /finished|did not match/i.test(document.querySelector("#search-results")?.textContent));
        const hits = await page.$$eval("#search-results ul.search li > a", (links) => links.map((link) => link.getAttribute("href")));
        if (!hits.slice(0, FIRST).some((href) => href.split("#")[0] === target)) faults.push(`${words}: not ${target}, but ${hits.slice(0, FIRST)}`);
      }
    }
    return [...faults, ...page.complaints];
  }, { base });
}
