/** The conversation on the page: opened with the first question, loaded, kept narrowed. */

import { get, post, send } from "../api.js";
import { putOnTop } from "./recent.js";

const WAIT_MS = 600;

export class Session {
  #id;
  #timer = 0;

  /** `id` is empty until a question is asked. */
  constructor(id) {
    this.#id = id;
  }

  get id() {
    return this.#id;
  }

  /** Its narrowing and turns, oldest first. */
  load() {
    return get(`/api/v1/conversations/${this.#id}/`);
  }

  /** Opens the conversation if there is none yet: its address becomes the page's. */
  async open(question, narrowing, { replacesAddress = false } = {}) {
    if (!this.#id) {
      const response = await post("/api/v1/conversations/", { narrowing });
      this.#id = (await response.json()).id;
      const address = `/conversations/${this.#id}/`;
      if (replacesAddress) history.replaceState(null, "", address);
      else history.pushState(null, "", address);
      document.title = document.title.replace(/^[^·]*(?=·)/, `${question.slice(0, 80)} `);
    }
    putOnTop(this.#id, question);
    return this.#id;
  }

  /** Keeps what it is narrowed to, a moment after the last change. */
  narrow(narrowing) {
    clearTimeout(this.#timer);
    if (!this.#id) return;
    const body = { narrowing };
    this.#timer = setTimeout(() => {
      send("PATCH", `/api/v1/conversations/${this.#id}/`, { body }).catch(() => {});
    }, WAIT_MS);
  }
}
