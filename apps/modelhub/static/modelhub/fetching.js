// Keeps the bars of the page “Language models” moving; reads the page anew when a state changes.
const EVERY_MS = 1500;
const source = document.querySelector("[data-model-progress]").dataset.modelProgress;
let state = null;

async function refresh() {
    const answer = await fetch(source, {headers: {Accept: "application/json"}});
    if (!answer.ok) return;
    const now = await answer.json();
    if (state !== null && now.state !== state) {
        if (!isFilledIn()) location.reload();
        return;
    }
    state = now.state;
    for (const model of now.models) show(model);
}

// What somebody is typing is not thrown away for a pill that changes.
function isFilledIn() {
    return [...document.querySelectorAll("form .cb-input")].some((one) => one.value !== one.defaultValue);
}

function show({model, words, done, total}) {
    const place = document.querySelector(`[data-model="${model}"]`);
    if (!place) return;
    place.querySelector("[data-words]").textContent = words;
    const bar = place.querySelector("progress");
    if (total) {
        bar.max = total;
        bar.value = done;
    }
}

setInterval(() => refresh().catch(() => {}), EVERY_MS);
refresh().catch(() => {});
