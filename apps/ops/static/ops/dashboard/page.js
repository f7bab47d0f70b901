// The dashboard: draws what the page came with, and what comes after.
import { Chart, momentText } from "../../clawdbot/charts.js";
import { NONE, bytes, fill, milliseconds, number, percent, seconds } from "./format.js";
import { Live } from "./live.js";
import { anomalies, models, nodes, stages } from "./tables.js";

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const find = (name) => document.querySelector(`[data-part="${name}"]`);
const words = read("dashboard-words");
const addresses = read("dashboard-addresses");
const root = document.getElementById("dashboard");
const say = root.dataset;
const SERIES = 8;
const AGES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];
const STAGES = { queue: 7, embed: 2, dense: 3, lexical: 4, fuse: 5, read: 6, generate: 1, verify: 8 };
const OUTCOMES = [
  ["answered", "--cb-series-1"], ["done", "--cb-series-2"], ["not_found", "--cb-series-3"],
  ["refused", "--cb-series-4"], ["denied", "--cb-series-8"], ["cancelled", "--cb-series-7"],
  ["failed", "--cb-series-5"],
];

function color(at) {
  return `--cb-series-${(at % SERIES) + 1}`;
}

function chart(name, options) {
  const place = find(`chart-${name}`);
  return new Chart(place, {
    name: place.dataset.name, empty: place.dataset.empty, together: "dashboard", onPick: pick, ...options,
  });
}

const charts = {
  outcomes: chart("outcomes", {
    isStacked: true, sum: true, show: number,
    lines: OUTCOMES.map(([key, color]) => ({ key, label: words.outcomes[key], color, kind: "bar" })),
  }),
  times: chart("times", {
    show: milliseconds,
    lines: [
      { key: "p50_ms", label: say.median, color: "--cb-series-1", kind: "line" },
      { key: "mean_ms", label: say.mean, color: "--cb-series-7", kind: "line", isDashed: true },
      { key: "p95_ms", label: "p95", color: "--cb-series-3", kind: "line" },
      { key: "p99_ms", label: "p99", color: "--cb-series-5", kind: "line" },
    ],
  }),
  stages: chart("stages", {
    isStacked: true, show: milliseconds,
    lines: Object.entries(STAGES).map(([key, at]) => ({ key, label: words.stages[key], color: `--cb-series-${at}`, kind: "bar" })),
  }),
  tokens: chart("tokens", {
    isStacked: true, sum: true, show: number,
    lines: [
      { key: "tokens_new", label: say.tokensIn, color: "--cb-series-2", kind: "bar" },
      { key: "tokens_cached", label: say.tokensCached, color: "--cb-series-7", kind: "bar" },
      { key: "tokens_out", label: say.tokensOut, color: "--cb-series-1", kind: "bar" },
    ],
  }),
  thumbs: chart("thumbs", {
    isStacked: true, sum: true, show: number,
    lines: [
      { key: "up", label: say.up, color: "--cb-series-6", kind: "bar" },
      { key: "down", label: say.down, color: "--cb-series-5", kind: "bar" },
    ],
  }),
  queue: chart("queue", { isStacked: true, show: number }),
  age: chart("age", { show: seconds, marks: AGES }),
  rate: chart("rate", { isStacked: true, show: number }),
  lag: chart("lag", { show: number }),
  cpu: chart("cpu", { show: percent }),
  memory: chart("memory", { show: bytes }),
  disk: chart("disk", { show: bytes }),
  load: chart("load", { show: percent }),
  used: chart("used", { show: percent, most: 1 }),
  gpu: chart("gpu", { show: percent, most: 1 }),
  "gpu-used": chart("gpu-used", { show: percent, most: 1 }),
};


function show(told) {
  const { figures } = told;
  const along = { starts: figures.starts, until: figures.until, step: figures.step_s };
  const set = (name, columns) => charts[name].set({ ...along, columns });
  const { counts } = figures;
  const fresh = counts.tokens_in.map((read, at) => Math.max(0, read - counts.tokens_cached[at]));
  set("outcomes", counts);
  set("times", figures.total);
  set("stages", Object.fromEntries(Object.entries(figures.stages).map(([name, one]) => [name, one.mean_ms])));
  set("tokens", { ...counts, tokens_new: fresh });
  set("thumbs", counts);
  measured(told, along);
  cards(figures);
  stages(find("stages-table"), figures.sum, { ...words.stages, first_token: say.firstToken, total: say.total });
  nodes(find("nodes"), told.nodes, say);
  find("nodes-none").hidden = told.nodes.length > 0;
  models(find("models"), told.models, words.roles, say);
  anomalies(find("anomalies"), told.anomalies, told.now, say);
  find("anomalies-none").hidden = told.anomalies.length > 0;
  find("lost").hidden = !figures.sum.lost;
  find("lost").textContent = fill(say.lost, { n: number(figures.sum.lost) });
}

