/** The source viewer: brings the cited words into sight, opens long tables at their row. */

const cited = document.getElementById("cited");
if (document.getElementById("source")?.dataset.look !== "original") {
  cited?.scrollIntoView({ block: "center", inline: "nearest" });
}

// Arrow and page keys scroll at once, without a click into the text.
const scroller = document.querySelector("[data-scroller]");
if (scroller && document.activeElement === document.body) scroller.focus({ preventScroll: true });

// Finding with the browser's own tool is right for text; a PDF has its own (pdf_toolbar.js).
for (const link of document.querySelectorAll("[data-contents] a")) {
  link.addEventListener("click", () => link.closest("details").removeAttribute("open"));
}
