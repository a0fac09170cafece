/**
 * Goals of the family without tasks, files and commands: each round finds and shows lessons, the solver answers, and
 * the outcome is learnt, all by the functions that the runtime calls. The outcome of a check is known from the
 * repository. It serves runs of many seeds, for which the runtime would take hours on a slow machine.
 */
import { createHash } from "node:crypto";
import { createLessonFinding, type LessonFinding } from "@/agents/memory/find";
import type { Checked } from "@/core/goals/facts/checked";
import { RoundRecord } from "@/core/goals/facts/record";
import { fixesIn, lessonOf, outcomeOf } from "@/core/learning/from-goal";
import { chosen } from "@/core/lessons/show";
import type { Goal, GoalCriterion } from "@/core/log/goal";
import type { Lessons } from "@/db/memory/lessons";
import { newId } from "@/lib/new-id";
import { MOST_ROUNDS, type Pursued } from "./pursue";
import type { Repository } from "./repository";
import type { Solver } from "./solver";

interface CorePlace {
  lessons: Lessons;
  solver: Solver;
  folder: string;
}

type Shown = Parameters<Lessons["learn"]>[0]["shown"][number];
type History = Parameters<typeof fixesIn>[0];

/** Returns a function that pursues a goal. `seed` decides the order in which the solver tries ways. */
export function createCorePursuit(place: CorePlace): (repository: Repository, seed: number) => Promise<Pursued> {
  const { lessons, solver, folder } = place;
  const finding = createLessonFinding({ ...lessons, repositoryOf: () => folder });
  let goals = 0;
  return async (repository, seed) => {
    const tree = newId();
    const shown: Shown[] = [];
    const records: RoundRecord[] = [];
    solver.begin(repository, seed);
    while (records.length < MOST_ROUNDS && records.at(-1)?.done !== true) {
      const number = records.length + 1;
      const unit = `${tree}-${number}`;
      const quoted = quotedFor(finding, repository);
      for (const { lesson, why } of quoted?.shown ?? [])
        shown.push({ lesson, why, unit, task: unit, tree, seq: number, atMs: Date.now() });
      records.push(roundOf(solver, repository, number, quoted?.text ?? null));
    }
    const begun = { commit: nameOf(repository.files[repository.path] ?? ""), signature: repository.kind.behaviour };
    const goal = { criteria: [] as readonly GoalCriterion[] } as Goal;
    const course: History = {
      first: begun as Checked,
      records,
      goals: [goal, ...records.map(() => goal)],
    };
    goals += 1;
    await lessons.learn({ ...learntFrom(place, { tree, course, shown }), goals: [], upTo: goals });
    return { kind: repository.kind.name, rounds: records.length, succeeded: records.at(-1)?.done === true, tree };
  };
}

function quotedFor(finding: LessonFinding, { task, kind: { behaviour } }: Repository) {
  const need = { treeId: 1, agent: "goal_planner", text: `${task}\n${behaviour}`, signature: behaviour };
  const found = finding.find(need);
  if (!found) return null;
  return chosen(found.lessons, { signature: behaviour, words: found.words, known: new Set(), nowMs: Date.now() });
}

function roundOf(solver: Solver, repository: Repository, number: number, quoted: string | null): RoundRecord {
  const { kind, mended, path, task } = repository;
  const told = [task, ...(quoted === null ? [] : [quoted])];
  const { plan, way } = solver.planned(told.map((content) => ({ role: "user", content })));
  const done = way === kind.way;
  const files = nameOf(mended(way));
  return RoundRecord.parse({
    number,
    plan,
    score_before: 0.5,
    score: done ? 1 : 0.5,
    verdict: done ? "better" : "same",
    done,
    error_signature: done ? null : kind.behaviour,
    files,
    commit: files,
    changed: `${path} +1 −1`,
    valid: done,
    at_ms: Date.now(),
  });
}

function learntFrom(
  { lessons, folder }: CorePlace,
  { tree, course, shown }: { tree: string; course: History; shown: readonly Shown[] },
) {
  const atMs = Date.now();
  const counted = shown.flatMap(({ lesson, unit, why, seq }) => {
    const signature = why === "signature" ? (lessons.get(lesson)?.signature ?? null) : null;
    const outcome = outcomeOf(course, seq, signature);
    return outcome === null ? [] : [{ lesson, unit, outcome, atMs }];
  });
  const made = fixesIn(course).map((fix) => ({
    ...lessonOf(fix, folder, ""),
    uid: newId(),
    maker: "host" as const,
    isTainted: false,
    reason: null,
    by: null,
    atMs,
    source: { tree, task: `${tree}-${fix.round}`, evidence: { round: fix.round }, hasHelped: true },
  }));
  return { shown, counted, lessons: made };
}

function nameOf(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
