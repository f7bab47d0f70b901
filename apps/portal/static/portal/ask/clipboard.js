/** Copying text, also where the page is served without TLS. */

import { toast } from "../toast.js";
import { make, words } from "./elements.js";

/** Copies and says so; resolves to whether it worked. */
export async function copyText(text) {
  const isCopied = await copied(text);
  toast(isCopied ? words.copied : words.uncopied, isCopied ? "good" : "bad");
  return isCopied;
}

async function copied(text) {
  try {
    if (!navigator.clipboard) return copiedBySelection(text); // no secure context
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text) {
  const before = document.activeElement;
  const field = make("textarea", { value: text, className: "unseen", readOnly: true });
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return isCopied;
}
