/** The menu of an open conversation: renaming it here, deleting it on a page of its own. */

import { send } from "../api.js";
import { byId } from "./elements.js";
import { told } from "./failures.js";
import { putOnTop } from "./recent.js";

const menu = byId("talk-menu");
const dialog = byId("talk-naming");
const field = dialog.querySelector("input");
const problem = dialog.querySelector(".field-error");

/** From now on it is about the session's conversation, named as the page is. */
export function showMenu({ id }, title) {
  field.defaultValue = title;
  byId("talk-delete").href = `${byId("talk-delete").pathname}?conversation=${id}&after=ask`;
  menu.hidden = false;
}

/** `session` knows which conversation is open. */
export function connectMenu(session) {
  byId("talk-rename").addEventListener("click", () => {
    menu.open = false;
    problem.hidden = true;
    field.value = field.defaultValue;
    dialog.showModal();
    field.select();
  });
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => menu.querySelector("summary").focus());
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    rename(session.id, field.value.trim());
  });
}

async function rename(id, title) {
  try {
    await send("PATCH", `/api/v1/conversations/${id}/`, { body: { title } });
    putOnTop(id, title, { isRenamed: true });
    document.title = document.title.replace(/^.*(?= · )/, () => title);
    field.defaultValue = title;
    dialog.close();
  } catch (error) {
    problem.textContent = told(error);
    problem.hidden = false;
  }
}
