// Asks the server how far documents and jobs are: one request for all, slower while nothing moves.
import { csrfToken } from "./csrf.js";

const FASTEST_MS = 1000;
const SLOWEST_MS = 10000;
const BATCH = 200;
const JOB_BATCH = 20;

export class Poller {
  // `onEntry(kind, uuid, entry)` is called with each answer; final ones are asked for no more.
  constructor(address, onEntry) {
    this.address = address;
    this.onEntry = onEntry;
    this.watched = { document: new Map(), job: new Map() }; // uuid -> the last answer, as text
    this.pause = FASTEST_MS;
    this.timer = null;
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.hurry();
    });
  }

  watch(kind, uuid) {
    this.watched[kind].set(uuid, "");
    this.hurry();
  }

  hurry() {
    this.pause = FASTEST_MS;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.schedule();
  }

  schedule() {
    const isIdle = this.watched.document.size + this.watched.job.size === 0;
    if (this.timer !== null || isIdle || document.hidden) return;
    this.timer = setTimeout(() => this.ask(), this.pause);
  }

  async ask() {
    this.timer = null;
    let hasMoved = false;
    try {
      hasMoved = await this.fetchOnce();
    } catch {
      hasMoved = false; // offline or signed out: ask again later
    }
    this.pause = hasMoved ? FASTEST_MS : Math.min(this.pause * 1.5, SLOWEST_MS);
    this.schedule();
  }

  async fetchOnce() {
    const documents = [...this.watched.document.keys()].slice(0, BATCH);
    const jobs = [...this.watched.job.keys()].slice(0, JOB_BATCH);
    const response = await fetch(this.address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": csrfToken(),
      },
      body: JSON.stringify({ documents, jobs }),
    });
    if (!response.ok || response.redirected) throw new Error("no answer");
    const answer = await response.json();
    const moved = [
      this.take("document", documents, answer.documents),
      this.take("job", jobs, answer.jobs),
    ];
    return moved.includes(true);
  }

  take(kind, asked, entries) {
    const watched = this.watched[kind];
    let hasMoved = false;
    for (const uuid of asked) {
      const entry = entries[uuid];
      const before = watched.get(uuid);
      watched.delete(uuid);
      if (!entry) continue; // deleted meanwhile
      const now = JSON.stringify(entry);
      if (!entry.is_final) watched.set(uuid, now); // to the end: all get their turn
      if (now === before) continue;
      hasMoved = true;
      this.onEntry(kind, uuid, entry);
    }
    return hasMoved;
  }
}
