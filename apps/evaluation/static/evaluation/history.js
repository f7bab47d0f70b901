// The chart of a golden set's figures, run by run. A click opens the run.
import { Chart } from "../clawdbot/charts.js";

const place = document.getElementById("golden-chart");
const colors = ["--cb-series-1", "--cb-series-2", "--cb-series-3", "--cb-series-4", "--cb-series-5"];

if (place) {
  const { starts, addresses, lines, columns } = JSON.parse(
    document.getElementById("golden-history").textContent,
  );
  const span = starts[starts.length - 1] - starts[0];
  const chart = new Chart(place, {
    lines: lines.map((line, at) => ({ ...line, color: colors[at % colors.length], kind: "line" })),
    most: 1.02,
    name: place.dataset.name,
    show: (share) => `${(100 * share).toFixed(share > 1 ? 0 : 1)}%`,
    onPick: (since) => {
      const at = starts.indexOf(since);
      if (at >= 0) location.href = addresses[at];
    },
  });
  chart.set({ starts, until: starts[starts.length - 1] + Math.max(60, 0.02 * span), step: 0, columns });
}
