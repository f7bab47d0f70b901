/** "Not found": what came closest, what to try, telling the curator. */

import { post } from "../api.js";
import { drawSources } from "./citations.js";
import { part } from "./elements.js";
import { told } from "./failures.js";
import { openSource } from "./panel.js";
import { toast } from "../toast.js";

/** Draws it in place of an answer. */
export function drawMissing(turn, { nearest, answer, degraded = [], reported = false }) {
  const box = part("missing-part");
  const find = (selector) => box.querySelector(selector);
  const { collections = [], filters = {} } = turn.narrowing;
  const isNarrowed = collections.length > 0 || Object.keys(filters).length > 0;
  const isHurried = nearest.length > 0 && isCutShort(degraded);
  const said = find("[data-meaning]").dataset;
  find("[data-meaning]").textContent = isHurried ? said.hurried : meaning(said, nearest, isNarrowed);
  if (isHurried) find("[data-title]").textContent = find("[data-title]").dataset.hurried;
  find("[data-do=again]").hidden = !isHurried;
  find("[data-do=widen]").hidden = collections.length === 0;
  find("[data-do=unfilter]").hidden = Object.keys(filters).length === 0;
  drawSources(find(".sources"), nearest, openSource);
  find(".report").addEventListener("submit", (event) => {
    event.preventDefault();
    report(turn, find(".report").elements.note.value.trim());
  });
  turn.find(".answer").replaceChildren();
  turn.slot("missing").replaceChildren(box);
  turn.text = answer;
  if (reported) showReported(turn);
}

/** Whether what was found could not be read to the end in time. */
export const isCutShort = (notes) => notes.some((note) => note.startsWith("reader: only"));

function meaning(words, nearest, isNarrowed) {
  if (isNarrowed) return nearest.length ? words.narrowedNear : words.narrowedNothing;
  return nearest.length ? words.near : words.nothing;
}

/** Opens the form to the curator. */
export function openReport(turn, button) {
  const form = turn.find(".report");
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) form.elements.note.focus();
}

/** Closes it again. */
export function cancelReport(turn) {
  openReport(turn, turn.find("[data-do=report]"));
  turn.find("[data-do=report]").focus();
}

async function report(turn, note) {
  try {
    await post(`/api/v1/traces/${turn.trace}/report/`, note ? { note } : {});
    turn.answer.reported = true;
    showReported(turn);
    turn.find(".reported").focus({ preventScroll: true });
  } catch (error) {
    toast(told(error), "bad");
  }
}

function showReported(turn) {
  turn.find(".report").hidden = true;
  turn.find("[data-do=report]").hidden = true;
  turn.find(".reported").hidden = false;
}
