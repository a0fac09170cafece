/**
 * Learns from the log, without a model: makes lessons from goals, counts whether shown lessons helped, and keeps
 * candidates that agents proposed.
 */
import { fold } from "@/core/evolve";
import type { Course } from "@/core/goals/course/round-records";
import { keyOf } from "@/core/goals/course/round-task";
import { courseOf } from "@/core/goals/pursue";
import { tasksOfRounds } from "@/core/goals/rounds/round-tasks";
import { approachOf, type Fix, fixesIn, lessonOf, outcomeOf } from "@/core/learning/from-goal";
import { LESSON_KINDS, type LessonText } from "@/core/lessons/lesson";
import { faultsOf } from "@/core/lessons/limits";
import { BrokenLogError } from "@/core/log/broken-log";
import type { TaskState } from "@/core/state";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import type { Redactor } from "@/lib/secrets/redact";
import type { SnapshotStore } from "@/lib/snapshots/port";

export interface LearnSources {
  store: Pick<Store, "lessons" | "loader">;
  redactor: Pick<Redactor, "redact">;
  snapshots: Pick<SnapshotStore, "diff">;
}

type News = ReturnType<Store["lessons"]["news"]>;
type EndedGoal = News["goals"][number];
type Learnt = Parameters<Store["lessons"]["learn"]>[0];

/** Reads the log since the last time. A kill does no harm at any moment: each part is learnt as a whole, and once. */
export async function learn(sources: LearnSources, signal: AbortSignal): Promise<void> {
  const { lessons } = sources.store;
  for (;;) {
    signal.throwIfAborted();
    const news = lessons.news();
    const learnt: Learnt = { shown: news.shown, counted: [], lessons: [], goals: [], upTo: news.upTo };
    const parts = [];
    for (const goal of news.goals) parts.push(await learnFrom(sources, goal, news));
    await lessons.learn({
      ...learnt,
      counted: parts.flatMap(({ counted }) => counted),
      lessons: [...news.proposed.flatMap((said) => proposed(sources, said)), ...parts.flatMap((part) => part.lessons)],
      goals: parts.flatMap(({ goals }) => goals),
    });
    if (news.isLast) return;
  }
}

type Part = Pick<Learnt, "counted" | "lessons" | "goals">;

async function learnFrom(sources: LearnSources, goal: EndedGoal, news: News): Promise<Part> {
  const { store } = sources;
  const state = readable(() => fold(store.loader.entries(goal.taskId, store.loader.lengthOf(goal.taskId))));
  const course = state?.assignment.goal ? courseOf(state.assignment.goal, state.messages) : null;
  if (!state || !course) return { counted: [], lessons: [], goals: [] };
  const rounds = roundsOf(state, course, store.lessons.ownRounds(goal.taskId));
  return {
    counted: countedIn(sources, goal, course, { rounds, news }),
    lessons: [...(await fixed(sources, goal, course, rounds)), ...approached(sources, goal, course, rounds)],
    goals: measuredIn(sources, goal, course, state),
  };
}

/** Returns null for a damaged log: nothing is learnt from it, and the goals after it are read all the same. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenLogError) return null;
    throw error;
  }
}

/** Public ids of the rounds that this tree ran itself, by their numbers. */
type Rounds = ReadonlyMap<number, string>;

function roundsOf(state: TaskState, { records }: Course, own: ReadonlySet<string>): Rounds {
  const tasks = tasksOfRounds(state);
  return new Map(
    records.flatMap(({ number }) => {
      const task = tasks.get(keyOf(number));
      return task !== undefined && own.has(task) ? [[number, task] as const] : [];
    }),
  );
}

function countedIn(
  { store: { lessons } }: LearnSources,
  { tree, endedAtMs: atMs }: EndedGoal,
  course: Course,
  { rounds, news }: { rounds: Rounds; news: News },
): Part["counted"] {
  const numbers = new Map([...rounds].map(([number, unit]) => [unit, number]));
  const fresh = news.shown
    .filter((shown) => shown.tree === tree)
    .map(({ lesson, unit, why }) => {
      const signature = why === "signature" ? (lessons.get(lesson)?.signature ?? null) : null;
      return { lesson, unit, signature };
    });
  const uses = [...lessons.openUses(tree), ...fresh]
    .flatMap((use) => {
      const number = numbers.get(use.unit);
      const outcome = number === undefined ? null : outcomeOf(course, number, use.signature);
      return number === undefined || outcome === null ? [] : [{ ...use, number, outcome }];
    })
    .sort((a, b) => a.number - b.number);
  // A lesson that harmed in one round of a goal gets no credit for a later round.
  const harmed = new Set<string>();
  return uses.flatMap(({ lesson, unit, outcome }) => {
    if (outcome === "helped" && harmed.has(lesson)) return [];
    if (outcome === "harmed") harmed.add(lesson);
    return [{ lesson, unit, outcome, atMs }];
  });
}

