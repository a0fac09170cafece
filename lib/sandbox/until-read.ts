import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";

/** How long output may still come after the end of the process that wrote it. */
const LAST_OUTPUT_MS = 1_000;

/** Waits until the streams of a process that has ended are read to their end, because its end is often known first. */
export async function untilRead(streams: readonly Readable[]): Promise<void> {
  const read = streams.map((stream) => finished(stream, { writable: false }).catch(() => undefined));
  await Promise.race([Promise.all(read), delay(LAST_OUTPUT_MS, undefined, { ref: false })]);
}
