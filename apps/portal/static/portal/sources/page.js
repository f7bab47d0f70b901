/** The source viewer: brings the cited words into sight, scrolls by keys. */

import { bringIntoSight } from "./sight.js";

const scroller = document.querySelector("[data-scroller]");
const cited = document.getElementById("cited");
if (cited && scroller?.contains(cited)) bringIntoSight(scroller, cited);

// Arrow and page keys scroll the source at once, without a click into it.
const STEPS = { ArrowDown: [0, 60], ArrowUp: [0, -60], ArrowRight: [60, 0], ArrowLeft: [-60, 0] };
const PAGES = { PageDown: 0.9, PageUp: -0.9, " ": 0.9, Home: -Infinity, End: Infinity };
document.addEventListener("keydown", (event) => {
  const isOurs = document.activeElement === document.body && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!scroller || !isOurs) return;
  if (STEPS[event.key]) scroller.scrollBy(...STEPS[event.key]);
  else if (event.key in PAGES) scroller.scrollTop += Math.max(Math.min(PAGES[event.key] * scroller.clientHeight, 1e9), -1e9);
  else return;
  event.preventDefault();
});

// Finding with the browser's own tool is right for text; a PDF has its own (pdf_toolbar.js).
for (const link of document.querySelectorAll("[data-contents] a")) {
  link.addEventListener("click", () => link.closest("details").removeAttribute("open"));
}
