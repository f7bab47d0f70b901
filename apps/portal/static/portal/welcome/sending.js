/** A form that takes a while to be answered: <form data-sending="words for its button">. */

for (const form of document.querySelectorAll("form[data-sending]")) {
  form.addEventListener("submit", () => {
    const button = document.querySelector(`button[form="${form.id}"]`) ?? form.querySelector("button");
    button.disabled = true;
    button.textContent = form.dataset.sending;
  });
}

// A page that comes back out of the browser's memory can be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
