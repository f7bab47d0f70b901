/** The side bar's list of recent conversations, kept true without loading the page again. */

import { byId, make } from "./elements.js";

const MOST = 12;
const TITLE = 80;

/** Moves the conversation to the top; a new or renamed one gets its name. */
export function putOnTop(id, title, { isRenamed = false } = {}) {
  const list = byId("recent");
  if (!list) return;
  const address = `/conversations/${id}/`;
  list.querySelector("li.hint")?.remove();
  const row = list.querySelector(`a[href="${address}"]`)?.closest("li") ?? made(address, title);
  if (isRenamed) row.querySelector(".cut").textContent = title;
  list.prepend(row);
  while (list.childElementCount > MOST) list.lastElementChild.remove();
  for (const link of document.querySelectorAll("#sidebar [aria-current]")) {
    link.removeAttribute("aria-current");
  }
  row.querySelector("a").setAttribute("aria-current", "page");
}

function made(address, title) {
  const name = make("span", { className: "cut", textContent: title.slice(0, TITLE) });
  return make("li", {}, make("a", { className: "nav-link slim", href: address }, name));
}