// Lines of charts that there are as many of as nodes, processes, queues.
function measured({ resources, queues }, along) {
  const drawn = (name, entries) => {
    const lines = entries.map(({ label, kind = "line" }, at) => ({ key: `${at}`, label, color: color(at), kind }));
    charts[name].setLines(lines);
    const columns = Object.fromEntries(entries.map(({ column }, at) => [`${at}`, column]));
    charts[name].set({ ...along, columns });
  };
  const several = new Set(resources.map(({ node }) => node)).size > 1;
  const label = ({ node, name }) => [several ? node : "", name].filter(Boolean).join(" · ") || node;
  const of = (kind, figure, which = "mean") =>
    resources.filter((one) => one.of === kind && one[which][figure])
      .map((one) => ({ label: label(one), column: one[which][figure] }));
  const lines = queues.filter((one) => one.mean.waiting);
  const all = queues.find((one) => one.mean.done_per_hour);
  drawn("queue", lines.flatMap((one) => [
    { label: fill(say.running, { queue: one.label }), kind: "bar", column: one.mean.running },
    { label: fill(say.waiting, { queue: one.label }), kind: "bar", column: one.mean.waiting },
  ]));
  drawn("age", lines.map((one) => ({ label: one.label, column: one.most.oldest_s })));
  drawn("rate", [
    { label: say.done, kind: "bar", column: all?.mean.done_per_hour ?? [] },
    { label: say.broken, kind: "bar", column: all?.mean.failed_per_hour ?? [] },
  ]);
  drawn("lag", of("index", "lag", "most"));
  drawn("cpu", of("process", "cpu"));
  drawn("memory", of("process", "memory_bytes"));
  drawn("disk", of("machine", "disk_free_bytes"));
  drawn("load", of("machine", "load"));
  drawn("used", sharesOf(resources, "memory", label));
  drawn("gpu", of("machine", "gpu"));
  drawn("gpu-used", sharesOf(resources, "gpu_memory", label));
  for (const name of ["gpu", "gpu-used"]) {
    document.getElementById(`card-${name}`).hidden = charts[name].lines.length === 0;
    charts[name].resize();
  }
}

// What is in use of all that a machine has.
function sharesOf(resources, name, label) {
  const used = `${name}_bytes`, total = `${name}_total_bytes`;
  return resources.filter(({ of, mean }) => of === "machine" && mean[used] && mean[total]).map((one) => ({
    label: label(one),
    column: one.mean[used].map((bytes, at) => (bytes === null ? null : bytes / (one.mean[total][at] || 1))),
  }));
}

function cards({ sum, starts, until }) {
  const minutes = (Math.min(until, Date.now() / 1000) - starts[0]) / 60;
  const put = (name, text) => (find(name).textContent = text);
  put("asked", number(sum.asked));
  put("asked-more", fill(say.perMinute, { n: number(sum.asked / Math.max(1, minutes)) }));
  put("success", percent(sum.success_rate));
  put("success-more", fill(say.failed, { n: number(sum.failed) }));
  find("success").closest(".cb-card").dataset.tone = tone(sum.success_rate, 0.99, 0.95);
  put("answered", percent(sum.answered_rate));
  put("answered-more", fill(say.notFound, { answered: number(sum.answered), n: number(sum.not_found) }));
  put("refused", number(sum.refused));
  put("refused-more", fill(say.denied, { denied: number(sum.denied), cancelled: number(sum.cancelled) }));
  put("time", milliseconds(sum.total.p50_ms));
  put("time-more", fill(say.quantiles, {
    mean: milliseconds(sum.total.mean_ms), p95: milliseconds(sum.total.p95_ms), p99: milliseconds(sum.total.p99_ms),
  }));
  put("tokens", number(sum.tokens_in + sum.tokens_out));
  put("tokens-more", fill(sum.tokens_encoded ? say.tokensBoth : say.tokens, {
    read: number(sum.tokens_in), written: number(sum.tokens_out), encoded: number(sum.tokens_encoded),
  }));
  put("thumbs", sum.up + sum.down ? percent(sum.up / (sum.up + sum.down)) : NONE);
  put("thumbs-more", fill(say.thumbs, { up: number(sum.up), down: number(sum.down) }));
}

function tone(value, good, fair) {
  if (value === null) return "quiet";
  if (value >= good) return "good";
  return value >= fair ? "warn" : "bad";
}


const picked = document.getElementById("picked");

function pick(since, until) {
  const ends = { since: new Date(1000 * since).toISOString(), until: new Date(1000 * until).toISOString() };
  const narrowed = new URLSearchParams(location.search);
  for (const name of ["range", "since", "until"]) narrowed.delete(name);
  for (const [name, value] of Object.entries(ends)) narrowed.set(name, value);
  picked.querySelector("[data-span]").textContent = `${momentText(since)} – ${momentText(until)}`;
  picked.querySelector("[data-zoom]").href = `${addresses.page}?${narrowed}`;
  const list = picked.querySelector("[data-list]");
  if (list) list.href = `${addresses.requests}?${narrowed}`;
  picked.hidden = false;
  if (document.activeElement?.classList.contains("cb-chart-plot")) (list ?? picked.querySelector("[data-zoom]")).focus();
}

function unpick() {
  picked.hidden = true;
  Object.values(charts).forEach((one) => one.forget());
}

picked.querySelector("[data-close]").addEventListener("click", unpick);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !picked.hidden) unpick();
});


const form = document.getElementById("narrowing");
form.addEventListener("change", () => form.requestSubmit());
form.addEventListener("submit", () => {
  for (const field of form.elements) if (!field.value) field.disabled = true; // short addresses
});
addEventListener("pageshow", () => {
  for (const field of form.elements) field.disabled = false;
});

const first = read("dashboard-first");
show(first);
root.removeAttribute("aria-busy");
new Live(find("live"), addresses.figures + location.search, first.every_s, {
  onNews: show,
  onAge: (isOld) => Object.values(charts).forEach((one) => one.place.toggleAttribute("data-old", isOld)),
});
