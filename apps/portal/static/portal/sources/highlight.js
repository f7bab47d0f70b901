/** Lights the cited words on a page of a PDF: rectangles over the spans of its text layer. */

import { located, plain } from "./quote.js";

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

function* nodeRanges({ nodes, origins }, [from, to]) {
  let at = from;
  while (at < to) {
    const [node, start] = origins[at];
    let end = origins[at][2];
    while (at < to && origins[at][0] === node) end = origins[at++][2];
    const range = document.createRange();
    range.setStart(nodes[node], start);
    range.setEnd(nodes[node], end);
    yield range;
  }
}

/** Rectangles in shares of the page, so that they hold at any zoom. */
function rectangles(page, text, ranges) {
  const frame = page.getBoundingClientRect();
  const boxes = [];
  for (const span of ranges) {
    for (const range of nodeRanges(text, span)) {
      for (const box of range.getClientRects()) {
        if (box.width < 1 || box.height < 1) continue;
        boxes.push({
          left: (box.left - frame.left) / frame.width,
          top: (box.top - frame.top) / frame.height,
          width: box.width / frame.width,
          height: box.height / frame.height,
        });
      }
    }
  }
  return boxes;
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
