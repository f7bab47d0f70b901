/** "How was this found?": the trace of an answer in human words. */

import { get } from "../api.js";
import { fill, icon, make, part } from "./elements.js";
import { told } from "./failures.js";
import { titleOf } from "./places.js";

const CURATED = "curated";
const SUMS = ["total", "search"]; // of other stages
const ORDER = ["curated", "embed", "lexical", "dense", "fuse", "hydrate", "read", "write", "check"];

/** Opens or closes it; it is fetched when it is opened. */
export async function toggleTrace(turn, button) {
  const slot = turn.slot("trace");
  const isOpen = slot.childElementCount > 0;
  button.setAttribute("aria-expanded", String(!isOpen));
  if (isOpen) return slot.replaceChildren();
  const box = part("trace-part");
  slot.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
  try {
    draw(box, await get(`/api/v1/traces/${turn.trace}/`), turn.question);
    box.scrollIntoView({ block: "nearest" });
  } catch (error) {
    box.querySelector(".field-error").textContent = told(error);
    box.querySelector(".field-error").hidden = false;
  } finally {
    box.querySelector("[data-wait]").hidden = true;
  }
}

function draw(box, trace, question) {
  const body = box.querySelector("[data-told]");
  const words = body.dataset;
  const find = (name) => body.querySelector(`[data-${name}]`);
  const count = trace.candidates.length;
  find("query").textContent = trace.search_query || trace.question || question;
  find("others").textContent = trace.expansion.join(" · ");
  find("others").hidden = find("others-term").hidden = trace.expansion.length === 0;
  find("count").textContent = count === 1 ? words.weighedOne : fill(words.weighed, { count });
  find("by").textContent = words[trace.engine] ?? fill(words.engine, { engine: trace.engine });
  find("index").textContent = fill(words.generation, { number: trace.index_generation });
  find("found").replaceChildren(...trace.citations.map((one) => found(one, trace, words)));
  find("found").closest("dd").hidden = find("found-term").hidden = trace.citations.length === 0;
  find("times").replaceChildren(...times(trace.timings_ms, words));
  find("degraded").replaceChildren(...trace.degraded.map((note) => degraded(note, words)));
  find("degraded").hidden = trace.degraded.length === 0;
  if (trace.engine === CURATED) hideSearch(body);
  body.hidden = false;
}

// Nothing was searched for an answer that a curator wrote.
function hideSearch(body) {
  for (const name of ["count", "index"]) {
    const told = body.querySelector(`[data-${name}]`).closest("dd");
    told.hidden = told.previousElementSibling.hidden = true;
  }
  for (const how of body.querySelectorAll(".found .hint")) how.hidden = true;
}

function found(citation, { candidates }, words) {
  const legs = candidates.find((one) => one.chunk === citation.chunk)?.legs ?? {};
  const ways = ["dense", "lexical"].filter((leg) => leg in legs)
    .map((leg) => fill(words[leg], { rank: legs[leg] }));
  const title = make("span", { dir: "auto", textContent: `[${citation.n}] ${titleOf(citation)}` });
  const how = make("span", { className: "hint", textContent: ways.join(" · ") || words.neither });
  return make("li", { className: "found wrap" }, title, how);
}

function times(timings, words) {
  const stages = Object.entries(timings)
    .filter(([name]) => !SUMS.includes(name))
    .sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other));
  const most = Math.max(...stages.map(([, ms]) => ms), 0.001);
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  return stages.map(([name, spent]) => {
    const label = words[`stage${name[0].toUpperCase()}${name.slice(1)}`] ?? name;
    const bar = make("progress", { className: "bar", max: most, value: spent });
    bar.setAttribute("aria-hidden", "true");
    const ms = fill(words.milliseconds, { ms: number.format(spent) });
    const figure = make("span", { className: "hint tabular", textContent: ms });
    return make("li", {}, make("span", { textContent: label }), bar, figure);
  });
}

function degraded(note, words) {
  const leg = note.split(":")[0];
  const known = {
    lexical: words.badLexical, dense: words.badDense, index: words.badIndex,
    reader: words.badReader, engine: words.badEngine,
  };
  const text = make("span", { textContent: known[leg] ?? words.badOther });
  const line = make("li", { className: "notice", title: note }, icon("triangle-alert"), text);
  line.dataset.tone = "warn";
  return line;
}
