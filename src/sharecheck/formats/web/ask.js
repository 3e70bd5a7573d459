// The page that asks: one plain question at a time, only those that can change the answer, then the answer as an argument.
// It keeps nothing and sends nothing. Policies are loaded as scripts from this folder when an agreement is chosen.
"use strict";

(() => {
  const desk = globalThis.sharecheck;
  const register = globalThis.sharecheckRegister;
  const byId = (id) => document.getElementById(id);
  const MANY = 12;
  /** The steps whose words the answer repeats. */
  const NAMED = ["from", "to", "purpose", "about", "data"];

  const state = { agreement: null, enquiries: null, given: [], passed: [] };

  // elements

  function el(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in made && name !== "list") made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== ""));
    return made;
  }

  /** A text with its backticked words as code. */
  const worded = (text) => text.split(/`([^`]+)`/).map((part, i) => (i % 2 ? el("code", {}, part) : part));
  const show = (id, ...children) => byId(id).replaceChildren(...children.flat().filter(Boolean));
  const say = (text) => { byId("status").textContent = text; };

  // policies

  function loaded(file) {
    return new Promise((done, failed) => {
      const script = el("script", { src: `policies/${file}` });
      script.onload = done;
      script.onerror = () => failed(new Error(`${file} could not be loaded`));
      document.head.append(script);
    });
  }

  async function choose(word) {
    const wanted = word === "" ? register.agreements : register.agreements.filter((one) => one.word === word);
    const policies = register.policies;
    say("Loading.");
    await Promise.all(wanted.filter((one) => !policies.has(one.file)).map((one) => loaded(one.file)));
    say("");
    state.agreement = { word, title: word === "" ? "All agreements" : wanted[0].title };
    state.enquiries = new desk.Enquiries(register.book, word === register.none ? [] : wanted.map((one) => policies.get(one.file)));
    state.given = [];
    state.passed = [];
  }

  // the interview

  const asked = () => state.given.reduce((question, { step, words }) => desk.added(question, step, words), {});

  function ahead() {
    const step = desk.next(asked(), state.passed, state.enquiries);
    return step === null ? answer() : ask(step);
  }

  function stepOfAgreements() {
    return {
      part: "agreement", text: "Which agreement is it about?", several: false, usual: null,
      choices: [
        ...(register.agreements.length > 1 ? [{ word: "", label: "I do not know: ask all of them" }] : []),
        ...register.agreements.map(({ word, title }) => ({ word, label: title })),
      ],
    };
  }

  function ask(step) {
    show("answer");
    byId("answer").hidden = true;
    const heading = el("h2", { id: "question", tabIndex: -1 }, step.text);
    const field = step.part === "age" ? years() : choices(step);
    const form = el("form", { noValidate: true, autocomplete: "off" },
      el("div", { role: "group", className: "question" }, heading, field),
      el("p", { id: "error", className: "error", role: "alert" }),
      el("p", {}, el("button", { type: "submit" }, "Continue")));
    form.querySelector(".question").setAttribute("aria-labelledby", "question");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answered(step, form);
    });
    show("step", form);
    told();
    say("");
    heading.focus();
  }

  function choices(step) {
    const kind = step.several ? "checkbox" : "radio";
    const open = step.usual === null ? [] : [{ word: null, label: `I leave it open: taken as “${labelOf(step, step.usual)}”` }];
    const rows = [...open, ...step.choices].map((choice, i) => {
      const input = el("input", { type: kind, name: "choice", id: `choice-${i}`, value: String(i - open.length) });
      if (choice.word === null) input.checked = true;
      const word = NAMED.includes(step.part) && choice.word && choice.word !== choice.label ? choice.word.replace(/^somebody\//, "") : "";
      const row = el("li", {}, input, el("label", { htmlFor: input.id }, choice.label, word ? " " : "", word ? el("code", {}, word) : ""));
      row.dataset.words = `${choice.label} ${choice.word || ""}`.toLowerCase();
      return row;
    });
    const list = el("ul", { className: "choices" }, rows);
    const hint = step.several ? el("p", { className: "small" }, "Choose one or more.") : null;
    if (rows.length <= MANY) return el("div", {}, hint, list);
    const filter = el("input", { type: "search", id: "filter" });
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => row.dataset.words.includes(word)) && !row.querySelector("input").checked;
        shown += row.hidden ? 0 : 1;
      }
      say(`${shown} of ${rows.length} are shown.`);
    });
    filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    return el("div", {}, hint, el("p", {}, el("label", { htmlFor: "filter" }, "Type part of a word to shorten the list"), " ", filter),
      el("div", { className: "long" }, list));
  }

  const years = () => el("p", {}, el("label", { htmlFor: "years" }, "Years (leave it empty where you do not know)"), " ",
    el("input", { type: "text", inputMode: "numeric", id: "years", name: "years", maxLength: 3, className: "short" }));

  const labelOf = (step, word) => (step.choices.find((choice) => choice.word === word) || { label: word }).label;

  async function answered(step, form) {
    let words = [];
    if (step.part === "age") {
      const said = form.elements.years.value.trim();
      if (said && !(/^\d{1,3}$/.test(said) && Number(said) <= 130)) return wrong("Write a number of years, or nothing.");
      words = said ? [String(Number(said))] : [];
    } else {
      const chosen = [...form.querySelectorAll("input[name=choice]:checked")].map((input) => Number(input.value));
      if (!chosen.length) return wrong(step.several ? "Choose at least one." : "Choose one.");
      words = chosen.filter((i) => i >= 0).map((i) => step.choices[i].word);
    }
    try {
      if (step.part === "agreement") await choose(words[0]);
      else {
        state.given.push({ step, words });
        state.passed.push(step.part);
      }
      return ahead();
    } catch (error) {
      return wrong(error.message);
    }
  }

  function wrong(message) {
    const error = byId("error");
    if (!error) show("step", el("p", { id: "error", className: "error", role: "alert" }, worded(message)), again());
    else error.replaceChildren(...worded(message));
    const first = byId("step").querySelector("input, button");
    if (first) first.focus();
  }

  /** What has been said so far, each with a way back. */
  function told() {
    const rows = [];
    if (state.agreement) rows.push(["Which agreement is it about?", state.agreement.title, restart]);
    state.given.forEach(({ step, words }, i) => {
      const text = words.length ? words.map((word) => (step.choices.length ? labelOf(step, word) : word)).join(", ") : "Left open";
      rows.push([step.text, text, () => {
        state.given = state.given.slice(0, i);
        state.passed = state.given.map((one) => one.step.part);
        ahead();
      }]);
    });
    show("told", rows.length ? el("h2", {}, "What you have said") : null, rows.length ? el("dl", { className: "told" }, rows.map(([text, said, back]) => {
      const button = el("button", { type: "button", className: "link" }, "Change", el("span", { className: "hidden" }, `: ${text}`));
      button.addEventListener("click", back);
      return el("div", {}, el("dt", {}, text), el("dd", {}, said), el("dd", { className: "change" }, button));
    })) : null);
  }

  function restart() {
    Object.assign(state, { agreement: null, enquiries: null, given: [], passed: [] });
    ask(stepOfAgreements());
  }

  const again = () => {
    const button = el("button", { type: "button" }, "Ask something else");
    button.addEventListener("click", restart);
    return button;
  };

  // the answer

  function answer() {
    const reply = state.enquiries.reply(asked());
    const { book } = reply;
    const said = desk.headline(reply);
    const heading = el("h2", { id: "answer-title", tabIndex: -1 }, "The answer");
    const print = el("button", { type: "button" }, "Print");
    print.addEventListener("click", () => globalThis.print());
    show("step");
    show("answer", heading,
      el("p", { className: `outcome ${reply.answer.outcome}` }, worded(said)),
      el("p", {}, worded(desk.askedBy(reply))),
      stale(book),
      desk.sections(reply).map(([title, lines]) => [el("h3", {}, title), el("ul", {}, lines.map((line) => el("li", {}, worded(line))))]).flat(),
      el("p", { className: "small" }, `Read on ${book.on} with the book of ${book.knowledge}, by sharecheck ${book.tool}. Not legal advice. `
        + "Nothing you chose has left this page or is kept by it."),
      el("p", { className: "buttons" }, again(), " ", print),
      el("details", {}, el("summary", {}, "For machines: the answer as data"),
        el("pre", { tabIndex: 0, role: "region", ariaLabel: "The answer as data" }, JSON.stringify(desk.value(reply), null, 2))));
    byId("answer").hidden = false;
    told();
    say(`The answer. ${said.replaceAll("`", "")}`);
    heading.focus();
  }

  /** A warning where something in law or in the agreements has changed since the register was made. */
  function stale(book) {
    const days = [book.until, ...state.enquiries.agreements.map((one) => one.until)].filter(Boolean).sort();
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    if (!days.length || today < days[0]) return null;
    return el("p", { className: "stale" }, el("strong", {}, "Out of date. "),
      `This register was made for ${book.on}. On ${days[0]} something in the law or in an agreement changed: have it made again before you rely on this answer.`);
  }

  // beginning

  async function begin() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const word = wanted.get("agreement");
    if (word !== null && register.agreements.some((one) => one.word === word)) {
      try {
        await choose(word);
        const from = wanted.get("from");
        const step = desk.next({}, [], state.enquiries);
        if (from !== null && step.choices.some((choice) => choice.word === from)) {
          state.given.push({ step, words: [from] });
          state.passed.push(step.part);
        }
        ahead();
        return;
      } catch (error) {
        wrong(error.message);
        return;
      }
    }
    restart();
  }
  begin();
})();
