/** Buttons that copy the text of another element: <button data-copy="its id">. */

import { toast } from "../toast.js";

document.addEventListener("click", async (event) => {
  const id = event.target.closest("[data-copy]")?.dataset.copy;
  if (!id) return;
  const source = document.getElementById(id);
  try {
    await navigator.clipboard.writeText(source.innerText.trim());
    toast(document.getElementById("words").dataset.copied);
  } catch {
    getSelection().selectAllChildren(source); // without TLS there is no clipboard: Ctrl+C will do
  }
});
