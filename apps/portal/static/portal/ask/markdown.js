/** Markdown of answers as DOM nodes: paragraphs, headings, lists, tables, quotes, code, bold.
 *
 * Links are shown as text: what a document says can never lead anybody away from the page.
 */

import { make } from "./elements.js";

const FENCE = /^\s*```/;
const HEADING = /^(#{1,6})\s+(.+)$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^(\s*)(?:[-*+•]|(\d{1,3})[.)])\s+(.*)$/;
const QUOTE = /^\s*>\s?/;
const BETWEEN = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const INLINE =
  /`([^`\n]+)`|\*\*([^\n]+?)\*\*|(?<![\w*])\*([^\s*][^*\n]*)\*(?![\w*])|\[([^\]\n]+)\]\(([^)\s]+)\)|\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/;

/** The text as a fragment; `cite(n)` gives the node of a mark [n], or null to leave it out. */
export function render(text, cite) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const fragment = document.createDocumentFragment();
  while (lines.length) {
    const node = block(lines, cite);
    if (node) fragment.append(node);
  }
  return fragment;
}

/** Rows of cells, when every line of the text is a row of a table; else null. */
export function rowsOf(text) {
  const lines = text.trim().split("\n");
  if (!lines.every((line) => /^\s*\|.*\|\s*$/.test(line))) return null;
  return lines.filter((line) => !BETWEEN.test(line)).map(cells);
}

function block(lines, cite) {
  const line = lines[0];
  if (!line.trim()) return void lines.shift();
  if (FENCE.test(line)) return code(lines);
  if (isTable(lines)) return table(lines, cite);
  if (HEADING.test(line)) return heading(lines.shift(), cite);
  if (RULE.test(line)) return lines.shift() && make("hr");
  if (ITEM.test(line)) return list(lines, cite);
  if (QUOTE.test(line)) return quote(lines, cite);
  return paragraph(lines, cite);
}

function code(lines) {
  lines.shift();
  const inside = takeWhile(lines, (line) => !FENCE.test(line));
  lines.shift();
  return make("pre", { tabIndex: 0 }, make("code", { textContent: inside.join("\n") }));
}

function heading(line, cite) {
  const [, marks, text] = line.match(HEADING);
  return withText(make(marks.length < 3 ? "h3" : "h4", { dir: "auto" }), text, cite);
}

function quote(lines, cite) {
  const inside = takeWhile(lines, (line) => QUOTE.test(line));
  const text = inside.map((line) => line.replace(QUOTE, "")).join("\n");
  return make("blockquote", { dir: "auto" }, render(text, cite));
}

function paragraph(lines, cite) {
  const inside = [lines.shift()];
  while (lines.length && lines[0].trim() && !isStart(lines)) inside.push(lines.shift());
  return withText(make("p", { dir: "auto" }), inside.join("\n"), cite);
}

function isStart(lines) {
  return isTable(lines) || [FENCE, HEADING, RULE, ITEM, QUOTE].some((one) => one.test(lines[0]));
}

function list(lines, cite) {
  const [, indent, number] = lines[0].match(ITEM);
  const items = make(number ? "ol" : "ul", { dir: "auto" });
  if (number) items.start = Number(number);
  while (lines.length) {
    const found = lines[0].match(ITEM);
    if (found && found[1].length < indent.length) break;
    if (found && found[1].length > indent.length + 1) {
      (items.lastElementChild ?? items).append(list(lines, cite));
    } else if (found && Boolean(found[2]) === Boolean(number)) {
      lines.shift();
      items.append(withText(make("li", { dir: "auto" }), found[3], cite));
    } else if (!found && /^\s+\S/.test(lines[0]) && !isTable(lines)) {
      const more = withText(make("span"), lines.shift().trim(), cite);
      items.lastElementChild.append(make("br"), more);
    } else if (!lines[0].trim() && ITEM.test(lines[1] ?? "")) {
      lines.shift();
    } else break;
  }
  return items;
}

function isTable(lines) {
  const [head, between = ""] = lines;
  return head.includes("|") && between.includes("-") && BETWEEN.test(between) &&
    cells(head).length === cells(between).length;
}

function table(lines, cite) {
  const head = cells(lines.shift());
  const sides = cells(lines.shift()).map(sideOf);
  const rows = takeWhile(lines, (line) => line.includes("|")).map(cells);
  const cell = (kind) => (text, index) => {
    const made = withText(make(kind, { dir: "auto" }), text, cite);
    made.style.textAlign = sides[index] ?? "";
    return made;
  };
  const row = (kind) => (texts) => make("tr", {}, ...texts.map(cell(kind)));
  const body = make("tbody", {}, ...rows.map(row("td")));
  const grid = make("table", { className: "table" }, make("thead", {}, row("th")(head)), body);
  return make("div", { className: "table-frame", tabIndex: 0 }, grid);
}

function sideOf(dashes) {
  if (!dashes.endsWith(":")) return "";
  return dashes.startsWith(":") ? "center" : "end";
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function takeWhile(lines, test) {
  const taken = [];
  while (lines.length && test(lines[0])) taken.push(lines.shift());
  return taken;
}

function withText(element, text, cite) {
  let rest = text;
  for (let found; (found = rest.match(INLINE)); rest = rest.slice(found.index + found[0].length)) {
    appendText(element, rest.slice(0, found.index));
    appendInline(element, found, cite);
  }
  appendText(element, rest);
  return element;
}

function appendInline(element, [, code, bold, stress, label, address, marks], cite) {
  if (code) element.append(make("code", { textContent: code }));
  else if (bold) element.append(withText(make("strong"), bold, cite));
  else if (stress) element.append(withText(make("em"), stress, cite));
  else if (label) appendText(element, label === address ? label : `${label} (${address})`);
  else element.append(...marks.split(",").map((n) => cite(Number(n))).filter(Boolean));
}

function appendText(element, text) {
  text.split("\n").forEach((line, index) => {
    if (index) element.append(make("br"));
    if (line) element.append(line);
  });
}
