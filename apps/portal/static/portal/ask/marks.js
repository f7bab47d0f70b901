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
  return explained(button, () => drawn(citation));
}

/** The element, with a card of what `draw()` gives on hover and focus. */
export function explained(element, draw) {
  element.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "mouse") timer = setTimeout(() => show(element, draw()), WAIT_MS);
  });
  element.addEventListener("pointerleave", hide);
  element.addEventListener("focus", () => {
    if (element.matches(":focus-visible")) show(element, draw());
  });
  element.addEventListener("blur", hide);
  return element;
}

function drawn(citation) {
  const title = make("strong", { dir: "auto", textContent: titleOf(citation) });
  const place = make("p", { className: "hint", dir: "auto", textContent: placeOf(citation) });
  const quote = make("div", { className: "card-quote", dir: "auto" });
  drawQuote(quote, citation.quote);
  return [make("p", { className: "card-head" }, icon(iconOf(citation)), title), place, quote];
}

function show(element, parts) {
  card.replaceChildren(...parts);
  card.hidden = false;
  element.setAttribute("aria-describedby", card.id);
  setBeside(element.getBoundingClientRect());
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
