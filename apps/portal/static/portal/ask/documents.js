/** Finding a document to narrow to, by a part of its title. */

import { get } from "../api.js";
import { byId, icon, isComposing, make } from "./elements.js";
import { iconOf } from "./places.js";

const WAIT_MS = 200;
const MOST = 8;
const field = byId("document-find");
const list = byId("documents-found");
const none = byId("filter-documents").querySelector("[data-none]");
const titles = new Map();
let timer = 0;
let search = null;

/** Connects the field with the narrowing. */
export function connectDocuments(narrowing) {
  const choose = (option) => {
    if (!option) return;
    narrowing.toggleDocument(option.dataset.document);
    field.value = "";
    close();
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, WAIT_MS, narrowing);
  });
  field.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event);
    if (event.key === "Enter") {
      event.preventDefault();
      choose(list.querySelector("[aria-selected=true]") ?? list.firstElementChild);
    }
  });
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
}

/** The title of a document; "" when it is gone. */
export async function documentTitle(id) {
  if (!titles.has(id)) titles.set(id, get(`/api/v1/documents/${id}/`).then(named, () => ""));
  return titles.get(id);
}

const named = ({ title, path }) => title || path;

async function find({ collections }) {
  search?.abort();
  const part = field.value.trim();
  if (!part) return close();
  search = new AbortController();
  const asked = new URLSearchParams({ q: part, page_size: MOST });
  if (collections.length === 1) asked.set("collection", collections[0]);
  try {
    const { results } = await get(`/api/v1/documents/?${asked}`, { signal: search.signal });
    show(results.slice(0, MOST));
  } catch (error) {
    if (error.name !== "AbortError") close();
  }
}

function show(results) {
  for (const one of results) titles.set(one.id, Promise.resolve(named(one)));
  list.replaceChildren(...results.map(option));
  list.hidden = results.length === 0;
  none.hidden = results.length > 0;
  field.setAttribute("aria-expanded", String(results.length > 0));
  field.removeAttribute("aria-activedescendant");
}

function option(one) {
  const title = make("span", { className: "cut", dir: "auto", textContent: named(one) });
  const item = make("li", { id: `document-${one.id}`, className: "menu-item" }, icon(iconOf(one)), title);
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.document = one.id;
  return item;
}

function move(event) {
  event.preventDefault();
  const options = [...list.children];
  const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = options.at((now + (event.key === "ArrowDown" ? 1 : -1)) % options.length);
  for (const one of options) one.setAttribute("aria-selected", String(one === next));
  if (!next) return;
  field.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

function close() {
  list.replaceChildren();
  list.hidden = none.hidden = true;
  field.setAttribute("aria-expanded", "false");
}
