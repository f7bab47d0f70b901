// Sends files one after another, two at a time, each in a request of its own.
const PARALLEL = 2;

export class Sender {
  constructor(token, words) {
    this.token = token;
    this.words = words;
    this.waiting = [];
    this.active = 0;
  }

  get isBusy() {
    return this.active > 0 || this.waiting.length > 0;
  }

  // `row`: {file, path, onConflict, onProgress(share), onDone(entry), onFailed(message)}
  add(row) {
    this.waiting.push(row);
    this.next();
  }

  next() {
    if (this.active >= PARALLEL || this.waiting.length === 0) return;
    const row = this.waiting.shift();
    this.active += 1;
    this.send(row).finally(() => {
      this.active -= 1;
      this.next();
    });
    this.next();
  }

  send(row) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", window.location.href);
      request.setRequestHeader("X-CSRFToken", this.token);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) row.onProgress(event.loaded / event.total);
      });
      request.addEventListener("load", () => this.finish(row, request));
      request.addEventListener("error", () => row.onFailed(this.words.offline));
      request.addEventListener("loadend", resolve);
      const form = new FormData();
      form.append("file", row.file);
      form.append("path", row.path);
      form.append("on_conflict", row.onConflict);
      row.onProgress(0);
      request.send(form);
    });
  }

  finish(row, request) {
    let answer = null;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      row.onFailed(request.status >= 500 ? this.words.offline : this.words.signedOut);
      return;
    }
    if (request.status === 202) row.onDone(answer);
    else row.onFailed(answer.error.message);
  }
}
