/** What travels between server and runners. Nothing that arrives is believed before it has one of these shapes. */
import { z } from "zod";
import { NatsError } from "./errors";
import { isCallId, isName } from "./names";

/** NATS takes messages of 1 MB with their headers. */
const MOST_MESSAGE_BYTES = 1_000_000;

/** Numbers the chunks of a call, from 0. */
export const NUMBER_HEADER = "Banyan-Number";

/** Names an input of a call. Not a number: the next process of the server does not know how many there were. */
export const INPUT_HEADER = "Banyan-Input";

const name = z.string().refine(isName);
const callId = z.string().refine(isCallId);
const count = z.int().min(0).max(100_000);
const word = z.string().regex(/^[\w.+-]{1,100}$/);
/** The reason of a refusal. */
const code = z.string().regex(/^[a-z][a-z-]{0,39}$/);

export const presenceShape = z
  .object({
    runner: name,
    pool: name,
    slots: count,
    free: count,
    /** Its disk has no room for another tree. Trees that are there may use its slots, and remove files. */
    isDiskFull: z.boolean().optional(),
    architecture: word,
    version: word,
    level: count,
    /** New at each start of the runner's process. */
    bootId: callId,
  })
  .refine(({ slots, free }) => free <= slots);

export type PresenceRecord = z.infer<typeof presenceShape>;

export const callShape = z.object({
  callId,
  bootId: callId,
  place: z.int().min(0),
  level: count,
  /** Clocks of two machines differ, so the time that is left is sent in place of the deadline. */
  leftMs: z.number(),
  body: z.unknown(),
});

export const answerShape = z.union([
  /** `hasEnded`: it was asked for before, and does not run any more. */
  z.object({ accepted: z.literal(true), hasEnded: z.boolean().optional() }),
  z.object({ accepted: z.literal(false), code }),
]);

/** An answer to input or a cancellation. */
export const takenShape = z.object({ taken: z.enum(["taken", "ended", "missing"]) });

export const outcomeShape = z.object({
  callId,
  place: z.int().min(0),
  /** How many chunks were sent before. */
  chunks: z.int().min(0),
  /** `failed`: the work threw, or gave no JSON. `too-large`: the body did not fit into a message. */
  state: z.enum(["done", "failed", "too-large"]),
  body: z.unknown(),
});

export type Outcome = z.infer<typeof outcomeShape>;

/**
 * `broken`: the runner stored something else under the call's id, so nothing is known but that it has ended. `refused`: nobody
 * answered first, and when it was asked again, the runner did not take it.
 */
export type StoredOutcome =
  | Outcome
  | { callId: string; state: "broken" }
  | { callId: string; state: "refused"; code: string };

/** Returns what the bytes say; null when they are not JSON of this shape. */
export function parsed<T>(shape: z.ZodType<T>, bytes: Uint8Array): T | null {
  try {
    const result = shape.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

/** Returns the JSON as bytes. Throws NatsError `too-large`. */
export function encoded(value: unknown): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(value));
  refuseLarge(bytes);
  return bytes;
}

export function refuseLarge(bytes: Uint8Array): void {
  if (bytes.length > MOST_MESSAGE_BYTES)
    throw new NatsError(
      "too-large",
      `The message has ${bytes.length} bytes, and NATS takes ${MOST_MESSAGE_BYTES}: send the large part as a pack.`,
    );
}
