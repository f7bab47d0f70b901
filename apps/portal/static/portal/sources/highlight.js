/** Lights the cited words on a page of a PDF: rectangles over the spans of its text layer. */

import { located, plain } from "./quote.js";

const SIGNS_BEFORE = /[^\p{L}\p{N}\s]*$/u;
const SIGNS_AFTER = /^(?:\s?[%\u2030\u00b0])?[^\p{L}\p{N}\s]*/u;
const ENOUGH = 0.4; // of the quote must be found, else nothing is lit

/** The words of a text layer in plain form; for each unit the text node and place it came from. */
function wordsOf(layer) {
  const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
  const nodes = [];
  const origins = [];
  let words = "";
  while (walker.nextNode()) {
    const node = nodes.push(walker.currentNode) - 1;
    words += plain(walker.currentNode.data, (at, length) => origins.push([node, at, at + length]));
  }
  return { words, nodes, origins };
}

/** The DOM ranges of a stretch of words, one a node, with the signs between and right beside them. */
function* nodeRanges({ nodes, origins }, [from, to]) {
  const [firstNode, firstAt] = origins[from];
  const [lastNode, , lastEnd] = origins[to - 1];
  for (let node = firstNode; node <= lastNode; node += 1) {
    const { data } = nodes[node];
    const before = node === firstNode ? data.slice(0, firstAt) : "";
    const after = node === lastNode ? data.slice(lastEnd) : "";
    const range = document.createRange();
    range.setStart(nodes[node], before.length - SIGNS_BEFORE.exec(before)[0].length);
    range.setEnd(nodes[node], data.length - after.length + SIGNS_AFTER.exec(after)[0].length);
    yield range;
  }
}

/** Boxes that stand beside each other on a line become one. */
function joined(boxes) {
  const out = [];
  for (const box of boxes) {
    const last = out.at(-1);
    const isBeside =
      last &&
      Math.abs(last.top + last.bottom - box.top - box.bottom) < Math.min(last.bottom - last.top, box.bottom - box.top) * 0.6 &&
      box.left > last.left - 1 &&
      box.left - last.right < 0.7 * (box.bottom - box.top);
    if (isBeside) {
      last.right = Math.max(last.right, box.right);
      last.top = Math.min(last.top, box.top);
      last.bottom = Math.max(last.bottom, box.bottom);
    } else {
      out.push({ left: box.left, right: box.right, top: box.top, bottom: box.bottom });
    }
  }
  return out;
}

/** Rectangles in shares of the page, so that they hold at any zoom. */
function rectangles(page, text, ranges) {
  const frame = page.getBoundingClientRect();
  const boxes = ranges.flatMap((span) => [...nodeRanges(text, span)].flatMap((range) => [...range.getClientRects()]));
  return joined(boxes.filter((box) => box.width >= 1 && box.height >= 1)).map((box) => ({
    left: (box.left - frame.left) / frame.width,
    top: (box.top - frame.top) / frame.height,
    width: (box.right - box.left) / frame.width,
    height: (box.bottom - box.top) / frame.height,
  }));
}

/** What to light on the page: `{share, boxes}`; no boxes when too little of the quote is there. */
export function found(page, layer, quote, place) {
  const text = wordsOf(layer);
  const { ranges, share } = located(text.words, quote, place);
  return { share, boxes: share >= ENOUGH ? rectangles(page, text, ranges) : [] };
}

/** Draw the boxes on the page, once; returns the element that holds them. */
export function light(page, boxes) {
  page.querySelector(":scope > .lit")?.remove();
  const layer = document.createElement("div");
  layer.className = "lit";
  for (const box of boxes) {
    const mark = document.createElement("div");
    for (const side of ["left", "top", "width", "height"]) mark.style[side] = `${box[side] * 100}%`;
    layer.append(mark);
  }
  page.append(layer);
  return layer;
}
