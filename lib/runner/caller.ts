/** The server's half: asks a runner for operations of workplaces, and hears what it answers. */
import { randomUUID } from "node:crypto";
import { NatsError } from "../nats/errors";
import type { CallListener, CallStart, CellLink } from "../nats/port";
import type { StoredOutcome } from "../nats/wire";
import { answerTo } from "../workplace/answers";
import { LeftRunning } from "../workplace/left-running";
import type { PlaceCaller } from "../workplace/remote";
import { type Pack, type PlaceRequest, takesSlot } from "../workplace/requests";
import { type Holes, isPassing, noHoles, readEnd, resultOf, withHoles } from "../workplace/wire";
import { WorkspaceError } from "../workspace/path";
import type { CallIds } from "./call-ids";
import {
  answeredShape,
  bytesOf,
  chunkShape,
  isRefusal,
  LEVEL,
  MOST_INLINE_CHARS,
  MOST_JSON_BYTES,
  REFUSALS,
  readWhole,
} from "./protocol";
import { whenFree } from "./slots";

/** The runner is gone, or does not take the call. `mayHaveRun`: nobody knows what the call did. `refusal`: the runner's code. */
export class RunnerError extends WorkspaceError {
  override name = "RunnerError";
  constructor(
    message: string,
    readonly mayHaveRun: boolean,
    readonly refusal: string | null = null,
  ) {
    super(message);
  }
}

export interface CalledRunner {
  link: CellLink;
  runner: string;
  /** The start of the runner's process that has the tree. */
  bootId: string;
  /** Grows each time the tree moves. */
  place: number;
  /** Absent: each operation is new. An id again gets the outcome of the first operation that had it. */
  ids?: CallIds;
  /** An earlier process may have asked with these ids, so long ago that the runner has forgotten them. */
  isResumed?: boolean;
  /** Called when an operation begins to wait for a slot; what it returns, when the wait has ended. */
  inLine?: (() => () => void) | undefined;
  /** How long an operation may take. The runner ends it then, and one that does not is not waited for. */
  mostMs?: number;
}

const MOST_MS = 24 * 3_600_000;

export async function placeCaller(called: CalledRunner): Promise<PlaceCaller> {
  const packs = await packsOf(called);
  return { packs, ask: (request) => withRunnerErrors(ask(called, packs, request), true) };
}

/**
 * Returns a caller for operations of a place that the tree has left: it asks for what they have done there, and starts
 * nothing. Throws RunnerError for an operation of which nobody knows the outcome.
 */
export async function formerPlaceCaller(
  called: Pick<CalledRunner, "link" | "runner"> & { ids: CallIds },
): Promise<PlaceCaller> {
  const packs = await packsOf(called);
  return { packs, ask: (request) => withRunnerErrors(askFormer(called, packs, request), true) };
}

/** Returns the runner's packs. Like its operations, they throw RunnerError. */
async function packsOf({ link, runner }: Pick<CalledRunner, "link" | "runner">): Promise<PlaceCaller["packs"]> {
  const packs = await withRunnerErrors(link.packs(runner), false);
  return {
    put: (name, bytes) => withRunnerErrors(packs.put(name, bytes), false),
    async *get(pack) {
      try {
        yield* packs.get(pack);
      } catch (error) {
        throw asRunnerError(error, true);
      }
    },
    remove: packs.remove,
  };
}

async function askFormer(
  { link, runner, ids }: Pick<CalledRunner, "link" | "runner"> & { ids: CallIds },
  packs: PlaceCaller["packs"],
  given: PlaceRequest,
): Promise<unknown> {
  const id = ids(withHoles(given, noHoles()) as PlaceRequest);
  const { found } = await formerTries(link, runner, given, id);
  if (found === null) throw unknownOutcome(runner);
  return resultIn({ runner, packs, given, signal: undefined }, found);
}

/**
 * Returns the outcome of an operation that an earlier process asked for; null: none is stored. `next`: the first try that did
 * not end by a shortage of the runner, which would be its outcome forever.
 */
async function formerTries(
  link: CellLink,
  runner: string,
  given: PlaceRequest,
  id: string,
): Promise<{ found: StoredOutcome | null; next: number }> {
  let next = 0;
  // Only what takes a slot is refused, which leaves no outcome, and tried again.
  for (let tries = 0; tries < (takesSlot(given) ? FORMER_TRIES : next + 1); tries += 1) {
    const found = await link.outcome(runner, tryOf(id, tries));
    if (found !== null && !endedByShortage(found)) return { found, next };
    if (found !== null) next = tries + 1;
  }
  return { found: null, next };
}

function endedByShortage(found: StoredOutcome): boolean {
  const answered = answeredShape.safeParse(found.state === "done" ? found.body : null);
  const end = answered.success && "end" in answered.data ? readEnd(answered.data.end) : null;
  return end !== null && isPassing(end);
}

