// Lights up the exact span of a chunk on the page's text, and the chunk of a span.
const spans = [...document.querySelectorAll(".cb-span")];
const chunks = new Map();
for (const item of document.querySelectorAll("[data-chunk]")) chunks.set(item.dataset.chunk, item);
const frame = document.querySelector("[data-source]");
let selected = null;

// The portal's view beside the chunks lights the span that its address names.
function showInSource(key) {
  if (!frame) return;
  const chunk = key === null ? null : chunks.get(key);
  const span = chunk ? `&start=${chunk.dataset.start}&end=${chunk.dataset.end}` : "";
  frame.contentWindow.location.replace(frame.dataset.source + span);
}

function keysOf(span) {
  return span.dataset.keys.trim().split(/\s+/);
}

function paint(key, name, isOn) {
  for (const span of spans) {
    if (keysOf(span).includes(key)) span.classList.toggle(name, isOn);
  }
  chunks.get(key)?.classList.toggle(name, isOn);
}

function select(key, { scrollTo }) {
  if (selected !== null) paint(selected, "cb-selected", false);
  selected = selected === key ? null : key;
  showInSource(selected);
  for (const [name, item] of chunks) {
    item.querySelector("[data-select]").setAttribute("aria-pressed", String(name === selected));
  }
  if (selected === null) return;
  paint(key, "cb-selected", true);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const target = scrollTo === "text" ? spans.find((s) => keysOf(s).includes(key)) : chunks.get(key);
  target?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

for (const [key, item] of chunks) {
  item.addEventListener("mouseenter", () => paint(key, "cb-hover", true));
  item.addEventListener("mouseleave", () => paint(key, "cb-hover", false));
  item.querySelector("[data-select]").addEventListener("click", () => select(key, { scrollTo: "text" }));
}
for (const span of spans) {
  const first = keysOf(span)[0];
  span.addEventListener("mouseenter", () => paint(first, "cb-hover", true));
  span.addEventListener("mouseleave", () => paint(first, "cb-hover", false));
  span.addEventListener("click", () => select(first, { scrollTo: "chunk" }));
}
const wanted = window.location.hash.match(/^#chunk-(\d+)$/);
if (wanted && chunks.has(wanted[1])) {
  select(wanted[1], { scrollTo: "text" });
  chunks.get(wanted[1]).scrollIntoView({ block: "nearest" });
}
