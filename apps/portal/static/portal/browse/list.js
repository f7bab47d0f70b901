/** A collection's list: states that stay live, and choosing several documents. */

import "../../ingest/live.js";

const boxes = () => [...document.querySelectorAll("#documents input[name=document]")];
export const chosen = () => boxes().filter((box) => box.checked);

document.addEventListener("live", ({ target, detail }) => {
  const row = target.closest("tr, [data-live-row]");
  if (!row) return;
  const [bar, reason, retry] = ["[data-live-bar]", "[data-reason]", "[data-retry-form]"].map((part) =>
    row.querySelector(part),
  );
  if (bar) {
    bar.value = detail.progress;
    bar.hidden = detail.is_final;
  }
  if (reason) {
    reason.textContent = detail.error;
    reason.hidden = !detail.error;
  }
  if (retry) retry.hidden = detail.status !== "failed";
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-choose-all]")) for (const box of boxes()) box.checked = target.checked;
  if (target.matches("[data-choose-all], input[name=document]")) showChosen();
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-choose-none]")) return;
  for (const box of boxes()) box.checked = false;
  showChosen();
  document.querySelector("[data-choose-all]").focus();
});

function showChosen() {
  const form = document.getElementById("chosen");
  const [some, all] = [chosen().length, boxes().length];
  const place = form.querySelector("[data-chosen]");
  const shown = new Intl.NumberFormat(document.documentElement.lang).format(some);
  form.hidden = some === 0;
  place.textContent = place.dataset.words.replace("{n}", shown);
  const every = document.querySelector("[data-choose-all]");
  every.checked = some > 0 && some === all;
  every.indeterminate = some > 0 && some < all;
}
