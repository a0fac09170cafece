/**
 * Runs the replays of new versions, a few at a time, and ends them: the version is refused, or its trial continues. Its
 * whole state is in rows, so after a kill the next check continues.
 */
import { refusalOf, type SelfSwitch } from "@/agents/self/switch";
import { isRefused, REPLAY_HOURS } from "@/core/rules/replays";
import { hasPassed, oddsOf } from "@/core/rules/trial";
import { pairsOf, type Replay } from "@/db/configuration/replay-rows";
import { isAlternating, sidesOf, type Trial } from "@/db/configuration/trials";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { type Checks, startChecks } from "@/lib/time/checks";
import type { Timers } from "@/lib/time/timers";
import { chooseReplays } from "./choose";
import { replayLetter } from "./letter";
import { type OpenSources, openReplay } from "./open";

/** The switch for changes of Banyan by agents ends replays within 5 s. */
const CHECK_MS = 3_000;
const MOST_AT_ONCE = 2;
const HOUR_MS = 3_600_000;

export interface ReplaySources extends OpenSources {
  store: OpenSources["store"] & Pick<Store, "trials">;
  power: SelfSwitch;
  /** Ended trees that are replayed at most. */
  trialReplays: number;
  /** Returns `runbook` when there is no language model. */
  defaultModel(): string;
  now(): number;
}

export interface ReplayWatchOptions extends ReplaySources {
  timers: Timers;
  /** Whether this worker does the work that one worker does for all. */
  leads(): boolean;
  report(message: string, error?: unknown): void;
}

export function startReplayWatch(options: ReplayWatchOptions): Checks {
  return startChecks({
    timers: options.timers,
    everyMs: CHECK_MS,
    check: () => checkNow(options),
    failed: (error) => options.report("The replays of a new version could not go on.", error),
  });
}

async function checkNow(options: ReplayWatchOptions): Promise<void> {
  const { store, power } = options;
  if (!options.leads()) return;
  for (const replay of store.replays.leftovers()) await store.replays.drop(replay, "stopped");
  const trials = store.trials.open().filter((trial) => !isAlternating(trial));
  const isOff = refusalOf(power.state()) !== null;
  for (const trial of trials) await (isOff ? halt(options, trial) : goOn(options, trial));
}

/** Stops what runs. It starts again when changes by agents are allowed again. */
async function halt({ store: { replays } }: ReplayWatchOptions, trial: Trial): Promise<void> {
  for (const replay of replays.of(trial).filter(isOpen))
    if (replays.treeOf(trial, replay)?.status === "open") await replays.again(replay, newId());
}

async function goOn(options: ReplayWatchOptions, trial: Trial): Promise<void> {
  const { store, now } = options;
  if (trial.replays === "choosing") await chooseReplays(options, trial);
  const isLate = now() > trial.startedAtMs + REPLAY_HOURS * HOUR_MS;
  for (const replay of store.replays.of(trial).filter(isOpen)) {
    await settle(options, trial, replay);
    if (isLate) await store.replays.drop(replay, "time");
  }
  if (!isLate && canRun(options, trial)) await startMore(options, trial);
  if (!store.replays.of(trial).some(isOpen)) await finish(options, trial);
}

function isOpen({ status }: Replay): boolean {
  return status === "waiting" || status === "running";
}

/** Without a language model, only runbooks can run. */
function canRun({ defaultModel }: ReplayWatchOptions, { kind }: Trial): boolean {
  return kind === "runbook" || defaultModel() !== "runbook";
}

/** Stores the result of a replay that has ended, and stops one that needs a person. */
async function settle({ store: { replays } }: ReplayWatchOptions, trial: Trial, replay: Replay): Promise<void> {
  if (replay.status !== "running") return;
  const tree = replays.treeOf(trial, replay);
  if (!tree) return replays.drop(replay, "deleted");
  if (tree.hasAsked) return replays.drop(replay, "asked");
  if (tree.status === "open") return;
  if (tree.status === "stopped") return replays.drop(replay, "stopped");
  // It spent its grant, so its judge could not judge it: it cost many times what the ended tree did, without a result.
  const passed =
    hasPassed({ ...tree, status: tree.status, person: null }, trial.metric) ?? (tree.hasSpentAll ? false : null);
  if (passed === null || !tree.isUsed) return replays.drop(replay, "no_result");
  await replays.counted(replay, { passed, tokens: tree.tokens, microUsd: tree.microUsd });
}

async function startMore(options: ReplayWatchOptions, trial: Trial): Promise<void> {
  const { replays } = options.store;
  for (const replay of replays.of(trial).filter(({ status }) => status === "waiting")) {
    if (replays.running() >= MOST_AT_ONCE) return;
    await openReplay(options, trial, replay);
  }
}

/** Refuses the version, or lets its trial continue. */
async function finish({ store }: ReplayWatchOptions, trial: Trial): Promise<void> {
  const { trials, replays } = store;
  const rows = replays.of(trial);
  if (rows.length === 0) return;
  if (!isRefused(pairsOf(rows, true))) {
    await replays.finish(trial, replayLetter(trial, rows, false));
    return;
  }
  const sides = sidesOf(trials.treesOf(trial), trial.metric);
  const letter = replayLetter(trial, rows, true);
  const figures = { sides, odds: oddsOf(sides) };
  await trials.end(trial, { status: "bad", outcome: "replays", by: "Banyan", isAudited: false, figures, letter });
}
