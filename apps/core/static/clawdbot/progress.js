// Keeps the bars of a page moving; reads the page anew when a state changes.
//
// [data-progress] names the address that tells {state, bars: [{bar, done, total, words}]}. A bar is
// the progress in its [data-bar], beside which its words are in a [data-words] if they are shown.
const EVERY_MS = 1500;
const source = document.querySelector("[data-progress]").dataset.progress;
let state = null;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(source, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const now = await answer.json();
  if (state !== null && now.state !== state && !isFilledIn()) {
    location.reload();
    return;
  }
  state ??= now.state;
  now.bars.forEach(show);
}

// What somebody is typing or choosing is not thrown away for a pill that changes.
function isFilledIn() {
  return (
    document.querySelector("form :is(input, select, textarea):focus") !== null ||
    [...document.querySelectorAll("form .cb-input")].some(
      (one) => "defaultValue" in one && one.value !== one.defaultValue,
    )
  );
}

function show({ bar, done, total, words }) {
  const place = document.querySelector(`[data-bar="${bar}"]`);
  if (!place) return;
  const line = place.querySelector("[data-words]");
  if (line) line.textContent = words;
  if (!total) return;
  const shown = place.querySelector("progress");
  shown.max = total;
  shown.value = done;
}

setInterval(() => refresh().catch(() => {}), EVERY_MS);
refresh().catch(() => {});
