/** An answer that did not come: lost, refused, overloaded, stopped, signed out. */

import { Lost, Refusal } from "../api.js";
import { byId, fill, icon, part } from "./elements.js";
import { signInAddress } from "./keeping.js";

const LONGEST_WAIT_S = 600;

/** Somebody pressed Stop. */
export class Stopped extends Error {}

/** Tells it under what had arrived, with the way on. */
export function drawProblem(turn, error) {
  const note = part("problem-part");
  const { kind, words, tone, picture } = told(error, note.dataset, turn.text);
  note.dataset.kind = kind;
  note.dataset.tone = tone;
  note.querySelector("[data-icon]").replaceWith(icon(picture));
  note.querySelector("[data-words]").textContent = words;
  if (kind === "stopped") note.setAttribute("role", "status");
  if (kind === "signed-out") leadToSignIn(note);
  turn.slot("problem").replaceChildren(note);
  if (kind === "busy") count(note, error.retryAfterS);
}

function told(error, words, text) {
  if (error instanceof Stopped) return kind("stopped", words.stopped, "", "square");
  if (error instanceof Lost) return kind("lost", text ? words.lost : words.offline);
  if (!(error instanceof Refusal)) {
    reportError(error);
    return kind("failed", words.failed, "bad", "circle-alert");
  }
  if (error.isSignedOut) return kind("signed-out", words.signedOut, "warn", "log-in");
  if (error.retryAfterS > LONGEST_WAIT_S) return kind("later", error.message, "warn", "clock");
  if (error.retryAfterS) return kind("busy", error.reason || words.busy, "warn", "clock");
  return kind("refused", error.message, "bad", "circle-alert");
}

function kind(name, words, tone = "warn", picture = "triangle-alert") {
  return { kind: name, words, tone, picture };
}

function leadToSignIn(note) {
  const link = note.querySelector("[data-sign-in]");
  link.href = signInAddress(byId("ask-view").dataset.signIn);
  link.hidden = false;
  note.querySelector("[data-do=again]").hidden = true;
}

function count(note, left) {
  if (!note.isConnected) return;
  const line = note.querySelector("[data-when]");
  line.hidden = false;
  line.setAttribute("aria-live", "off"); // the seconds are not read out one by one
  line.textContent = left > 0 ? fill(note.dataset.soon, { seconds: left }) : note.dataset.now;
  note.querySelector("[data-do=again]").disabled = left > 0;
  if (left > 0) setTimeout(count, 1000, note, left - 1);
}
