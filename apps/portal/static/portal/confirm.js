/** Asking before what cannot be undone. */

const dialog = document.getElementById("confirm");

/** Resolves to true when the person says yes. */
export function confirmed(question, yes = "") {
  const button = dialog.querySelector("[value=yes]");
  dialog.querySelector("p").textContent = question;
  button.textContent = yes || button.dataset.default;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
