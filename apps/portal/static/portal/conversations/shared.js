/** A shared answer as the question page shows it, its marks leading to the sources below it. */

import { make } from "../ask/elements.js";
import { render } from "../ask/markdown.js";
import { led } from "../ask/short.js";

const answer = document.getElementById("answer");

function mark(n) {
  if (!document.getElementById(`source-${n}`)) return null;
  const link = make("a", { className: "cite", href: `#source-${n}`, textContent: n });
  link.setAttribute("aria-label", answer.dataset.source.replace("{n}", n));
  return link;
}

if (answer) {
  const lead = document.getElementById("short");
  const { short, rest } = led({ short_answer: answer.dataset.short, answer: answer.textContent });
  lead.textContent = short;
  lead.hidden = !short;
  answer.replaceChildren(render(rest, mark));
  answer.classList.add("is-drawn");
}
