/** Sentences that their sources hold up only in part, or not at all: underlined, with the reason. */

import { make, words } from "./elements.js";
import { explained } from "./marks.js";

// Stand in the text around such a sentence until it is drawn; no document can bring them along.
const BEGIN = { weak: "\ue000", unsupported: "\ue001", contradicted: "\ue003" };
const END = "\ue002";
const KINDS = { "\ue000": "weak", "\ue001": "unsupported", "\ue003": "contradicted" };
const SIGNS = /[\ue000-\ue003]/;
const ALL_SIGNS = /[\ue000-\ue003]/g;
const BEFORE_WORDS = /^\s*(?:(?:[-*+•]|\d{1,3}[.)]|#{1,6}|>)\s+)*/;
const MARKS_BEHIND = /(?:\s?\[\d{1,3}\])*$/;

/** The text with signs around its doubtful sentences; `start` and `end` count characters, not the
 * halves of characters that JavaScript counts. */
export function signed(text, sentences = []) {
  const characters = [...text.replace(ALL_SIGNS, " ")];
  const doubtful = sentences.filter(({ support }) => BEGIN[support]);
  // From the last on: what stands before a place keeps its count.
  for (const { start, end, support, against } of doubtful.sort((a, b) => b.start - a.start)) {
    const said = characters.slice(start, end).join("");
    if (said.includes("|") || said.includes("```")) continue; // its place decides what is a table
    const lead = said.match(BEFORE_WORDS)[0];
    const words = said.slice(lead.length).replace(MARKS_BEHIND, "");
    const marks = said.slice(lead.length + words.length);
    characters.splice(start, end - start, lead, BEGIN[against ? "contradicted" : support], words, END, marks);
  }
  return characters.join("");
}

/** Puts an underline in place of the signs in what was drawn from the text. */
export function drawClaims(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  let kind = "";
  let isFirst = false;
  for (const node of nodes) {
    const parts = [];
    for (let rest = node.data; rest; ) {
      const at = rest.search(SIGNS);
      const said = at < 0 ? rest : rest.slice(0, at);
      if (said) parts.push(kind ? claim(said, kind, isFirst) : said);
      if (said && kind) isFirst = false;
      if (at < 0) break;
      kind = KINDS[rest[at]] ?? "";
      isFirst = Boolean(kind);
      rest = rest.slice(at + 1);
    }
    if (parts.length !== 1 || parts[0] !== node.data) node.replaceWith(...parts);
  }
}

// One stop for the keyboard in each sentence, however many parts (bold, code) it has.
function claim(text, kind, isFirst) {
  const element = make("span", { className: "claim", textContent: text });
  element.dataset.support = kind === "contradicted" ? "unsupported" : kind;
  if (isFirst) Object.assign(element, { tabIndex: 0, role: "note" });
  return explained(element, () => [make("p", { textContent: words[kind] })]);
}
