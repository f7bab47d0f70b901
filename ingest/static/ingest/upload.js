// The admin's upload page: what is dropped or chosen is sent to this address.
import { filesOfInput, onDrop } from "./dropped.js";
import { Uploads } from "./uploads.js";

const root = document.getElementById("upload");
const uploads = new Uploads(root, { address: window.location.href, entryOf: (answer) => answer });

function take(found) {
  if (found.length === 0) return;
  document.getElementById("sending").hidden = false;
  uploads.add(found, document.getElementById("on-conflict").value);
}

const drop = document.getElementById("drop");
onDrop({ onOver: (isOver) => drop.classList.toggle("cb-over", isOver), onFiles: take });
for (const id of ["files", "folder"]) {
  const input = document.getElementById(id);
  input.hasChangeListener = true; // unfold would look for its own text field beside every file input
  input.addEventListener("change", () => take(filesOfInput(input)));
}
