// Keeps the bars of runs under way moving; reads the page anew when the state of one changes.
const EVERY_MS = 2000;
const source = document.querySelector("[data-runs-progress]").dataset.runsProgress;
let state = null;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(source, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const now = await answer.json();
  if (state !== null && now.state !== state && !document.querySelector("form :is(input, select):focus")) {
    location.reload();
    return;
  }
  state ??= now.state;
  for (const run of now.runs) {
    const bar = document.querySelector(`[data-run="${run.run}"] progress`);
    if (!bar) continue;
    bar.max = run.total;
    bar.value = run.done;
  }
}

setInterval(() => refresh().catch(() => {}), EVERY_MS);
refresh().catch(() => {});