/** How many tries for a slot an operation of an earlier process may have needed. */
const FORMER_TRIES = 16;

/** A refused id stays refused, so each try has one of its own. */
function tryOf(id: string, tries: number): string {
  return tries === 0 ? id : `${id}-${tries}`;
}

async function ask(called: CalledRunner, packs: PlaceCaller["packs"], given: PlaceRequest): Promise<unknown> {
  const { runner, ids = randomUUID } = called;
  const holes = noHoles();
  const request = withHoles(given, holes) as PlaceRequest;
  const [signal] = holes.signals;
  signal?.throwIfAborted();
  const id = ids(request);
  const { found: before, next } = called.isResumed
    ? await formerTries(called.link, runner, given, id)
    : { found: null, next: 0 };
  const asked: Asked = { runner, packs, given, signal };
  if (before !== null) return resultIn(asked, before);
  const text = JSON.stringify(request);
  const large = text.length > MOST_INLINE_CHARS ? await packs.put(`ask-${id}-${randomUUID()}`, bytesOf(text)) : null;
  try {
    const body = large === null ? { request } : { pack: large };
    const start = await started(
      called,
      { id, next },
      body,
      { onChunk: (data) => pass(data, holes) },
      waitOf(given, signal, called.inLine),
    );
    if (start.state === "refused") throw refusedBy(runner, start.code);
    if (start.state === "unreachable")
      throw new RunnerError(`The runner ${runner} cannot be reached, so nothing was done.`, false);
    for (const lane of holes.lanes) lane.carry((data) => start.call.input(data));
    return await ended(called, asked, start);
  } finally {
    if (large !== null) void packs.remove(large.name);
  }
}

interface Wait {
  signal: AbortSignal | undefined;
  /** A call that waits for a slot is not silent. */
  onActivity(): void;
  /** Nor does its time count. */
  begin(): () => void;
}

/**
 * Starts the call; while all slots are taken, it waits in line and tries again. A resumed one first tries all ids under which
 * it may run already, without a wait: the runner refuses those that it refused before, whether a slot is free or not.
 */
async function started(
  { link, runner, bootId, place, isResumed = false, mostMs = MOST_MS }: CalledRunner,
  { id, next }: { id: string; next: number },
  body: unknown,
  listener: CallListener,
  wait: Wait,
): Promise<CallStart> {
  const deadlineMs = Date.now() + mostMs;
  for (let tries = next; ; tries += 1) {
    const callId = tryOf(id, tries);
    const start = await link.call({ runner, callId, bootId, place, level: LEVEL, deadlineMs, body }, listener);
    if (start.state !== "refused" || start.code !== "full") return start;
    if (!isResumed || tries + 1 >= FORMER_TRIES) await inLine(link, runner, wait);
  }
}

const SIGN_EVERY_MS = 10_000;

async function inLine({ presence }: CellLink, runner: string, { signal, onActivity, begin }: Wait): Promise<void> {
  onActivity();
  const end = begin();
  const signs = setInterval(onActivity, SIGN_EVERY_MS);
  try {
    await whenFree(presence, runner, signal);
  } finally {
    clearInterval(signs);
    end();
  }
}

/** Finds the caller's own function for signs of life among the arguments. */
function waitOf({ args }: PlaceRequest, signal: AbortSignal | undefined, inLine: CalledRunner["inLine"]): Wait {
  const live = args.find((arg) => typeof arg === "object" && arg !== null && "onActivity" in arg);
  const given = (live as { onActivity?: unknown } | undefined)?.onActivity;
  const onActivity = typeof given === "function" ? () => given() : () => undefined;
  return { signal, onActivity, begin: inLine ?? (() => () => undefined) };
}

/** Calls the function of the caller. What a runner sends in another form is dropped. */
function pass(data: Uint8Array, { functions }: Holes): void {
  try {
    const { at, given } = chunkShape.parse(JSON.parse(Buffer.from(data).toString("utf8")));
    functions[at]?.(...given);
  } catch {
    // A hostile runner, or another release: output is for watchers only.
  }
}

/** How long an outcome may come later than the end of the call's time. */
const LATE_MS = 10_000;

/**
 * Waits for the outcome of a call; ends the call when the caller is aborted, unless it is to be left running; fails when
 * the runner is gone without an outcome, or has none when the call's time is over.
 */
