// For every page: what is scrolled sideways can be reached by keyboard, and the search finds what people type.
"use strict";

// A page that was opened as a file may read no other file, so the search shows no passages there.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return; // only the page of the search has it
  // The index entries that stand in what was typed, such as the name of a code in the text of an error: the longest first.
  const perform = Search._performSearch;
  Search._performSearch = (query, ...terms) => {
    const { docnames, filenames, indexentries, titles } = Search._index;
    const typed = query.toLowerCase();
    const named = Object.entries(indexentries).filter(([entry]) => entry.length > 3 && entry !== typed && typed.includes(entry));
    named.sort(([one], [other]) => one.length - other.length);
    const results = named.flatMap(([, places]) =>
      places.map(([file, id]) => [docnames[file], titles[file], `#${id}`, null, 0, filenames[file], SearchResultKind.index]));
    return [...perform(query, ...terms), ...results]; // the last is shown first
  };
  // A whole sentence of an error holds words of one case, such as an id, that no page has: rank pages by the words they have.
  const withAllTerms = Search.performTermsSearch;
  Search.performTermsSearch = (terms, excluded) => {
    const found = withAllTerms(terms, excluded);
    if (found.length || terms.size < 4) return found;
    const pages = new Map();
    for (const term of terms) {
      const holding = withAllTerms(new Set([term]), excluded);
      for (const result of holding) {
        const [, count, score] = pages.get(result[0]) ?? [result, 0, 0];
        pages.set(result[0], [result, count + 1, score + 1 / holding.length]); // a rare word says more
      }
    }
    const best = [...pages.values()].filter(([, count]) => count > terms.size / 2);
    return best.map(([result, , score]) => [...result.slice(0, 4), score, ...result.slice(5)]);
  };
  // tools/docs/sphinx_extension.py marks numbers; the passage that is shown has them without the mark. A code's anchor holds no text.
  const summary = Search.makeSearchSummary;
  Search.makeSearchSummary = (html, words, anchor) => {
    const shown = [...words].map((word) => word.replace(/^n(?=\d+$)/, ""));
    return summary(html, shown, anchor) ?? summary(html, shown, "");
  };
});

function makeScrollable() {
  for (const box of document.querySelectorAll(".table-wrapper, .highlight pre, .sig")) {
    const scrolled = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1;
    if (scrolled) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  makeScrollable();
  window.addEventListener("resize", makeScrollable);
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
  document.querySelector(".sidebar-drawer").setAttribute("aria-label", "Site");
  document.querySelector(".toc-drawer").setAttribute("aria-label", "This page");
  for (const label of document.querySelectorAll("label:is(.nav-overlay-icon, .toc-overlay-icon):not(.no-toc)")) makeButton(label);
});
