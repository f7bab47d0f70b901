/** A quoted passage: rows of a table as a table, everything else as text. */

import { make } from "./elements.js";
import { rowsOf } from "./markdown.js";

const MOST_ROWS = 4; // beside words; they lead to the whole table

/** Draws the text into the element. */
export function drawQuote(element, text) {
  const parts = partsOf(text.replace(/\n{2,}/g, "\n").trim());
  const isMixed = parts.length > 1 && parts.some(({ rows }) => rows);
  const drawn = ({ rows, words }) => {
    if (rows) return grid(isMixed ? few(rows) : rows);
    return isMixed ? lines(words) : words;
  };
  element.replaceChildren(...parts.map(drawn));
  element.classList.toggle("has-grid", parts.some(({ rows }) => rows));
  element.classList.toggle("is-mixed", isMixed);
}

const few = (rows) => (rows.length > MOST_ROWS ? [...rows.slice(0, MOST_ROWS), ["…"]] : rows);
const lines = (words) => make("span", { className: "quote-words", textContent: words });

// Neighbouring lines of one kind: rows of a table, or words. A row that was cut short is left out.
function partsOf(text) {
  const parts = [];
  for (const line of text.split("\n")) {
    const isRow = line.trimStart().startsWith("|");
    if (parts.at(-1)?.isRow !== isRow) parts.push({ isRow, lines: [] });
    parts.at(-1).lines.push(line);
  }
  return parts.map(({ isRow, lines }) => {
    const whole = lines.filter((line) => line.trimEnd().endsWith("|")).join("\n");
    const rows = isRow && whole ? rowsOf(whole) : null;
    return { rows, words: isRow ? lines.map(withoutBars).join("\n") : lines.join("\n") };
  });
}

// A row that cannot be drawn as one.
const withoutBars = (line) => line.split("|").map((cell) => cell.trim()).filter(Boolean).join(" · ");

function grid(rows) {
  const row = (cells) =>
    make("span", { className: "quote-row" }, ...cells.map((text) => make("span", { textContent: text })));
  return make("span", { className: "quote-grid" }, ...rows.map(row));
}
