/** Brings promotions on, one step after the other, while one worker does the work that one does for all. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { SandboxRefusal } from "@/agents/environments/start-refusal";
import { type UntilHalt, untilHalt } from "@/agents/environments/until-halt";
import type { PromotionState } from "@/core/shapes/environments/promotions";
import { heldByOthers } from "@/db/file/other-databases";
import type { StoredPromotion } from "@/db/promotions/promotions";
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { triedMs } from "@/lib/time/tried";
import { WorkspaceError } from "@/lib/workspace/path";
import { removeTree } from "@/lib/workspace/remove-tree";
import { foldersOf, type PromotionSources, promotionsIn } from "./sources";
import { formerWords, step } from "./step";

const CHECK_MS = 1_000;
/** After a fault of the server the same step is tried again so much later. */
const AGAIN_MS = 30_000;
/** A longer time between two tries is none in which a step was tried. */
const MOST_GAP_MS = 2 * AGAIN_MS;
/** A step that may work later is tried again for this long: on its way back, the target has a version that does not work. */
const MOST_TRIED_MS = 60 * 60_000;
/** A removed target leaves what was kept of its promotions until the next sweep. */
const SWEEP_MS = 60_000;

export interface PromotionWatchOptions extends PromotionSources {
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

export function startPromotionWatch(options: PromotionWatchOptions): Checks {
  const ending = new AbortController();
  const going = new Map<string, { work: Promise<void>; abort: AbortController; state: PromotionState }>();
  const failures = new Map<string, Failure>();
  const { store, leads, now } = options;
  const { promotions } = store;
  // A worker that stood still does not know yet that another one leads, which repeats the step.
  const whileLeading: PromotionWatchOptions = {
    ...options,
    store: { ...store, promotions: { ...promotions, set: (promotion, to) => promotions.set(promotion, to, leads) } },
  };
  let swept = { needed: "", atMs: Number.NEGATIVE_INFINITY };
  /** A person may have rejected one: no step of it follows that could remove its files. */
  const sweepSettled = async () => {
    const needed = [...store.promotions.going().map(({ uid }) => uid), ...going.keys()].join();
    if (swept.needed === needed && Math.abs(now() - swept.atMs) < SWEEP_MS) return;
    swept = { needed, atMs: now() };
    await sweep(options, (uid) => going.has(uid));
  };
  /** Who rejects or stops a promotion while a command of it runs ends that command. */
  const abortDecided = () => {
    const states = new Map(store.promotions.going().map(({ uid, state }) => [uid, state]));
    for (const [uid, { abort, state }] of going)
      if (states.get(uid) !== state) abort.abort(new Error("The promotion was rejected or stopped."));
    for (const uid of failures.keys()) if (!states.has(uid)) failures.delete(uid);
  };
  /** Another worker brings them on, and its commands must not meet those of this one. */
  const abortAll = () => {
    for (const { abort } of going.values()) abort.abort(new Error("Another worker leads."));
  };
  const checks = startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    // A command may take an hour; the next check finds it going and waits for none.
    async check() {
      abortDecided();
      const isHalted = store.halts.current() !== null;
      // Nothing is tried meanwhile, so that time is none of what a step is tried again for.
      if (isHalted) failures.clear();
      if (!leads()) return abortAll();
      if (isHalted || ending.signal.aborted) return;
      await sweepSettled().catch((error) => options.report("Files of promotions could not be removed.", error));
      for (const promotion of store.promotions.going()) {
        const { uid, state } = promotion;
        const failed = failures.get(uid);
        const mustWait = failed !== undefined && Math.abs(now() - failed.lastMs) < AGAIN_MS;
        if (state === "asked" || going.has(uid) || mustWait) continue;
        const abort = new AbortController();
        const halt = untilHalt(whileLeading, AbortSignal.any([ending.signal, abort.signal]));
        const requireLead = () => {
          if (!leads()) abortAll();
          halt.signal.throwIfAborted();
        };
        const work = bringOn(halt, promotion, failures, requireLead).finally(() => {
          halt.end();
          going.delete(uid);
        });
        going.set(uid, { work, abort, state });
      }
    },
    failed: (error) => options.report("The promotions could not be checked.", error),
  });
  const all = async () => void (await Promise.all([...going.values()].map(({ work }) => work)));
  return {
    async check() {
      await checks.check();
      await all();
    },
    async stop() {
      ending.abort(new Error("The server stops."));
      await checks.stop();
      await all();
    },
  };
}

