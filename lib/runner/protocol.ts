/** What travels in a call between server and runner, above NATS. */
import { z } from "zod";
import { NatsError } from "../nats/errors";
import { packShape, requestShape } from "../workplace/requests";

/**
 * The level of this release. It grows when a call of an older release would be misunderstood. Server and runner work
 * together when their levels are neighbours.
 */
export const LEVEL = 1;

export function areNeighbours(level: number, other: number): boolean {
  return Math.abs(level - other) <= 1;
}

/** A request, or the pack with its JSON when it does not fit into a message. So is the end of an operation. */
export const askedShape = z.union([z.object({ request: requestShape }), z.object({ pack: packShape })]);

export const answeredShape = z.union([z.object({ end: z.unknown() }), z.object({ pack: packShape })]);

/** One call of a function of the caller. Those take a piece of output and the name of its stream, or nothing. */
export const chunkShape = z.object({ at: z.int().min(0).max(100), given: z.array(z.string()).max(2) });

/** JSON up to this size goes into a message, whose envelope needs the rest of its 1 MB. */
export const MOST_INLINE_CHARS = 200_000;

/** Why a runner does not take a call, as codes. */
export const REFUSALS = {
  "cut-off": "is cut off from NATS",
  draining: "takes no new work, because it is being drained",
  full: "has no free slot",
  moved: "has an older place of the tree than it had before",
  "not-a-request": "does not understand the request: install the same release on server and runner",
  "other-level": "has another level: install the same release on server and runner",
  "other-start": "was started again meanwhile",
} as const;

type Refusal = keyof typeof REFUSALS;

export function isRefusal(code: string): code is Refusal {
  return Object.hasOwn(REFUSALS, code);
}

export async function readWhole(bytes: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > most)
      throw new NatsError(
        "too-large",
        `The pack has more than the ${most} bytes that an operation may have, so nobody read it.`,
      );
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The largest request or result: a file of 10 MB, in the notation of JSON. */
export const MOST_JSON_BYTES = 64 * 1024 * 1024;

export async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