/** Returns a lesson for each error that went away for good. A text that breaks a rule for lessons is not kept. */
async function fixed(sources: LearnSources, goal: EndedGoal, course: Course, rounds: Rounds): Promise<Part["lessons"]> {
  const { store, redactor } = sources;
  const place = store.lessons.repositoryOf(goal.treeId);
  const made: Part["lessons"][number][] = [];
  for (const fix of fixesIn(course)) {
    const task = rounds.get(fix.round);
    if (task === undefined) continue;
    const texts = [lessonOf(fix, place, await patchOf(sources, fix)), lessonOf(fix, place, "")];
    const text = texts.find((lesson) => faultsOf(lesson, redactor.redact).length === 0);
    if (!text) continue;
    const { round, from, to } = fix;
    made.push(byHost(goal, text, { task, evidence: { round, from, to } }));
  }
  return made;
}

/** Returns a lesson on how the goal was reached; none if it was not reached. */
function approached(sources: LearnSources, goal: EndedGoal, course: Course, rounds: Rounds): Part["lessons"] {
  const { store, redactor } = sources;
  const task = rounds.get(course.records.length);
  if (!goal.succeeded || task === undefined) return [];
  const text = approachOf(course, store.lessons.repositoryOf(goal.treeId));
  if (!text || faultsOf(text, redactor.redact).length > 0) return [];
  return [byHost(goal, text, { task, evidence: { round: course.records.length } })];
}

/** A lesson of the host: its commands saw it help where it was made. */
function byHost(
  { tree, isTainted, endedAtMs: atMs }: EndedGoal,
  text: LessonText,
  from: { task: string; evidence: object },
): Part["lessons"][number] {
  const reason = isTainted ? "outside_content" : null;
  const source = { tree, ...from, hasHelped: true };
  return { ...text, uid: newId(), maker: "host", isTainted, reason, by: null, atMs, source };
}

/** Returns the candidate that an agent proposed; nothing when it cannot be a lesson. */
function proposed({ store, redactor }: LearnSources, said: News["proposed"][number]): Part["lessons"] {
  const { lesson, agent, task, tree, treeId, seq, isTainted, atMs } = said;
  const kind = LESSON_KINDS.find((one) => one === lesson.kind);
  const place = lesson.scope === "repository" ? store.lessons.repositoryOf(treeId) : null;
  if (!kind || faultsOf(lesson, redactor.redact).length > 0) return [];
  return [
    {
      ...lesson,
      kind,
      place,
      scope: place === null ? "everywhere" : "repository",
      uid: newId(),
      maker: "agent",
      isTainted,
      reason: isTainted ? "outside_content" : "proposed",
      by: agent,
      atMs,
      source: { tree, task, evidence: { seq }, hasHelped: false },
    },
  ];
}

/** A larger patch is no lesson: only its first lines would be read. */
const MOST_PATCH_BYTES = 20_000;

async function patchOf({ snapshots }: LearnSources, { from, to }: Fix): Promise<string> {
  try {
    const { patch } = await snapshots.diff(from, to, { maxBytes: MOST_PATCH_BYTES });
    return patch
      .split("\n")
      .filter((line) => /^[+-](?![+-])/.test(line))
      .join("\n");
  } catch {
    // The snapshots may have been compacted: the plan and the names of the files still say what was done.
    return "";
  }
}

/** Returns how the goal ended, for the comparison with and without memory. A fork does not count as a goal. */
function measuredIn(sources: LearnSources, goal: EndedGoal, course: Course, state: TaskState): Part["goals"] {
  const { memory, memoryFixed } = state.setup;
  if (memory === undefined || goal.isFork || state.setup.replay) return [];
  const { tree, treeId, succeeded, costUsd, endedAtMs } = goal;
  return [
    {
      tree,
      place: sources.store.lessons.repositoryOf(treeId) ?? "",
      arm: memory,
      isDrawn: memoryFixed !== true,
      succeeded,
      rounds: course.records.length,
      costUsd,
      metAgain: metAgain(course),
      endedAtMs,
    },
  ];
}

/** Returns the number of rounds that left an error which an earlier round had left too. */
function metAgain({ records }: Course): number {
  const met = new Set<string>();
  let times = 0;
  for (const { error_signature: error } of records) {
    if (error === null) continue;
    if (met.has(error)) times += 1;
    met.add(error);
  }
  return times;
}
