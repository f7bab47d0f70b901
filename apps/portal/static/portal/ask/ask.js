/** The question page: the empty start, the row of turns, and what connects them. */

import { askTurn, isAsking, stopAsking } from "./asking.js";
import { connectBox, setFollowUp, setQuestion, setRunning } from "./box.js";
import { connectDocuments } from "./documents.js";
import { byId, make, words } from "./elements.js";
import { told } from "./failures.js";
import { connectFilters, isOffered } from "./filters.js";
import { keep, kept } from "./keeping.js";
import { connectMenu, showMenu } from "./menu.js";
import { Narrowing } from "./narrowing.js";
import { closedByBack } from "./panel.js";
import { Session } from "./session.js";
import { hideSuggestions, showSuggestions } from "./suggestions.js";
import { Turn } from "./turn.js";

const view = byId("ask-view");
const session = new Session(view.dataset.conversation);
const narrowing = new Narrowing();
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const asked = new URLSearchParams(location.search);
const TITLE = 80;
const page = { ask, edit: setQuestion, narrowed };

async function ask(turn, options) {
  if (isAsking()) return;
  begin(turn);
  const open = () => opened(turn.question, options);
  const isAnswered = await askTurn(turn, open);
  setRunning(false);
  keep(isAnswered ? byId("question").value : byId("question").value || turn.question);
}

async function opened(question, options) {
  const isNew = !session.id;
  const id = await session.open(question, narrowing.value, options);
  if (isNew) showMenu(session, question.slice(0, TITLE));
  return id;
}

function begin(turn) {
  setRunning(true);
  setFollowUp();
  hideSuggestions();
  view.dataset.state = "talk";
  if (!turn.element.isConnected) append(turn);
  // What was pressed goes away; whoever types stays in the box.
  if (document.activeElement !== byId("question")) turn.find(".asked").focus({ preventScroll: true });
}

function append(turn) {
  byId("turns").append(turn.element);
  turn.element.classList.add("newest");
  turn.element.previousElementSibling?.classList.remove("newest");
  turn.element.scrollIntoView({ block: "start" });
}

function askNew(question, options) {
  if (question && !isAsking()) ask(new Turn(question, narrowing.value, page), options);
}

// The same question, searched elsewhere: the page stays narrowed as it now is.
function narrowed(turn, value) {
  if (isAsking()) return;
  narrowing.set(value);
  askNew(turn.question);
}

async function load() {
  try {
    const { narrowing: stored, turns } = await session.load();
    narrowing.set(stored, { isQuiet: true });
    for (const answer of turns) {
      const turn = new Turn(answer.question, narrowing.value, page);
      byId("turns").append(turn.element);
      turn.finish(answer, { isFresh: false });
    }
    view.dataset.state = turns.length ? "talk" : "start";
    if (turns.length) setFollowUp();
    byId("turns").lastElementChild?.classList.add("newest");
    byId("turns").lastElementChild?.scrollIntoView({ block: "start" });
  } catch (error) {
    view.dataset.state = "talk";
    const note = make("p", { className: "problem", textContent: `${words.gone} ${told(error)}` });
    byId("load-problem").replaceChildren(note);
  } finally {
    byId("skeleton").hidden = true;
  }
}

function narrowAsAsked() {
  const documents = asked.getAll("document").filter((id) => ID.test(id));
  const collections = asked.getAll("collection").filter(isOffered);
  narrowing.set({ collections, filters: { documents } });
}

function start() {
  connectBox({ ask: askNew, stop: stopAsking });
  connectFilters(narrowing);
  connectDocuments(narrowing);
  connectMenu(session);
  narrowAsAsked();
  narrowing.listen(({ value, collections }, { isQuiet }) => {
    if (!isQuiet) session.narrow(value);
    if (view.dataset.state === "start") showSuggestions(collections, askNew);
  });
  // Back from a conversation that began here: the empty page again.
  addEventListener("popstate", () => closedByBack() || location.reload());
  const question = asked.get("q")?.trim();
  if (session.id) load();
  else if (question) askNew(question, { replacesAddress: true });
  else showSuggestions(narrowing.collections, askNew);
  if (!question && kept()) setQuestion(kept());
}

start();
