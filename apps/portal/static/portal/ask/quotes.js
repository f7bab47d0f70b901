/** A quoted passage: rows of a table as a table, everything else as text. */

import { make } from "./elements.js";
import { rowsOf } from "./markdown.js";

/** Draws the text into the element. */
export function drawQuote(element, text) {
  const rows = rowsOf(text);
  element.replaceChildren(rows ? grid(rows) : text.replace(/\n{2,}/g, "\n").trim());
  element.classList.toggle("has-grid", Boolean(rows));
}

function grid(rows) {
  const row = (cells) =>
    make("span", { className: "quote-row" }, ...cells.map((text) => make("span", { textContent: text })));
  return make("span", { className: "quote-grid" }, ...rows.map(row));
}
