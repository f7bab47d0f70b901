/** Asking one question: the request, its stream, stopping it. */

import { Lost, Refusal, post } from "../api.js";
import { eventsOf } from "../events.js";
import { Stopped } from "./problems.js";

let running = null;

/** Whether an answer is on its way. */
export const isAsking = () => running !== null;

/** Stops the answer that is on its way. */
export const stopAsking = () => running?.abort();

/** Asks the turn's question within a conversation; the turn shows what comes.
 *
 * `open()` gives the id of the conversation. Never throws: the turn tells what went wrong.
 * Resolves to whether the answer came.
 */
export async function askTurn(turn, open) {
  const controller = (running = new AbortController());
  const replaces = turn.trace;
  turn.begin();
  try {
    const { signal } = controller;
    const conversation = await open();
    const body = { question: turn.question, stream: true, conversation, ...turn.narrowing };
    if (replaces) body.replaces = replaces;
    await follow(turn, await post("/api/v1/ask/", body, { signal }));
    return true;
  } catch (error) {
    turn.fail(error.name === "AbortError" ? new Stopped() : error);
    return false;
  } finally {
    running = null;
  }
}

async function follow(turn, response) {
  let isDone = false;
  for await (const { name, data } of eventsOf(response)) {
    if (name === "status") turn.tell(data.stage, data);
    if (name === "token") turn.write(data.text);
    if (name === "error") throw refusal(data.error);
    if (name === "done") turn.finish(data);
    isDone ||= name === "done";
  }
  if (!isDone) throw new Lost("the stream ended early");
}

function refusal({ code, message, details }) {
  const { retry_after_s: retryAfterS, reason } = details ?? {};
  return new Refusal(500, message, { code, retryAfterS, reason });
}
