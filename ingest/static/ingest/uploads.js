// A list of files on their way: what is added becomes a row, is sent, then followed until it is ready.
// Words stand in data attributes of the page; so do the parts: data-name, data-pill, data-error...
import { Poller } from "./poller.js";
import { csrfToken } from "./csrf.js";
import { Sender } from "./sender.js";

const SENDING_SHARE = 0.3; // sending is the first part of the way
const ANNOUNCE_MS = 8000; // screen readers hear the summary no more often than this

class Row {
  constructor(list, { file, path }) {
    Object.assign(this, { list, file, path, phase: "waiting", share: 0, uuid: null, jobUuid: "" });
    this.item = list.template.content.firstElementChild.cloneNode(true);
    for (const part of ["name", "pill", "error", "retry"]) {
      this[part] = this.item.querySelector(`[data-${part}]`);
    }
    this.label = this.item.querySelector("[data-live-label]");
    this.bar = this.item.querySelector("progress");
    this.name.textContent = path;
    this.retry.addEventListener("click", () => this.again());
    this.onWaiting();
  }

  show(phase, tone, label, share) {
    Object.assign(this, { phase, share });
    this.item.dataset.phase = phase;
    this.pill.dataset.tone = tone;
    this.label.textContent = label;
    this.bar.value = share;
    this.retry.hidden = phase !== "failed";
    if (phase !== "failed") this.tell("");
    this.list.summarise();
  }

  tell(message) {
    this.error.textContent = message;
    this.error.hidden = message === "";
  }

  start(onConflict) {
    const { words, maxBytes, sender } = this.list;
    this.onConflict = onConflict;
    if (this.file.size > maxBytes) return this.onFailed(words.tooLarge);
    if (this.file.size === 0) return this.onFailed(words.empty);
    return sender.add(this);
  }

  onWaiting() {
    this.show("waiting", "quiet", this.list.words.waiting, 0);
  }

  onProgress(share) {
    this.show("sending", "busy", this.list.words.sending, share * SENDING_SHARE);
  }

  onFailed(message) {
    this.show("failed", "bad", this.list.words.failed, 0);
    this.tell(message);
  }

  onDone(entry) {
    Object.assign(this, { uuid: entry.uuid, kind: entry.kind, jobUuid: entry.job });
    this.isSame = !entry.is_new;
    this.list.byUuid.set(entry.uuid, this);
    if (entry.label) this.follow(entry);
    else this.show("working", "quiet", this.list.words.sent, SENDING_SHARE);
    if (!entry.is_final) this.list.poller.watch(entry.kind, entry.uuid);
  }

  follow(entry) {
    const { words } = this.list;
    this.jobUuid = entry.job;
    const isReady = entry.is_final && !entry.error;
    const phase = entry.error ? "failed" : isReady ? "ready" : "working";
    const share = isReady ? 1 : SENDING_SHARE + entry.progress * (1 - SENDING_SHARE);
    this.show(phase, entry.tone, isReady && this.isSame ? words.same : entry.label, share);
    if (entry.link) this.link(entry.link);
    if (entry.error) this.tell(entry.error);
    else if (entry.total !== undefined) this.tell(inside(words.archive, entry));
    if (entry.is_final) this.list.onFinal(this);
  }

  link(address) {
    if (this.name.firstElementChild) return;
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.textContent = this.path;
    this.name.replaceChildren(anchor);
  }

  async again() {
    const { words, retryAddress, poller } = this.list;
    if (this.uuid === null) return this.start(this.onConflict);
    this.isSame = false;
    let response = null;
    let answer = null;
    try {
      response = await fetch(retryAddress, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
        body: new URLSearchParams({ job: this.jobUuid }),
      });
    } catch {
      return this.tell(words.offline);
    }
    try {
      answer = await response.json();
    } catch {
      return this.tell(words.signedOut); // the sign-in page is no JSON
    }
    if (!response.ok) return this.tell(answer.error.message);
    this.follow(answer);
    return poller.watch(this.kind, this.uuid);
  }
}

export class Uploads {
  // `root` holds the parts; `address`, `entryOf`: see Sender; `onFinal(row)`: nothing more happens.
  constructor(root, { address, entryOf, onFinal = () => {} }) {
    const { maxBytes, progress, retry } = root.dataset;
    const part = (name) => root.querySelector(`[data-${name}]`);
    Object.assign(this, { root, onFinal, maxBytes: Number(maxBytes), retryAddress: retry });
    this.words = part("words").dataset;
    this.rows = part("rows");
    this.template = part("row-template");
    this.parts = Object.fromEntries(
      ["summary", "announce", "overall", "only-failed", "retry-failed", "pause", "pause-words"].map(
        (name) => [name, part(name)],
      ),
    );
    this.all = [];
    this.byUuid = new Map();
    this.isSummaryDue = false;
    this.announcedAt = 0;
    const onPause = (reason) => this.tellPause(reason);
    this.sender = new Sender({ address, token: csrfToken, words: this.words, entryOf, onPause });
    this.poller = new Poller(progress, (kind, uuid, entry) => this.byUuid.get(uuid)?.follow(entry));
    this.listen();
  }

  listen() {
    this.parts["only-failed"].addEventListener("click", (event) => {
      const isOn = this.rows.toggleAttribute("data-only-failed");
      event.currentTarget.setAttribute("aria-pressed", String(isOn));
    });
    this.parts["retry-failed"].addEventListener("click", () => {
      for (const row of this.all) if (row.phase === "failed") row.again();
    });
    this.parts.pause?.querySelector("button").addEventListener("click", () => this.sender.resume());
    window.addEventListener("beforeunload", (event) => {
      if (this.sender.isBusy) event.preventDefault();
    });
  }

  // `found`: [{file, path}]
  add(found, onConflict) {
    const fresh = found.map((item) => new Row(this, item));
    const fragment = document.createDocumentFragment();
    for (const row of fresh) fragment.append(row.item);
    this.all.push(...fresh);
    this.rows.append(fragment);
    for (const row of fresh) row.start(onConflict);
  }

  tellPause(reason) {
    const { pause } = this.parts;
    if (!pause) return;
    pause.hidden = reason === "";
    pause.dataset.reason = reason;
    this.parts["pause-words"].textContent = this.words[reason ? `${reason}Pause` : "waiting"];
  }

  summarise() {
    if (this.isSummaryDue) return; // at most once a frame: 2,000 rows report
    this.isSummaryDue = true;
    requestAnimationFrame(() => {
      this.isSummaryDue = false;
      this.showSummary();
    });
  }

  showSummary() {
    const count = (...phases) => this.all.filter((row) => phases.includes(row.phase)).length;
    const [ready, failed, total] = [count("ready"), count("failed"), this.all.length];
    const sent = this.all.filter((row) => row.uuid !== null).length;
    const text = fill(this.words.summary, { total, sent, ready, failed });
    this.parts.summary.textContent = text;
    const share = this.all.reduce((sum, row) => sum + (row.phase === "failed" ? 1 : row.share), 0);
    this.parts.overall.value = total ? share / total : 0;
    this.parts["retry-failed"].disabled = failed === 0;
    this.root.dataset.failed = String(failed);
    const isOver = ready + failed === total;
    if (this.parts.announce && (isOver || Date.now() - this.announcedAt > ANNOUNCE_MS)) {
      this.announcedAt = Date.now();
      this.parts.announce.textContent = text;
    }
  }
}

function inside(text, entry) {
  const problems = (entry.problems ?? []).map(({ where, message }) => `${where}: ${message}`);
  return [fill(text, entry), ...problems].join("\n");
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
