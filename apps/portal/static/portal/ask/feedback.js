/** Thumbs up and down; down asks what was not good. */

import { post } from "../api.js";
import { toast } from "../toast.js";
import { part, words } from "./elements.js";
import { told } from "./failures.js";

/** Sends the verdict at once; the reason may follow. */
export async function giveVerdict(turn, verdict) {
  const before = turn.answer.feedback ?? null;
  showVerdict(turn, verdict);
  try {
    await sendFeedback(turn, { ...(before?.verdict === verdict ? before : {}), verdict });
    if (verdict === "down") openForm(turn);
    else thank(turn);
  } catch (error) {
    showVerdict(turn, before?.verdict ?? "");
    toast(told(error), "bad");
  }
}

/** Marks the thumb. */
export function showVerdict(turn, verdict) {
  for (const name of ["up", "down"]) {
    turn.find(`[data-do=${name}]`).setAttribute("aria-pressed", String(name === verdict));
  }
}

/** Closes the form without sending it. */
export function closeFeedback(turn) {
  turn.slot("feedback").replaceChildren();
  turn.find("[data-do=down]").focus();
}

function openForm(turn) {
  const form = part("feedback-part");
  const { reason = "", comment = "", correct_answer: correct = "" } = turn.answer.feedback ?? {};
  form.elements.comment.value = comment;
  form.elements.correct_answer.value = correct;
  for (const choice of form.elements.reason) choice.checked = choice.value === reason;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendForm(turn, form);
  });
  turn.slot("feedback").replaceChildren(form);
  form.elements.reason[0].focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
}

async function sendForm(turn, form) {
  const problem = form.querySelector(".field-error");
  const { reason, comment, correct_answer: correct } = Object.fromEntries(new FormData(form));
  const given = { verdict: "down", comment, correct_answer: correct };
  try {
    await sendFeedback(turn, reason ? { ...given, reason } : given);
    closeFeedback(turn);
    thank(turn);
  } catch (error) {
    problem.textContent = told(error);
    problem.hidden = false;
  }
}

async function sendFeedback(turn, { verdict, reason, comment, correct_answer: correct }) {
  const body = { trace: turn.trace, verdict, comment: comment ?? "", correct_answer: correct ?? "" };
  if (reason) body.reason = reason;
  await post("/api/v1/feedback/", body);
  turn.answer.feedback = body;
}

function thank(turn) {
  turn.slot("feedback").replaceChildren();
  toast(words.thanks);
}
