"use strict";
// Search over all claims in the browser, from a folder without a server: nothing is fetched but scripts of this folder.
// Every numbered file of search/ calls claimhouseClaims with one line a document, one line a claim and one line a claim's words;
// new.js calls claimhouseNew with the ids of the claims that the latest run brought.
(() => {
  const PAGE = 50, box = document.getElementById("search"), list = document.getElementById("found");
  const form = document.getElementById("search-form"), status = document.getElementById("found-status");
  const more = document.getElementById("found-more"), site = form.elements.site;
  const VOICES = { a: "in the article’s own voice", d: "verbatim", i: "reported", m: "reported, partly verbatim" };
  const ASKED = /^#(q|voice|kind|only|site|from|until)=/;
  const files = [], sites = new Set();
  let loading = null, hits = [], shown = 0, asked = 0, fresh = new Set();

  // Words in small letters without accents; what is no letter and no figure is one space, so that each word stands between two.
  const plain = new Map();
  const plainOf = (sign) => {
    if (!plain.has(sign)) {
      plain.set(sign, sign.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]/gu, ","));
    }
    return plain.get(sign);
  };
  const fold = (text) => text.toLowerCase().replace(/[^\n -~]/gu, plainOf)
    .replace(/ *[^a-z0-9 \n\u0080-\u{10ffff}][^a-z0-9\n\u0080-\u{10ffff}]*/gu, " ");

  window.claimhouseClaims = (number, documents, claims, words) => {
    if (claims === "") { return; }
    const told = words.split("\n"), folded = fold(words).split("\n");
    const articles = documents.split("\n").map((line) => {
      const [id, day, name, title] = line.split("\t");
      sites.add(name);
      return { id, day, site: name, title, folded: ` ${fold(`${title} ${name}`)} ` };
    });
    const rows = claims.split("\n").map((line, at) => {
      const [id, place, flags] = line.split("\t");
      return { id, article: articles[place], flags, words: told[at], folded: folded[at] };
    });
    files.push(rows);
  };

  window.claimhouseNew = (ids) => { fresh = new Set(ids.split("\n")); };

  const load = () => {
    const names = ["new", ...Array(Number(form.dataset.files)).keys()];
    loading ??= Promise.all(names.map((name) => new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = `search/${name}.js`;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    }))).then(() => {
      for (const name of [...sites].filter(Boolean).sort()) { site.add(new Option(name, name)); }
    });
    return loading;
  };

  // Whole words count most, then those that only begin so (of the last word alone), then those of the headline and the site.
  const asks = (query) => {
    const phrases = [...query.matchAll(/["“”„«»]([^"“”„«»]+)["“”„«»]/gu)].map((match) => fold(match[1]).trim()).filter(Boolean);
    const words = fold(query).trim().split(" ").filter(Boolean);
    const last = /[\p{L}\p{N}]$/u.test(query) ? words.length - 1 : -1;
    return { phrases, words, last, whole: ` ${words.join(" ")} ` };
  };
  const score = (row, { phrases, words, last, whole }) => {
    for (const phrase of phrases) { if (!row.folded.includes(` ${phrase} `)) { return 0; } }
    let points = 1;
    for (let at = 0; at < words.length; at++) {
      const start = ` ${words[at]}`;
      if (row.folded.includes(`${start} `)) { points += 8; }
      else if (row.article.folded.includes(`${start} `)) { points += 3; }
      else if (at === last && row.folded.includes(start)) { points += 2; }
      else if (at === last && row.article.folded.includes(start)) { points += 1; }
      else { return 0; }
    }
    return words.length > 1 && row.folded.includes(whole) ? points + 4 : points;
  };
  const passes = (row, wanted) =>
    (!wanted.voice || row.flags[0] === wanted.voice) && (!wanted.kind || row.flags[1] === wanted.kind) &&
    (!wanted.only || (wanted.only === "new" ? fresh.has(row.id) : Number(row.flags[2]) & { disputed: 1, repeated: 2 }[wanted.only])) &&
    (!wanted.site || row.article.site === wanted.site) && (!wanted.from || row.article.day >= wanted.from) &&
    (!wanted.until || (row.article.day && row.article.day <= wanted.until));

  const part = (name, words, kind) => {
    const element = document.createElement(name);
    element.textContent = words;
    if (kind) { element.className = kind; }
    return element;
  };
  const item = ({ row }) => {
    const [holder, statement] = row.words.slice(1, -1).split("\t"), line = document.createElement("li"), link = part("a", statement, "hit");
    link.href = `articles/${row.article.id}.html#claim-${row.id}`;
    link.dir = "auto";
    const who = part("p", "", "origin"), where = [row.article.title, row.article.site, row.article.day];
    if (row.flags[0] !== "a") { who.append(part("b", holder || "somebody not named"), " "); }
    who.append(part("span", VOICES[row.flags[0]]), " · ", part("bdi", where.filter(Boolean).join(" · ")));
    if (Number(row.flags[2]) & 1) { who.append(" ", part("span", "may be disputed", "tag warning")); }
    if (Number(row.flags[2]) & 2) { who.append(" ", part("span", "repeated", "tag plain")); }
    line.append(link, who);
    return line;
  };
  const showMore = () => {
    list.append(...hits.slice(shown, shown + PAGE).map(item));
    shown = Math.min(shown + PAGE, hits.length);
    more.hidden = shown === hits.length;
  };

  const search = async () => {
    const turn = ++asked, wanted = Object.fromEntries(new FormData(form)), query = asks(wanted.q);
    const isAsked = Object.values(wanted).some((value) => value.trim());
    const kept = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value)).toString();
    if (isAsked || ASKED.test(location.hash)) { history.replaceState(null, "", `#${kept || "q="}`); }
    if (isAsked) {
      status.textContent = status.textContent || "Searching …";
      try { await load(); } catch { status.textContent = "Search needs the whole folder that this page was made in."; return; }
      if (turn !== asked) { return; }
      site.value = wanted.site;
    }
    hits = [];
    for (const rows of isAsked ? files : []) {
      for (const row of rows) {
        const points = passes(row, wanted) ? score(row, query) : 0;
        if (points) { hits.push({ row, points }); }
      }
    }
    const later = (a, b) => (a < b ? 1 : a > b ? -1 : 0);
    hits.sort((a, b) => b.points - a.points || later(a.row.article.day, b.row.article.day) || later(b.row.id, a.row.id));
    list.replaceChildren();
    shown = 0;
    showMore();
    const many = `${hits.length.toLocaleString("en")} ${hits.length === 1 ? "claim" : "claims"}`;
    status.textContent = !isAsked ? "" : hits.length ? many : "No claim has all these words. Try fewer, or only the start of one.";
  };

  // What was asked for stands in the address: claims.html?q=words or #q=words, so that a result can be left and come back to.
  const takeOver = () => {
    const isInHash = ASKED.test(location.hash);
    const told = new URLSearchParams(isInHash ? location.hash.slice(1) : location.search);
    if ([...told].length === 0) { return false; }
    for (const [name, value] of told) {
      if (name === "site" && ![...site.options].some((option) => option.value === value)) { site.add(new Option(value, value)); }
      if (form.elements[name]) { form.elements[name].value = value; }
    }
    return true;
  };
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(search, 60); };
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  for (const near of ["focusin", "pointerenter"]) { form.addEventListener(near, () => { load().catch(() => {}); }, { once: true }); }
  form.addEventListener("reset", () => setTimeout(search));
  more.addEventListener("click", () => {
    const first = shown;
    showMore();
    list.children[first]?.querySelector("a").focus();
  });
  window.addEventListener("hashchange", () => { if (takeOver()) { search(); box.focus(); } });
  status.textContent = "";
  form.hidden = false;
  if (takeOver()) { search(); box.focus(); }
})();