/**
 * Removes what is kept of promotions whose project or target is gone, and the files of settled ones. What is kept of
 * promotions of another database stays.
 */
async function sweep({ dataDir, store }: PromotionWatchOptions, isWorkedOn: (uid: string) => boolean): Promise<void> {
  const folder = promotionsIn(dataDir);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const going = new Set(store.promotions.going().map(({ uid }) => uid));
  const isHeld = heldByOthers(store.client.file, dataDir, "promotions");
  for (const name of names) {
    if (isWorkedOn(name)) continue;
    const isKnown = store.promotions.get(name) !== null;
    if (!isKnown && !isHeld(name)) await removeTree(foldersOf(dataDir, name).whole);
    else if (isKnown && !going.has(name)) await removeFiles(dataDir, name);
  }
}

/** What a settled promotion leaves is its log. */
async function removeFiles(dataDir: string, uid: string): Promise<void> {
  const { whole, log } = foldersOf(dataDir, uid);
  for (const name of readdirSync(whole)) if (join(whole, name) !== log) await removeTree(join(whole, name));
}

/** For how long the same step was tried, and when it failed last. */
interface Failure {
  forMs: number;
  lastMs: number;
}

/** Never rejects. */
async function bringOn(
  halt: UntilHalt<PromotionWatchOptions>,
  promotion: StoredPromotion,
  failures: Map<string, Failure>,
  requireLead: () => void,
): Promise<void> {
  const { store, report, security, now } = halt.sources;
  const project = store.projects.get(promotion.project);
  if (project === null) return;
  try {
    await step(halt, promotion, project, requireLead);
    failures.delete(promotion.uid);
  } catch (error) {
    if (halt.signal.aborted) return;
    const lastMs = now();
    const before = failures.get(promotion.uid);
    const forMs = before === undefined ? 0 : before.forMs + triedMs(before.lastMs, lastMs, MOST_GAP_MS);
    if (forMs < MOST_TRIED_MS && mayWorkLater(promotion, error)) {
      failures.set(promotion.uid, { forMs, lastMs });
      report("A promotion could not go on; it is tried again.", error);
      return;
    }
    failures.delete(promotion.uid);
    const message = error instanceof Error ? error.message : String(error);
    const why = whyAfter(promotion, security.redactor.redact(message));
    await store.promotions
      .set(promotion, { state: afterFault(promotion), why })
      .catch((cause: unknown) => report("A promotion could not be updated.", cause));
  }
}

/** Whether nobody has to change anything for it: a fault of the server, or what a target in use can wait for. */
function mayWorkLater({ state }: StoredPromotion, error: unknown): boolean {
  // Nothing has changed at the target yet, so whoever asked hears at once what the machine lacks.
  if (error instanceof SandboxRefusal) return state !== "preparing" && state !== "planning";
  if (error instanceof WorkspaceError) return state === "taking_back";
  return !(error instanceof UserError);
}

/** A target that keeps the version that failed is worth more words than what kept the former one from it. */
function whyAfter(promotion: StoredPromotion, reason: string): string {
  if (promotion.state !== "taking_back") return reason;
  return `${promotion.why ?? ""} ${formerWords(promotion)} did not come back: ${reason}`.trimStart();
}

/** Once the target may have changed, the former version has to come back. */
function afterFault({ state }: StoredPromotion): "taking_back" | "failed" {
  return state === "deploying" || state === "smoking" ? "taking_back" : "failed";
}
