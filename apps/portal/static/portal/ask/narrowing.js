/** What questions are narrowed to: {collections, filters} as the API takes them. */

/** Holds it and tells whoever listens when it changes. */
export class Narrowing {
  #collections = [];
  #filters = {};
  #listeners = [];

  /** Called with this after each change. */
  listen(listener) {
    this.#listeners.push(listener);
  }

  get collections() {
    return this.#collections;
  }

  get filters() {
    return this.#filters;
  }

  /** As `ask` and `conversations` take it: only what narrows. */
  get value() {
    const value = {};
    if (this.#collections.length) value.collections = [...this.#collections];
    if (Object.keys(this.#filters).length) value.filters = { ...this.#filters };
    return value;
  }

  /** Replaces everything; `isQuiet`: it is what is stored already. */
  set({ collections, filters } = {}, { isQuiet = false } = {}) {
    this.#collections = [...(collections ?? [])];
    this.#filters = {};
    for (const [name, value] of Object.entries(filters ?? {})) this.#put(name, value);
    this.#tell(isQuiet);
  }

  /** Adds a collection, or takes it away. */
  toggleCollection(id) {
    this.#collections = toggled(this.#collections, id);
    this.#tell(false);
  }

  /** Adds a document, or takes it away. */
  toggleDocument(id) {
    this.setFilter("documents", toggled(this.#filters.documents ?? [], id));
  }

  /** Sets one filter; an empty value removes it. */
  setFilter(name, value) {
    this.#put(name, value);
    this.#tell(false);
  }

  #put(name, value) {
    const isEmpty = value === null || value === undefined || value === "" || value.length === 0;
    if (isEmpty) delete this.#filters[name];
    else this.#filters[name] = value;
  }

  #tell(isQuiet) {
    for (const listener of this.#listeners) listener(this, { isQuiet });
  }
}

function toggled(list, one) {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}
