/** The first upload: files dropped anywhere on the page, or chosen; then the next step is offered. */

import { filesOfInput, onDrop } from "../../ingest/dropped.js";
import { Uploads } from "../../ingest/uploads.js";

const root = document.getElementById("upload");

if (root) {
  const overlay = document.getElementById("overlay");
  const uploads = new Uploads(root, { address: root.dataset.address, entryOf, onFinal: goOn });
  const take = (found) => {
    if (found.length === 0) return;
    document.getElementById("sending").hidden = false;
    uploads.add(found, document.getElementById("on-conflict").value);
  };
  root.classList.add("has-script");
  onDrop({ onOver: (isOver) => (overlay.hidden = !isOver), onFiles: take });
  for (const id of ["files", "folder"]) {
    const input = document.getElementById(id);
    input.addEventListener("change", () => take(filesOfInput(input)));
  }
}

/** What the REST API says of one file; a zip has no document, only a job. */
function entryOf({ id, job, is_new }) {
  return { kind: id ? "document" : "job", uuid: id ?? job, job, is_new, is_final: false };
}

/** One document is enough to go on. */
function goOn({ phase }) {
  if (phase !== "ready") return;
  document.getElementById("skip").hidden = true;
  document.getElementById("continue").hidden = false;
}
