/** Suggested questions on the empty page. */

import { get } from "../api.js";
import { byId, icon, make } from "./elements.js";

const MOST = 6;
let current = null;

/** Shows questions that suit the chosen collections; `ask(question)` asks one. */
export async function showSuggestions(collections, ask) {
  current?.abort();
  current = new AbortController();
  const asked = new URLSearchParams({ limit: MOST });
  for (const id of collections) asked.append("collection", id);
  try {
    const { questions } = await get(`/api/v1/suggestions/?${asked}`, { signal: current.signal });
    draw(questions.slice(0, MOST), ask);
  } catch (error) {
    if (error.name !== "AbortError") draw([], ask); // the page works without them
  }
}

/** Takes them away: the conversation has begun. */
export function hideSuggestions() {
  current?.abort();
  byId("suggestions").hidden = true;
}

function draw(questions, ask) {
  const items = questions.map(({ text }) => {
    const words = make("span", { dir: "auto", className: "wrap", textContent: text });
    const button = make("button", { type: "button", className: "suggestion" }, words, icon("arrow-up"));
    button.addEventListener("click", () => ask(text));
    return make("li", {}, button);
  });
  byId("suggestions").querySelector("ul").replaceChildren(...items);
  byId("suggestions").hidden = items.length === 0;
}
