/** What went wrong with a request, in words. */

import { Lost, Refusal } from "../api.js";
import { words } from "./elements.js";

/** A sentence for people. */
export function told(error) {
  if (error instanceof Lost) return words.offline;
  if (!(error instanceof Refusal)) throw error;
  return error.isSignedOut ? words.signedOut : error.message;
}
