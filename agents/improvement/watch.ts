/**
 * Starts looks at the faults when they are due, continues a look that a kill interrupted, and stops it when switched
 * off.
 */
import { refusalOf } from "@/agents/self/switch";
import { MEMORY_MS } from "@/core/faults/kinds";
import { MANY_FAULTS } from "@/core/faults/limits";
import type { StoredLook } from "@/db/improvement/looks";
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { type LookSources, look, openTree, refusalToLook } from "./look";
import { dueCause } from "./schedule";

/** The switch for changes of Banyan by agents ends a look within 5 s. */
const CHECK_MS = 3_000;

export interface LookWatchOptions extends LookSources {
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

interface WatchContext {
  options: LookWatchOptions;
  /** Trees that were told to stop. */
  stopped: Set<string>;
}

export function startLookWatch(options: LookWatchOptions): Checks {
  const context: WatchContext = { options, stopped: new Set() };
  return startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    check: () => checkNow(context),
    failed: (error) => options.report("The review agent could not look at the faults.", error),
  });
}

async function checkNow(context: WatchContext): Promise<void> {
  const { options } = context;
  const { store, power, now } = options;
  if (!options.leads()) return;
  const current = store.looks.current();
  const off = refusalOf(power.state());
  if (off !== null) return current ? end(context, current, off) : undefined;
  if (current) return current.isOpened ? undefined : openTree(options, current);
  await store.faults.gather(now());
  const settings = store.looks.settings();
  if (!settings.on || refusalToLook(options) !== null) return;
  const cause = dueCause(settings, store.looks.lastMs(now()), isGrown(options), now());
  if (cause !== null) await look(options, cause, null);
}

/** Whether a kind has many new faults, and no proposal against it waits for a person. */
function isGrown({ store, now }: LookWatchOptions): boolean {
  const since = store.looks.lastMs(now()) ?? now() - MEMORY_MS;
  const grown = store.faults.grown(since, MANY_FAULTS);
  if (grown.length === 0) return false;
  const open = store.looks.proposals(now()).filter(({ status }) => status === "open");
  const waiting = new Set(open.flatMap(({ faults }) => faults));
  return grown.some((kind) => !waiting.has(kind));
}

async function end(
  { options, stopped }: WatchContext,
  { uid, tree, isOpened }: StoredLook,
  why: string,
): Promise<void> {
  const { looks, trees } = options.store;
  if (tree === null || stopped.has(tree)) return;
  const root = looks.rootOf(tree);
  if (root !== null) {
    stopped.add(tree);
    await trees.send(root, { kind: "stop", status: "stopped", reason: "by_person", detail: why });
  } else if (!isOpened) await looks.closed(uid, why);
}
