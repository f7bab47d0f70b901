/** Waits until the node is up again. It answers nothing for some seconds: that is expected. */

const waiting = document.getElementById("applying");
const EVERY_MS = 1000;
const SLOW_MS = 120_000;
const since = performance.now();

async function look() {
  if (performance.now() - since > SLOW_MS) document.getElementById("slow").hidden = false;
  try {
    const response = await fetch(waiting.dataset.state, { cache: "no-store" });
    const { state } = await response.json();
    if (state !== "running") return location.reload();
  } catch {
    // the web server is stopping or starting
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
