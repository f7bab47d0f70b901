/** The widget's panel: a small conversation, with a token that the page around us fetched. */

import { Lost, Refusal } from "../api.js";
import { byId, fill, isComposing, make, part, words } from "../ask/elements.js";
import { eventsOf } from "../events.js";
import { call, keep, onWord, renew, say } from "./pass.js";
import { Turn } from "./turn.js";

const LONGEST_WAIT_S = 600;
const NEAR_END = 120;
const MOST_SUGGESTIONS = 4;
const box = byId("box");
const question = byId("question");
const talk = byId("talk");
let running = null;
let isModal = false;

onWord((word, data) => {
  if (data.isModal !== undefined) isModal = data.isModal;
  if (word === "pass" && document.body.dataset.state === "waiting") start(data);
  if (word === "shown") question.focus();
});
say("ready");

function start(given) {
  keep(given);
  document.body.dataset.state = "ready";
  document.title = byId("title").textContent = given.title;
  byId("greeting").textContent = given.greeting || byId("greeting").dataset.default;
  byId("wait").hidden = true;
  byId("start").hidden = byId("fresh").disabled = false;
  if (given.isShown) question.focus();
  suggest();
}

/** Questions to begin with; without them the panel works just as well. */
async function suggest() {
  try {
    const response = await call("GET", `/api/v1/suggestions/?limit=${MOST_SUGGESTIONS}`);
    const { questions } = await response.json();
    byId("suggestions").replaceChildren(...questions.map(({ text }) => chip(text)));
    byId("suggestions").hidden = questions.length === 0;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof Lost)) throw error;
  }
}

function chip(text) {
  const button = make("button", { type: "button", className: "chip", textContent: text, dir: "auto" });
  button.addEventListener("click", () => ask(new Turn(text)));
  return make("li", {}, button);
}

async function ask(turn) {
  if (running || document.body.dataset.state !== "ready") return;
  running = new AbortController();
  if (!turn.element.isConnected) byId("turns").append(turn.element);
  turn.element.onclick ??= (event) => {
    const verdict = event.target.closest("[data-verdict]")?.dataset.verdict;
    if (verdict) judge(turn, verdict);
  };
  turn.begin();
  setBusy(true);
  turn.element.scrollIntoView({ block: "start" });
  try {
    await follow(turn, running.signal);
  } catch (error) {
    turn.fail(told(error, turn), () => ask(turn));
  } finally {
    running = null;
    setBusy(false);
  }
}

async function follow(turn, signal) {
  const body = { question: turn.question, stream: true };
  const response = await call("POST", "/api/v1/ask/", { body, signal });
  for await (const { name, data } of eventsOf(response)) {
    const isNearEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR_END;
    if (name === "status") turn.tell(data.stage, data);
    if (name === "token") turn.write(data.text);
    if (name === "error") throw new Refusal(500, data.error.message);
    if (name === "done") return turn.finish(data);
    if (isNearEnd) talk.scrollTop = talk.scrollHeight;
  }
  throw new Lost("the stream ended early");
}

function told(error, turn) {
  if (error.name === "AbortError") return words.stopped;
  if (error instanceof Lost) return turn.text ? words.lost : words.offline;
  if (!(error instanceof Refusal)) throw error;
  if (!error.retryAfterS || error.retryAfterS > LONGEST_WAIT_S) return error.message;
  return `${error.reason} ${fill(words.soon, { seconds: error.retryAfterS })}`;
}

async function judge(turn, verdict) {
  turn.showVerdict(verdict);
  try {
    await call("POST", "/api/v1/feedback/", { body: { trace: turn.trace, verdict } });
  } catch (error) {
    turn.showVerdict("");
    turn.fail(told(error, turn), () => judge(turn, verdict));
  }
}

async function begin() {
  running?.abort();
  byId("fresh").disabled = true;
  try {
    await renew({ isFresh: true });
    byId("turns").replaceChildren();
    byId("trouble").replaceChildren();
    setBusy(false);
  } catch (error) {
    const box = part("problem-part");
    box.querySelector("[data-words]").textContent = told(error, { text: "" });
    box.querySelector("[data-again]").addEventListener("click", begin);
    byId("trouble").replaceChildren(box);
  } finally {
    byId("fresh").disabled = false;
    question.focus();
  }
}

function setBusy(isBusy) {
  const hasTurns = byId("turns").childElementCount > 0;
  byId("send").hidden = isBusy;
  byId("stop").hidden = !isBusy;
  byId("start").hidden = hasTurns;
  question.placeholder = hasTurns ? question.dataset.again : byId("question").dataset.first;
  weigh();
}

function weigh() {
  byId("send").disabled = !question.value.trim();
  if (CSS.supports("field-sizing", "content")) return; // Firefox grows it here
  question.style.height = "auto";
  question.style.height = `${question.scrollHeight}px`;
}

question.dataset.first = question.placeholder;
question.addEventListener("input", weigh);
question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
  event.preventDefault();
  box.requestSubmit();
});
box.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (!text || running || document.body.dataset.state !== "ready") return;
  question.value = "";
  ask(new Turn(text));
});
byId("stop").addEventListener("click", () => running?.abort());
byId("fresh").addEventListener("click", begin);
byId("close").addEventListener("click", () => say("close"));

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !isComposing(event)) say("close");
  if (event.key === "Tab" && isModal) stayInside(event);
});

/** The panel covers the page: the focus goes round in it. Escape closes it. */
function stayInside(event) {
  const all = document.querySelectorAll("button:not(:disabled), a[href], textarea, summary");
  const shown = [...all].filter((one) => one.checkVisibility());
  const [from, to] = event.shiftKey ? [shown[0], shown.at(-1)] : [shown.at(-1), shown[0]];
  if (document.activeElement !== from) return;
  event.preventDefault();
  to.focus();
}
