/** Calling the REST API with the portal's session. */

/** A refusal of the API: its message is for people. */
export class Refusal extends Error {
  constructor(status, message, { code = "", retryAfterS = 0, reason = "" } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
    this.reason = reason || message; // without when to come back
  }

  /** The session has ended, or was opened anew in another tab. */
  get isSignedOut() {
    return this.status === 401 || (this.status === 403 && this.message.startsWith("CSRF"));
  }
}

/** The server was not reached, or went silent in the middle of an answer. */
export class Lost extends Error {}

/** Sends JSON, when there is a body; returns the response. Throws a Refusal or Lost. */
export async function send(method, address, { body, token, signal, headers: more, credentials } = {}) {
  const headers = { Accept: "application/json, text/event-stream", ...more };
  if (!more?.Authorization) headers["X-CSRFToken"] = token ?? pageToken();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(address, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials,
    });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Lost(error.message);
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** What the API answers to a GET. */
export async function get(address, { signal } = {}) {
  return (await send("GET", address, { signal })).json();
}

/** POSTs JSON; returns the response, or throws a Refusal. */
export function post(address, body, { token, signal } = {}) {
  return send("POST", address, { body, token, signal });
}

function pageToken() {
  const headers = document.body.getAttribute("hx-headers");
  return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
}

async function refusalOf(response) {
  const retryAfterS = Number(response.headers.get("Retry-After")) || 0;
  try {
    const { error } = await response.json();
    const { code, message, details } = error;
    return new Refusal(response.status, message, { code, retryAfterS, reason: details?.reason });
  } catch {
    return new Refusal(response.status, `HTTP ${response.status}`, { retryAfterS });
  }
}
