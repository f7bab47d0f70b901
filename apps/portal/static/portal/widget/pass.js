/** The widget's token: handed over by the page around us, kept in memory, renewed before it ends. */

import { Lost, Refusal, send } from "../api.js";
import { words } from "../ask/elements.js";

const EARLY_MS = 30000;
const PATIENCE_MS = 15000;
const { origin } = document.body.dataset;
let pass = null;
let endsAt = 0;
let renewing = null;

/** Says something to the page around us; only its own origin hears it. */
export function say(clawdbot, more = {}) {
  if (parent !== window) parent.postMessage({ clawdbot, ...more }, origin);
}

/** Calls `listener(name, data)` for what the page around us says, and nobody else. */
export function onWord(listener) {
  addEventListener("message", ({ source, origin: from, data }) => {
    if (source === parent && from === origin && data?.clawdbot) listener(data.clawdbot, data);
  });
}

/** Keeps the token of a message. */
export function keep(given) {
  pass = given;
  endsAt = Date.now() + given.expires_in_s * 1000 - EARLY_MS;
}

/** A new token; `isFresh` begins a new conversation. Throws Lost or a Refusal. */
export function renew({ isFresh = false } = {}) {
  renewing ??= asked(isFresh).finally(() => (renewing = null));
  return renewing;
}

/** Calls the API with the token; a token that has ended is renewed once. */
export async function call(method, address, options = {}) {
  if (Date.now() > endsAt) await renew();
  try {
    return await sendWith(method, address, options);
  } catch (error) {
    if (error.status !== 401) throw error;
    await renew();
    return sendWith(method, address, options);
  }
}

function sendWith(method, address, options) {
  const headers = {
    Authorization: `Widget ${pass.token}`,
    "Accept-Language": document.documentElement.lang,
  };
  return send(method, address, { ...options, headers, credentials: "omit" });
}

function asked(isFresh) {
  say("renew", { isFresh });
  return new Promise((resolve, reject) => {
    const heard = ({ source, origin: from, data }) => {
      if (source !== parent || from !== origin) return;
      if (data?.clawdbot === "pass") finish(() => resolve(keep(data)));
      if (data?.clawdbot === "refused") finish(() => reject(new Refusal(401, data.words ?? words.ended)));
    };
    const timer = setTimeout(() => finish(() => reject(new Lost("no token"))), PATIENCE_MS);
    function finish(end) {
      clearTimeout(timer);
      removeEventListener("message", heard);
      end();
    }
    addEventListener("message", heard);
  });
}
