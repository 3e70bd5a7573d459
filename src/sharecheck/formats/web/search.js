// Full-text search over an index made with the register: every word typed has to begin a word of the page.
// What words there are is loaded letter by letter, as scripts, when somebody types one.
"use strict";

(() => {
  const { pages, letters, words } = globalThis.sharecheckIndex;
  const box = document.getElementById("words");
  const results = document.getElementById("results");
  const status = document.getElementById("status");
  const SHOWN = 100;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const letterOf = (word) => (/^[a-z0-9]/.test(word) ? word[0] : "other");
  let turn = 0;

  const loading = new Map();

  /** The words of a letter are there, once this is. */
  function loaded(letter) {
    if (!letters.includes(letter)) return Promise.resolve();
    if (!loading.has(letter)) {
      loading.set(letter, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `assets/words-${letter}.js`;
        script.onload = done;
        script.onerror = () => failed(new Error("A part of the index could not be loaded."));
        document.head.append(script);
      }));
    }
    return loading.get(letter);
  }

  /** Pages that have a word with this beginning. */
  function pagesWith(start) {
    const found = new Set();
    for (const [word, steps] of Object.entries(words.get(letterOf(start)) || {})) {
      if (word.startsWith(start)) {
        let page = 0;
        for (const step of steps) found.add(page += step);
      }
    }
    return found;
  }

  async function search() {
    const now = turn += 1;
    const starts = plain(box.value).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    if (!starts.length) { results.replaceChildren(); status.textContent = ""; return; }
    try {
      await Promise.all(starts.map((start) => loaded(letterOf(start))));
    } catch (error) {
      status.textContent = error.message;
      return;
    }
    if (now !== turn) return; // something else has been typed in the meantime
    const sets = starts.map(pagesWith).sort((one, other) => one.size - other.size);
    const titled = (page) => { const title = plain(pages[page][1]); return starts.filter((start) => title.includes(start)).length; };
    const found = [...sets[0]].filter((page) => sets.every((set) => set.has(page))).map((page) => [page, titled(page)])
      .sort(([one, first], [other, second]) => second - first || one - other);
    status.textContent = found.length ? `${found.length} found${found.length > SHOWN ? `, the first ${SHOWN} are shown` : ""}.` : "Nothing found.";
    results.replaceChildren();
    for (const [page] of found.slice(0, SHOWN)) {
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
