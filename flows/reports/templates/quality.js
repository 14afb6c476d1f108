"use strict";
// The page tells everything without this script. With it, checks can be searched, and moments say how long ago they were.
for (const place of document.querySelectorAll("[data-since]")) {
  const minutes = (Date.now() - Date.parse(place.dataset.since)) / 60000;
  if (minutes >= 0) {
    const [size, unit] = minutes < 90 ? [1, "minute"] : minutes < 2880 ? [60, "hour"] : [1440, "day"];
    const count = Math.round(minutes / size);
    place.textContent = count ? `${count} ${unit}${count === 1 ? "" : "s"} ago` : "just now";
  }
}
const filter = document.getElementById("filter");
if (filter) {
  const [words, kind, told] = ["filter-words", "filter-kind", "filter-told"].map((id) => document.getElementById(id));
  const tables = [...document.querySelectorAll("#checks .checked")];
  const rows = tables.map((table) => [...table.querySelectorAll("tbody tr")]);
  const texts = rows.map((found, at) =>
    found.map((row) => `${tables[at].dataset.name} ${row.textContent}`.toLowerCase()));
  const apply = () => {
    const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const isAsked = asked.length > 0 || kind.value !== "";
    let shown = 0;
    tables.forEach((table, at) => {
      let any = false;
      rows[at].forEach((row, number) => {
        const fits = asked.every((word) => texts[at][number].includes(word)) &&
          (kind.value === "" || row.dataset.is.split(" ").includes(kind.value));
        row.hidden = !fits;
        any = any || fits;
        shown += fits ? 1 : 0;
      });
      table.hidden = !any;
      table.open = isAsked && any;
    });
    told.textContent = isAsked ? `${shown} of ${filter.dataset.count} checks` : "";
  };
  words.addEventListener("input", apply);
  kind.addEventListener("change", apply);
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.hidden = false;
}
