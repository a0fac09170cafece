/** The server's side of starting a call. */

import { RequestError } from "@nats-io/transport-node";
import type { z } from "zod";
import type { Followed } from "./follow";
import { followCall } from "./follow";
import { subjects } from "./names";
import type { CallRequest, CallStart } from "./port";
import { answerShape, type callShape, encoded, parsed } from "./wire";

const ANSWER_MS = 2_000;
/** A runner that answers later than this has the call, or has not: only its outcome tells. */
const MOST_TRIES = 3;

/**
 * Sends the call until the runner answers. It runs once, however often it arrives: the runner knows the ids of its calls,
 * and another start of the runner refuses it.
 */
export async function startCall(request: CallRequest, followed: Followed): Promise<CallStart> {
  const { link, cell } = followed;
  const { runner, deadlineMs, ...rest } = request;
  const message = () => encoded({ ...rest, leftMs: deadlineMs - Date.now() } satisfies z.infer<typeof callShape>);
  // Refuses one that is too large before anything is sent.
  message();
  if (!link.isUp()) return { state: "unreachable" };
  const call = followCall(followed, false);
  for (let tried = 0; tried < MOST_TRIES; tried += 1) {
    const answer = await askOnce(followed, subjects.call(cell, runner), message());
    if (answer === "nobody" && tried === 0) {
      call.leave();
      return { state: "unreachable" };
    }
    if (answer === "nobody" || answer === null) continue;
    if (answer.accepted) return { state: "accepted", call };
    call.leave();
    return { state: "refused", code: answer.code };
  }
  return { state: "unknown", call };
}

/** Returns the runner's answer; null: none came; "nobody": NATS knows nobody who could hear it. */
async function askOnce(
  { link }: Followed,
  subject: string,
  message: Uint8Array,
): Promise<z.infer<typeof answerShape> | "nobody" | null> {
  try {
    const answer = await link.connection.request(subject, message, { timeout: ANSWER_MS });
    return parsed(answerShape, answer.data);
  } catch (error) {
    return error instanceof RequestError && error.isNoResponders() ? "nobody" : null;
  }
}
