/** A shared answer, its marks leading to the sources below it. */

import { make } from "../ask/elements.js";
import { render } from "../ask/markdown.js";

const answer = document.getElementById("answer");

function mark(n) {
  if (!document.getElementById(`source-${n}`)) return null;
  const link = make("a", { className: "cite", href: `#source-${n}`, textContent: n });
  link.setAttribute("aria-label", answer.dataset.source.replace("{n}", n));
  return link;
}

if (answer) {
  answer.replaceChildren(render(answer.textContent, mark));
  answer.classList.add("is-drawn");
}
