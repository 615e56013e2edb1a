// For every page: what is scrolled sideways can be reached by keyboard, and the search works without a server too.
"use strict";

// A page that was opened as a file may read no other file, so the search shows no passages there.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

function makeScrollable() {
  for (const box of document.querySelectorAll(".table-wrapper, .highlight pre, .try-answer pre, .cases pre, .sig")) {
    const scrolled = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1;
    if (scrolled) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  makeScrollable();
  window.addEventListener("resize", makeScrollable);
  document.addEventListener("toggle", makeScrollable, true);
  new MutationObserver(makeScrollable).observe(document.body, { childList: true, subtree: true });
});

// Furo's buttons for a narrow screen are labels, which no keyboard reaches.
function makeButton(label) {
  const box = document.getElementById(label.htmlFor);
  const drawer = document.querySelector(box.id === "__toc" ? ".toc-drawer" : ".sidebar-drawer");
  const say = () => label.setAttribute("aria-expanded", String(box.checked));
  label.role = "button";
  label.tabIndex = 0;
  label.setAttribute("aria-label", box.getAttribute("aria-label"));
  box.addEventListener("change", say);
  label.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    box.click();
    if (box.checked) [...drawer.querySelectorAll("a")].find((link) => link.checkVisibility())?.focus();
  });
  drawer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.checked) return;
    box.click();
    if (label.checkVisibility()) label.focus();
  });
  say();
}

document.addEventListener("DOMContentLoaded", () => {
  for (const label of document.querySelectorAll("label:is(.nav-overlay-icon, .toc-overlay-icon):not(.no-toc)")) makeButton(label);
});
