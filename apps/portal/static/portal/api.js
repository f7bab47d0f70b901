/** Calling the REST API with the portal's session. */

/** A refusal of the API: its message is for people. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** POSTs JSON; returns the response, or throws a Refusal. */
export async function post(address, body, { token, signal } = {}) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await refusalOf(response);
  return response;
}

async function refusalOf(response) {
  try {
    const { error } = await response.json();
    return new Refusal(response.status, error.message);
  } catch {
    return new Refusal(response.status, `HTTP ${response.status}`);
  }
}
