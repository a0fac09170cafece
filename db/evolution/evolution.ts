/** Stores what people allow the evolution of each project, its runs, and their cycles. */
import type { CycleWork } from "@/core/evolution/work";
import type { Actor } from "@/core/rules/roles";
import type { CycleState, EvolutionRules, EvolutionRun, InsightOfCycle, RunFault } from "@/core/shapes/evolution";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { evolutionStatements } from "./evolution-statements";

/** The evolution of a project. */
export interface StoredEvolution {
  projectId: number;
  /** null: nobody has set them. */
  rules: EvolutionRules | null;
  stoppedAtMs: number | null;
  /** null while `stoppedAtMs` is set: Banyan stopped it. */
  stoppedBy: string | null;
  stoppedWhy: string | null;
  /** Rejections before it do not count. */
  countedFromMs: number;
}

export interface StoredEvolutionRun {
  id: number;
  uid: string;
  projectId: number;
  project: string;
  cause: EvolutionRun["cause"];
  maker: Actor;
  cyclesMax: number;
  /** The insight that a person chose; null: the best one each time. */
  insight: string | null;
  /** What the person said of the work of its cycles. */
  work: CycleWork;
  state: EvolutionRun["state"];
  why: string | null;
  fault: RunFault | null;
  createdAtMs: number;
  endedAtMs: number | null;
}

export interface StoredCycle {
  id: number;
  uid: string;
  projectId: number;
  project: string;
  runId: number;
  run: string;
  maker: Actor;
  /** As its run has it. */
  work: CycleWork;
  insight: InsightOfCycle;
  paths: string[];
  tree: string;
  begunAtMs: number | null;
  state: CycleState;
  why: string | null;
  tries: number;
  refusals: string[];
  words: { text: string; attempt: number } | null;
  capMicroUsd: number;
  /** What its tree has cost so far, or had when it was deleted. */
  microUsd: number;
  /** Whether its tree has not ended, so that it may cost more. */
  isSpending: boolean;
  snapshot: string | null;
  branch: string | null;
  createdAtMs: number;
  changedAtMs: number;
}

type NewRun = Pick<StoredEvolutionRun, "uid" | "project" | "cause" | "maker" | "cyclesMax" | "insight" | "work">;
type NewCycle = Pick<StoredCycle, "uid" | "runId" | "insight" | "paths" | "tree" | "capMicroUsd">;
type CycleChange = Partial<
  Pick<StoredCycle, "state" | "why" | "tree" | "begunAtMs" | "tries" | "refusals" | "words" | "snapshot" | "branch">
>;

export interface Evolutions {
  /** Returns the evolution of a project; one that nobody has touched has no rules. null: there is no such project. */
  of(project: string): StoredEvolution | null;
  /**
   * Reads the old rules (null: nobody has set them) and writes the new ones in one transaction. Resolves with false when
   * there is no such project.
   */
  changeRules(project: string, work: (before: EvolutionRules | null) => EvolutionRules): Promise<boolean>;
  /**
   * Stops it: its runs end with this sentence, and no cycle begins. `by` null: Banyan does. Resolves with the cycles that
   * were working, or null when it was stopped already or there is no such project.
   */
  stop(project: string, stop: { by: string | null; why: string; rules: EvolutionRules }): Promise<StoredCycle[] | null>;
  /** Resolves with false when it is not stopped. */
  resume(project: string): Promise<boolean>;
  /** Returns evolutions that Banyan has stopped, the newest first. */
  stopped(limit: number): { project: string; atMs: number; why: string }[];
  countStopped(): number;
  /** Begins a run, unless it is there or another goes on in its project. Resolves with whether it is there now. */
  begin(run: NewRun): Promise<boolean>;
  hasRun(uid: string): boolean;
  /** Returns the runs of a project, the newest first, with the number of their cycles. */
  runs(projectId: number, limit: number): (StoredEvolutionRun & { cycles: number })[];
  countRuns(projectId: number): number;
  /** Returns the runs that go on, oldest first. */
  going(): StoredEvolutionRun[];
  /** Changes it, unless its state is no longer the expected one. */
  changeRun(
    run: Pick<StoredEvolutionRun, "id" | "state">,
    change: Pick<StoredEvolutionRun, "state" | "why"> & { fault?: RunFault },
  ): Promise<boolean>;
  /** Returns the cycles of a project, the newest first. */
  cycles(projectId: number): StoredCycle[];
  /** Returns the cycles of all projects that work, or whose change waits. */
  unsettled(): StoredCycle[];
  /** Returns cycles that were stopped while their trees were being created, whose trees work now. */
  orphans(): StoredCycle[];
  cycle(uid: string): StoredCycle | null;
  ofTree(tree: string): StoredCycle | null;
  /**
   * Begins a cycle of a run that goes on, and its insight is planned. Resolves with false when the run has ended, or the
   * insight had one before.
   */
  claim(cycle: NewCycle): Promise<boolean>;
  /**
   * Removes a cycle that could not begin, opens its insight again, and ends its run with the sentence. Without effect when
   * its tree is there, or somebody has settled it.
   */
  drop(cycle: StoredCycle, why: string): Promise<void>;
  /** Changes it, unless its state is no longer the expected one; resolves with whether it did. */
  change(cycle: Pick<StoredCycle, "id" | "state">, change: CycleChange): Promise<boolean>;
}

