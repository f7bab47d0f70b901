/** The edge between answer and source: drawn by pointer, moved by arrow keys, remembered. */

const KEPT = "clawdbot.panel";
const STEP = 4;

/** `edge` is a separator; the share of the panel in percent becomes `--panel` of `view`. */
export function makeResizable(edge, view) {
  const least = Number(edge.getAttribute("aria-valuemin"));
  const most = Number(edge.getAttribute("aria-valuemax"));

  function set(percent) {
    const share = Math.round(Math.min(most, Math.max(least, percent)));
    edge.setAttribute("aria-valuenow", share);
    view.style.setProperty("--panel", `${share}%`);
    localStorage.setItem(KEPT, share);
  }

  edge.addEventListener("keydown", (event) => {
    const now = Number(edge.getAttribute("aria-valuenow"));
    const places = { ArrowLeft: now + STEP, ArrowRight: now - STEP, Home: least, End: most };
    if (!(event.key in places)) return;
    event.preventDefault();
    set(places[event.key]);
  });
  edge.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    edge.setPointerCapture(event.pointerId);
    view.classList.add("is-resizing"); // the frame would swallow the pointer
  });
  edge.addEventListener("pointermove", (event) => {
    if (!edge.hasPointerCapture(event.pointerId)) return;
    const { left, width } = view.getBoundingClientRect();
    set((100 * (left + width - event.clientX)) / width);
  });
  edge.addEventListener("lostpointercapture", () => view.classList.remove("is-resizing"));
  const kept = Number(localStorage.getItem(KEPT));
  if (kept) set(kept);
}
