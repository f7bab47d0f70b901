/** Keeping a question over a sign-in or a closed tab; it is put back into the box. */

import { byId } from "./elements.js";

const KEPT = `clawdbot.question.${byId("ask-view").dataset.user}`; // for nobody else in this tab

/** Keeps what is written or was asked in vain; an empty text forgets it. */
export function keep(question) {
  if (question) sessionStorage.setItem(KEPT, question);
  else sessionStorage.removeItem(KEPT);
}

/** What was kept, or "". */
export const kept = () => sessionStorage.getItem(KEPT) ?? "";

/** The sign-in page that leads back here. */
export function signInAddress(page) {
  return `${page}?${new URLSearchParams({ next: location.pathname + location.search })}`;
}
