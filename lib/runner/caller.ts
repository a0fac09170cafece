/** The server's half: asks a runner for operations of workplaces, and hears what it answers. */
import { randomUUID } from "node:crypto";
import type { CallListener, CellLink, FollowedCall } from "../nats/port";
import type { PlaceCaller } from "../workplace/remote";
import type { PlaceRequest } from "../workplace/requests";
import { endShape, type Holes, resultOf, withHoles } from "../workplace/wire";
import { WorkspaceError } from "../workspace/path";
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

/** The runner is gone, or does not take the call. `mayHaveRun`: nobody knows what the call did. */
export class RunnerError extends WorkspaceError {
  override name = "RunnerError";
  constructor(
    message: string,
    readonly mayHaveRun: boolean,
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
  /** Returns the id of the next call. The same id again gets the outcome of the first; absent: each call is new. */
  nextId?(): string;
  /** How long a call may take. */
  mostMs?: number;
}

const MOST_MS = 24 * 3_600_000;

export async function placeCaller(called: CalledRunner): Promise<PlaceCaller> {
  const packs = await called.link.packs(called.runner);
  return { packs, ask: (request) => ask(called, packs, request) };
}

async function ask(called: CalledRunner, packs: PlaceCaller["packs"], given: PlaceRequest): Promise<unknown> {
  const { link, runner, bootId, place, nextId = randomUUID, mostMs = MOST_MS } = called;
  const holes: Holes = { signals: [], functions: [] };
  const request = withHoles(given, holes);
  const [signal] = holes.signals;
  signal?.throwIfAborted();
  const callId = nextId();
  const text = JSON.stringify(request);
  const large = text.length > MOST_INLINE_CHARS ? await packs.put(`ask-${callId}`, bytesOf(text)) : null;
  const body = large === null ? { request } : { pack: large };
  const listener: CallListener = { onChunk: (data) => pass(data, holes) };
  const deadlineMs = Date.now() + mostMs;
  const start = await link.call({ runner, callId, bootId, place, level: LEVEL, deadlineMs, body }, listener);
  if (start.state === "refused") throw refusedBy(runner, start.code);
  if (start.state === "unreachable")
    throw new RunnerError(`The runner ${runner} cannot be reached, so nothing was done.`, false);
  const end = ended(called, packs, start.call, signal);
  return large === null ? end : end.finally(() => packs.remove(large.name).catch(() => undefined));
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

/** Waits for the outcome of a call; ends it when the caller is aborted; fails when the runner is gone without one. */
async function ended(
  { link, runner, bootId }: CalledRunner,
  packs: PlaceCaller["packs"],
  call: FollowedCall,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const gone = whenGone(link, runner, bootId);
  const cancel = () => void call.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    const outcome = await Promise.race([call.outcome, gone.promise]);
    // The outcome of a runner that is gone may be stored all the same.
    const found = outcome ?? (await link.outcome(runner, call.callId).catch(() => null));
    if (found === null)
      throw new RunnerError(
        `The runner ${runner} went away while the call ran, so its outcome is unknown: check before you repeat it.`,
        true,
      );
    if (found.state !== "done")
      throw new RunnerError(`The runner ${runner} could not tell the outcome of the call (${found.state}).`, true);
    const answer = answeredShape.parse(found.body);
    if ("end" in answer) return resultOf(endShape.parse(answer.end), signal);
    const text = await readWhole(packs.get(answer.pack), MOST_JSON_BYTES);
    await packs.remove(answer.pack.name);
    return resultOf(endShape.parse(JSON.parse(text)), signal);
  } finally {
    signal?.removeEventListener("abort", cancel);
    gone.forget();
    call.leave();
  }
}

/** Resolves with null when this start of the runner is not heard any more. */
function whenGone({ presence }: CellLink, runner: string, bootId: string): { promise: Promise<null>; forget(): void } {
  let forget = () => {};
  const promise = new Promise<null>((resolve) => {
    forget = presence.onChange((change) => {
      if (change.state === "gone" ? change.runner === runner : isOther(change.record, runner, bootId)) resolve(null);
    });
  });
  return { promise, forget: () => forget() };
}

function isOther(record: { runner: string; bootId: string }, runner: string, bootId: string): boolean {
  return record.runner === runner && record.bootId !== bootId;
}

function refusedBy(runner: string, code: string): RunnerError {
  const why = isRefusal(code) ? REFUSALS[code] : `refuses the call (${code})`;
  return new RunnerError(`The runner ${runner} ${why}, so nothing was done.`, false);
}
