/** The desk: quoting what is selected in a passage, keeping the place after htmx exchanged a part. */

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-quote-selection]");
  if (!button) return;
  const passage = button.parentElement.querySelector("[data-passage]");
  const field = document.getElementById(button.dataset.quoteSelection);
  const words = selectedIn(passage.firstChild);
  if (words) field.value = words;
  field.focus();
});

/** The selected characters of a text node, exactly as it has them: a quote is looked up word for word. */
function selectedIn(text) {
  const selection = document.getSelection();
  if (!selection.rangeCount) return "";
  const range = selection.getRangeAt(0);
  if (range.startContainer !== text || range.endContainer !== text) return "";
  return text.data.slice(range.startOffset, range.endOffset).trim();
}

// A problem that came with the answer is read first.
document.addEventListener("htmx:afterSettle", () => {
  document.querySelector("#editor > [role=alert]")?.focus();
});
