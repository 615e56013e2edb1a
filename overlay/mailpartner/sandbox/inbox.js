// Keeps the page up to date: asks once a second whether anything changed, and then replaces what has.
"use strict";

const connection = document.getElementById("connection");
const { versionUrl } = document.body.dataset;
let { version } = document.body.dataset;

async function get(url) {
  const response = await fetch(url, { cache: "no-store" });
  if (!response.ok && response.status !== 404) throw new Error(`HTTP ${response.status}`);
  return response.text();
}

// Puts the new content of an element in the place of the old, where it differs; keeps the focus.
function replace(old, now) {
  if (old.innerHTML === now.innerHTML) return;
  const focused = old.contains(document.activeElement) && document.activeElement.getAttribute("href");
  old.replaceChildren(...now.childNodes);
  if (focused) [...old.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}

async function update() {
  const now = await get(versionUrl);
  if (now !== version) {
    const page = new DOMParser().parseFromString(await get(location.href), "text/html");
    const live = [...document.querySelectorAll("[data-live]")];
    if (!page.body.dataset.version) throw new Error("not the inbox");
    // Another kind of page, as when the open mail has gone.
    if (live.some((old) => !page.getElementById(old.id))) return location.reload();
    for (const old of live) replace(old, page.getElementById(old.id));
    if (!document.querySelector("article")) replace(document.getElementById("content"), page.getElementById("content"));
    document.body.className = page.body.className;
    version = page.body.dataset.version;
  }
  connection.textContent = "";
}

async function poll() {
  try {
    await update();
  } catch {
    const text = "The sandbox does not answer; trying again.";
    if (connection.textContent !== text) connection.textContent = text;
  }
  setTimeout(poll, 1000);
}

for (const current of document.querySelectorAll("[aria-current]")) current.scrollIntoView({ block: "nearest" });
setTimeout(poll, 1000);
