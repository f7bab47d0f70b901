/** Shows a PDF at the cited page with the cited words lit. Loads only the parts of the file it needs. */

import * as pdfjs from "../vendor/pdfjs-5.6.205/pdf.min.mjs";
import {
  EventBus,
  LinkTarget,
  PDFFindController,
  PDFLinkService,
  PDFViewer,
} from "../vendor/pdfjs-5.6.205/pdf_viewer.mjs";
import { found, light } from "./highlight.js";
import { Toolbar } from "./pdf_toolbar.js";
import { bringIntoSight } from "./sight.js";

const RANGE_BYTES = 512 * 1024;
const LINKS_NO_FORMS = 1;
const root = document.getElementById("source");
const frame = document.getElementById("pdf");
const scroller = document.getElementById("pdf-scroll");
const { base, file, page } = frame.dataset;
const quotes = [...frame.querySelectorAll("q[data-page]")].map((quote) => ({
  page: Number(quote.dataset.page), place: Number(quote.dataset.place), text: quote.textContent,
}));
const lit = new Map(); // page -> boxes
let isShown = false; // whether the cited words were brought into sight

/** The tree for screen readers: pdf.js leaves groups of rows without a role, then it is no table. */
function mendTables() {
  for (const table of scroller.querySelectorAll('.structTree [role="table"]')) {
    if ([...table.children].every((child) => child.hasAttribute("role"))) continue;
    for (const part of [table, ...table.querySelectorAll("[role]")]) part.removeAttribute("role");
  }
}

// Pages are named below in the reader's language; nothing else of pdf.js speaks. It calls `resume`
// when it has added its tree.
const silent = {
  getLanguage: () => document.documentElement.lang,
  getDirection: () => "ltr",
  get: async () => "",
  translate: async () => {},
  translateOnce: async () => {},
  pause() {},
  resume: mendTables,
  destroy: async () => {},
};

pdfjs.GlobalWorkerOptions.workerSrc = `${base}pdf.worker.min.mjs`;
const eventBus = new EventBus();
const linkService = new PDFLinkService({
  eventBus, externalLinkTarget: LinkTarget.BLANK, externalLinkRel: "noopener noreferrer",
});
const findController = new PDFFindController({ eventBus, linkService, updateMatchesCountOnProgress: true });
const viewer = new PDFViewer({
  container: scroller, eventBus, linkService, findController, l10n: silent,
  annotationMode: LINKS_NO_FORMS, imageResourcesPath: "",
});
linkService.setViewer(viewer);
new Toolbar(root, viewer, eventBus);

function label(pageView) {
  pageView.div.setAttribute("aria-label", frame.dataset.pageWord.replace("{number}", pageView.id));
}

function lightPage(pageView) {
  const quote = quotes.find((part) => part.page === pageView.id);
  const layer = pageView.div.querySelector(".textLayer");
  if (!quote || !layer) return;
  if (!lit.has(quote.page)) {
    const { boxes, share } = found(pageView.div, layer, quote.text, quote.place);
    lit.set(quote.page, boxes);
    frame.dataset[`lit${quote.page}`] = share.toFixed(2);
    const isLit = [...lit.values()].some((there) => there.length);
    if (isLit || quote === quotes[0]) frame.querySelector("[data-unlit]").hidden = isLit;
  }
  const boxes = lit.get(quote.page);
  if (!boxes.length) return;
  const marks = light(pageView.div, boxes);
  if (!isShown && quote === quotes.find((part) => lit.get(part.page)?.length)) {
    isShown = true;
    bringIntoSight(scroller, marks.firstElementChild);
  }
}

eventBus.on("pagesinit", () => {
  viewer.currentScaleValue = scroller.clientWidth < 800 ? "page-width" : "auto";
  viewer.currentPageNumber = Math.min(Math.max(Number(page), 1), viewer.pagesCount);
});
eventBus.on("textlayerrendered", ({ source }) => lightPage(source));
eventBus.on("pagerendered", ({ source }) => {
  label(source);
  frame.dataset.state = "shown";
  if (lit.has(source.id)) lightPage(source);
});

/** The original cannot be shown: its text is. */
function giveUp(error) {
  console.error(error);
  root.dataset.failed = "1";
  frame.querySelector("[data-failed]").hidden = false;
  const cited = document.getElementById("cited");
  if (cited) bringIntoSight(cited.closest(".text-scroll"), cited);
}

try {
  const pdf = await pdfjs.getDocument({
    url: file,
    rangeChunkSize: RANGE_BYTES, disableAutoFetch: true, disableStream: true,
    cMapUrl: `${base}cmaps/`, cMapPacked: true, standardFontDataUrl: `${base}standard_fonts/`,
    wasmUrl: `${base}wasm/`, iccUrl: `${base}iccs/`,
    isEvalSupported: false, enableXfa: false,
  }).promise;
  viewer.setDocument(pdf);
  linkService.setDocument(pdf);
} catch (error) {
  giveUp(error);
}
