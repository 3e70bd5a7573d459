// Answers questions from exported policies as `sharecheck ask --format json` does. Pure functions; nothing here touches a page.
//
// What is selected and combined here is worked out in `policy/exported.py`; the names of functions are those of the modules
// they mirror (`question`, `compiled`, `readings`, `answer`, `duties`, `reply`, `names`). Sets are BigInt.
"use strict";

globalThis.sharecheck = (() => {
  const FORMAT = 1;
  const CIRCUMSTANCES = ["concern", "consent", "objection", "danger", "belief", "decides", "person", "request", "scale", "linked"];
  const FIELDS = {
    from: "sender", to: "recipient", relation: "relation", linked_to_risk: "linked", data: "data", about: "about", age: "age",
    able_to_decide: "decides", purpose: "purpose", to_protect: "toProtect", danger_to: "danger", concern: "concern",
    belief: "belief", consent: "consent", objection: "objection", request: "request", scale: "scale", on: "on",
    jurisdiction: "jurisdiction",
  };
  const GRAVE = "significant-harm";

  class QuestionError extends Error {}
  class UnknownError extends Error {
    constructor(name) { super(name); this.name_ = name; }
  }

  // values

  const big = (hexed) => BigInt(`0x${hexed}`);
  const mapped = (values, make = (value) => value) => new Map(Object.entries(values).map(([key, value]) => [key, make(value)]));
  const listed = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
  const once = (...lists) => [...new Set(lists.flat())];
  const joined = (words) => (words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}` : words.join(""));
  const quoted = (words) => words.map((word) => `\`${word}\``);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole));
  const meets = (one, other) => one.some((value) => other.includes(value));

  function* bitsOf(bits) {
    for (let base = 0; bits; base += 32, bits >>= 32n) {
      let word = Number(bits & 0xffffffffn);
      while (word) {
        const low = 31 - Math.clz32(word & -word);
        yield base + low;
        word &= word - 1;
      }
    }
  }
  const lowest = (bits) => bitsOf(bits).next().value;
  const count = (bits) => [...bitsOf(bits)].length;
  const union = (bits, numbers) => { let found = 0n; for (const i of bitsOf(bits)) found |= numbers[i]; return found; };
  const byCodePoint = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  function least(values, compare) {
    let found = values[0];
    for (const value of values.slice(1)) if (compare(value, found) < 0) found = value;
    return found;
  }

  // the book

  class Book {
    constructor(raw) {
      if (raw.format !== FORMAT) throw new QuestionError("this page and its data were made by different versions of sharecheck");
      Object.assign(this, raw);
      const reach = (law) => law.map(big);
      this.places = mapped(raw.places, (one) => ({ ...one, law: big(one.law), flags: one.flags || [] }));
      this.personal = big(raw.personal);
      this.says = mapped(raw.says, big);
      this.anybody = reach(raw.anybody);
      this.agencies = mapped(raw.agencies, (one) => ({ sector: "", able: [], in: {}, ...one, law: reach(one.law) }));
      this.roles = mapped(raw.roles, (one) => ({ is: [], at: "", sector: "", ...one }));
      this.relations = mapped(raw.relations);
      this.words_ = {
        data: mapped(raw.data, (one) => this.item(one)),
        about: mapped(raw.about, (one) => ({ is: [], ...one, law: big(one.law) })),
        purposes: mapped(raw.purposes, (one) => ({ functions: [], ...one, law: big(one.law), named: big(one.named) })),
      };
      this.levels = mapped(raw.concern, (one) => ({ due: "", ...one }));
      this.vocabularies = mapped(raw.words, mapped);
      this.vocabularies.set("concern", mapped(raw.concern, (one) => one.label));
      this.outcomes = mapped(raw.outcomes);
      this.sources = mapped(raw.sources, (one) => ({ section: "", url: null, ...one }));
      const table = raw.table;
      this.everything = big(table.everything);
      this.rows = table.rows.map((row, number) => ({ number, first: [], then: [], inform: null, instead: false, ...row }));
      this.clauses = table.clauses;
      this.asking = mapped(table.asking);
      this.masks = mapped(table.masks, (masks) => mapped(masks, big));
      this.columns = mapped(table.columns, (columns) => columns.map(([free, met]) => [big(free), mapped(met, big)]));
      this.free = big(table.free);
      this.agreeing = mapped(table.agreeing, big);
      this.made = new Map();
    }

    item(raw) {
      return { flags: raw.flags || [], in: raw.in || {}, law: big(raw.law) };
    }

    rank(outcome) { return this.outcomes.get(outcome).rank; }

    /** The clauses left standing where these values of a fact hold, and no others. */
    flags(name, holding) {
      const key = `${name} ${[...holding].sort().join(" ")}`;
      if (!this.made.has(key)) {
        let standing = this.everything;
        for (const [free, only] of this.columns.get(name)) {
          let met = free;
          for (const value of holding) met |= only.get(value) ?? 0n;
          standing &= met;
        }
        this.made.set(key, standing);
      }
      return this.made.get(key);
    }

    /** The number of the row that answers, given the clauses that all facts leave standing. */
    first(standing) { return this.clauses[lowest(standing)]; }

    provisionsOf(bits) { return [...bitsOf(bits)].map((i) => this.provisions[i]); }
  }

  // a policy

  class Policy {
    /** The policy of an agreement, or of the law and the table alone (`raw` null), in one place. */
    constructor(raw, book, place) {
      this.raw = raw;
      this.book = book;
      this.place = place;
      this.here = book.places.get(place);
      this.inUse = raw !== null && raw.in_use;
      this.id = raw && raw.id;
      this.situations = new Map();
      this.strangers = new Map();
      this.spare = new Map();
      const pairs = (name) => new Map(raw ? raw[name] : []);
      this.kinds = raw ? mapped(raw.kinds, (law) => law.map(big)) : new Map();
      this.agencies = pairs("agencies");
      this.titles = pairs("titles");
      this.flows = pairs("flows");
      this.never = pairs("never");
      this.stranger_ = (raw ? raw.stranger : ["0", "0"]).map(big);
      this.parties = new Map([...pairs("parties")].map(([name, one]) => [name, this.party(name, one)]));
      this.parts = {};
      for (const side of ["data", "about", "purposes"]) {
        const part = ([name, one]) => [name, this.part(side, name, one)];
        this.parts[side] = new Map([...pairs(side)].map(part));
      }
      this.flowBoxes = raw ? raw.boxes.flows.map(([part, terms, law]) => ({ part, terms: big(terms), law: big(law) })) : [];
      this.barBoxes = raw ? raw.boxes.never.map(([part, terms]) => ({ part, terms: big(terms) })) : [];
      this.terms_ = raw ? raw.terms : [];
      this.termMasks = ["concern", "consent", "objection"].map((name, n) => {
        const masks = new Map();
        this.terms_.forEach((term, i) => {
          for (const word of term[n + 1]) masks.set(word, (masks.get(word) ?? 0n) | (1n << BigInt(i)));
        });
        return [name, masks];
      });
    }

    party(name, raw) {
      const [sends, receives, barredFrom, barredTo] = raw.numbers.map(big);
      return this.who({ name, title: raw.title, agency: raw.agency || "", at: raw.at || false, contact: raw.contact || "",
        kinds: raw.kinds || [], role: raw.role || "", cares: raw.cares ?? null, confidential: raw.confidential ?? null,
        functions: raw.functions || [], body: raw.body || "", sends, receives, barredFrom, barredTo });
    }

    /** Somebody with everything that the law and the table ask of them. */
    who(one) {
      const { book, place } = this;
      const role = book.roles.get(one.role) || { is: [] };
      const agencies = one.kinds.map((kind) => book.agencies.get(kind));
      const key = one.kinds.join("+");
      const [sends, sendsNamed, receives, receivesNamed] =
        one.kinds.length === 0 ? book.anybody : one.kinds.length === 1 ? agencies[0].law : this.kinds.get(key);
      const bound = role.is.includes("bound") ? -1n : ~book.personal;
      const idle = role.is.includes("idle");
      const sectors = new Set(agencies.map((agency) => agency.sector));
      return {
        relation: "", ...one, sectors,
        lawSends: sends & bound, lawSendsNamed: sendsNamed & bound,
        lawReceives: idle ? 0n : receives, lawReceivesNamed: idle ? 0n : receivesNamed,
        as: one.relation ? book.relations.get(one.relation).as : (agencies.find((agency) => agency.as) || { as: "agency" }).as,
        able: idle ? [] : once(...agencies.map((agency) => [...agency.able, ...(agency.in[place] || [])])),
        care: one.cares ?? role.is.includes("cares"),
        keeps: (one.confidential ?? role.is.includes("confidential"))
          || book.confidential_sectors.some((sector) => sectors.has(sector)),
      };
    }

    part(side, name, raw) {
      const [flows, bars] = raw.numbers.map(big);
      const own = side === "data" && raw.words.length !== 1;
      const of = own ? this.book.item(raw) : this.book.words_[side].get(raw.words[0]);
      return { name, title: raw.title, words: raw.words, confidential: raw.confidential ?? null, flows, bars, of };
    }

    individual(relation) { return this.stranger(relation, { kinds: [], role: "", relation }); }

    stranger(name, kind) {
      const key = `${name} ${kind.relation || ""}`;
      if (!this.strangers.has(key)) {
        const [barredFrom, barredTo] = this.stranger_;
        this.strangers.set(key, this.who({ name, ...kind, cares: null, confidential: null, functions: [], body: "", sends: 0n,
          receives: 0n, barredFrom, barredTo }));
      }
      return this.strangers.get(key);
    }

    word(side, name) {
      const key = `${side} ${name}`;
      if (!this.spare.has(key)) {
        const numbers = this.raw ? this.raw.words[side] : ["0", "0"];
        this.spare.set(key, this.part(side, name, { words: [name], numbers, ...(side === "data" ? { confidential: null } : {}) }));
      }
      return this.spare.get(key);
    }

    // answering

    situation(sender, recipient, item, about, purpose) {
      const key = [sender.name, recipient.name, recipient.relation, item.name, about.name, purpose.name].join(" ");
      if (!this.situations.has(key)) this.situations.set(key, this.situated(sender, recipient, item, about, purpose));
      return this.situations.get(key);
    }

    situated(sender, recipient, item, about, purpose) {
      const { book } = this;
      const flows = sender.sends & recipient.receives & item.flows & about.flows & purpose.flows;
      const bars = sender.barredFrom & recipient.barredTo & item.bars & about.bars & purpose.bars;
      let reaching = 0n;
      if (!recipient.relation && (sender.body !== recipient.body || !sender.body)) {
        reaching = sender.lawSends & recipient.lawReceives & purpose.of.law;
        const named = union(flows, this.flowBoxes.map((box) => box.law));
        reaching |= named & sender.lawSendsNamed & recipient.lawReceivesNamed & purpose.of.named;
        reaching &= item.of.law & about.of.law & this.here.law;
      }
      let standing = book.everything;
      const facts = this.facts(sender, recipient, item, purpose, reaching);
      for (const [fact, holding] of Object.entries(facts)) standing &= book.flags(fact, holding);
      const age = about.of.is.includes("child") ? "child" : about.of.is.includes("adult") ? "adult" : null;
      const agreed = union(flows, this.flowBoxes.map((box) => box.terms)) | union(bars, this.barBoxes.map((box) => box.terms));
      return { standing, agreed, age, law: reaching, flows, bars };
    }

    facts(sender, recipient, item, purpose, reaching) {
      const confidential = item.confidential ?? sender.keeps;
      const flags = Object.hasOwn(item.of.in, this.place) ? item.of.in[this.place] : item.of.flags;
      const outside = purpose.of.functions.length > 0 && recipient.sectors.size > 0
        && !recipient.functions.includes(purpose.words[0]) && !purpose.of.functions.some((sector) => recipient.sectors.has(sector));
      const says = [...this.book.says].filter(([, bits]) => bits & reaching).map(([flag]) => flag);
      return {
        recipient: [recipient.as],
        item: flags.map((flag) => (flag === "open" && confidential ? "confidential" : flag)),
        purpose: outside ? [...purpose.of.flags, "outside"] : purpose.of.flags,
        law: [...this.here.flags, ...says],
        able: recipient.able,
        "care-team": sender.care && recipient.care ? ["yes"] : [],
      };
    }

    fits(situation, circumstances) {
      const { book } = this;
      let standing = book.free;
      for (const i of bitsOf(this.terms(situation, circumstances))) standing |= book.agreeing.get(this.terms_[i][0]);
      standing &= situation.standing;
      for (const [name, masks] of book.masks) {
        const settled = name === "person" ? situation.age : null;
        standing &= masks.get(settled || circumstances[name]);
      }
      return standing;
    }

    terms(situation, circumstances) {
      let agreed = situation.agreed;
      for (const [name, masks] of this.termMasks) agreed &= masks.get(circumstances[name]) ?? 0n;
      return agreed;
    }

    now(situation, circumstances) {
      const agreed = this.terms(situation, circumstances);
      const of = (bits, boxes) => once([...bitsOf(bits)].filter((i) => boxes[i].terms & agreed).map((i) => boxes[i].part));
      return [["flows", of(situation.flows, this.flowBoxes)], ["never", of(situation.bars, this.barBoxes)]];
    }
  }

  // a question

  /** A question as the format writes it, checked for fields and words that there are not. */
  function read(asked, book) {
    const put = { sender: null, recipient: null, relation: null, data: [], about: [], purpose: null, toProtect: null, age: null,
      decides: null, danger: null, concern: null, belief: null, consent: null, objection: null, linked: null, request: null,
      scale: null, on: null, jurisdiction: null };
    for (const [name, value] of Object.entries(asked)) {
      if (!Object.hasOwn(FIELDS, name)) throw new QuestionError(`a question has no \`${name}\``);
      put[FIELDS[name]] = value ?? null;
    }
    put.data = listed(put.data);
    put.about = listed(put.about);
    if (typeof put.decides === "boolean") put.decides = put.decides ? "yes" : "no";
    const said = { concern: [put.concern], danger: [put.danger], belief: [put.belief], decides: [put.decides],
      request: [put.request], scale: [put.scale],
      consent: put.consent && typeof put.consent === "object" ? Object.values(put.consent) : [put.consent] };
    for (const [name, words] of Object.entries(said)) {
      for (const word of words) {
        if (word !== null && !book.vocabularies.get(name).has(word)) throw new QuestionError(`\`${word}\` is not one of the words here`);
      }
    }
    if (put.relation !== null && !book.relations.has(put.relation)) throw new QuestionError(`\`${put.relation}\` is not one of the words here`);
    if (put.jurisdiction !== null && !book.places.has(put.jurisdiction)) throw new QuestionError(`\`${put.jurisdiction}\` is not one of the words here`);
    if (put.on !== null && `${put.on}-01-01`.slice(0, 10) !== book.on) {
      throw new QuestionError(`this was made for ${book.on} and answers for that day alone`);
    }
    return put;
  }

  /** The circumstances of a question with every default filled in. */
  function settled(put, subject, purpose, guarded, book, place) {
    const person = book.words_.about.get(subject);
    const young = put.age !== null && put.age < book.adult;
    const child = person.is.includes("child") || young;
    const decides = put.decides || (!child || (put.age !== null && put.age >= book.places.get(place).decides) ? "yes" : "no");
    const kept = guarded ? book.words_.about.get(guarded) : null;
    let danger;
    if (put.danger) danger = put.danger;
    else if (kept && kept.is.includes("child")) danger = "child";
    else if (kept && guarded !== subject) danger = "another-adult";
    else {
      const end = book.words_.purposes.get(purpose);
      let ofChildren = child || end.flags.includes("protects-children");
      const level = book.levels.get(put.concern || "");
      if (level && level.of_children && put.age === null) {
        ofChildren = ofChildren || (person.is.includes("kin") && !person.is.includes("adult"));
      }
      const usual = end.danger || (person.is.includes("feared") ? "public" : "self");
      danger = ofChildren ? "child" : person.is.includes("endangered") ? "self" : usual;
    }
    let consent = consentOf(put, child, decides, book);
    if (consent === "not-asked" && decides === "no" && !child) consent = "unable";
    return {
      concern: put.concern || "none", consent, objection: put.objection ? "yes" : "no", danger, belief: put.belief || "suspected",
      decides, person: child ? "child" : "adult", request: put.request || "none", scale: put.scale || "one-person",
      linked: put.linked ? "yes" : "no",
    };
  }

  /** The one answer that counts, out of what several people have said: of those who decide, the most careful. */
  function consentOf(put, child, decides, book) {
    const said = put.consent;
    if (said === null || typeof said === "string") return said || "not-asked";
    const names = Object.keys(said);
    let own = names.filter((name) => put.about.includes(name)).map((name) => said[name]);
    let others = names.filter((name) => !put.about.includes(name)).map((name) => said[name]);
    if (!child || decides === "yes") others = [];
    else if (decides === "no" && others.length) own = [];
    const order = [...book.vocabularies.get("consent").keys()];
    return [...own, ...others].sort((one, other) => order.indexOf(one) - order.indexOf(other))[0] || "not-asked";
  }

  // readings and answers

  class Desk {
    constructor(policies, book, jurisdiction) {
      this.book = book;
      this.policies = policies;
      const place = jurisdiction || (policies.length ? policies[0].place : "england");
      if (!book.made.has(`law ${place}`)) book.made.set(`law ${place}`, new Policy(null, book, place));
      this.lawAlone = book.made.get(`law ${place}`);
    }

    /** Every way to read each item of a question. */
    cases(put) {
      whole(put);
      const unknown = [];
      let read_ = [];
      for (const policy of [...this.policies, this.lawAlone]) {
        if (policy === this.lawAlone && read_.length) break;
        try {
          const found = this.readBy(policy, put);
          if (found.length) read_.push(found);
        } catch (error) {
          if (!(error instanceof UnknownError)) throw error;
          unknown.push(error.name_);
        }
      }
      if (!read_.length) {
        const known = new Set();
        for (const { parties, parts } of this.policies) {
          for (const own of [parties, ...Object.values(parts)]) for (const name of own.keys()) known.add(name);
        }
        const name = unknown.find((one) => !known.has(one)) ?? unknown[unknown.length - 1];
        throw new QuestionError(`neither an agreement nor the book knows \`${name}\``);
      }
      return put.data.map((_, i) => read_.flatMap((found) => found[i]));
    }

    readBy(policy, put) {
      const senders = this.people(policy, put.sender);
      const recipients = put.relation !== null ? [policy.individual(put.relation)] : this.people(policy, put.recipient);
      if (policy.raw && ![...senders, ...recipients].some((who) => policy.parties.has(who.name))) return [];
      const abouts = put.about.flatMap((name) => this.partsOf(policy, "about", name).map((part) => [name, part]));
      const purposes = this.partsOf(policy, "purposes", put.purpose);
      const guarded = put.toProtect ? this.partsOf(policy, "about", put.toProtect)[0].words[0] : "";
      const asked = [];
      for (const [person, about] of abouts) {
        for (const purpose of purposes) {
          const ofOne = { ...put, about: [person], consent: this.answers(policy, put, person) };
          asked.push([person, about, purpose, settled(ofOne, about.words[0], purpose.words[0], guarded, this.book, policy.place)]);
        }
      }
      return put.data.map((name) => {
        const items = this.partsOf(policy, "data", name);
        const cases = [];
        for (const sender of senders) for (const recipient of recipients) for (const item of items) {
          for (const [person, about, purpose, circumstances] of asked) {
            const situation = policy.situation(sender, recipient, item, about, purpose);
            const fits = policy.fits(situation, circumstances);
            const number = this.book.first(fits);
            cases.push({ policy, sender, recipient, item, about, purpose, person, situation, circumstances, fits, number,
              row: this.book.rows[number] });
          }
        }
        return cases;
      });
    }

    answers(policy, put, person) {
      if (put.consent === null || typeof put.consent === "string") return put.consent;
      const counts = {};
      for (const [name, answer] of Object.entries(put.consent)) {
        const parts = this.partsOf(policy, "about", name);
        const holds = parts.some((part) => part.words.some((word) => this.book.words_.about.get(word).is.includes("holds_responsibility")));
        if (name === person || holds) counts[name] = answer;
      }
      return counts;
    }

    people(policy, name) {
      const { parties } = policy;
      const { roles, agencies } = this.book;
      if (parties.has(name)) return [parties.get(name)];
      let own = [...parties.values()].filter((who) => afterSlash(who.name) === name);
      if (!own.length) own = [...parties.values()].filter((who) => who.role === name);
      if (own.length) return own;
      const slash = name.lastIndexOf("/");
      let agency = slash < 0 ? "" : name.slice(0, slash);
      const role = name.slice(slash + 1);
      if (!agency && agencies.has(role)) return [policy.stranger(`${role}/`, { kinds: [role], role: "" })];
      if (roles.has(role)) {
        agency = agency || roles.get(role).at;
        if (agencies.has(agency)) return [policy.stranger(`${agency}/${role}`, { kinds: [agency], role })];
        if (!agency) throw new QuestionError(`the book cannot tell at which agency a \`${role}\` is`);
      }
      throw new UnknownError(name);
    }

    partsOf(policy, side, name) {
      const own = policy.parts[side];
      if (own.has(name)) return [own.get(name)];
      const found = [...own.values()].filter((part) => part.words.includes(name));
      if (found.length) return found;
      if (this.book.words_[side].has(name)) return [policy.word(side, name)];
      throw new UnknownError(name);
    }

    /** For each item the case that decides it. */
    deciding(read_) {
      const { book } = this;
      return read_.map((cases) => {
        const apart = new Map();
        for (const one of cases) {
          const key = JSON.stringify([one.sender.name, one.recipient.name, one.person]);
          const held = apart.get(key);
          apart.set(key, held === undefined || one.number < held.number ? one : held);
        }
        return least([...apart.values()], (a, b) => book.rank(a.row.outcome) - book.rank(b.row.outcome) || b.number - a.number);
      });
    }

    furthest(deciding) {
      return least(deciding.map((one) => one.row.outcome), (a, b) => this.book.rank(b) - this.book.rank(a));
    }

    outcome(put) { return this.furthest(this.deciding(this.cases(put))); }

    outcomes(put) { return put.data.map((item) => this.outcome({ ...put, data: [item] })); }

    /** The whole answer. */
    answer(put, changes = true) {
      const { book } = this;
      const read_ = this.cases(put);
      const deciding = this.deciding(read_);
      const outcome = this.furthest(deciding);
      const ordered = [...deciding].sort((a, b) => (a.row.outcome !== outcome) - (b.row.outcome !== outcome) || a.number - b.number
        || byCodePoint(a.item.name, b.item.name));
      const going = ordered.filter((one) => one.row.outcome === outcome);
      const chief = going[0];
      const resting = going.map((one) => [one, provisionsFor(one)]);
      const kept = Math.min(book.rank("share"), book.rank(outcome));
      const rows = once(ordered.map((one) => one.row));
      const grounds = groundsOf(read_.flat());
      const flow = (grounds.find((ground) => ground.flow) || { flow: null }).flow;
      const grave = book.levels.get(chief.circumstances.concern).rank >= book.levels.get(GRAVE).rank;
      return {
        put,
        circumstances: chief.circumstances,
        outcome,
        items: put.data.map((item, i) => ({ item, outcome: deciding[i].row.outcome, row: deciding[i].row })),
        withhold: put.data.filter((_, i) => book.rank(deciding[i].row.outcome) < kept),
        first: once(
          going.flatMap((one) => one.row.first),
          going.flatMap((one) => saidBeside(book.table.steps, one)),
          grounds.flatMap((ground) => (ground.flow && ground.flow.checks) || []),
          ordered.filter((one) => one.row.outcome === "ask-first" && outcome !== "ask-first")
            .flatMap((one) => saidBeside(book.table.steps, one).map((text) => `Before \`${one.item.name}\` goes: ${text}`)),
        ),
        then: once(rows.flatMap((row) => row.then), resting.flatMap(([one, held]) => conditions(one, held))),
        instead: grave && rows.some((row) => row.instead) ? instead(chief) : null,
        row: chief.row,
        because: once(rows.map((row) => row.says), resting.flatMap(([one, held]) => without(one, held))),
        disagreement: once(going.flatMap((one) => saidBeside(book.table.disagreements, one))),
        provisions: once(resting.flatMap(([, held]) => held)),
        grounds,
        duties: following(chief, flow, book.rank(outcome) >= book.rank("share")),
        advice: advice(chief),
        wouldChange: changes ? this.nearest(put, outcome) : [],
        sources: once(rows.flatMap((row) => row.source)).map((name) => book.sources.get(name)),
      };
    }

    nearest(put, outcome) {
      const found = [];
      for (const change of this.book.changes) {
        const changed = { ...put };
        for (const [name, value] of Object.entries(change.if)) changed[name] = value;
        if (Object.keys(change.if).every((name) => put[name] === changed[name])) continue;
        const then = this.outcome(changed);
        if (then !== outcome) found.push({ change: change.says, outcome: then });
      }
      return found;
    }
  }

  const afterSlash = (name) => (name.includes("/") ? name.slice(name.indexOf("/") + 1) : "");
  const isNamed = (party, name) => name === party || name === afterSlash(party);

  function whole(put) {
    const lacking = [["from", put.sender], ["to", put.recipient || put.relation], ["data", put.data.length], ["about", put.about.length],
      ["purpose", put.purpose]].filter(([, there]) => !there).map(([word]) => word);
    if (put.recipient && put.relation) throw new QuestionError("the question says both `to` and `relation`");
    if (lacking.length) throw new QuestionError(`the question does not say ${joined(quoted(lacking))}`);
  }

  function groundsOf(cases) {
    const found = new Map();
    for (const { policy, situation, circumstances } of cases) {
      if (!policy.raw) continue;
      for (const [kind, names] of policy.now(situation, circumstances)) {
        for (const id of names) {
          const place = policy[kind].get(id);
          found.set(JSON.stringify([policy.id, kind, id]), { agreement: policy.id, title: policy.raw.title, kind, id,
            file: policy.raw.file, line: place.line, column: place.column, flow: kind === "flows" ? place : null });
        }
      }
    }
    return [...found.values()].sort((a, b) => byCodePoint(a.agreement, b.agreement) || byCodePoint(a.kind, b.kind) || byCodePoint(a.id, b.id));
  }

  function saidBeside(asides, one) {
    const facts = one.policy.facts(one.sender, one.recipient, one.item, one.purpose, one.situation.law);
    const words = { ...one.circumstances, person: one.situation.age || one.circumstances.person };
    const fits = (clause) => clause.flags.every(([name, values]) => meets(facts[name], values))
      && Object.entries(clause.circumstances).every(([name, values]) => values.includes(words[name]));
    return asides.filter((aside) => (!aside.outcomes.length || aside.outcomes.includes(one.row.outcome)) && aside.clauses.some(fits))
      .map((aside) => aside.says);
  }

  /** The provisions that an answer rests on: those its row asks for, or those that carry the sharing. */
  function provisionsFor({ policy: { book }, situation, fits, number, row }) {
    const asked = new Set();
    for (const i of bitsOf(fits)) {
      if (book.clauses[i] === number) for (const flag of book.asking.get(String(i)) || []) asked.add(flag);
    }
    if (asked.size) {
      let saying = 0n;
      for (const flag of asked) saying |= book.says.get(flag) ?? 0n;
      return book.provisionsOf(situation.law & saying);
    }
    return row.outcome === "share" || row.outcome === "ask-first" ? book.provisionsOf(situation.law) : [];
  }

  /** What would be answered without a duty that nobody has read in the law itself. */
  function without({ policy: { book }, row, fits }, held) {
    if (row.outcome !== "must-share" || !held.length || !held.every((one) => one.confidence !== "enacted")) return [];
    let other = book.rows[book.first(fits)];
    while (other.outcome === "must-share") {
      fits &= fits - 1n;
      other = book.rows[book.first(fits)];
    }
    return [filled(book.without_duty, { answer: book.outcomes.get(other.outcome).label.toLowerCase(), says: other.says })];
  }

  function conditions({ row, sender, recipient }, held) {
    if (row.outcome !== "must-share") return [];
    const bodies = [...sender.kinds, ...recipient.kinds];
    return held.flatMap((one) => [...(one.condition || []), ...(meets(bodies, one.unsure || []) ? one.limits || [] : [])]);
  }

  function advice({ policy, sender }) {
    const party = policy.parties.get(sender.name);
    const agency = party && policy.agencies.get(party.agency);
    return (agency && agency.advice) || [];
  }

  /** Somebody able to protect whoever is in danger, and used to being told: a party, or else a word of the book. */
  function instead({ policy, sender, circumstances }) {
    const who = circumstances.danger === "child" || circumstances.person === "child" ? "child" : "adult";
    const able = [...policy.parties.values()].filter((party) => party.role && party.able.includes(`protects-${who}`)
      && party.able.includes("front-door") && party !== sender);
    if (!able.length) return policy.book.instead[who];
    let protecting = 0n;
    for (const purpose of policy.parts.purposes.values()) if (purpose.of.flags.includes("protects-children")) protecting |= purpose.flows;
    const told = (party) => count(party.receives & sender.sends & protecting);
    const toldAtAll = (party) => count(party.receives & protecting);
    return least(able, (a, b) => told(b) - told(a) || toldAtAll(b) - toldAtAll(a) || byCodePoint(a.name, b.name)).name;
  }

  function following({ policy: { book }, row, circumstances }, flow, shares) {
    const { record, inform, now, sent, heard } = book.duties;
    const level = book.levels.get(circumstances.concern);
    const own = (name, usual) => (flow && name in flow ? flow[name] : usual);
    if (!shares) {
      return {
        record: record[row.outcome === "ask-first" ? "asked" : "not-shared"],
        inform: inform[row.inform === "no" ? "kept" : "nothing"], method: "",
        deadline: row.outcome === "seek-advice" ? level.due : "", feedback: "",
      };
    }
    const hushed = row.inform === "no" || (row.inform === null && circumstances.consent === "unsafe-to-ask");
    return {
      record: record.shared,
      inform: hushed ? inform.no : own("inform", inform.yes),
      method: level.at_once ? now : own("sent", sent),
      deadline: level.at_once ? level.due : own("due", level.due),
      feedback: own("heard", heard),
    };
  }

  // names

  class Names {
    constructor(policies, book) { this.policies = policies; this.book = book; }

    party(name) {
      for (const policy of this.policies) {
        const found = policy.parties.has(name) ? policy.parties.get(name).title : policy.titles.get(name);
        if (found !== undefined) return found;
      }
      const { relations, roles, agencies } = this.book;
      if (relations.has(name)) return relations.get(name).label;
      const slash = name.lastIndexOf("/");
      const agency = slash < 0 ? "" : name.slice(0, slash);
      const role = name.slice(slash + 1);
      if (roles.has(role)) return roles.get(role).label + (agencies.has(agency) ? ` (${agencies.get(agency).label})` : "");
      return agencies.has(role) ? agencies.get(role).label : name;
    }

    body(name) {
      for (const { parties, agencies } of this.policies) {
        const party = parties.get(name);
        if (party && party.at) return agencies.get(party.agency).name;
      }
      return "";
    }

    contact(name) {
      for (const { parties } of this.policies) {
        for (const party of parties.values()) if (isNamed(party.name, name)) return party.contact;
      }
      return "";
    }

    part(side, name) {
      for (const { parts } of this.policies) if (parts[side].has(name)) return parts[side].get(name).title;
      const word = this.book[side][name];
      return Object.hasOwn(this.book[side], name) ? word.label : name;
    }
  }

  const lowered = (title) => {
    const [first, second] = Array.from(title);
    if (second !== undefined && /\p{Uppercase}/u.test(second)) return title;
    return first === undefined ? "" : first.toLowerCase() + title.slice(first.length);
  };
  const definite = (title) => {
    const low = lowered(title);
    return low.startsWith("the ") || low.startsWith("somebody ") ? low : `the ${low}`;
  };

  // replies

  class Enquiries {
    /** Where questions are asked; `raw` is an exported book and `agreements` exported agreements of the same day. */
    constructor(raw, agreements) {
      this.book = new Book(raw);
      for (const one of agreements) {
        if (one.format !== FORMAT || one.stamp !== raw.stamp) {
          throw new QuestionError("parts of this register were made at different times; make all of it again");
        }
      }
      this.agreements = agreements;
      this.desks = new Map();
    }

    /** The same place asked of some of the agreements. */
    policies(jurisdiction) {
      const key = jurisdiction || "";
      if (!this.desks.has(key)) {
        this.desks.set(key, this.agreements.map((raw) => new Policy(raw, this.book, jurisdiction || raw.place)));
      }
      return this.desks.get(key);
    }

    read(asked) { return read(asked, this.book); }

    desk(put) {
      const every = this.policies(put.jurisdiction);
      const known = every.filter((policy) => !missing(policy, put).length);
      if (!known.length && every.length) throw refusal(every, put);
      return new Desk(known, this.book, put.jurisdiction);
    }

    reply(asked) {
      const put = this.read(asked);
      const desk = this.desk(put);
      const answer = desk.answer(put);
      return { asked, answer, names: new Names(desk.policies, this.book), notes: notes(desk, answer), book: this.book };
    }
  }

  function missing(policy, put) {
    const { book } = policy;
    const people = [put.sender, put.relation ? null : put.recipient].filter(Boolean);
    const parts = [
      ...put.data.map((name) => ["data", name]),
      ...[...put.about, ...(put.toProtect ? [put.toProtect] : [])].map((name) => ["about", name]),
      ...(put.purpose ? [["purposes", put.purpose]] : []),
    ];
    return [
      ...people.filter((name) => !knows(policy, name) && !inBook(book, name)),
      ...parts.filter(([side, name]) => !policy.parts[side].has(name) && !book.words_[side].has(name)).map(([, name]) => name),
    ];
  }

  const knows = (policy, name) => [...policy.parties.keys()].some((party) => isNamed(party, name));

  function inBook(book, name) {
    const slash = name.lastIndexOf("/");
    if (slash > 0) return book.agencies.has(name.slice(0, slash)) && book.roles.has(name.slice(slash + 1));
    const { data, about, purposes } = book.words_;
    return [book.roles, book.agencies, data, about, purposes].some((words) => words.has(name));
  }

  function refusal(policies, put) {
    const lacking = policies.map((policy) => missing(policy, put));
    const nowhere = lacking[0].find((name) => lacking.every((one) => one.includes(name)));
    if (nowhere !== undefined) return new QuestionError(`neither an agreement nor the book knows \`${nowhere}\``);
    const nearest = least(policies.map((policy, i) => [lacking[i], policy]), (a, b) => a[0].length - b[0].length);
    return new QuestionError(`no one agreement knows every name in the question; \`${nearest[1].id}\` knows all but ${joined(quoted(once(nearest[0])))}`);
  }

  function notes(desk, answer) {
    const { sender, recipient, relation } = answer.put;
    const said = desk.book.notes;
    const knowing = desk.policies.filter((policy) => knows(policy, sender) && (relation || knows(policy, recipient)));
    const found = [];
    if (!desk.policies.length) found.push(said.nobody);
    else if (!knowing.length && !answer.grounds.length) found.push(said.neither);
    const resting = new Set(answer.grounds.map((ground) => ground.agreement));
    for (const policy of desk.policies) {
      if (policy.inUse ? resting.has(policy.id) : knowing.includes(policy)) found.push(...policy.raw.mind);
    }
    const places = once(desk.policies.flatMap((policy) => [...policy.parties.keys()].filter((name) => isNamed(name, sender))));
    if (places.length > 1) found.push(filled(said.several, { sender, places: quoted(places).join(" or ") }));
    return found;
  }

  /** The answer as plain values in the order of the contract. */
  function value({ asked, answer, notes: minded, book }) {
    return {
      schema_version: 1,
      tool: { name: "sharecheck", version: book.tool },
      knowledge: { version: book.knowledge },
      on: book.on,
      question: { ...asked },
      outcome: answer.outcome,
      items: answer.items.map(({ item, outcome, row }) => ({ item, outcome, row: row.id })),
      withhold: answer.withhold,
      first: answer.first,
      then: answer.then,
      instead: answer.instead,
      row: answer.row.id,
      because: answer.because,
      disagreement: answer.disagreement,
      provisions: answer.provisions.map(({ id, title, confidence }) => ({ id, title, confidence })),
      flows: answer.grounds.map(({ agreement, kind, id, file, line, column }) => ({ agreement, kind, id, file, line, column })),
      duties: Object.entries(answer.duties).filter(([, text]) => text).map(([duty, text]) => ({ duty, text })),
      advice: answer.advice,
      would_change: answer.wouldChange,
      circumstances: Object.fromEntries(CIRCUMSTANCES.map((name) => [name, answer.circumstances[name]])),
      sources: answer.sources.map(({ title, section, url, read: far }) => ({ title, section, url, read: far })),
      notes: minded,
    };
  }

  // told to a person

  /** The outcome in one plain sentence that names what and whom. */
  function headline({ answer, names, book }) {
    const { put } = answer;
    const going = answer.items.filter(({ item }) => !answer.withhold.includes(item)).map(({ item }) => item);
    const reported = answer.provisions.length && answer.provisions.every((one) => Object.hasOwn(book.said.read, one.confidence));
    const said = filled(book.said.headlines[answer.outcome], {
      items: joined(quoted(going)), whom: definite(names.party(put.relation || put.recipient)), who: decider(answer),
      duty: reported ? "It is a duty, by a law that others report." : "It is a duty.",
    });
    return answer.withhold.length ? `${said} Keep back ${joined(quoted(answer.withhold))}.` : said;
  }

  function decider({ circumstances: now }) {
    if (now.decides === "yes") return now.person === "child" ? "the young person" : "the person";
    return now.person === "child" ? "somebody with parental responsibility" : "whoever may decide for them";
  }

  function askedBy({ answer: { put, circumstances }, names, book }) {
    const age = put.age !== null ? `, aged ${put.age}` : "";
    const said = [];
    if (put.concern) said.push(`concern: ${lowered(book.vocabularies.get("concern").get(circumstances.concern))}`);
    if (put.consent) said.push(book.vocabularies.get("consent").get(circumstances.consent));
    const told = said.length ? ` (${said.join("; ")})` : "";
    return `Asked by ${definite(names.party(put.sender))}, about ${joined(quoted(put.about))}${age}, for \`${put.purpose}\`${told}.`;
  }

  /** The parts of the argument that have something to say, each with its title and its lines. */
  function sections(reply) {
    const { answer, names, book, notes: minded } = reply;
    const { put, duties } = answer;
    const contact = duties.method && put.recipient && !put.relation ? names.contact(put.recipient) : "";
    const titled = (name) => { const known = names.party(name); return known !== name ? `${definite(known)} (\`${name}\`)` : name; };
    const far = (words, one) => (Object.hasOwn(words, one) ? ` (${words[one]})` : "");
    const byOutcome = new Map();
    for (const { change, outcome } of answer.wouldChange) {
      if (!byOutcome.has(outcome)) byOutcome.set(outcome, []);
      byOutcome.get(outcome).push(change.replace(/^if /, ""));
    }
    const parts = [
      ["Keep back", answer.items.filter(({ item }) => answer.withhold.includes(item)).map(({ item, row }) => `\`${item}\`: ${row.says}`)],
      ["Do now", [
        answer.instead ? `Tell ${titled(answer.instead)} instead.` : "", ...answer.first,
        [duties.deadline, duties.method].filter(Boolean).join(" "),
        contact ? `Reach ${definite(names.party(put.recipient))} by: ${contact}.` : "",
      ]],
      ["Then", [...answer.then, answer.outcome === "do-not-share" ? "" : duties.inform, duties.feedback]],
      ["Because", answer.because],
      ["On what authority", [
        ...answer.provisions.map((one) => one.title + far(book.said.read, one.confidence)),
        ...answer.grounds.map((one) => `${one.title}: ${one.kind === "flows" ? "flow" : "never shared:"} \`${one.id}\` (${one.file}:${one.line})`),
        ...answer.sources.map((one) => (one.section ? `${one.title}, ${one.section}` : one.title) + far(book.said.sources_read, one.read)),
      ]],
      ["Record", [duties.record]],
      ["Whom to ask", answer.advice],
      ["What would change it", [...byOutcome].map(([outcome, changes]) => `${book.outcomes.get(outcome).label}: if ${changes.join(", or ")}.`)],
      ["Where authorities disagree", answer.disagreement],
      ["Mind", [...minded, assumed(answer, book)]],
    ];
    return parts.map(([title, lines]) => [title, lines.filter(Boolean)]).filter(([, lines]) => lines.length);
  }

  function assumed({ put, circumstances }, book) {
    const follows = { danger: "toProtect", decides: "age" };
    const said = Object.entries(book.said.assumed)
      .filter(([name]) => put[name] === null && put[follows[name] || name] === null)
      .map(([name, [label]]) => `${label}: ${lowered(book.vocabularies.get(name).get(circumstances[name]))}`.replace(/^: /, ""));
    return said.length ? `You did not say, so this was taken as so: ${said.join("; ")}.` : "";
  }

  // the interview

  const FACTS = {
    concern: ["How worried are you?", "concern"],
    danger_to: ["Whom does the danger threaten?", "danger"],
    linked_to_risk: ["Is whoever would receive it linked to the danger?", ""],
    belief: ["How sure are you?", "belief"],
    consent: ["What has come of asking for consent?", "consent"],
    age: ["How old is the person?", ""],
    able_to_decide: ["Can the person decide for themselves?", "decides"],
    objection: ["Has the person objected?", ""],
    request: ["Has somebody asked for it?", "request"],
    scale: ["How many people is it about?", "scale"],
  };
  const PERSON = "somebody/";

  /** The next step of the interview: `{part, text, choices, several, usual}`; null where nothing more can change the answer. */
  function next(asked, passed, enquiries) {
    for (const part of ["from", "to", "purpose", "about", "data"]) {
      const there = part === "to" && asked.relation ? true : asked[part];
      if (!there || (Array.isArray(there) && !there.length)) return partStep(part, asked, enquiries);
    }
    const left = Object.keys(FACTS).filter((name) => !Object.hasOwn(asked, name) && !passed.includes(name));
    const name = telling(left, asked, enquiries);
    return name === null ? null : factStep(name, asked, enquiries);
  }

  /** The question with the words chosen at a step. */
  function added(asked, step, words) {
    if (!words.length) return asked;
    const { part } = step;
    if (part === "to" && words[0].startsWith(PERSON)) return { ...asked, relation: words[0].slice(PERSON.length) };
    if (part === "objection" || part === "linked_to_risk") return { ...asked, [part]: words[0] === "yes" };
    return { ...asked, [part]: part === "age" ? Number(words[0]) : step.several ? [...words] : words[0] };
  }

  function partStep(part, asked, enquiries) {
    const desk = enquiries.desk(enquiries.read(asked));
    const used = desk.policies.filter((policy) => policy.inUse);
    const policies = used.length ? used : desk.policies;
    const { book } = desk;
    const names = new Names(policies, book);
    if (part === "from" || part === "to") {
      if (part === "from") {
        const own = senders(policies, names);
        return step(part, "Who are you?", own.length ? own : peopleOf(book));
      }
      const people = policies.length ? recipients(policies, names, asked) : peopleOf(book);
      const others = [...book.relations].map(([word, { label }]) => ({ word: PERSON + word, label: `${label}, outside any agency` }));
      return step(part, "Whom would you tell?", [...people, ...others]);
    }
    const [text, side, several] = { purpose: ["What for?", "purposes", false], about: ["Whose information is it?", "about", true],
      data: ["What would you share?", "data", true] }[part];
    const own = flowsFirst(part, side, policies, asked).map((word) => ({ word, label: names.part(side, word) }));
    const choices = own.length ? own : [...book.words_[side].keys()].map((word) => ({ word, label: book[side][word].label }));
    return step(part, text, choices, several);
  }

  function step(part, text, choices = [], several = false, usual = null) {
    const seen = new Map();
    for (const choice of choices) if (!seen.has(choice.word)) seen.set(choice.word, choice);
    return { part, text, choices: [...seen.values()], several, usual };
  }

  function peopleOf(book) {
    const roles = [];
    for (const [word, role] of book.roles) {
      for (const [agency, body] of book.agencies) {
        if ((role.at === "" || role.at === agency) && (role.sector === "any" || role.sector === body.sector)) {
          roles.push({ word: `${agency}/${word}`, label: `${role.label} (${body.label})` });
        }
      }
    }
    return [...roles, ...[...book.agencies].map(([word, { label }]) => ({ word, label }))];
  }

  const person = (name, names) => { const body = names.body(name); return { word: name, label: names.party(name) + (body ? `, ${body}` : "") }; };

  function senders(policies, names) {
    const every = policies.flatMap((policy) => [...policy.parties.values()]);
    const sending = every.filter((who) => who.role && who.sends);
    return (sending.length ? sending : every).map((who) => person(who.name, names));
  }

  function recipients(policies, names, asked) {
    const near = [];
    const far = [];
    for (const { parties } of policies) {
      let sends = 0n;
      for (const who of parties.values()) if (isNamed(who.name, asked.from)) sends |= who.sends;
      for (const who of parties.values()) {
        if (!isNamed(who.name, asked.from)) (who.receives & sends ? near : far).push(person(who.name, names));
      }
    }
    return [...near, ...far];
  }

  function flowsFirst(part, side, policies, asked) {
    const near = [];
    const far = [];
    for (const policy of policies) {
      let fitting = -1n;
      for (const [name, sideOf] of [[asked.from, "sends"], [asked.to, "receives"]]) {
        if (!name) continue;
        let bits = 0n;
        for (const who of policy.parties.values()) if (isNamed(who.name, name)) bits |= who[sideOf];
        fitting &= bits;
      }
      const purpose = policy.parts.purposes.get(asked.purpose);
      if (purpose) fitting &= purpose.flows;
      for (const [word, what] of policy.parts[side]) (what.flows & fitting ? near : far).push(word);
    }
    return part === "data" || !near.length ? [...near, ...far] : near;
  }

  function factStep(name, asked, enquiries) {
    const [text, vocabulary] = FACTS[name];
    if (name === "age") return step(name, text);
    const { answer, book } = enquiries.reply(asked);
    const usual = answer.circumstances[FIELDS[name]];
    if (!vocabulary) return step(name, text, [{ word: "no", label: "no" }, { word: "yes", label: "yes" }], false, usual);
    const choices = [...book.vocabularies.get(vocabulary)].map(([word, label]) => ({ word, label: lowered(label) }));
    return step(name, text, choices, false, usual);
  }

  /** The next fact that can change what to do, by itself; or the answer, together with one other that is still open. */
  function telling(left, asked, enquiries) {
    const { book } = enquiries;
    const said = new Map(left.map((name) => [name, alternatives(name, book)]));
    const todo = JSON.stringify(toDo(asked, enquiries));
    for (const name of left) {
      if (said.get(name).some((value_) => JSON.stringify(toDo({ ...asked, [name]: value_ }, enquiries)) !== todo)) return name;
    }
    const outcomes = (one) => { const put = enquiries.read(one); return enquiries.desk(put).outcomes(put).join(" "); };
    const now = outcomes(asked);
    for (let i = 0; i < left.length; i += 1) {
      for (let j = i + 1; j < left.length; j += 1) {
        for (const x of said.get(left[i])) {
          for (const y of said.get(left[j])) if (outcomes({ ...asked, [left[i]]: x, [left[j]]: y }) !== now) return left[i];
        }
      }
    }
    return null;
  }

  function alternatives(name, book) {
    const vocabulary = FACTS[name][1];
    if (vocabulary) return [...book.vocabularies.get(vocabulary).keys()];
    return name === "age" ? book.ages : [true, false];
  }

  function toDo(asked, enquiries) {
    const put = enquiries.read(asked);
    const answer = enquiries.desk(put).answer(put, false);
    return [answer.items.map((one) => one.outcome), answer.first, answer.duties.deadline];
  }

  return {
    QuestionError, Enquiries, value, headline, askedBy, sections, next, added,
    /** The answer to a question, as `sharecheck ask --format json` gives it. */
    answer: (enquiries, asked) => value(enquiries.reply(asked)),
  };
})();