async function ended(
  { link, runner, bootId, mostMs = MOST_MS }: CalledRunner,
  asked: Asked,
  { call, state }: Exclude<CallStart, { state: "refused" | "unreachable" }>,
): Promise<unknown> {
  const { signal } = asked;
  const gone = whenGone(link, runner, bootId, state === "accepted");
  let leave: (why: Error) => void = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = reject;
  });
  const late = setTimeout(() => leave(unansweredCall(runner)), mostMs + Math.min(mostMs, LATE_MS));
  const onAbort = () => {
    if (signal?.reason instanceof LeftRunning) leave(signal.reason);
    else void call.cancel();
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const outcome = await Promise.race([call.outcome, gone.promise, left]);
    // The outcome of a runner that is gone may be stored all the same.
    const found = outcome ?? (await link.outcome(runner, call.callId).catch(() => null));
    if (found === null) throw unknownOutcome(runner);
    return await resultIn(asked, found);
  } finally {
    signal?.removeEventListener("abort", onAbort);
    clearTimeout(late);
    gone.forget();
    call.leave();
  }
}

interface Asked {
  runner: string;
  packs: PlaceCaller["packs"];
  given: PlaceRequest;
  /** The caller's. */
  signal: AbortSignal | undefined;
}

/**
 * Returns what the operation returned, or throws what it threw. All that a runner answers comes through here, and is
 * checked: its types are promises of the port.
 */
async function resultIn({ runner, packs, given, signal }: Asked, found: StoredOutcome): Promise<unknown> {
  // A start that is gone may have taken it before.
  if (found.state === "refused" && found.code !== "other-start") throw refusedBy(runner, found.code);
  if (found.state !== "done")
    throw new RunnerError(`The runner ${runner} could not tell the outcome of the call (${found.state}).`, true);
  const answered = answeredShape.safeParse(found.body);
  if (!answered.success) throw strangeAnswer(runner);
  const travelled = "end" in answered.data ? answered.data.end : await packed(packs, answered.data.pack);
  const answer = answerTo(given, resultOf(endIn(runner, travelled), signal, runner));
  if (answer === null) throw strangeAnswer(runner);
  return answer.value;
}

/** Returns the JSON in a pack, which is not needed any more; null for what is none. */
async function packed(packs: PlaceCaller["packs"], pack: Pack): Promise<unknown> {
  const text = await readWhole(packs.get(pack), MOST_JSON_BYTES);
  await packs.remove(pack.name);
  return parsedJson(text);
}

function endIn(runner: string, travelled: unknown) {
  const end = readEnd(travelled);
  if (end === null) throw strangeAnswer(runner);
  return end;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function strangeAnswer(runner: string): RunnerError {
  return new RunnerError(
    `The runner ${runner} answered in a form that this release does not know, so the outcome of the call is unknown: install the same release on server and runner.`,
    true,
  );
}

function unknownOutcome(runner: string): RunnerError {
  return new RunnerError(
    `The runner ${runner} went away while the call ran, so its outcome is unknown: check before you repeat it.`,
    true,
  );
}

function unansweredCall(runner: string): RunnerError {
  return new RunnerError(
    `The runner ${runner} did not end the call in its time, so its outcome is unknown: check before you repeat it.`,
    true,
  );
}

/**
 * Resolves with null when this start of the runner is not heard any more. One that nobody hears had gone before the call was
 * sent, unless it has answered: then a server that has just started may not have heard it yet.
 */
function whenGone(
  { presence }: CellLink,
  runner: string,
  bootId: string,
  hasAnswered: boolean,
): { promise: Promise<null>; forget(): void } {
  let forget = () => {};
  const promise = new Promise<null>((resolve) => {
    const listens = presence.onChange((change) => {
      if (change.state === "gone" ? change.runner === runner : isOther(change.record, runner, bootId)) resolve(null);
    });
    const isHere = () => presence.list().some((record) => record.runner === runner && record.bootId === bootId);
    const late = setTimeout(() => isHere() || resolve(null), hasAnswered ? SILENT_MS : 0);
    if (isHere()) clearTimeout(late);
    forget = () => {
      listens();
      clearTimeout(late);
    };
  });
  return { promise, forget: () => forget() };
}

/** A runner that is there says so at least this often. */
const SILENT_MS = 20_000;

function isOther(record: { runner: string; bootId: string }, runner: string, bootId: string): boolean {
  return record.runner === runner && record.bootId !== bootId;
}

function refusedBy(runner: string, code: string): RunnerError {
  const why = isRefusal(code) ? REFUSALS[code] : `refuses the call (${code})`;
  return new RunnerError(`The runner ${runner} ${why}, so nothing was done.`, false, code);
}

/** NATS itself may fail in the middle, which is no fault of the program. */
function asRunnerError(error: unknown, mayHaveRun: boolean): unknown {
  return error instanceof NatsError ? new RunnerError(error.message, mayHaveRun) : error;
}

async function withRunnerErrors<T>(work: Promise<T>, mayHaveRun: boolean): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asRunnerError(error, mayHaveRun);
  }
}
