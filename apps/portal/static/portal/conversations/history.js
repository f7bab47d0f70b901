/** The history: selecting several, the question before deleting, Escape out of renaming. */

const dialog = document.getElementById("deleting");

document.addEventListener("change", (event) => {
  if (event.target.name === "conversation") count();
});

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("#choose-all, #choose-none, [data-close]");
  if (!target) return;
  if (target.id === "choose-all") choose(true);
  else if (target.id === "choose-none") choose(false);
  else if (dialog.contains(target)) {
    event.preventDefault();
    dialog.close();
  }
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".title-form");
  if (form && event.key === "Escape") form.querySelector("[data-cancel]").click();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "delete-question") dialog.showModal();
  if (event.detail.target.id === "found") count();
});

function boxes() {
  return [...document.querySelectorAll("[name=conversation]")];
}

function choose(isChosen) {
  for (const box of boxes()) box.checked = isChosen;
  count();
  if (!isChosen) boxes()[0]?.focus();
}

function count() {
  const told = document.querySelector(".chosen-count");
  if (!told) return;
  const chosen = boxes().filter((box) => box.checked).length;
  const number = new Intl.NumberFormat(document.documentElement.lang).format(chosen);
  const words = chosen === 1 ? told.dataset.one : told.dataset.many;
  told.textContent = chosen ? words.replace("{count}", number) : "";
  document.getElementById("choose-all").hidden = chosen === boxes().length;
  document.getElementById("choose-none").hidden = !chosen;
}

count(); // the browser may have kept what was checked
