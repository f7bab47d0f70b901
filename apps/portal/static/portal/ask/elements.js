/** Small ways to make elements. Text is data: it is only ever set as text. */

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The content of a <template>. */
export function part(id) {
  return byId(id).content.cloneNode(true).firstElementChild;
}

/** A picture from icons.svg. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${byId("ask-view").dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** `{name}`s in the words replaced by values. */
export function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Words of the page that belong to no part. */
export const words = byId("ask-words").dataset;

/** Said to screen readers, also when the same was said before. */
export function announce(text) {
  byId("announcer").textContent = "";
  setTimeout(() => (byId("announcer").textContent = text), 100);
}

/** Whether a key press belongs to an input method that composes, e.g. Chinese. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;
