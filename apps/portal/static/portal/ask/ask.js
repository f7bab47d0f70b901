/** The ask page: sends the question, shows the answer as it comes, with its sources. */

import { Refusal, post } from "../api.js";
import { eventsOf } from "../events.js";
import { drawAnswer, drawSources } from "./citations.js";

const byId = (id) => document.getElementById(id);
const form = byId("ask");
const token = form.elements.csrfmiddlewaretoken.value;
const template = byId("source");
let running = null;
let trace = "";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!running) ask(form.elements.question.value.trim());
});

form.elements.question.addEventListener("keydown", (event) => {
  // While an input method composes Chinese, Enter chooses characters.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

byId("stop").addEventListener("click", () => running?.abort());

byId("feedback").addEventListener("click", async (event) => {
  const { verdict } = event.target.dataset;
  if (!verdict || !trace) return;
  try {
    await post("/api/v1/feedback/", { trace, verdict }, { token });
    showVerdict(verdict);
  } catch (error) {
    showProblem(error);
  }
});

async function ask(question) {
  if (!question) return;
  const { collection } = form.elements;
  begin(question);
  try {
    const body = { question, stream: true };
    if (collection.value) body.collections = [collection.value];
    const response = await post(form.action, body, { token, signal: running.signal });
    await follow(response);
  } catch (error) {
    if (error.name !== "AbortError") showProblem(error);
  } finally {
    end();
  }
}

async function follow(response) {
  let text = "";
  let isFinished = false;
  for await (const { name, data } of eventsOf(response)) {
    if (name === "status") showStage(data.stage);
    if (name === "token") {
      text += data.text;
      showStage("writing");
      drawAnswer(byId("answer"), text);
    }
    if (name === "error") throw new Refusal(500, data.error.message);
    if (name === "done") {
      finish(data);
      isFinished = true;
    }
  }
  if (!isFinished) throw new TypeError("the stream ended early");
}

function begin(question) {
  running = new AbortController();
  trace = "";
  byId("asked").textContent = question;
  byId("answer").replaceChildren();
  byId("answer").classList.remove("unanswered");
  byId("figures").textContent = "";
  for (const id of ["problem", "sources", "nearest", "feedback", "thanks"]) byId(id).hidden = true;
  byId("result").hidden = byId("stop").hidden = false;
  byId("result").setAttribute("aria-busy", "true");
  byId("send").disabled = true;
  showStage("searching");
}

function end() {
  running = null;
  byId("status").hidden = byId("stop").hidden = true;
  byId("send").disabled = false;
  byId("result").removeAttribute("aria-busy");
}

function finish(answer) {
  trace = answer.trace;
  drawAnswer(byId("answer"), answer.answer);
  byId("answer").classList.toggle("unanswered", !answer.answered);
  showList("sources", "source-list", answer.citations);
  showList("nearest", "nearest-list", answer.nearest);
  showVerdict("");
  byId("feedback").hidden = false;
  byId("figures").textContent = figures(answer, byId("figures").dataset);
}

function showList(section, list, sources) {
  byId(section).hidden = sources.length === 0;
  drawSources(byId(list), template, sources);
}

function figures({ timings_ms: timings, engine }, words) {
  const name = engine === "builtin" ? words.builtin : engine;
  if (timings.total === undefined) return name;
  return `${words.seconds.replace("{seconds}", (timings.total / 1000).toFixed(2))} · ${name}`;
}

function showStage(stage) {
  const words = byId("status").dataset[stage];
  byId("status").hidden = !words;
  byId("status").textContent = words ?? "";
}

function showVerdict(verdict) {
  for (const button of byId("feedback").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
  }
  byId("thanks").hidden = !verdict;
}

function showProblem(error) {
  const box = byId("problem");
  const isSignedOut = error.status === 401;
  box.textContent =
    error instanceof Refusal && !isSignedOut
      ? error.message
      : box.dataset[isSignedOut ? "signedOut" : "offline"];
  box.hidden = false;
}
