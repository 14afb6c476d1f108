"use strict";
// Beside a claim that is pointed at or reached by the keyboard: who holds it, and what is known of it. The page tells the same
// without scripts, in the list of its claims.
(() => {
  const card = document.createElement("div");
  card.className = "card floating";
  card.hidden = true;
  card.setAttribute("aria-hidden", "true");
  document.body.append(card);

  const show = (mark) => {
    const note = document.getElementById(`about-${mark.dataset.claim}`);
    if (!note) { return; }
    card.replaceChildren(...[...note.cloneNode(true).childNodes]);
    for (const element of card.querySelectorAll("[id], a")) {
      element.removeAttribute("id");
      element.removeAttribute("href");
    }
    card.hidden = false;
    const at = mark.getClientRects()[0], wide = card.offsetWidth, high = card.offsetHeight;
    const below = at.bottom + high + 12 < window.innerHeight || at.top < high + 12;
    const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - wide - 8));
    card.style.left = `${left + window.scrollX}px`;
    card.style.top = `${(below ? mark.getBoundingClientRect().bottom + 8 : at.top - high - 8) + window.scrollY}px`;
  };
  const hide = () => { card.hidden = true; };
  const markOf = (target) => {
    const ref = target.closest?.("a.ref");
    return ref ? document.getElementById(`claim-${ref.hash.slice("#about-".length)}`) : target.closest?.("mark.claim");
  };
  for (const [begins, ends] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(begins, (event) => { const mark = markOf(event.target); if (mark) { show(mark); } });
    document.addEventListener(ends, hide);
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { hide(); } });
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.("a") ? null : event.target.closest?.("mark.claim");
    if (mark) { location.hash = `about-${mark.dataset.claim}`; }
  });
})();
