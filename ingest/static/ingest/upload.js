// The upload page: what is dropped becomes a row; rows are sent, then followed until they are ready.
import { filesOfDrop, filesOfInput } from "./dropped.js";
import { Poller, csrfToken } from "./poller.js";
import { Sender } from "./sender.js";

const root = document.getElementById("upload");
const words = document.getElementById("upload-words").dataset;
const rows = document.getElementById("rows");
const template = document.getElementById("row");
const token = csrfToken();
const all = [];
const byUuid = new Map();
const sender = new Sender(token, words);
const poller = new Poller(root.dataset.progress, token, (kind, uuid, entry) => {
  byUuid.get(uuid)?.follow(entry);
});

class Row {
  constructor({ file, path }) {
    Object.assign(this, { file, path, phase: "waiting", uuid: null, jobUuid: "" });
    this.item = template.content.firstElementChild.cloneNode(true);
    this.label = this.item.querySelector("[data-live-label]");
    this.pill = this.item.querySelector(".cb-status");
    this.bar = this.item.querySelector("progress");
    this.button = this.item.querySelector("button");
    this.error = this.item.querySelector(".cb-row-error");
    this.item.querySelector(".cb-row-name").textContent = path;
    this.button.addEventListener("click", () => this.retry());
    this.show("waiting", "quiet", words.waiting, 0);
  }

  show(phase, tone, label, share) {
    Object.assign(this, { phase, share });
    this.item.dataset.phase = phase;
    this.pill.dataset.tone = tone;
    this.label.textContent = label;
    this.bar.value = share;
    this.button.hidden = phase !== "failed";
    if (phase !== "failed") this.tell("");
    summarise();
  }

  tell(message) {
    this.error.textContent = message;
    this.error.hidden = message === "";
  }

  start(onConflict) {
    this.onConflict = onConflict;
    if (this.file.size > Number(root.dataset.maxBytes)) return this.onFailed(words.tooLarge);
    if (this.file.size === 0) return this.onFailed(words.empty);
    return sender.add(this);
  }

  onProgress(share) {
    this.show("sending", "busy", words.sending, share * 0.3); // sending is the first part of the way
  }

  onFailed(message) {
    this.show("failed", "bad", words.failed, 0);
    this.tell(message);
  }

  onDone(entry) {
    this.uuid = entry.uuid;
    byUuid.set(entry.uuid, this);
    this.follow(entry);
    if (!entry.is_new && entry.status === "ready") this.label.textContent = words.same;
    if (!entry.is_final) poller.watch(entry.kind, entry.uuid);
    this.kind = entry.kind;
  }

  follow(entry) {
    this.jobUuid = entry.job;
    const isReady = entry.is_final && !entry.error;
    const phase = entry.error ? "failed" : isReady ? "ready" : "working";
    this.show(phase, entry.tone, entry.label, isReady ? 1 : 0.3 + entry.progress * 0.7);
    this.link(entry.link);
    if (entry.error) this.tell(entry.error);
    else if (entry.total !== undefined) this.tell(fill(words.archive, entry));
  }

  link(address) {
    const name = this.item.querySelector(".cb-row-name");
    if (name.firstElementChild) return;
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.textContent = this.path;
    name.replaceChildren(anchor);
  }

  async retry() {
    if (this.uuid === null) return this.start(this.onConflict);
    const response = await fetch(root.dataset.retry, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new URLSearchParams({ job: this.jobUuid }),
    });
    const answer = await response.json().catch(() => ({ error: { message: words.signedOut } }));
    if (!response.ok) return this.tell(answer.error.message);
    this.follow(answer);
    return poller.watch(this.kind, this.uuid);
  }
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

let isSummaryDue = false;
function summarise() {
  if (isSummaryDue) return; // at most once a frame: 2,000 rows report
  isSummaryDue = true;
  requestAnimationFrame(() => {
    isSummaryDue = false;
    const count = (...phases) => all.filter((row) => phases.includes(row.phase)).length;
    const numbers = {
      total: all.length,
      sent: count("working", "ready"),
      ready: count("ready"),
      failed: count("failed"),
    };
    document.getElementById("summary").textContent = fill(words.summary, numbers);
    const share = all.reduce((sum, row) => sum + (row.phase === "failed" ? 1 : row.share), 0);
    document.getElementById("overall").value = all.length ? share / all.length : 0;
    document.getElementById("retry-failed").disabled = numbers.failed === 0;
  });
}

function take(found) {
  if (found.length === 0) return;
  const onConflict = document.getElementById("on-conflict").value;
  const fragment = document.createDocumentFragment();
  const fresh = found.map((item) => new Row(item));
  for (const row of fresh) fragment.append(row.item);
  all.push(...fresh);
  rows.append(fragment);
  document.getElementById("sending").hidden = false;
  for (const row of fresh) row.start(onConflict);
}

const drop = document.getElementById("drop");
let depth = 0; // dragenter and dragleave also come from the children
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("dragenter", () => drop.classList.toggle("cb-over", ++depth > 0));
document.addEventListener("dragleave", () => drop.classList.toggle("cb-over", --depth > 0));
document.addEventListener("drop", async (event) => {
  event.preventDefault();
  depth = 0;
  drop.classList.remove("cb-over");
  take(await filesOfDrop(event.dataTransfer));
});
for (const id of ["files", "folder"]) {
  const input = document.getElementById(id);
  input.hasChangeListener = true; // unfold would look for its own text field beside every file input
  input.addEventListener("change", () => take(filesOfInput(input)));
}
document.getElementById("only-failed").addEventListener("click", (event) => {
  const isOn = rows.classList.toggle("cb-only-failed");
  event.currentTarget.setAttribute("aria-pressed", String(isOn));
});
document.getElementById("retry-failed").addEventListener("click", () => {
  for (const row of all) if (row.phase === "failed") row.retry();
});
window.addEventListener("beforeunload", (event) => {
  if (sender.isBusy) event.preventDefault();
});
