/** The popover of filters, and the chips that tell which are in use. */

import { byId, fill, icon, make } from "./elements.js";
import { documentTitle } from "./documents.js";

const popover = byId("filters");
const opener = byId("filters-open");
const GAP = 8;
const LEAST = 400; // with less room the popover lies over the box, as a sheet at the bottom

/** Connects the fields of the popover with the narrowing. */
export function connectFilters(narrowing) {
  byId("filter-collections").addEventListener("change", (event) => {
    if (event.target.type === "checkbox") narrowing.toggleCollection(event.target.value);
  });
  byId("filter-collections").querySelector("[data-find]")?.addEventListener("input", findCollection);
  byId("filter-after").addEventListener("change", (event) => {
    narrowing.setFilter("created_after", moment(event.target.value, "00:00:00"));
  });
  byId("filter-before").addEventListener("change", (event) => {
    narrowing.setFilter("created_before", moment(event.target.value, "23:59:59"));
  });
  byId("filter-language").addEventListener("click", (event) => {
    const { language } = event.target.closest("button")?.dataset ?? {};
    if (language !== undefined) narrowing.setFilter("languages", language ? [language] : []);
  });
  byId("filters-clear").addEventListener("click", () => narrowing.set());
  byId("box-pinned")?.addEventListener("click", (event) => {
    const { collection } = event.target.closest("button")?.dataset ?? {};
    if (collection) narrowing.toggleCollection(collection);
  });
  popover.addEventListener("toggle", (event) => event.newState === "open" && place());
  addEventListener("resize", () => popover.matches(":popover-open") && place());
  narrowing.listen(show);
  show(narrowing);
}

/** Whether the collection may be read. */
export const isOffered = (id) => rowOf(id) !== null;

function place() {
  const { left } = opener.getBoundingClientRect();
  const { top, bottom } = byId("box").getBoundingClientRect();
  const isAbove = top > innerHeight - bottom;
  const room = (isAbove ? top : innerHeight - bottom) - 2 * GAP;
  popover.style.left = `${Math.max(GAP, Math.min(left, innerWidth - popover.offsetWidth - GAP))}px`;
  const isSheet = room < Math.min(LEAST, popover.scrollHeight);
  popover.style.top = isAbove || isSheet ? "auto" : `${bottom + GAP}px`;
  popover.style.bottom = isSheet ? `${GAP}px` : isAbove ? `${innerHeight - top + GAP}px` : "auto";
  popover.style.maxHeight = `${isSheet ? 0.85 * innerHeight : room}px`;
}

function findCollection(event) {
  const part = event.target.value.trim().toLocaleLowerCase();
  const rows = [...byId("filter-collections").querySelectorAll("li")];
  for (const row of rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(part);
  const none = byId("filter-collections").querySelector("[data-none]");
  none.hidden = rows.some((row) => !row.hidden);
}

async function show(narrowing) {
  const { collections, filters } = narrowing;
  for (const box of byId("filter-collections").querySelectorAll("[type=checkbox]")) {
    box.checked = collections.includes(box.value);
  }
  for (const chip of byId("box-pinned")?.querySelectorAll("button") ?? []) {
    chip.setAttribute("aria-pressed", String(collections.includes(chip.dataset.collection)));
  }
  byId("filter-after").value = day(filters.created_after);
  byId("filter-before").value = day(filters.created_before);
  const language = filters.languages?.length === 1 ? filters.languages[0] : "";
  for (const button of byId("filter-language").children) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  byId("chips").replaceChildren(...chips(narrowing));
}

function chips(narrowing) {
  const { collections, filters } = narrowing;
  const found = collections.map((id) =>
    chip("library", collectionName(id), () => narrowing.toggleCollection(id)),
  );
  for (const id of filters.documents ?? []) {
    const one = chip("file-text", "…", () => narrowing.toggleDocument(id));
    documentTitle(id).then((title) => name(one, title || popover.dataset.unknown));
    found.push(one);
  }
  if (filters.created_after || filters.created_before) {
    found.push(chip("calendar", period(filters), () => {
      narrowing.set({ ...narrowing.value, filters: withoutDates(filters) });
    }));
  }
  for (const language of filters.languages ?? []) {
    found.push(chip("languages", languageName(language), () => narrowing.setFilter("languages", [])));
  }
  return found;
}

function chip(picture, text, remove) {
  const button = make("button", { type: "button", className: "chip on" },
    icon(picture), make("span", { className: "cut", dir: "auto" }), icon("x"));
  button.addEventListener("click", () => {
    remove();
    byId("question").focus();
  });
  const item = make("li", {}, button);
  name(item, text);
  return item;
}

function name(item, text) {
  item.querySelector("span").textContent = text;
  item.firstChild.setAttribute("aria-label", fill(popover.dataset.remove, { name: text }));
}

function collectionName(id) {
  return rowOf(id)?.textContent.trim() ?? popover.dataset.closed;
}

function rowOf(id) {
  return byId("filter-collections").querySelector(`li[data-collection="${CSS.escape(id)}"]`);
}

function languageName(language) {
  const names = new Intl.DisplayNames(document.documentElement.lang, { type: "language" });
  try {
    return names.of(language) ?? language;
  } catch {
    return language; // RangeError: not a language code, as the API may have stored it
  }
}

function period({ created_after: after, created_before: before }) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" });
  const from = after && format.format(new Date(after));
  const to = before && format.format(new Date(before));
  const { between, since, until } = popover.dataset;
  return fill(from && to ? between : from ? since : until, { from, to });
}

function withoutDates({ created_after: _after, created_before: _before, ...rest }) {
  return rest;
}

function moment(date, time) {
  return date ? new Date(`${date}T${time}`).toISOString() : "";
}

function day(iso) {
  if (!iso) return "";
  const date = new Date(iso);
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
