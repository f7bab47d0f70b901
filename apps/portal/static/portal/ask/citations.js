/** Drawing an answer and its sources. Text is data: it is only ever set as textContent. */

const LONG_QUOTE = 400;

/** The answer's text, its [n] marks as links to the sources. */
export function drawAnswer(element, text) {
  const parts = text.split(/\[(\d{1,3})\]/);
  element.replaceChildren(...parts.map((part, index) => (index % 2 ? mark(part) : part)));
}

/** A list of citations, or of hits that came close. */
export function drawSources(list, template, sources) {
  list.replaceChildren(...sources.map((source) => item(template, source)));
}

function mark(number) {
  const link = document.createElement("a");
  link.className = "cite";
  link.href = `#source-${number}`;
  link.textContent = number;
  return link;
}

function item(template, source) {
  const row = template.content.cloneNode(true).firstElementChild;
  const find = (selector) => row.querySelector(selector);
  const quote = (source.quote ?? source.text).replace(/\n{2,}/g, "\n");
  if (source.n) {
    row.id = `source-${source.n}`;
    find(".number").textContent = source.n;
  }
  find(".title").textContent = source.title || source.path;
  find(".title").href = find(".open").href = pageAddress(source);
  find(".place").textContent = place(find(".place").dataset.page, source);
  find("blockquote").textContent = quote;
  find("blockquote").classList.toggle("long", quote.length > LONG_QUOTE);
  find(".original").href = originalAddress(source);
  drawSupport(find(".support"), source.support);
  return row;
}

function drawSupport(element, support) {
  const words = element.dataset[support];
  element.hidden = !words;
  element.textContent = words ?? "";
}

function place(pageWords, { page, heading, title }) {
  const sections = heading.split(" > ").filter((section) => section !== title);
  return [pageWords.replace("{page}", page), sections.join(" › ")].filter(Boolean).join(" · ");
}

function pageAddress({ document: id, page, start, end, version }) {
  return `/documents/${id}/pages/${page}/?${new URLSearchParams({ start, end, version })}#cited`;
}

function originalAddress({ document: id, version }) {
  return `/api/v1/documents/${id}/file/?${new URLSearchParams({ version })}`;
}
