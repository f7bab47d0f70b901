// Asks for what is new while the page is looked at; tells how fresh it is, and when nothing comes.
import { fill, seconds } from "./format.js";

const TIMEOUT_MS = 15000;
const LONGEST_S = 60;

export class Live {
  // `onNews(told)` with each answer; `onAge(isOld)` when what is shown becomes old, or new again.
  constructor(place, address, every, { onNews, onAge }) {
    Object.assign(this, { place, address, every, onNews, onAge });
    this.at = Date.now();
    this.failures = 0;
    this.timer = null;
    this.state = "";
    place.querySelector("[data-again]").addEventListener("click", () => this.ask());
    document.addEventListener("visibilitychange", () => this.seen());
    setInterval(() => this.tell(), 1000);
    this.wait();
  }

  seen() {
    if (document.hidden) {
      clearTimeout(this.timer);
      this.timer = null;
    } else if (this.every && Date.now() - this.at > 1000 * this.every) {
      this.ask();
    } else {
      this.wait();
    }
    this.tell();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.every || document.hidden) return;
    const pause = Math.min(this.every * 2 ** this.failures, Math.max(this.every, LONGEST_S));
    this.timer = setTimeout(() => this.ask(), 1000 * pause);
  }

  async ask() {
    clearTimeout(this.timer);
    this.timer = null;
    try {
      const response = await fetch(this.address, {
        headers: { Accept: "application/json" },
        redirect: "error", // to the page to sign in
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      this.isRefused = response.status === 403;
      if (!response.ok) throw new Error(String(response.status));
      const told = await response.json();
      this.at = Date.now();
      this.failures = 0;
      this.every = told.every_s;
      this.onNews(told);
    } catch {
      this.failures += 1; // said on the page, asked again
    }
    this.wait();
    this.tell();
  }

  stateNow() {
    if (this.failures > 0) return "failed";
    if (!this.every) return "past";
    return document.hidden ? "paused" : "live";
  }

  tell() {
    const state = this.stateNow();
    const pill = this.place.querySelector("[data-state]");
    const words = this.place.dataset;
    const age = seconds(Math.round((Date.now() - this.at) / 1000));
    pill.querySelector("[data-words]").textContent = fill(words[state], { age });
    this.place.querySelector("[data-again]").hidden = state !== "failed";
    if (state === this.state) return;
    this.state = state;
    pill.dataset.tone = { live: "good", past: "quiet", paused: "quiet", failed: "bad" }[state];
    this.place.querySelector("[data-said]").textContent = state === "failed" ? fill(words.failed, { age }) : "";
    this.onAge(state === "failed");
  }
}
