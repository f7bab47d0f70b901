/** The source beside the answer: an embedded page of the portal. On narrow screens, above it. */

import { byId, fill, make, words } from "./elements.js";
import { addressOf, fileOf, placeOf, titleOf } from "./places.js";
import { makeResizable } from "./resize.js";

const panel = byId("panel");
const view = byId("ask-view");
const wide = matchMedia("(min-width: 64rem)");
const COVERS = "source"; // of a history entry: Back closes the source that covers the page
let opener = null;
let isEntered = false;

/** Shows a source; `from` gets the focus back when the panel closes. */
export function openSource(source, from) {
  opener = from;
  mark(from);
  byId("panel-title").textContent = titleOf(source);
  byId("panel-place").textContent = placeOf(source);
  byId("panel-tab").href = addressOf(source);
  byId("panel-file").href = fileOf(source);
  load(source);
  panel.hidden = false;
  view.classList.add("has-panel");
  setModal();
  enter();
  byId("panel-close").focus({ preventScroll: true });
  if (wide.matches) from.scrollIntoView({ block: "nearest" });
}

const isPanelOpen = () => !panel.hidden;

/** Whether going back in the browser closed the source: then nothing else is to happen. */
export function closedByBack() {
  if (!isEntered) return false;
  isEntered = false;
  if (isPanelOpen()) closePanel();
  return true;
}

// On a phone people close what covers the page with Back.
function enter() {
  if (wide.matches || isEntered) return;
  history.pushState({ covers: COVERS }, "");
  isEntered = true;
}

// Gives the focus back, too.
function closePanel() {
  panel.hidden = true;
  view.classList.remove("has-panel");
  byId("panel-body").querySelector("iframe, .problem")?.remove();
  setModal();
  mark(null);
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  if (isEntered && history.state?.covers === COVERS) history.back();
}

// A new frame each time: setting the address of the old one would add to the browser's history.
function load(source) {
  const title = fill(panel.dataset.frame, { title: titleOf(source) });
  const frame = make("iframe", { title, src: addressOf(source, { embedded: true }) });
  byId("panel-wait").hidden = false;
  frame.addEventListener("load", () => {
    byId("panel-wait").hidden = true;
    if (!frame.contentDocument) return showLost(frame); // the browser's own page about a failure
    frame.contentWindow.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) closePanel();
    });
  });
  byId("panel-body").querySelector("iframe, .problem")?.remove();
  byId("panel-body").append(frame);
}

function showLost(frame) {
  const note = make("p", { className: "problem", textContent: words.failed });
  note.setAttribute("role", "alert");
  frame.replaceWith(note);
}

function mark(from) {
  for (const one of document.querySelectorAll(".is-open-source")) {
    one.classList.remove("is-open-source");
  }
  from?.closest(".source, .cite")?.classList.add("is-open-source");
}

// Above the page, the rest must not be reached.
function setModal() {
  const isAbove = isPanelOpen() && !wide.matches;
  for (const one of document.querySelectorAll("#talk, .topbar, .sidebar, .skip")) one.inert = isAbove;
  document.body.classList.toggle("is-covered", isAbove);
}

wide.addEventListener("change", setModal);
byId("panel-close").addEventListener("click", closePanel);
document.addEventListener("keydown", (event) => {
  const isTaken = event.defaultPrevented || document.querySelector(":popover-open, dialog[open]");
  if (event.key === "Escape" && isPanelOpen() && !isTaken) closePanel();
});
makeResizable(byId("panel-edge"), view);
