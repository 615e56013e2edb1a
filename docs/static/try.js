// The forms of the API reference. They send to where the page came from, which is the sandbox, and nowhere else.
"use strict";

const SANDBOX_KEY = /^sandbox-/;
const MOST_SHOWN = 20000; // characters of an answer

function fieldsOf(form) {
  return [...form.querySelectorAll("[data-in]")].map((field) => ({
    place: field.dataset.in,
    name: field.dataset.name,
    value: form.elements[field.dataset.name].value.trim(),
  }));
}

// A request out of the form's fields; an empty field is left out.
function requestOf(form) {
  const given = fieldsOf(form).filter((field) => field.value !== "");
  const url = new URL(form.dataset.path, location.origin);
  const body = {};
  for (const { place, name, value } of given) {
    if (place === "body") body[name] = value;
    else url.searchParams.append(name, value);
  }
  const options = { method: form.dataset.method, redirect: "error", cache: "no-store", credentials: "omit" };
  if (form.querySelector('[data-in="body"]')) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  return { url, options };
}

// What the page's own tables say of a code: those of the operation first, then those of the account.
function meaningOf(form, code) {
  const section = form.closest("section").parentElement;
  const row = [section, document].map((part) => part.querySelector(`tr[data-code="${code}"]`)).find(Boolean);
  return row ? `${row.dataset.name}: ${row.dataset.meaning}` : "not listed";
}

function codeIn(text) {
  const xml = /^\s*(?:<\?[^>]*>\s*)?<result>\s*<entry>\w+<\/entry>\s*<entry>(\d+)<\/entry>/.exec(text);
  if (xml) return xml[1];
  try {
    const { code } = JSON.parse(text);
    return Number.isInteger(code) ? String(code) : null;
  } catch {
    return null;
  }
}

function show(form, lines, body) {
  const answer = form.querySelector(".try-answer");
  answer.replaceChildren();
  for (const line of lines) answer.appendChild(document.createElement("p")).textContent = line;
  if (body === undefined) return;
  const pre = answer.appendChild(document.createElement("pre"));
  pre.textContent = body.slice(0, MOST_SHOWN) || "(an empty body)";
  if (body.length > MOST_SHOWN) {
    const rest = answer.appendChild(document.createElement("p"));
    rest.textContent = `The first ${MOST_SHOWN} of ${body.length} characters.`;
  }
}

async function send(form) {
  const key = fieldsOf(form).find((field) => field.name === "apiKey").value;
  if (key !== "" && !SANDBOX_KEY.test(key)) {
    show(form, ["Nothing was sent: the key must begin with sandbox-. Never type a real key here."]);
    return;
  }
  const { url, options } = requestOf(form);
  const sent = `${options.method} ${url.pathname}${url.search}`;
  show(form, [`${sent} ...`]);
  form.querySelector(".try-answer p").className = "under-way";
  try {
    const response = await fetch(url, options);
    const body = await response.text();
    const code = codeIn(body);
    const type = response.headers.get("Content-Type") || "no Content-Type";
    const lines = [sent, `HTTP ${response.status}, ${type}`];
    lines.push(code === null ? "No answer of this API: is this page served by the sandbox?" : `Code ${code}, ${meaningOf(form, code)}`);
    show(form, lines, body);
  } catch {
    show(form, [sent, "No answer came. The sandbox must be running: mailpartner sandbox --site FOLDER"]);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const served = location.protocol.startsWith("http");
  for (const form of document.querySelectorAll("form.try")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
    form.querySelector("button").disabled = !served;
    show(form, served ? [] : ["This page was opened as a file. To try it: mailpartner sandbox --site FOLDER"]);
  }
});
