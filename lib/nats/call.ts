/** The server's side of starting a call. */
import { setTimeout } from "node:timers/promises";
import { RequestError } from "@nats-io/transport-node";
import type { z } from "zod";
import type { Followed } from "./follow";
import { type EndableCall, followCall } from "./follow";
import { subjects } from "./names";
import type { CallRequest, CallStart } from "./port";
import { answerShape, type callShape, encoded, parsed } from "./wire";

const ANSWER_MS = 2_000;
/** After these tries nobody waits for the answer any more. The runner has the call, or has not. */
const MOST_TRIES = 3;
/** Somebody waits for the outcome, so a call that was lost on its way is sent again. */
const AGAIN_MS = 5_000;

/**
 * Sends the call until the runner answers. It runs once, however often it arrives: the runner knows the ids of its calls,
 * and another start of the runner refuses it.
 */
export async function startCall(request: CallRequest, followed: Followed): Promise<CallStart> {
  const { link, cell } = followed;
  const { runner, deadlineMs, ...rest } = request;
  // By the steady clock, because the other one may jump before the next try.
  const endMs = performance.now() + deadlineMs - Date.now();
  const message = () =>
    encoded({ ...rest, leftMs: Math.round(endMs - performance.now()) } satisfies z.infer<typeof callShape>);
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
    if (answer.accepted && !answer.hasEnded) return { state: "accepted", call };
    call.leave();
    if (answer.accepted) return { state: "accepted", call: followCall(followed, true) };
    return { state: "refused", code: answer.code };
  }
  void askOn(followed, call, message);
  return { state: "unknown", call };
}

/** Sends the call until the runner answers, or nobody waits for its outcome any more. */
async function askOn(followed: Followed, call: EndableCall, message: () => Uint8Array): Promise<void> {
  let isWaiting = true;
  const ended = call.outcome.then(() => {
    isWaiting = false;
  });
  while (isWaiting) {
    const answer = await askOnce(followed, subjects.call(followed.cell, followed.runner), message());
    if (answer !== null && answer !== "nobody") {
      if (!answer.accepted) call.end({ callId: call.callId, state: "refused", code: answer.code });
      return;
    }
    await Promise.race([ended, setTimeout(AGAIN_MS, undefined, { ref: false })]);
  }
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
