// Keeps the states on lists and pages up to date while something is at work.
import { Poller, csrfToken } from "./poller.js";

function show(pill, entry) {
  pill.dataset.tone = entry.tone;
  pill.querySelector("[data-live-label]").textContent = entry.label;
  const percent = pill.querySelector("[data-live-percent]");
  percent.textContent = entry.is_final ? "" : `${Math.round(entry.progress * 100)} %`;
  if (entry.error) pill.title = entry.error;
}

const place = document.querySelector("[data-live-progress]");
const pills = new Map();
for (const pill of document.querySelectorAll("[data-live][data-final='0']")) {
  pills.set(pill.dataset.uuid, pill);
}
if (place && pills.size > 0) {
  const poller = new Poller(place.dataset.liveProgress, csrfToken(), (kind, uuid, entry) =>
    show(pills.get(uuid), entry),
  );
  for (const [uuid, pill] of pills) poller.watch(pill.dataset.live, uuid);
}
