/** The link to an answer: given, copied, withdrawn. */

import { send } from "../api.js";
import { toast } from "../toast.js";
import { copyText } from "./clipboard.js";
import { part } from "./elements.js";
import { told } from "./failures.js";

/** Opens the note with the link, or closes it. */
export async function toggleShare(turn, button) {
  const isOpen = turn.slot("share").childElementCount > 0;
  if (isOpen) return close(turn);
  button.disabled = true;
  try {
    const response = await send("POST", `/api/v1/traces/${turn.trace}/share/`, { body: {} });
    const { url } = await response.json();
    turn.answer.share = url;
    await draw(turn, new URL(url, location.origin).href);
  } catch (error) {
    toast(told(error), "bad");
  } finally {
    button.disabled = false;
  }
}

/** Copies it once more. */
export function copyLink(turn) {
  return copyText(turn.slot("share").querySelector("input").value);
}

/** From now on the link leads nowhere. */
export async function withdraw(turn, button) {
  try {
    await send("DELETE", `/api/v1/traces/${turn.trace}/share/`);
    turn.answer.share = "";
    turn.find("[data-do=share]").classList.remove("on");
    toast(button.dataset.done);
    close(turn);
  } catch (error) {
    toast(told(error), "bad");
  }
}

async function draw(turn, link) {
  const note = part("share-part");
  const line = note.querySelector("p");
  note.querySelector("input").value = link;
  turn.slot("share").replaceChildren(note);
  turn.find("[data-do=share]").classList.add("on");
  turn.find("[data-do=share]").setAttribute("aria-expanded", "true");
  note.scrollIntoView({ block: "nearest" });
  const isCopied = await copyText(link);
  line.querySelector("strong").textContent = isCopied ? line.dataset.told : line.dataset.given;
}

function close(turn) {
  turn.slot("share").replaceChildren();
  turn.find("[data-do=share]").setAttribute("aria-expanded", "false");
  turn.find("[data-do=share]").focus();
}
