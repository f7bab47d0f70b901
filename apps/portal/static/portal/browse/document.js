/** A document's page: its state stays live; when it is ready, the page shows the new version. */

import "./list.js";

document.addEventListener("live", ({ detail }) => {
  const isEditing = document.querySelector("details[open] form");
  if (detail.is_final && !isEditing) window.location.reload();
});
