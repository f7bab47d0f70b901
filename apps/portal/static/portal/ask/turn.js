/** One question with its answer, from asking to done. */

import { answeredBy, perform } from "./actions.js";
import { drawSources } from "./citations.js";
import { drawClaims, signed } from "./claims.js";
import { announce, fill, part, words } from "./elements.js";
import { render } from "./markdown.js";
import { marker } from "./marks.js";
import { drawMissing, isCutShort } from "./missing.js";
import { openSource } from "./panel.js";
import { drawProblem } from "./problems.js";
import { led } from "./short.js";

const LONG_QUESTION = 140;
const queueWords = (position) => ["queuedNext", "queuedOne"][position] ?? "queued";

export class Turn {
  /** `page` knows how to ask: ask(turn), edit(question), narrowed(turn, narrowing). */
  constructor(question, narrowing, page) {
    Object.assign(this, { question, narrowing, page, answer: null, text: "" });
    this.element = part("turn-part");
    this.find(".asked").textContent = question;
    this.find(".asked").classList.toggle("long", question.length > LONG_QUESTION);
    this.element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) perform(button.dataset.do, this, button);
    });
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  /** Where a form or a note of this turn stands. */
  slot(name) {
    return this.find(`[data-slot="${name}"]`);
  }

  /** The id of its trace, once it is answered. */
  get trace() {
    return this.answer?.trace ?? "";
  }

  /** Back to an unanswered question. */
  begin() {
    this.text = "";
    this.element.setAttribute("aria-busy", "true");
    this.find(".answer").replaceChildren();
    for (const slot of this.element.querySelectorAll("[data-slot]")) slot.replaceChildren();
    for (const one of [".short", ".curated", ".degraded", ".sources-part", ".actions"]) {
      this.find(one).hidden = true;
    }
    this.tell("searching");
  }

  /** What is being done, in a calm line; while it waits, where it stands. */
  tell(stage, { position, wait_s: wait } = {}) {
    const line = this.find(".status");
    const name = stage === "queued" ? queueWords(position) : stage;
    line.hidden = !line.dataset[name];
    const seconds = Math.max(1, Math.ceil(wait));
    line.querySelector("[data-stage]").textContent = fill(line.dataset[name] ?? "", { position, seconds });
  }

  /** The next piece of the answer. */
  write(piece) {
    if (!this.text) this.tell("writing");
    this.text += piece;
    this.frame ??= requestAnimationFrame(() => this.draw(null));
  }

  /** The whole answer. `isFresh`: it was asked just now, not read from the history. */
  finish(answer, { isFresh = true } = {}) {
    this.end();
    this.answer = answer;
    this.text = answer.answer;
    this.element.dataset.kind = answer.answered ? "answered" : "missing";
    if (answer.answered) this.drawAnswered(answer);
    else drawMissing(this, answer);
    this.find(".curated").hidden = answer.engine !== "curated";
    this.tellDegraded(answer);
    this.drawFoot(answer);
    if (isFresh) announce(answer.answered ? words.ready : words.missing);
  }

  /** What went wrong, in words; what had arrived stays. */
  fail(error) {
    this.end();
    if (this.text) this.draw(null);
    else if (this.answer) this.finish(this.answer, { isFresh: false }); // the one before stays
    drawProblem(this, error);
  }

  end() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.element.removeAttribute("aria-busy");
    this.tell("");
  }

  /** That a part of the search, or the engine that should have answered, was not available. */
  tellDegraded({ answered, degraded: notes = [] }) {
    const notice = this.find(".degraded");
    const all = (test) => notes.length > 0 && notes.every(test);
    const isReader = all((note) => isCutShort([note]));
    const isEngine = all((note) => note.startsWith("engine:"));
    notice.hidden = !notes.length || (isReader && !answered); // "not found" tells it itself
    notice.querySelector("[data-search]").hidden = isEngine || isReader;
    notice.querySelector("[data-reader]").hidden = !isReader;
    notice.querySelector("[data-engine]").hidden = !isEngine;
  }

  draw(citations, sentences = []) {
    this.frame = undefined;
    const open = (citation, from) => openSource(citation, from);
    const text = render(signed(this.text, sentences), marker(citations, open));
    drawClaims(text);
    this.find(".answer").replaceChildren(text);
  }

  drawAnswered(answer) {
    const { short, rest } = led(answer);
    this.find(".short").textContent = short;
    this.find(".short").hidden = !short;
    this.text = rest;
    this.draw(answer.citations, rest === answer.answer ? answer.sentences : []);
    drawSources(this.find(".sources-part .sources"), answer.citations, openSource);
    this.find(".sources-part").hidden = answer.citations.length === 0;
  }

  drawFoot({ answered, engine, timings_ms: timings, feedback, share }) {
    const language = document.documentElement.lang;
    const line = this.find(".figures");
    const time = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
    const seconds = timings?.total && time.format(timings.total / 1000);
    const parts = [seconds && fill(line.dataset.seconds, { seconds }), words[engine] ?? engine];
    line.textContent = parts.filter(Boolean).join(" · ");
    this.find(".actions").hidden = engine === "courtesy"; // nothing was looked for
    this.find("[data-do=share]").classList.toggle("on", Boolean(share));
    this.find("[data-do=copy]").hidden = !answered;
    answeredBy(this, feedback?.verdict ?? "");
  }
}
