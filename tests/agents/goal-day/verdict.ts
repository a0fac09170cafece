/**
 * The verdict on a day. A fault counts as recovered when, for every goal that it struck, a later round left a record or
 * the goal came to its right end. It was absorbed when it cost no round: the first round that ended after it has a
 * record of its own.
 */
import { fold } from "@/core/evolve";
import { courseOf } from "@/core/goals/pursue";
import type { Fault } from "./faults";
import type { DayGoal } from "./goals";
import type { DayStage } from "./stage";

export interface EndedGoal {
  tree: string;
  given: DayGoal;
  /** How it ended: "succeeded", or the reason of another end; null when it has not ended. */
  end: string | null;
  rounds: number;
  /** Rounds that left no record. */
  broken: number;
  /** Rounds that began although the goal's time was up. */
  late: number;
  tokens: number;
  /** Bytes of the log of the goal's own task. */
  logBytes: number;
  /** It ended too soon: two rounds broke off one after the other, or its first check or its criteria were missing. */
  brokeOff: boolean;
  why: string;
}

export interface DayReport {
  hours: number;
  goals: EndedGoal[];
  /** Calls that could meet a fault. */
  calls: number;
  faults: readonly Fault[];
  recovered: number;
  absorbed: number;
  /** Faults that were not recovered. */
  lost: Fault[];
  /** Items that wait for a person. */
  asked: number;
  /** Megabytes at the wanted moments. */
  heap: number[];
}

interface Round {
  tree: string;
  status: string;
  endedAtMs: number;
}

interface Root {
  id: number;
  tree: string;
  title: string;
  status: string;
  reason: string | null;
  length: number;
  rounds: number;
  broken: number;
  tokens: number;
  logBytes: number;
}

export function reportOf(stage: DayStage, heap: number[]): DayReport {
  const { web, clock, faults } = stage;
  const { sqlite } = web.store.client;
  const goals = rootsOf(stage).map((root) => endedGoal(stage, root));
  const right = new Set(goals.filter(isRight).map(({ tree }) => tree));
  const rounds = new Map<string, Round[]>();
  const ended = sqlite
    .prepare(
      `SELECT trees.uid AS tree, tasks.status, tasks.ended_at_ms AS endedAtMs FROM tasks JOIN trees ON trees.id = tree_id
        WHERE agent = 'iteration' AND tasks.ended_at_ms IS NOT NULL ORDER BY tasks.ended_at_ms`,
    )
    .all() as Round[];
  for (const round of ended) rounds.set(round.tree, [...(rounds.get(round.tree) ?? []), round]);
  const after = (tree: string, atMs: number) => (rounds.get(tree) ?? []).filter(({ endedAtMs }) => endedAtMs > atMs);
  const isGood = ({ status }: Round) => status === "succeeded";
  const isRecovered = ({ trees, atMs }: Fault) =>
    trees.every((tree) => right.has(tree) || after(tree, atMs).some(isGood));
  const isAbsorbed = ({ trees, atMs }: Fault) => trees.every((tree) => after(tree, atMs).slice(0, 1).every(isGood));
  const lost = faults.all.filter((fault) => !isRecovered(fault));
  return {
    hours: clock.monotonic() / 3_600_000,
    goals,
    calls: faults.calls(),
    faults: faults.all,
    lost,
    heap,
    recovered: faults.all.length - lost.length,
    absorbed: faults.all.filter((fault) => isRecovered(fault) && isAbsorbed(fault)).length,
    asked: sqlite
      .prepare("SELECT count(*) FROM reviews WHERE status = 'open' AND kind <> 'flag'")
      .pluck()
      .get() as number,
  };
}

export function isRight({ given, end }: EndedGoal): boolean {
  return end === (given.end ?? "succeeded");
}

function rootsOf({ web }: DayStage): Root[] {
  return web.store.client.sqlite
    .prepare(`
      SELECT root.id, trees.uid AS tree, trees.title, root.status, root.reason, root.length,
        (SELECT count(*) FROM tasks WHERE parent_id = root.id AND agent = 'iteration') AS rounds,
        (SELECT count(*) FROM tasks WHERE parent_id = root.id AND agent = 'iteration' AND status <> 'succeeded') AS broken,
        (SELECT sum(tokens_in + tokens_out) FROM tasks WHERE tree_id = trees.id) AS tokens,
        (SELECT sum(length(CAST(body AS BLOB))) FROM messages WHERE task_id = root.id) AS logBytes
      FROM trees JOIN tasks root ON root.tree_id = trees.id AND root.parent_id IS NULL ORDER BY trees.id`)
    .all() as Root[];
}

function endedGoal({ web, goalOfTree }: DayStage, root: Root): EndedGoal {
  const { tree, rounds, broken, tokens, logBytes, status, reason } = root;
  const state = fold(web.store.loader.entries(root.id, root.length));
  const { goal } = state.assignment;
  const course = goal && courseOf(goal, state.messages);
  const { records } = course ?? { records: [] };
  let worked = 0;
  const isOver = ({ seconds }: { seconds: number }) => {
    worked += seconds;
    return goal && worked >= goal.max_minutes * 60;
  };
  return {
    tree,
    given: goalOfTree(tree),
    rounds,
    broken,
    tokens,
    logBytes,
    end: state.ended === null ? null : status === "succeeded" ? status : reason,
    late: records.slice(0, -1).filter(isOver).length,
    brokeOff: reason === "no_progress" && records.length >= 4 && records.slice(-4).every((record) => record.broken),
    why: records.at(-1)?.why ?? "",
  };
}
