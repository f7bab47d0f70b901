// Copies the text of the element named by data-copy; says so on the button.
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  select(source);
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(source.textContent);
  } else if (!document.execCommand("copy")) {
    return; // plain http without clipboard: the text stays selected for Ctrl-C
  }
  button.querySelector("[data-copy-label]").textContent = button.dataset.copied;
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(button));
}
