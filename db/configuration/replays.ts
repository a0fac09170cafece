/**
 * Replays: ended trees that run again with both versions of an entry, before its trial. Each method is one transaction,
 * and each step is a row, so a process that is killed leaves replays that the next check continues.
 */
import type { LetterBody } from "@/core/facts";
import type { Reason } from "@/core/log/reasons";
import type { EndStatus, Verdict } from "@/core/log/terms";
import type { ReplayResult } from "@/core/rules/replays";
import type { Sqlite } from "@/db/file/client";
import type { WriteContext, Writes } from "@/db/file/writes";
import { createMail } from "@/db/records/mail";
import { type NotCounted, REPLAYER, type Replay, readReplays } from "./replay-rows";
import { replayStatements } from "./replay-statements";
import { type Trial, trialEndMs } from "./trials";

/** An ended tree that can be replayed, as far as its rows say. */
export interface ReplaySource {
  id: number;
  uid: string;
  rootId: number;
  hadFiles: boolean;
  isTainted: boolean;
  status: EndStatus;
  reason: Reason | null;
  verdict: Verdict["outcome"] | null;
  tokens: number;
  microUsd: number;
}

/** The state of the tree of a replay. */
interface ReplayTree extends Pick<ReplaySource, "reason" | "verdict" | "tokens" | "microUsd"> {
  root: string;
  status: EndStatus | "open";
  /** Whether one of its tasks needed a person. */
  hasAsked: boolean;
  /** Whether one of its tasks has spent its grant. */
  hasSpentAll: boolean;
  /** Whether it used the entry. */
  isUsed: boolean;
}

export interface Replays {
  /** Returns ended trees that used the entry, no person, and nothing but their workspace, newest first. */
  sources(trial: Trial): ReplaySource[];
  /** Returns an ended tree, or null when it was deleted. */
  source(uid: string): ReplaySource | null;
  /** Stores the replays of a trial; without any its new trees alternate at once. Resolves with false when they were chosen before. */
  choose(trial: Trial, replays: readonly Pick<Replay, "source" | "side" | "decides" | "tree">[]): Promise<boolean>;
  of(trial: Trial): Replay[];
  /** Returns how many run now, of all trials. */
  running(): number;
  /** Returns replays that wait or run although their trial has ended. */
  leftovers(): Replay[];
  /** Returns null when the tree is not there. */
  treeOf(trial: Trial, replay: Replay): ReplayTree | null;
  /** Notes that its tree is there. */
  began(replay: Replay): Promise<void>;
  counted(replay: Replay, result: ReplayResult): Promise<void>;
  /** Records that it does not count, and stops its tree. */
  drop(replay: Replay, why: NotCounted): Promise<void>;
  /** Stops its tree; it waits again, for a new tree. */
  again(replay: Replay, tree: string): Promise<void>;
  /** Ends the replays: new trees alternate from now on. Resolves with false when the trial has ended. */
  finish(trial: Trial, letter: LetterBody): Promise<boolean>;
  isReplay(tree: string): boolean;
}

type SourceRow = Omit<ReplaySource, "hadFiles" | "isTainted"> & { hadFiles: number; isTainted: number };

interface ReplaysContext {
  run: ReturnType<typeof replayStatements>;
  mail: ReturnType<typeof createMail>;
  log: Writes;
}

export function createReplays(sqlite: Sqlite, log: Writes): Replays {
  const context: ReplaysContext = { run: replayStatements(sqlite), mail: createMail(sqlite), log };
  const { run } = context;
  const key = ({ trial, source, side }: Replay) => ({ trial, source, side });
  return {
    sources: ({ kind, name }) => (run.sources[kind].all({ name }) as SourceRow[]).map(readSource),
    source: (uid) => (run.source.all(uid) as SourceRow[]).map(readSource)[0] ?? null,
    choose: (trial, replays) =>
      log.write(() => {
        const phase = replays.length > 0 ? "chosen" : "none";
        if (run.leaveChoosing.run({ id: trial.id, phase }).changes === 0) return false;
        for (const { decides, ...rest } of replays)
          run.insert.run({ ...rest, trial: trial.id, decides: decides ? 1 : 0 });
        return true;
      }),
    of: ({ id }) => readReplays(run.ofTrial.all(id)),
    running: () => run.running.get() as number,
    leftovers: () => readReplays(run.leftovers.all()),
    treeOf: ({ kind, name }, { tree }) => treeOf(run.tree[kind].get({ name, tree })),
    began: (replay) => log.write(() => void run.began.run(key(replay))),
    counted: (replay, { passed, tokens, microUsd }) =>
      log.write(() => void run.counted.run({ ...key(replay), passed: passed ? 1 : 0, tokens, microUsd })),
    drop: (replay, why) =>
      log.write((write) => {
        run.dropped.run({ ...key(replay), why });
        stopTree(context, replay.tree, write);
      }),
    again: (replay, tree) =>
      log.write((write) => {
        run.again.run({ ...key(replay), tree });
        stopTree(context, replay.tree, write);
      }),
    finish: (trial, letter) => log.write((write) => finish(context, trial, letter, write)),
    isReplay: (tree) => run.isReplay.get({ tree, person: REPLAYER }) !== undefined,
  };
}

function finish(
  { run, mail }: ReplaysContext,
  { id, task }: Trial,
  letter: LetterBody,
  { nowMs, touch }: WriteContext,
): boolean {
  if (run.finish.run({ id, endsAtMs: trialEndMs(nowMs) }).changes === 0) return false;
  mail.deliver(task, letter, { nowMs, touch });
  return true;
}

function stopTree({ run, mail }: ReplaysContext, uid: string, { nowMs, touch }: WriteContext): void {
  const found = run.rootOf.get(uid) as { id: number; root: string } | undefined;
  if (!found) return;
  const detail = "Banyan stopped this replay.";
  if (mail.send(found.root, { kind: "stop", status: "stopped", reason: "by_supervisor", detail }, nowMs))
    touch({ id: found.id, uid }, found.root);
}

function readSource({ hadFiles, isTainted, ...row }: SourceRow): ReplaySource {
  return { ...row, hadFiles: hadFiles === 1, isTainted: isTainted === 1 };
}

type TreeFlags = "hasAsked" | "hasSpentAll" | "isUsed";

function treeOf(row: unknown): ReplayTree | null {
  if (!row) return null;
  const { hasAsked, hasSpentAll, isUsed, endedAtMs, status, ...found } = row as Omit<ReplayTree, TreeFlags> &
    Record<TreeFlags, number> & { endedAtMs: number | null };
  const flags = { hasAsked: hasAsked === 1, hasSpentAll: hasSpentAll === 1, isUsed: isUsed === 1 };
  return { ...found, ...flags, status: endedAtMs === null ? "open" : status };
}
