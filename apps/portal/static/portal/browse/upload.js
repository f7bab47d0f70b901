/** Adding to a collection: files dropped anywhere on the page, or chosen. */

import { filesOfInput, onDrop } from "../../ingest/dropped.js";
import { Uploads } from "../../ingest/uploads.js";
import { chosen } from "./list.js";

const REFRESH_MS = 1500;
const root = document.getElementById("upload");
const opener = document.getElementById("add");
const overlay = document.getElementById("overlay");
const uploads = new Uploads(root, { address: root.dataset.address, entryOf, onFinal: refreshSoon });
let refreshTimer = null;

/** What the REST API says of one file; a zip has no document, only a job. */
function entryOf({ id, job, is_new }) {
  return { kind: id ? "document" : "job", uuid: id ?? job, job, is_new, is_final: false };
}

/** The list below shows what has come, once nobody is choosing or reading with keys in it. */
function refreshSoon() {
  if (refreshTimer !== null) return;
  refreshTimer = setTimeout(() => {
    refreshTimer = null;
    const isInUse = document.getElementById("documents").contains(document.activeElement);
    if (isInUse || chosen().length > 0) return refreshSoon();
    const { pathname, search } = window.location; // kept up to date by the form above the list
    const how = { target: "#documents", swap: "outerHTML", values: { counts: "1" } };
    return window.htmx.ajax("GET", pathname + search, how);
  }, REFRESH_MS);
}

function show(isOpen) {
  root.hidden = !isOpen;
  opener.setAttribute("aria-expanded", String(isOpen));
}

/** Files go where one is: into the folder that is shown. */
function inFolder({ file, path }) {
  const { folder } = root.dataset;
  return { file, path: folder ? `${folder}/${path}` : path };
}

function take(found) {
  if (found.length === 0) return;
  show(true);
  document.getElementById("sending").hidden = false;
  root.classList.add("is-sending");
  uploads.add(found.map(inFolder), document.getElementById("on-conflict").value);
  root.scrollIntoView({ block: "nearest" });
}

opener.hidden = false;
opener.addEventListener("click", () => {
  show(root.hidden);
  if (!root.hidden) document.getElementById("files").focus();
});
root.classList.add("has-script");
onDrop({ onOver: (isOver) => (overlay.hidden = !isOver), onFiles: take });
for (const id of ["files", "folder"]) {
  const input = document.getElementById(id);
  input.addEventListener("change", () => take(filesOfInput(input)));
}
