// The filter of the conformance cases, and links to a single case.
"use strict";

function filterCases(form) {
  const words = form.querySelector("#case-words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [operation, result, requires] = ["operation", "result", "requires"].map((name) => form.querySelector(`#case-${name}`).value);
  let shown = 0;
  for (const section of document.querySelectorAll("section:has(> .table-wrapper > table.cases)")) {
    let here = 0;
    for (const row of section.querySelectorAll("table.cases tbody tr")) {
      const text = row.textContent.toLowerCase();
      const fits =
        words.every((word) => text.includes(word)) &&
        (!operation || row.dataset.operation === operation) &&
        (!result || row.dataset.result === result) &&
        (!requires || !row.dataset.requires.split(" ").includes(requires));
      row.hidden = !fits;
      here += fits;
    }
    section.hidden = here === 0;
    shown += here;
  }
  form.querySelector(".case-count").textContent = `${shown} ${shown === 1 ? "case" : "cases"}`;
}

function openTarget() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (row && row.matches("table.cases tr")) row.querySelector("details").open = true;
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.case-filter");
  if (!form) return;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => filterCases(form));
  filterCases(form); // a browser may have kept what was chosen before
  window.addEventListener("hashchange", openTarget);
  openTarget();
});
