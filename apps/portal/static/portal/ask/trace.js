/** "How was this found?": the trace of an answer in human words. */

import { get } from "../api.js";
import { fill, icon, make, part } from "./elements.js";
import { told } from "./failures.js";
import { addressOf, placeOf, titleOf } from "./places.js";

const CURATED = "curated";
const SUMS = ["total", "search"]; // of other stages
const ORDER = ["admission", "curated", "embed", "lexical", "dense", "fuse", "hydrate", "read", "write", "check"];
const scores = new Intl.NumberFormat(document.documentElement.lang, {
  maximumFractionDigits: 1, minimumFractionDigits: 1, signDisplay: "exceptZero",
});

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
  const show = (name, isShown) => (find(name).hidden = find(`${name}-term`).hidden = !isShown);
  const count = trace.candidates.length;
  find("asked").textContent = trace.question || question;
  show("asked", Boolean(trace.search_query));
  find("query").textContent = trace.search_query || trace.question || question;
  find("others").textContent = trace.expansion.join(" · ");
  show("others", trace.expansion.length > 0);
  find("legs-told").textContent = legsOf(trace.made_with.considered, words);
  find("count").textContent = count === 1 ? words.weighedOne : fill(words.weighed, { count });
  find("found").replaceChildren(...trace.candidates.map((one) => weighed(one, words)));
  find("found").closest("dd").hidden = find("found-term").hidden = count === 0;
  find("left-out").replaceChildren(...leftOut(trace.made_with.left_out, words));
  find("by").textContent = words[trace.engine] ?? fill(words.engine, { engine: trace.engine });
  find("versions").replaceChildren(...versions(trace, words).map((text) => make("li", { textContent: text })));
  find("times").replaceChildren(...times(trace.timings_ms, words));
  find("degraded").replaceChildren(...trace.degraded.map((note) => degraded(note, words)));
  find("degraded").hidden = trace.degraded.length === 0;
  hideUnknown(body, trace);
  body.hidden = false;
}

// Nothing was searched for what a curator wrote; traces from before some things were kept lack them.
function hideUnknown(body, { engine, made_with: { program, considered } }) {
  const hide = (name) => {
    const told = body.querySelector(`[data-${name}]`).closest("dd");
    told.hidden = told.previousElementSibling.hidden = true;
  };
  if (!("fused" in considered)) hide("legs-told");
  if (!program) hide("left-out");
  if (engine !== CURATED) return;
  for (const name of ["count", "left-out"]) hide(name);
  for (const how of body.querySelectorAll(".found .hint")) how.hidden = true;
}

function legsOf(considered, words) {
  return fill(words.legs, { lexical: 0, dense: 0, fused: 0, read: 0, ...considered });
}

function weighed(one, words) {
  const ways = ["lexical", "dense"].filter((leg) => leg in one.legs)
    .map((leg) => fill(words[leg], { rank: one.legs[leg] }));
  const read = one.relevance === null ? words.unread : fill(words.read, { score: scores.format(one.relevance) });
  const place = placeOf(one);
  const title = make("a", {
    dir: "auto", href: addressOf(one), target: "_blank",
    textContent: [titleOf(one), place].filter(Boolean).join(" · "),
  });
  const how = make("span", { className: "hint", textContent: [...(ways.length ? ways : [words.neither]), read].join(" · ") });
  const cited = one.cited === null ? "" : make("span", {
    className: "badge", textContent: one.cited, title: fill(words.cited, { n: one.cited }),
  });
  return make("li", { className: "found wrap" }, make("span", {}, title, " ", cited), how);
}

// Numbers only, and none that depends on what was asked: they would tell what is hidden.
function leftOut({ collections, partly, documents }, words) {
  const told = (n, one, many) => (n ? [n === 1 ? one : fill(many, { n })] : []);
  const lines = [
    ...told(collections, words.hiddenOne, words.hidden),
    ...told(partly, words.partlyOne, words.partly),
    ...told(documents, words.keptOne, words.kept),
  ];
  return (lines.length ? lines : [words.open]).map((text) => make("p", { textContent: text }));
}

function versions({ made_with: made, model_sha256: model, index_generation: number }, words) {
  const short = (sha256) => sha256.slice(0, 12);
  return [
    made.program && fill(words.program, { version: made.program }),
    number > 0 && fill(words.generation, { number }),
    made.embedder && fill(words.embedder, { name: made.embedder, sha256: short(made.embedder_sha256) }),
    made.reader_sha256 && fill(words.reader, { sha256: short(made.reader_sha256) }),
    model && fill(words.model, { sha256: short(model) }),
  ].filter(Boolean);
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
