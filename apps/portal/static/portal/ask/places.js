/** Where a citation or passage is: in words, as an address, as a picture of its kind of file. */

import { fill, words } from "./elements.js";

const ICONS = [
  [/spreadsheet|excel|csv|\.xlsx?$|\.csv$/, "file-spreadsheet"],
  [/presentation|powerpoint|\.pptx?$/, "presentation"],
  [/rfc822|outlook|\.eml$|\.msg$/, "mail"],
  [/html|\.html?$/, "globe"],
  [/epub|\.epub$/, "book-open"],
  [/pdf|word|opendocument\.text|markdown|plain|\.(pdf|docx?|md|txt)$/, "file-text"],
];
const PAGED = /pdf|presentation|powerpoint|spreadsheet|excel|epub|\.(pdf|pptx?|xlsx?|epub)$/;

/** The name of the picture for its kind of file. */
export function iconOf(source) {
  const kind = kindOf(source);
  return ICONS.find(([pattern]) => pattern.test(kind))?.[1] ?? "file";
}

/** Its title, or its path when it has none. */
export const titleOf = (source) => source.title || source.path;

/** Page (slide, sheet) and section, e.g. "page 2 · 5. Error codes". */
export function placeOf(source) {
  const sections = (source.heading ?? "").split(" > ").filter((one) => one && one !== source.title);
  return [pageOf(source), sections.join(" › ")].filter(Boolean).join(" · ");
}

/** The source's page in the portal, its span marked. */
export function addressOf({ document: id, page, start, end, version }, { embedded = false } = {}) {
  const span = new URLSearchParams({ version, start, end });
  if (embedded) span.set("embedded", "1");
  return `/documents/${id}/pages/${page}/?${span}`;
}

/** The file as it was uploaded. */
export function fileOf({ document: id, version }) {
  return `/api/v1/documents/${id}/file/?${new URLSearchParams({ version })}`;
}

/** Its address in the web outside this site, or "". */
export function originOf({ url = "" }) {
  return /^https?:\/\//.test(url) && !url.startsWith(location.origin) ? url : "";
}

function pageOf(source) {
  const label = source.page_label ?? source.label;
  if (label && !/^\d+$/.test(label)) return label;
  const kind = kindOf(source);
  if (!PAGED.test(kind) && source.page <= 1) return ""; // mail, web pages and notes have no pages
  if (/presentation|powerpoint|\.pptx?$/.test(kind)) return numbered(words.slide, source);
  // The section is the sheet's name; a long sheet is several pages, so they do not number sheets.
  if (/spreadsheet|excel|\.xlsx?$/.test(kind) && source.heading) return "";
  return numbered(words.page, source);
}

function numbered(text, { page }) {
  return fill(text, { page });
}

function kindOf({ media_type: type, path = "" }) {
  return type || path.toLowerCase();
}
