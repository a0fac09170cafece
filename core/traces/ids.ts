/** Ids of traces and spans. They follow from the ids of the log, so a span that is sent twice is the same span. */
import { createHash } from "node:crypto";

/** Where a span is: as 32 and 16 hexadecimal digits. */
export interface SpanRef {
  traceId: string;
  spanId: string;
}

function hashOf(parts: readonly (string | number)[], bytes: number): string {
  return createHash("sha256")
    .update(parts.join("\0"))
    .digest("hex")
    .slice(0, bytes * 2);
}

function ref(treeUid: string, ...parts: (string | number)[]): SpanRef {
  return { traceId: hashOf(["trace", treeUid], 16), spanId: hashOf([treeUid, ...parts], 8) };
}

/** What a task's spans have in common. `cuts`: how often its work had been interrupted before. */
export interface TaskPlace {
  treeUid: string;
  taskUid: string;
  cuts: number;
}

export function treeSpan(treeUid: string, attempt: number): SpanRef {
  return ref(treeUid, "tree", attempt);
}

export function taskSpan(treeUid: string, taskUid: string, attempt: number): SpanRef {
  return ref(treeUid, "task", taskUid, attempt);
}

/** A turn that was interrupted has one span for each part. */
export function turnSpan({ treeUid, taskUid, cuts }: TaskPlace, attempt: number, turn: number): SpanRef {
  return ref(treeUid, "turn", taskUid, attempt, turn, cuts);
}

/** `length`: how many entries the log had when the call was made. */
export function modelSpan({ treeUid, taskUid, cuts }: TaskPlace, length: number): SpanRef {
  return ref(treeUid, "model", taskUid, length, cuts);
}

/** `callUid`: the call's own public id, as `idOf` makes it. */
export function toolSpan({ treeUid, taskUid, cuts }: TaskPlace, callUid: string): SpanRef {
  return ref(treeUid, "tool", taskUid, callUid, cuts);
}

/** A span of something else that the log tells, named by the sequence number of its last entry. */
export function eventSpan({ treeUid, taskUid }: TaskPlace, what: string, seq: number): SpanRef {
  return ref(treeUid, what, taskUid, seq);
}
