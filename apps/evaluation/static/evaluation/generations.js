// Keeps the bars of the page “Embedding models” moving; reads the page anew when a state changes.
const EVERY_MS = 1500;
const source = document.querySelector("[data-generation-progress]").dataset.generationProgress;
let state = null;

async function refresh() {
    const answer = await fetch(source, {headers: {Accept: "application/json"}});
    if (!answer.ok) return;
    const now = await answer.json();
    if (state !== null && now.state !== state) {
        location.reload();
        return;
    }
    state = now.state;
    for (const job of now.jobs) show(job);
}

function show(job) {
    const place = document.querySelector(`[data-generation-job="${job.generation}"]`);
    if (!place) return;
    place.querySelector("[data-words]").textContent = job.words;
    const bar = place.querySelector("progress");
    if (job.total) {
        bar.max = job.total;
        bar.value = job.done;
    }
}

setInterval(() => refresh().catch(() => {}), EVERY_MS);
refresh().catch(() => {});
