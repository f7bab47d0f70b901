/** The first question: asks the REST API, shows the answer with its sources. All text is set as text. */

import { Refusal, post } from "../api.js";

const byId = (id) => document.getElementById(id);
const form = byId("ask");
const question = byId("question");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(question.value.trim());
});
form.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-question]");
  if (!chosen) return;
  question.value = chosen.textContent;
  form.requestSubmit();
});
question.addEventListener("keydown", (event) => {
  const composes = event.isComposing || event.keyCode === 229;
  if (event.key !== "Enter" || event.shiftKey || composes) return;
  event.preventDefault();
  form.requestSubmit();
});

async function ask(text) {
  if (!text || byId("send").disabled) return;
  setBusy(true);
  try {
    const { collection } = form.dataset;
    const body = { question: text, ...(collection && { collections: [collection] }) };
    const response = await post("/api/v1/ask/", body);
    show(text, await response.json());
  } catch (error) {
    showProblem(error);
  } finally {
    setBusy(false);
  }
}

function setBusy(isBusy) {
  byId("send").disabled = isBusy;
  byId("wait").hidden = !isBusy;
  if (isBusy) byId("result").hidden = byId("problem").hidden = true;
}

function show(text, { answered, answer, citations, nearest }) {
  const sources = answered ? citations : nearest;
  const { missing, nothing } = byId("answer").dataset;
  byId("asked").textContent = text;
  byId("answer").textContent = answered ? plain(answer) : sources.length ? missing : nothing;
  byId("sources").replaceChildren(...sources.slice(0, 3).map(item));
  byId("result").hidden = false;
  byId("asked").focus();
}

/** The answer's few marks of Markdown are left out. */
const plain = (answer) => answer.replace(/\*\*|^#+ /gm, "");

function item(source) {
  const element = byId("source").content.cloneNode(true);
  const page = element.querySelector("[data-page]");
  element.querySelector("[data-title]").textContent = source.title;
  page.textContent = page.dataset.page.replace("{page}", source.page);
  element.querySelector("blockquote").textContent = source.quote ?? source.text;
  const link = element.querySelector("[data-open]");
  if (source.url?.startsWith("/")) link.href = source.url;
  else link.remove();
  return element;
}

function showProblem(error) {
  const problem = byId("problem");
  const { offline, signedOut } = problem.dataset;
  const isRefusal = error instanceof Refusal;
  problem.textContent = !isRefusal ? offline : error.isSignedOut ? signedOut : error.message;
  problem.hidden = false;
}
