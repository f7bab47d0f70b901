/** One question with its answer in the widget's panel. */

import { announce, fill, make, part, words } from "../ask/elements.js";
import { render } from "../ask/markdown.js";
import { addressOf, placeOf, titleOf } from "../ask/places.js";
import { drawQuote } from "../ask/quotes.js";

export class Turn {
  constructor(question) {
    Object.assign(this, { question, text: "", trace: "" });
    this.element = part("turn-part");
    this.find(".widget-asked").textContent = question;
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  /** Back to a question without an answer. */
  begin() {
    this.text = "";
    this.element.setAttribute("aria-busy", "true");
    for (const one of [".widget-answer", "[data-problem]", ".widget-sources"]) this.find(one).replaceChildren();
    this.tell("searching");
  }

  /** What is being done; while it waits, where it stands. */
  tell(stage, { position, wait_s: wait } = {}) {
    const line = this.find(".widget-status");
    const name = stage === "queued" ? ["queuedNext", "queuedOne"][position] ?? "queued" : stage;
    line.hidden = !line.dataset[name];
    const seconds = Math.max(1, Math.ceil(wait));
    line.querySelector("[data-stage]").textContent = fill(line.dataset[name] ?? "", { position, seconds });
  }

  /** The next piece of the answer; its marks lead somewhere once the sources are known. */
  write(piece) {
    if (!this.text) this.tell("writing");
    this.text += piece;
    this.frame ??= requestAnimationFrame(() => this.draw((n) => make("span", { className: "cite", textContent: n })));
  }

  /** The whole answer. */
  finish(answer) {
    this.end();
    this.text = answer.answered ? answer.answer : "";
    this.trace = answer.trace;
    const sources = answer.answered ? answer.citations : answer.nearest;
    const known = new Map(answer.citations.map((one) => [one.n, one]));
    this.draw((n) => (known.has(n) ? this.mark(known.get(n)) : null));
    this.drawMissing(answer);
    this.find(".curated").hidden = answer.engine !== "curated";
    this.find(".widget-sources").replaceChildren(...sources.map(source));
    this.find(".widget-sources").hidden = sources.length === 0;
    this.find(".widget-foot").hidden = answer.engine === "courtesy"; // nothing was looked for
    announce(answer.answered ? `${words.ready} ${answer.short_answer ?? ""}` : words.missing);
  }

  /** What went wrong, in words; `again` tries it once more. What had arrived stays. */
  fail(text, again) {
    this.end();
    const box = part("problem-part");
    box.querySelector("[data-words]").textContent = text;
    box.querySelector("[data-again]").addEventListener("click", again);
    this.find("[data-problem]").replaceChildren(box);
  }

  /** Marks the thumb that was given. */
  showVerdict(verdict) {
    for (const button of this.element.querySelectorAll("[data-verdict]")) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
    }
    this.find("[data-thanks]").hidden = !verdict;
  }

  end() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.element.removeAttribute("aria-busy");
    this.tell("");
  }

  draw(cite) {
    this.frame = undefined;
    this.find(".widget-answer").replaceChildren(render(this.text, cite));
  }

  drawMissing({ answered, nearest }) {
    const line = this.find(".widget-missing-words");
    line.textContent = nearest.length ? line.dataset.near : line.dataset.nothing;
    this.find(".widget-missing").hidden = line.hidden = answered;
  }

  mark(citation) {
    const button = make("button", { type: "button", className: "cite", textContent: citation.n });
    button.setAttribute("aria-label", fill(words.source, { n: citation.n, title: titleOf(citation) }));
    button.addEventListener("click", () => this.show(citation.n));
    return button;
  }

  show(n) {
    const details = this.find(`.widget-source[data-n="${n}"]`);
    details.open = true;
    details.querySelector("summary").focus({ preventScroll: true });
    details.scrollIntoView({ block: "nearest" });
  }
}

function source(found) {
  const row = part("source-part");
  const find = (selector) => row.querySelector(selector);
  find("details").dataset.n = found.n ?? "";
  find(".badge").textContent = found.n ?? "";
  find(".badge").hidden = !found.n;
  find(".widget-source-title").textContent = titleOf(found);
  find("[data-place]").textContent = placeOf(found);
  find("[data-open]").href = addressOf(found);
  drawQuote(find(".widget-quote"), found.quote ?? found.text);
  const support = find("[data-support]");
  support.textContent = support.dataset[found.support] ?? "";
  support.hidden = !support.textContent;
  return row;
}