type RunRow = Omit<StoredEvolutionRun, "maker" | "work"> & { maker: string; work: string; cycles: number };
type CycleRow = Omit<StoredCycle, "maker" | "work" | "insight" | "paths" | "refusals" | "words" | "isSpending"> & {
  isSpending: number;
  maker: string;
  work: string;
  insight: string;
  paths: string;
  refusals: string;
  words: string | null;
};

export function createEvolutions(sqlite: Sqlite, log: Pick<Writes, "write">): Evolutions {
  const run = evolutionStatements(sqlite);
  const cycles = (rows: unknown[]) => (rows as CycleRow[]).map(cycleOf);
  const runs = (rows: unknown[]) => (rows as RunRow[]).map(runOf);
  const of = (project: string): StoredEvolution | null => {
    const row = run.of.get(project) as (Omit<StoredEvolution, "rules"> & { rules: string | null }) | undefined;
    if (row === undefined) return null;
    return { ...row, rules: row.rules === null ? null : (JSON.parse(row.rules) as EvolutionRules) };
  };
  return {
    of,
    changeRules: (project, work) =>
      log.write(() => {
        const before = of(project);
        if (before === null) return false;
        return run.setRules.run({ project, rules: JSON.stringify(work(before.rules)) }).changes > 0;
      }),
    stop: (project, { by, why, rules }) =>
      log.write(({ nowMs }) => {
        const stopped = run.stop.get({ project, by, why, nowMs, rules: JSON.stringify(rules) });
        if (stopped === undefined) return null;
        const id = stopped as number;
        run.endRuns.run({ id, why, nowMs });
        return cycles(run.working.all(id));
      }),
    resume: (project) => log.write(({ nowMs }) => run.resume.run({ project, nowMs }).changes > 0),
    stopped: (limit) => run.stopped.all(limit) as { project: string; atMs: number; why: string }[],
    countStopped: () => run.countStopped.get() as number,
    begin: ({ maker, work, ...given }) =>
      log.write(({ nowMs }) => {
        if (run.hasRun.get(given.uid) !== undefined) return true;
        return run.begin.run({ ...given, maker: JSON.stringify(maker), work: JSON.stringify(work), nowMs }).changes > 0;
      }),
    hasRun: (uid) => run.hasRun.get(uid) !== undefined,
    runs: (projectId, limit) =>
      (run.runs.all({ projectId, limit }) as RunRow[]).map((row) => ({ ...runOf(row), cycles: row.cycles })),
    countRuns: (projectId) => run.countRuns.get(projectId) as number,
    going: () => runs(run.going.all()),
    changeRun: ({ id, state: expected }, change) =>
      log.write(({ nowMs }) => run.changeRun.run({ fault: null, ...change, id, expected, nowMs }).changes > 0),
    cycles: (projectId) => cycles(run.cycles.all(projectId)),
    unsettled: () => cycles(run.unsettled.all()),
    orphans: () => cycles(run.orphans.all()),
    cycle: (uid) => cycles([run.cycle.get(uid)].filter(Boolean))[0] ?? null,
    ofTree: (tree) => cycles([run.cycleOfTree.get(tree)].filter(Boolean))[0] ?? null,
    claim: ({ insight, paths, ...cycle }) =>
      log.write(({ nowMs }) => {
        const { id: insightUid, score } = insight;
        const texts = { insight: JSON.stringify(insight), paths: JSON.stringify(paths) };
        if (run.claim.run({ ...cycle, ...texts, insightUid, score, nowMs }).changes === 0) return false;
        run.plan.run({ runId: cycle.runId, insightUid, nowMs });
        return true;
      }),
    drop: ({ id, runId, projectId, insight }, why) =>
      log.write(({ nowMs }) => {
        if (run.drop.run({ id }).changes === 0) return;
        run.unplan.run({ projectId, insightUid: insight.id, nowMs });
        run.changeRun.run({ id: runId, expected: "running", state: "ended", why, fault: "begin", nowMs });
      }),
    change: ({ id, state }, { refusals, words, ...change }) =>
      log.write(({ nowMs }) => {
        const before = run.byId.get(id) as CycleRow | undefined;
        if (before === undefined || before.state !== state) return false;
        const texts = {
          ...(refusals && { refusals: JSON.stringify(refusals) }),
          ...(words !== undefined && { words: words && JSON.stringify(words) }),
        };
        return run.change.run({ ...before, ...change, ...texts, nowMs }).changes > 0;
      }),
  };
}

function runOf({ maker, work, cycles: _, ...row }: RunRow): StoredEvolutionRun {
  return { ...row, maker: JSON.parse(maker) as Actor, work: JSON.parse(work) as CycleWork };
}

function cycleOf({ maker, work, insight, paths, refusals, words, isSpending, ...row }: CycleRow): StoredCycle {
  return {
    ...row,
    isSpending: isSpending === 1,
    maker: JSON.parse(maker) as Actor,
    work: JSON.parse(work) as CycleWork,
    insight: JSON.parse(insight) as InsightOfCycle,
    paths: JSON.parse(paths) as string[],
    refusals: JSON.parse(refusals) as string[],
    words: words === null ? null : (JSON.parse(words) as StoredCycle["words"]),
  };
}
