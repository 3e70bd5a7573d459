// Full-text search over an index made with the register: every word typed has to begin a word of the page.
"use strict";

(() => {
  const { pages, words } = globalThis.sharecheckIndex;
  const order = Object.keys(words);
  const box = document.getElementById("words");
  const results = document.getElementById("results");
  const status = document.getElementById("status");
  const SHOWN = 100;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  /** Pages for a beginning of a word: those whose title has it first. */
  function pagesWith(start) {
    const found = new Set();
    for (const word of order) if (word.startsWith(start)) for (const page of words[word]) found.add(page);
    return found;
  }

  function search() {
    const starts = plain(box.value).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    results.replaceChildren();
    if (!starts.length) { status.textContent = ""; return; }
    const sets = starts.map(pagesWith);
    const titled = (page) => starts.filter((start) => plain(pages[page][1]).includes(start)).length;
    const found = [...sets[0]].filter((page) => sets.every((set) => set.has(page)))
      .sort((one, other) => titled(other) - titled(one) || one - other);
    status.textContent = found.length ? `${found.length} found${found.length > SHOWN ? `, the first ${SHOWN} are shown` : ""}.` : "Nothing found.";
    for (const page of found.slice(0, SHOWN)) {
      const [url, title, kind] = pages[page];
      const link = document.createElement("a");
      link.href = url;
      link.textContent = title;
      const row = document.createElement("li");
      row.append(link, ` (${kind})`);
      results.append(row);
    }
  }

  document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("input", search);
  search();
})();
