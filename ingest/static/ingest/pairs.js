// Rows of keys and values: one more, one less. Without it the form has two empty rows.
for (const pairs of document.querySelectorAll("[data-pairs]")) {
  const rows = () => [...pairs.querySelectorAll(".cb-pair")];
  const fresh = () => {
    const row = rows()[0].cloneNode(true);
    for (const input of row.querySelectorAll("input")) {
      input.value = "";
      input.removeAttribute("id");
    }
    return row;
  };
  for (const button of pairs.querySelectorAll("[data-remove]")) button.hidden = false;
  const add = pairs.querySelector("[data-add]");
  add.hidden = false;
  add.addEventListener("click", () => {
    const row = fresh();
    add.before(row);
    row.querySelector("input").focus();
  });
  pairs.addEventListener("click", (event) => {
    const row = event.target.closest("[data-remove]")?.closest(".cb-pair");
    if (!row) return;
    if (rows().length === 1) add.before(fresh());
    row.remove();
    (rows().at(-1)?.querySelector("input") ?? add).focus();
  });
}
