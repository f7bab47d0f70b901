// The tables of the dashboard: stages, nodes, models, anomalies.
import { NONE, ago, bytes, fill, milliseconds, number, percent } from "./format.js";

function cell(content, { label, isNumber, tag = "td" } = {}) {
  const element = document.createElement(tag);
  if (isNumber) element.className = "cb-number";
  if (label) element.dataset.label = label;
  if (tag === "th") element.scope = "row";
  element.append(content ?? NONE);
  return element;
}

function row(...cells) {
  const element = document.createElement("tr");
  element.append(...cells);
  return element;
}

export function pill(tone, words) {
  const element = document.createElement("span");
  element.className = "cb-status";
  element.dataset.tone = tone;
  const dot = document.createElement("span");
  dot.className = "cb-dot";
  dot.setAttribute("aria-hidden", "true");
  element.append(dot, words);
  return element;
}

function link(words, address) {
  if (!address) return words;
  const element = document.createElement("a");
  element.href = address;
  element.textContent = words;
  return element;
}

// The column heads name the cells where a narrow screen stacks them.
function heads(table) {
  return [...table.tHead.rows[0].cells].map((one) => one.textContent);
}

export function stages(table, sum, names) {
  const labels = heads(table);
  const times = { ...sum.stages, total: sum.total };
  const rows = Object.entries(names)
    .filter(([name]) => times[name]?.count)
    .map(([name, words]) => row(
      cell(words, { tag: "th" }),
      ...["mean_ms", "p50_ms", "p95_ms", "p99_ms"].map((which, at) =>
        cell(milliseconds(times[name][which]), { isNumber: true, label: labels[at + 1] })),
      cell(number(times[name].count), { isNumber: true, label: labels[5] }),
    ));
  table.tBodies[0].replaceChildren(...rows);
  return rows.length;
}

export function nodes(table, found, words) {
  const labels = heads(table);
  const rows = found.flatMap((node) => [
    row(
      cell(node.name, { tag: "th" }),
      cell(pill(node.tone, node.state), { label: labels[1] }),
      cell(node.versions, { label: labels[2] }),
      cell(node.lag === null ? NONE : number(node.generation), { isNumber: true, label: labels[3] }),
      cell(node.lag === null ? NONE : number(node.lag), { isNumber: true, label: labels[4] }),
      cell(percent(node.load), { isNumber: true, label: labels[5] }),
      cell(bytes(node.memory_bytes), { isNumber: true, label: labels[6] }),
    ),
    ...node.processes.map((one) => process(one, labels, words)),
  ]);
  table.tBodies[0].replaceChildren(...rows);
  return rows.length;
}

function process(one, labels, words) {
  const element = row(
    cell(one.kind, { tag: "th" }),
    cell(one.is_silent ? pill("bad", words.silent) : fill(words.pid, { pid: one.pid }), { label: labels[1] }),
    cell(one.host, { label: labels[2] }),
    cell("", { isNumber: true }),
    cell("", { isNumber: true }),
    cell(percent(one.cpu ?? null), { isNumber: true, label: labels[5] }),
    cell(bytes(one.memory_bytes ?? null), { isNumber: true, label: labels[6] }),
  );
  element.className = "cb-sub";
  return element;
}

export function models(table, found, roles, words) {
  const labels = heads(table);
  const rows = found.map((one) => row(
    cell(link(one.name, one.page), { tag: "th" }),
    cell(roles[one.role] ?? one.role, { label: labels[1] }),
    cell(one.node || NONE, { label: labels[2] }),
    cell(pill(one.tone, one.is_silent ? words.silent : one.state), { label: labels[3] }),
    cell(load(one, words), { label: labels[4] }),
  ));
  table.tBodies[0].replaceChildren(...rows);
  return rows.length;
}

function load(one, words) {
  if (one.role !== "language") return NONE;
  const parts = [];
  if (one.running !== null) parts.push(fill(words.load, { running: number(one.running), waiting: number(one.waiting) }));
  if (one.memory_bytes) parts.push(bytes(one.memory_bytes));
  return parts.join(" · ") || NONE;
}

export function anomalies(list, found, now, words) {
  list.replaceChildren(...found.map((one) => {
    const item = document.createElement("li");
    const text = document.createElement("div");
    const about = document.createElement("span");
    about.className = "cb-muted";
    const times = one.count > 1 ? ` · ${fill(words.times, { n: number(one.count) })}` : "";
    about.textContent = `${one.subject} · ${ago(one.last_seen, now)}${times} · ${one.state}`;
    text.append(link(one.rule, one.page), document.createElement("br"), about);
    item.append(text, pill(one.tone, one.severity));
    return item;
  }));
}
