// Sends files, two at a time, each in a request of its own. Waits while the way is cut.
const PARALLEL = 2;
const TRIES = 3; // of one file, before the file itself is held to be the reason
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30000;
const BUSY = [429, 502, 503, 504];

export class Sender {
  // `entryOf(answer)` reads what a 202 says; `token()` is asked before each request, for signing in
  // again changes it; `onPause(reason)` gets "offline", "signedOut" or, when it goes on, "".
  constructor({ address, token, words, entryOf, onPause = () => {} }) {
    Object.assign(this, { address, token, words, entryOf, onPause });
    this.waiting = [];
    this.active = 0;
    this.reason = "";
    this.pauseMs = FIRST_PAUSE_MS;
    window.addEventListener("online", () => this.resume());
    window.addEventListener("focus", () => this.resume()); // signed in again in another tab
  }

  get isBusy() {
    return this.active > 0 || this.waiting.length > 0;
  }

  // `row`: {file, path, onConflict, onProgress(share), onWaiting(), onDone(entry), onFailed(message)}
  add(row) {
    row.tries = 0;
    this.waiting.push(row);
    this.next();
  }

  next() {
    if (this.reason || this.active >= PARALLEL || this.waiting.length === 0) return;
    const row = this.waiting.shift();
    this.active += 1;
    this.send(row).finally(() => {
      this.active -= 1;
      this.next();
    });
    this.next();
  }

  resume() {
    if (!this.reason) return;
    clearTimeout(this.timer);
    this.reason = "";
    this.onPause("");
    this.next();
  }

  send(row) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.address);
      request.setRequestHeader("X-CSRFToken", this.token());
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) row.onProgress(event.loaded / event.total);
      });
      request.addEventListener("load", () => this.finish(row, request));
      request.addEventListener("error", () => this.again(row, "offline", this.words.offline));
      request.addEventListener("loadend", resolve);
      const form = new FormData();
      form.append("path", row.path);
      form.append("on_conflict", row.onConflict);
      form.append("file", row.file, row.file.name);
      row.onProgress(0);
      request.send(form);
    });
  }

  finish(row, request) {
    const answer = parsed(request.responseText);
    if (request.status === 202 && answer) {
      this.pauseMs = FIRST_PAUSE_MS;
      row.onDone(this.entryOf(answer));
    } else if (BUSY.includes(request.status)) {
      this.again(row, "offline", answer?.error?.message ?? this.words.offline);
    } else if (request.status === 401 || (!answer && request.status < 500)) {
      this.again(row, "signedOut", this.words.signedOut); // the sign-in page is no JSON
    } else {
      row.onFailed(answer?.error?.message ?? this.words.offline);
    }
  }

  again(row, reason, message) {
    row.tries += reason === "offline" && navigator.onLine ? 1 : 0;
    if (row.tries >= TRIES) return row.onFailed(message);
    this.waiting.unshift(row);
    row.onWaiting();
    return this.pause(reason);
  }

  pause(reason) {
    clearTimeout(this.timer);
    this.reason = reason;
    this.onPause(reason);
    if (reason !== "offline") return; // whoever is signed out comes back to this page
    this.timer = setTimeout(() => this.resume(), this.pauseMs);
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
