// A field above a long list: only the rows that have every word typed stay.
"use strict";

(() => {
  const rows = [...document.querySelectorAll("#listed tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  const place = document.getElementById("filter");
  const label = document.createElement("label");
  label.htmlFor = "words";
  label.textContent = "Type part of a word to shorten the list";
  const field = document.createElement("input");
  field.type = "search";
  field.id = "words";
  field.autocomplete = "off";
  const said = document.createElement("p");
  said.className = "small";
  said.setAttribute("role", "status");

  function shorten() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    said.textContent = words.length ? `${shown} of ${rows.length} are shown.` : `${rows.length} in all.`;
  }

  field.addEventListener("input", shorten);
  place.append(label, " ", field, said);
  place.hidden = false;
  shorten();
})();
