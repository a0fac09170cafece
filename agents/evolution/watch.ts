/** Brings the evolutions of projects on, one step after the other. Each step can be repeated after a kill. */
import { UserError } from "@/agents/application";
import type { StoredCycle } from "@/db/evolution/evolution";
import { type Checks, startChecks } from "@/lib/time/checks";
import { orAborted } from "@/lib/time/or-aborted";
import type { Timers } from "@/lib/time/timers";
import { triedMs } from "@/lib/time/tried";
import { WorkspaceError } from "@/lib/workspace/path";
import { giveUp, isOfFolder } from "./begin";
import { stepCycle, stopTree } from "./cycle";
import { isOfProject, stepRun } from "./run";
import { settle } from "./settle";
import type { EvolutionSources } from "./sources";

const CHECK_MS = 1_000;
/** After a fault of the server the same run or cycle is tried again so much later. */
const AGAIN_MS = 30_000;
/** A longer time between two tries is none in which its project kept it from going on. */
const MOST_GAP_MS = 2 * AGAIN_MS;
/**
 * A cycle whose repository cannot be read for so long has failed, or its run ends when it has not begun. A network, a folder
 * or the sandbox may be away for some minutes.
 */
const GIVE_UP_MS = 20 * 60_000;

/** Of a run or a cycle that could not go on. */
interface Failure {
  lastMs: number;
  /** For how long its project has kept it from going on; null: the server does. */
  heldMs: number | null;
}

export interface EvolutionWatchOptions extends EvolutionSources {
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

export function startEvolutionWatch(options: EvolutionWatchOptions): Checks {
  const ending = new AbortController();
  const failures = new Map<string, Failure>();
  let going: Promise<void> | null = null;
  const leaving: EvolutionWatchOptions = {
    ...options,
    // A clone may take minutes. The next start submits the same tree again.
    submit: (...given) => orAborted(() => options.submit(...given), ending.signal),
  };
  const checks = startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    // A look or a judgement may take minutes; the next check finds it going and waits for none.
    check: async () => {
      going ??= stepAll(leaving, failures, ending.signal).finally(() => {
        going = null;
      });
    },
    failed: (error) => options.report("The evolutions of projects could not be checked.", error),
  });
  return {
    async check() {
      await checks.check();
      await going;
    },
    async stop() {
      ending.abort(new Error("The server stops."));
      await checks.stop();
      await going;
    },
  };
}

/** Never rejects. What keeps failing for want of its project is settled, so that somebody is told. */
async function stepAll(
  options: EvolutionWatchOptions,
  failures: Map<string, Failure>,
  signal: AbortSignal,
): Promise<void> {
  const { store, leads, now, report } = options;
  const each = async (uid: string, project: string, work: () => Promise<void>, cycle?: StoredCycle) => {
    const before = failures.get(uid);
    if (signal.aborted || (before !== undefined && Math.abs(now() - before.lastMs) < AGAIN_MS)) return;
    try {
      await work();
      failures.delete(uid);
    } catch (error) {
      if (signal.aborted) return;
      const isBeginning = cycle !== undefined && cycle.state === "working" && cycle.begunAtMs === null;
      const noFolder = isBeginning && error instanceof UserError && isOfFolder(error) ? error.message : null;
      const isHeld = isOfProject(error) || noFolder !== null;
      const heldMs = isHeld ? heldUntil(before, now()) : null;
      failures.set(uid, { lastMs: now(), heldMs });
      const isLate = heldMs !== null && heldMs >= GIVE_UP_MS;
      if (cycle !== undefined && noFolder !== null) return waitToBegin(options, cycle, noFolder, isLate);
      const isPassing = error instanceof UserError && error.kind === "unavailable";
      if (cycle?.state === "working" && isOfProject(error)) {
        if (!isLate) return;
        await settle(options, cycle, { state: "failed", why: `It could not be judged: ${error.message}` });
      } else if (!isPassing && !(error instanceof WorkspaceError))
        report(`The evolution of the project ${project} could not go on; it is tried again.`, error);
    }
  };
  try {
    if (!leads()) return;
    // Also while everything is paused: a stop is not undone by it.
    for (const cycle of store.evolutions.orphans())
      await each(cycle.uid, cycle.project, () => stopTree(options, cycle));
    if (store.halts.current()) return;
    for (const cycle of store.evolutions.unsettled())
      await each(cycle.uid, cycle.project, () => stepCycle(options, cycle, signal), cycle);
    for (const run of store.evolutions.going()) await each(run.uid, run.project, () => stepRun(options, run, signal));
  } catch (error) {
    if (!signal.aborted) report("The evolutions of projects could not be checked.", error);
  }
}

/** Returns for how long a project has kept something from going on that could not go on just now either. */
function heldUntil(before: Failure | undefined, nowMs: number): number {
  if (before === undefined || before.heldMs === null) return 0;
  return before.heldMs + triedMs(before.lastMs, nowMs, MOST_GAP_MS);
}

/** A cycle that gets no folder says why it does not begin, and later gives up. */
async function waitToBegin(
  options: EvolutionWatchOptions,
  cycle: StoredCycle,
  why: string,
  isLate: boolean,
): Promise<void> {
  if (isLate) return giveUp(options, cycle, why);
  if (cycle.why !== why) await options.store.evolutions.change(cycle, { why });
}
