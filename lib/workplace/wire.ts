/**
 * How operations of a workplace travel between server and runner: as JSON with holes. A hole stands for the signal of the
 * call, for a function of the caller, for what the caller says meanwhile, or for bytes. Nothing else of the process travels.
 */
import { z } from "zod";
import { PassingError, passingCode } from "../process/passing-fault";
import { SnapshotError } from "../snapshots/port";
import { WorkspaceError } from "../workspace/path";
import { text } from "./answer-shapes";
import { ServerLane } from "./programs/lane";

const HOLE = "$hole";

/** What is behind the holes of one call's arguments, on the server. */
export interface Holes {
  signals: AbortSignal[];
  /** They hear what they promise to take, and nothing else. */
  functions: ((...given: unknown[]) => void)[];
  /** They begin when the call does. */
  lanes: ServerLane[];
}

export const noHoles = (): Holes => ({ signals: [], functions: [], lanes: [] });

/** What a runner says to the functions of callers, by the names that they have there; "": those that are arguments. */
const SAID: Readonly<Record<string, z.ZodType<unknown[]>>> = {
  onOutput: z.tuple([text, z.enum(["stdout", "stderr"])]),
  onActivity: z.unknown().transform(() => []),
  // Pieces of a program's lane.
  "": z.tuple([z.string().regex(/^\d{1,15}$/), z.string()]),
};

/** Returns a function that hears what this one promises to take, and nothing else. */
function hearing(name: string, hear: (...given: unknown[]) => void): (...given: unknown[]) => void {
  const said = SAID[name];
  if (said === undefined) throw new Error(`A function ${name} does not travel between server and runner.`);
  return (...given) => {
    const read = said.safeParse(given);
    if (read.success) hear(...read.data);
  };
}

/** Returns the value as JSON would carry it, and keeps in `holes` what stays here. Throws for anything else. */
export function withHoles(value: unknown, holes: Holes, name = ""): unknown {
  if (value instanceof AbortSignal) {
    holes.signals.push(value);
    return { [HOLE]: "signal" };
  }
  if (typeof value === "function") {
    holes.functions.push(hearing(name, value as Holes["functions"][number]));
    return { [HOLE]: "function", at: holes.functions.length - 1 };
  }
  if (value instanceof ServerLane) {
    holes.lanes.push(value);
    return { [HOLE]: "input" };
  }
  if (value instanceof Uint8Array) return { [HOLE]: "bytes", base64: Buffer.from(value).toString("base64") };
  // JSON would make null of an argument that is left out.
  if (Array.isArray(value))
    return value.map((item) => (item === undefined ? { [HOLE]: "absent" } : withHoles(item, holes)));
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new Error(`A ${value.constructor.name} does not travel between server and runner.`);
  const entries = Object.entries(value).map(([key, item]) => [key, withHoles(item, holes, key)] as const);
  // A file of a record may have this name.
  if (Object.hasOwn(value, HOLE)) return { [HOLE]: "object", entries };
  return Object.fromEntries(entries);
}

/** What fills the holes on the runner. */
export interface Filling {
  signal: AbortSignal;
  /** Passes a call of the caller's function on. */
  call(at: number, given: readonly unknown[]): void;
  /** Hears what the caller sends while the operation runs. */
  onInput(listener: (data: Uint8Array) => void): void;
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
    case "input":
      return (listener: (data: Uint8Array) => void) => filling.onInput(listener);
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
  z.strictObject({ [HOLE]: z.literal("input") }),
  z.strictObject({ [HOLE]: z.literal("absent") }),
  z.strictObject({ [HOLE]: z.literal("function"), at: z.int().min(0).max(100) }),
  z.strictObject({ [HOLE]: z.literal("bytes"), base64: z.base64() }),
  z.strictObject({ [HOLE]: z.literal("object"), entries: z.array(z.tuple([z.string(), z.unknown()])) }),
]);

/** Longer ones are cut: whoever reads them has limits. */
const MOST_SENTENCE_CHARS = 10_000;
const sentence = z.string().transform((text) => text.slice(0, MOST_SENTENCE_CHARS));

/** How an operation ended. `failed`: a fault of the program, which the caller throws. */
const endShape = z.discriminatedUnion("end", [
  z.object({ end: z.literal("done"), value: z.unknown().optional() }),
  z.object({
    end: z.literal("refused"),
    message: sentence,
    kind: z.enum(["workspace", "snapshot"]),
    fault: z.literal("path_refused").nullable(),
  }),
  z.object({ end: z.literal("aborted") }),
  /** `code`: the system's, of a shortage of the runner's machine, which passes. */
  z.object({ end: z.literal("failed"), message: sentence, code: z.string().max(50).optional() }),
]);

type End = z.output<typeof endShape>;

/** Runs the work and returns its end; never rejects. */
export async function endOf(work: () => Promise<unknown>, signal: AbortSignal): Promise<End> {
  try {
    return { end: "done", value: withHoles(await work(), noHoles()) };
  } catch (error) {
    if (error instanceof WorkspaceError) {
      const kind = error instanceof SnapshotError ? "snapshot" : "workspace";
      return { end: "refused", message: error.message, kind, fault: error.fault };
    }
    if (signal.aborted) return { end: "aborted" };
    if (isFullDisk(error)) return { end: "refused", message: FULL_DISK, kind: "workspace", fault: null };
    const code = passingCode(error);
    return {
      end: "failed",
      message: error instanceof Error ? error.message : String(error),
      ...(code !== null && { code }),
    };
  }
}

const FULL_DISK =
  "The disk of the runner is full, so this was not done: remove files that nobody needs, or give it more room.";

function isFullDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

/** Returns an end that has travelled, with the holes of its value filled; null for what `endOf` does not return. */
export function readEnd(travelled: unknown): End | null {
  try {
    const end = endShape.parse(travelled);
    return end.end === "done" ? { ...end, value: filled(end.value, NOTHING) } : end;
  } catch {
    // Also a value that is nested too deep to be filled.
    return null;
  }
}

/** Whether the operation failed by a shortage of the runner's machine: the same may be done again, as on this machine. */
export function isPassing(end: End): boolean {
  return end.end === "failed" && end.code !== undefined;
}

/** Returns what the operation returned, or throws what it threw. `signal`: the caller's. */
export function resultOf(end: End, signal: AbortSignal | undefined, runner: string): unknown {
  switch (end.end) {
    case "done":
      return end.value;
    case "refused": {
      const { message, fault, kind } = end;
      const options = fault === null ? {} : { fault };
      throw kind === "snapshot" ? new SnapshotError(message, options) : new WorkspaceError(message, options);
    }
    case "aborted":
      // Without an abort here: an earlier process ended the call, or the runner did.
      throw signal?.aborted
        ? signal.reason
        : new WorkspaceError(
            "The call was ended on its runner before it was done: check what it did before you repeat it.",
          );
    case "failed":
      if (end.code === undefined) throw new Error(end.message);
      throw new PassingError(`The machine of the runner ${runner} ran short of something (${end.message}).`);
  }
}

/** Results have bytes, but neither signals nor functions. */
const NOTHING: Filling = { signal: new AbortController().signal, call: () => undefined, onInput: () => undefined };
