/** The list of sources under an answer, and of passages that came close. */

import { fill, icon, part } from "./elements.js";
import { iconOf, originOf, placeOf, titleOf } from "./places.js";
import { drawQuote } from "./quotes.js";

const SHOWN = 180; // characters that are surely on the lines of a short passage
const BREAK = /[\n。！？；]|[.!?;] /;

/** Draws citations or hits into the list; `open(source, button)` shows one. */
export function drawSources(list, sources, open) {
  list.replaceChildren(...sources.map((source) => item(source, open)));
}

function item(source, open) {
  const row = part("source-part");
  const find = (selector) => row.querySelector(selector);
  const button = find(".source-open");
  find(".badge").textContent = source.n ?? "";
  find(".badge").hidden = !source.n;
  find("[data-icon]").replaceWith(icon(iconOf(source)));
  find(".source-title").textContent = titleOf(source);
  find(".source-place").textContent = placeOf(source);
  drawQuote(find(".source-quote"), source.quote ?? aroundMatches(source));
  button.addEventListener("click", () => open(source, button));
  drawSupport(find("[data-support]"), source.support);
  drawAge(find("[data-old]"), source);
  drawOrigin(find("[data-origin]"), originOf(source));
  return row;
}

// The sections are named above the passage already.
function withoutHeading({ text, heading }) {
  const sections = heading.split(" > ");
  const lines = text.split("\n");
  while (lines.length > 1 && (!lines[0].trim() || sections.includes(lines[0].trim()))) lines.shift();
  return lines.join("\n");
}

// A passage is shown from where most of the question's words stand, not always from its beginning.
function aroundMatches(source) {
  const text = withoutHeading(source);
  const skipped = source.text.length - text.length;
  const starts = (source.spans ?? []).map(([from]) => from - skipped).filter((from) => from >= 0);
  const near = (from) => starts.filter((one) => one >= from && one < from + SHOWN).length;
  const best = starts.reduce((kept, from) => (near(from) > near(kept) ? from : kept), starts[0] ?? 0);
  const before = text.slice(0, best);
  const isInSight = best < SHOWN && before.split(/\n+/).length < 3;
  if (isInSight || text.includes("|")) return text;
  return `… ${text.slice(best - before.split(BREAK).at(-1).length)}`;
}

function drawSupport(pill, support) {
  pill.textContent = pill.dataset[support] ?? "";
  pill.hidden = !pill.textContent;
}

function drawAge(pill, { is_current: isCurrent = true, version_number: number }) {
  pill.hidden = isCurrent;
  pill.textContent = number ? fill(pill.dataset.words, { number }) : pill.dataset.plain;
}

function drawOrigin(link, address) {
  link.hidden = !address;
  if (address) link.href = address;
}
