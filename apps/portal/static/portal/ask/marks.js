/** The numbered marks in an answer: a small card on hover and focus, the source on a click. */

import { byId, fill, icon, make, words } from "./elements.js";
import { iconOf, placeOf, titleOf } from "./places.js";
import { drawQuote } from "./quotes.js";

const WAIT_MS = 120;
const GAP = 6;
const card = byId("cite-card");
let timer = 0;

/** A mark for each citation; while the answer is written its citations are not known yet. */
export function marker(citations, open) {
  if (!citations) return (n) => make("span", { className: "cite waiting", textContent: n });
  const known = new Map(citations.map((one) => [one.n, one]));
  return (n) => (known.has(n) ? mark(known.get(n), open) : null);
}

function mark(citation, open) {
  const button = make("button", { type: "button", className: "cite", textContent: citation.n });
  button.dataset.support = citation.support;
  button.setAttribute("aria-label", fill(words.source, { n: citation.n, title: titleOf(citation) }));
  button.addEventListener("click", () => {
    hide();
    open(citation, button);
  });
  button.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "mouse") timer = setTimeout(() => show(button, citation), WAIT_MS);
  });
  button.addEventListener("pointerleave", hide);
  button.addEventListener("focus", () => {
    if (button.matches(":focus-visible")) show(button, citation);
  });
  button.addEventListener("blur", hide);
  return button;
}

function show(button, citation) {
  const title = make("strong", { dir: "auto", textContent: titleOf(citation) });
  const place = make("p", { className: "hint", dir: "auto", textContent: placeOf(citation) });
  const quote = make("div", { className: "card-quote", dir: "auto" });
  drawQuote(quote, citation.quote);
  const head = make("p", { className: "card-head" }, icon(iconOf(citation)), title);
  card.replaceChildren(head, place, quote);
  card.hidden = false;
  button.setAttribute("aria-describedby", card.id);
  setBeside(button.getBoundingClientRect());
}

function setBeside(mark) {
  const { offsetWidth: width, offsetHeight: height } = card;
  const left = Math.min(Math.max(8, mark.left - 24), innerWidth - width - 8);
  const isBelow = mark.bottom + height + GAP < innerHeight - 8; // above stands what one reads
  card.style.left = `${left}px`;
  card.style.top = `${isBelow ? mark.bottom + GAP : mark.top - height - GAP}px`;
}

function hide() {
  clearTimeout(timer);
  card.hidden = true;
}

addEventListener("scroll", hide, { passive: true });
addEventListener("keydown", (event) => event.key === "Escape" && hide());
