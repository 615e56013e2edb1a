// Scalar on the derived document. What it sends goes to the sandbox that serves this page, and nowhere else.
"use strict";

const SANDBOX_KEY = /^sandbox-/;
const IS_LOCAL = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

// The API keys of a request, which stand in the query or in the JSON body.
async function keysOf(request) {
  const keys = new URL(request.url).searchParams.getAll("apiKey");
  const body = await request.clone().text();
  try {
    const key = JSON.parse(body)?.apiKey;
    if (key !== undefined) keys.push(String(key));
  } catch {
    keys.push(...[...body.matchAll(/"apiKey"\s*:\s*"([^"]*)"/g)].map((match) => match[1]));
  }
  return keys.filter(Boolean);
}

async function fetchFromSandbox(input, init) {
  const request = new Request(input, init);
  if (new URL(request.url).origin !== location.origin) throw new Error("Nothing was sent: this page only sends to the sandbox that serves it.");
  if (!(await keysOf(request)).every((key) => SANDBOX_KEY.test(key)))
    throw new Error("Nothing was sent: the key must begin with sandbox-. Never type a real key here.");
  return fetch(request, { redirect: "error", cache: "no-store", credentials: "omit" });
}

// Scalar's fields for values are comboboxes that do not say whether they are open, and some of its buttons have no role.
function mendRoles(place) {
  for (const button of document.querySelectorAll('button[role="none"]')) button.removeAttribute("role");
  for (const field of document.querySelectorAll('[role="combobox"]:not([aria-expanded])')) {
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", place.id);
  }
}

async function showViewer() {
  const { createApiReference } = await import("./scalar/standalone.esm.js");
  const place = document.getElementById("viewer");
  place.replaceChildren();
  place.removeAttribute("role"); // Scalar brings its own
  new MutationObserver(() => mendRoles(place)).observe(document.body, { childList: true, subtree: true });
  createApiReference("#viewer", {
    url: "openapi.json",
    servers: [{ url: location.origin, description: "The sandbox that serves this page" }],
    authentication: { securitySchemes: { apiKey: { value: "sandbox-try-it" } } },
    customFetch: fetchFromSandbox,
    hideTestRequestButton: !IS_LOCAL,
    featuredClients: ["shell/curl", "php/curl", "js/fetch", "python/requests", "go/native"],
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    agent: { disabled: true },
    mcp: { disabled: true },
    telemetry: false,
    withDefaultFonts: false,
    showDeveloperTools: "never",
    hideClientButton: true,
    persistAuth: false,
  });
}

async function resetSandbox() {
  const result = document.getElementById("reset-result");
  result.textContent = "";
  try {
    const response = await fetch("/sandbox/reset", { method: "POST" });
    result.textContent = response.ok ? "The sandbox is as at its start." : `The sandbox was not reset: HTTP ${response.status}.`;
  } catch {
    result.textContent = "The sandbox was not reset: no answer. Is it running?";
  }
}

// A page that was opened as a file may load no module.
if (location.protocol !== "file:") showViewer();
if (IS_LOCAL) {
  const button = document.getElementById("reset");
  button.hidden = false;
  button.addEventListener("click", resetSandbox);
}
