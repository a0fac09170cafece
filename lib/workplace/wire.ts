/**
 * How operations of a workplace travel between server and runner: as JSON with holes. A hole stands for the signal of the
 * call, for a function of the caller, or for bytes. Nothing else of the process travels.
 */
import { z } from "zod";
import { SnapshotError } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";

const HOLE = "$hole";

/** What is behind the holes of one call's arguments, on the server. */
export interface Holes {
  signals: AbortSignal[];
  functions: ((...given: unknown[]) => void)[];
}

/** Returns the value as JSON would carry it, and keeps in `holes` what stays here. Throws for anything else. */
export function withHoles(value: unknown, holes: Holes): unknown {
  if (value instanceof AbortSignal) {
    holes.signals.push(value);
    return { [HOLE]: "signal" };
  }
  if (typeof value === "function") {
    holes.functions.push(value as Holes["functions"][number]);
    return { [HOLE]: "function", at: holes.functions.length - 1 };
  }
  if (value instanceof Uint8Array) return { [HOLE]: "bytes", base64: Buffer.from(value).toString("base64") };
  // JSON would make null of an argument that is left out.
  if (Array.isArray(value))
    return value.map((item) => (item === undefined ? { [HOLE]: "absent" } : withHoles(item, holes)));
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new Error(`A ${value.constructor.name} does not travel between server and runner.`);
  const entries = Object.entries(value).map(([name, item]) => [name, withHoles(item, holes)] as const);
  // A file of a record may have this name.
  if (Object.hasOwn(value, HOLE)) return { [HOLE]: "object", entries };
  return Object.fromEntries(entries);
}

/** What fills the holes on the runner. */
export interface Filling {
  signal: AbortSignal;
  /** Passes a call of the caller's function on. */
  call(at: number, given: readonly unknown[]): void;
}

/** Returns the value with its holes filled. Throws for a hole of no known kind. */
export function filled(value: unknown, filling: Filling): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, filling));
  if (typeof value !== "object" || value === null) return value;
  if (!Object.hasOwn(value, HOLE))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item, filling)]));
  const hole = holeShape.parse(value);
  switch (hole[HOLE]) {
    case "signal":
      return filling.signal;
    case "function":
      return (...given: unknown[]) => filling.call(hole.at, given);
    case "absent":
      return undefined;
    case "bytes":
      return Buffer.from(hole.base64, "base64");
    case "object":
      return Object.fromEntries(hole.entries.map(([name, item]) => [name, filled(item, filling)]));
  }
}

const holeShape = z.discriminatedUnion(HOLE, [
  z.strictObject({ [HOLE]: z.literal("signal") }),
  z.strictObject({ [HOLE]: z.literal("absent") }),
  z.strictObject({ [HOLE]: z.literal("function"), at: z.int().min(0).max(100) }),
  z.strictObject({ [HOLE]: z.literal("bytes"), base64: z.base64() }),
  z.strictObject({ [HOLE]: z.literal("object"), entries: z.array(z.tuple([z.string(), z.unknown()])) }),
]);

/** How an operation ended. `failed`: a fault of the program, which the caller throws. */
export const endShape = z.discriminatedUnion("end", [
  z.object({ end: z.literal("done"), value: z.unknown().optional() }),
  z.object({
    end: z.literal("refused"),
    message: z.string(),
    kind: z.enum(["workspace", "snapshot"]),
    fault: z.literal("path_refused").nullable(),
  }),
  z.object({ end: z.literal("aborted") }),
  z.object({ end: z.literal("failed"), message: z.string() }),
]);

type End = z.output<typeof endShape>;

/** Runs the work and returns its end; never rejects. */
export async function endOf(work: () => Promise<unknown>, signal: AbortSignal): Promise<End> {
  try {
    return { end: "done", value: withHoles(await work(), { signals: [], functions: [] }) };
  } catch (error) {
    if (error instanceof WorkspaceError) {
      const kind = error instanceof SnapshotError ? "snapshot" : "workspace";
      return { end: "refused", message: error.message, kind, fault: error.fault };
    }
    if (signal.aborted) return { end: "aborted" };
    return { end: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns what the operation returned, or throws what it threw. `signal`: the caller's. */
export function resultOf(end: End, signal: AbortSignal | undefined): unknown {
  switch (end.end) {
    case "done":
      return filled(end.value, NOTHING);
    case "refused": {
      const { message, fault, kind } = end;
      const options = fault === null ? {} : { fault };
      throw kind === "snapshot" ? new SnapshotError(message, options) : new WorkspaceError(message, options);
    }
    case "aborted":
      throw signal?.reason ?? new Error("The call was ended on its runner.");
    case "failed":
      throw new Error(end.message);
  }
}

/** Results have bytes, but neither signals nor functions. */
const NOTHING: Filling = { signal: new AbortController().signal, call: () => undefined };
