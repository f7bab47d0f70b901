/** The question box: grows with its text, sends on Enter, counts near the limit. */

import { byId, fill, isComposing } from "./elements.js";
import { keep } from "./keeping.js";

const NEAR = 200; // characters left from which on they are counted
const touch = matchMedia("(pointer: coarse)");
const form = byId("box");
const field = byId("question");
const counter = byId("counter");
const most = Number(field.dataset.most);

/** Calls `ask(question)` when a question is sent, `stop()` when the answer is stopped. */
export function connectBox({ ask, stop }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = field.value.trim();
    if (byId("send").disabled || byId("send").hidden) return;
    setQuestion("", { isFocused: !touch.matches });
    if (touch.matches) field.blur(); // the keyboard would cover the answer
    ask(question);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", () => {
    keep(field.value);
    show();
  });
  byId("stop").addEventListener("click", () => {
    stop();
    if (!touch.matches) field.focus({ preventScroll: true });
  });
  document.addEventListener("keydown", focusOnSlash);
  show();
}

/** Puts a question into the box. */
export function setQuestion(question, { isFocused = true } = {}) {
  field.value = question;
  keep(question);
  show();
  if (isFocused) field.focus({ preventScroll: true });
}

/** While an answer comes, the button stops it. */
export function setRunning(isRunning) {
  byId("send").hidden = isRunning;
  byId("stop").hidden = !isRunning;
}

/** Once there are turns, the box asks for more. */
export function setFollowUp() {
  field.placeholder = field.dataset.again;
}

function show() {
  const left = most - field.value.length;
  byId("send").disabled = !field.value.trim() || left < 0;
  const words = left < 0 ? counter.dataset.over : left <= NEAR ? counter.dataset.words : "";
  counter.textContent = fill(words, { left, over: -left });
  counter.classList.toggle("over", left < 0);
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function focusOnSlash(event) {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  field.focus();
}
