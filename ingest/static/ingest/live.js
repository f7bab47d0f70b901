// Keeps the states on lists and pages up to date while something is at work.
import { Poller } from "./poller.js";

const place = document.querySelector("[data-live-progress]");
const pills = new Map();

function show(pill, entry) {
  pill.dataset.tone = entry.tone;
  pill.dataset.final = entry.is_final ? "1" : "0";
  pill.querySelector("[data-live-label]").textContent = entry.label;
  const percent = pill.querySelector("[data-live-percent]");
  percent.textContent = entry.is_final ? "" : `${Math.round(entry.progress * 100)} %`;
  if (entry.error) pill.title = entry.error;
  pill.dispatchEvent(new CustomEvent("live", { bubbles: true, detail: entry }));
}

function follow(poller) {
  for (const pill of document.querySelectorAll("[data-live][data-final='0']")) {
    if (pills.get(pill.dataset.uuid) === pill) continue;
    pills.set(pill.dataset.uuid, pill);
    poller.watch(pill.dataset.live, pill.dataset.uuid);
  }
}

if (place) {
  const poller = new Poller(place.dataset.liveProgress, (kind, uuid, entry) =>
    show(pills.get(uuid), entry),
  );
  follow(poller);
  document.addEventListener("htmx:afterSettle", () => follow(poller)); // rows that came later
  document.addEventListener("live:retried", () => follow(poller));
}
