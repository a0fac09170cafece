/** Lessons: read, found, counted, and changed by people. */
import { MEMORY_DEFAULTS, type MemorySettings } from "@/core/lessons/holdout";
import type { LessonReason, LessonStatus, LessonText } from "@/core/lessons/lesson";
import { twinKey } from "@/core/lessons/twin-key";
import type { ShownWhy } from "@/core/log/lessons";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { createLessonFinder, type LessonFinder } from "./find-lessons";
import { createLessonGraphReader, type LessonGraphReader } from "./graph";
import { type CountedUse, createLessonKeeper, type NewLesson, type StoredGoalOutcome } from "./keep";
import { createLessonLists, type LessonLists, ROUNDS_OF_TASK } from "./listed";
import { createLessonNews, type LessonNews, type LessonNewsReader, type ShownInLog } from "./news";
import { createLessonPruning, type LessonPruning } from "./prune";
import { LESSON_COLUMNS, lessonOfRow, type StoredLesson } from "./rows";

/** A use of a lesson, with where it happened. */
interface LessonUse {
  unit: string;
  task: string;
  tree: string;
  treeTitle: string | null;
  seq: number;
  why: ShownWhy | "made";
  atMs: number;
  outcome: "helped" | "harmed" | null;
  wrongBy: string | null;
}

interface LessonSourceRow {
  tree: string;
  treeTitle: string | null;
  task: string;
  evidence: unknown;
  atMs: number;
}

interface LessonHistoryRow {
  atMs: number;
  by: string | null;
  action: string;
  detail: unknown;
}

/** What was learnt from a part of the log. */
export interface Learnt {
  shown: readonly ShownInLog[];
  counted: readonly CountedUse[];
  lessons: readonly NewLesson[];
  goals: readonly StoredGoalOutcome[];
  upTo: number;
}

interface LessonChanges {
  text?: Partial<LessonText>;
  status?: { to: LessonStatus; reason: LessonReason | null };
  isApproved?: true;
}

export interface Lessons
  extends LessonFinder,
    LessonGraphReader,
    LessonLists,
    LessonPruning,
    Pick<LessonNewsReader, "ownRounds" | "repositoryOf"> {
  settings(): MemorySettings;
  setSettings(change: Partial<MemorySettings>): Promise<MemorySettings>;
  /** Whether there is a live lesson at all. Costs nothing while nothing changes. */
  hasLive(): boolean;
  get(uid: string): StoredLesson | null;
  /** Returns the public ids that begin with `prefix`, at most two. */
  like(prefix: string): string[];
  /** Returns how many lessons were shown at least once, how often, and with which outcomes. */
  known(): { lessons: number; shown: number; helped: number; harmed: number };
  sources(uid: string): LessonSourceRow[];
  /** Returns the newest uses of a lesson. */
  uses(uid: string, limit: number): LessonUse[];
  countUses(uid: string): number;
  history(uid: string): LessonHistoryRow[];
  /** Returns the uses in a tree that have no outcome yet. */
  openUses(tree: string): { lesson: string; unit: string; signature: string | null }[];
  /** Returns the goals that ended since `sinceMs`; of one place, or of all. */
  goalOutcomes(sinceMs: number, place?: string): StoredGoalOutcome[];
  /** Returns the news in the log since it was last read. */
  news(): LessonNews;
  /** Stores what was learnt, once: storing a part of the log again changes nothing. */
  learn(learnt: Learnt): Promise<void>;
  /**
   * Adds lessons that do not come from a log. Returns the outcome for each. A kill between its transactions does no harm:
   * those that were added are twins when they are added again.
   */
  add(lessons: readonly NewLesson[]): Promise<{ uid: string; isNew: boolean }[]>;
  /** Adds those of these lessons that were never added so, whatever became of them since. */
  addOnce(lessons: readonly NewLesson[]): Promise<void>;
  /** Changes a lesson. `note`: the entry for its history. */
  change(uid: string, changes: LessonChanges, note: { by: string; action: string; detail: object }): Promise<void>;
  /** Gives all evidence for and against `from` to `into`, and retires `from`. A task that was shown both counts once. */
  merge(from: string, into: string, by: string): Promise<void>;
  /** A person says that a lesson was wrong for a task. Resolves with whether the task, or its round, was shown it. */
  wrong(uid: string, task: string, note: { by: string; why: string }): Promise<boolean>;
}

type GoalRow = Omit<StoredGoalOutcome, "succeeded" | "isDrawn"> & { succeeded: number; isDrawn: number };

const SETTINGS = "memory";
/** In one transaction, because each is compared with many, and no turn should wait long for it. */
const ADDED_TOGETHER = 50;
/** Keys of the texts that were added once. A lesson's own key changes with what a person makes of it. */
const ADDED_ONCE = "lessons_added_once";

export function createLessons(sqlite: Sqlite, log: Writes): Lessons {
  const run = statements(sqlite);
  const facts = createFacts(sqlite);
  const keeper = createLessonKeeper(sqlite);
  const reader = createLessonNews(sqlite);
  const settings = (): MemorySettings => ({ ...MEMORY_DEFAULTS, ...JSON.parse(facts.read(SETTINGS) ?? "{}") });
  const idOf = (uid: string) => run.idOf.get(uid) as number | undefined;
  const history = (lessonId: number, atMs: number, note: { by: string; action: string; detail: object }) =>
    keeper.write({ lessonId, atMs, ...note });
  return {
    ...createLessonFinder(sqlite),
    ...createLessonGraphReader(sqlite),
    ...createLessonPruning(sqlite, log),
    ...createLessonLists(sqlite, log.glance),
    ownRounds: reader.ownRounds,
    repositoryOf: reader.repositoryOf,
    settings: log.glance(settings),
    setSettings: (change) =>
      log.write(() => {
        const next = { ...settings(), ...change };
        facts.write(SETTINGS, JSON.stringify(next));
        return next;
      }),
    hasLive: () => run.hasLive.get() === 1,
    get: (uid) => {
      const row = run.get.get(uid);
      return row === undefined ? null : lessonOfRow(row);
    },
    like: (prefix) => run.like.all({ prefix }) as string[],
    known: () => run.known.get() as ReturnType<Lessons["known"]>,
    sources: (uid) =>
      (run.sources.all(uid) as (LessonSourceRow & { evidence: string })[]).map((row) => ({
        ...row,
        evidence: JSON.parse(row.evidence),
      })),
    uses: (uid, limit) => run.uses.all({ uid, limit }) as LessonUse[],
    countUses: (uid) => run.countUses.get(uid) as number,
    history: (uid) =>
      (run.history.all(uid) as (LessonHistoryRow & { detail: string })[]).map((row) => ({
        ...row,
        detail: JSON.parse(row.detail),
      })),
    openUses: (tree) => run.openUses.all(tree) as ReturnType<Lessons["openUses"]>,
    goalOutcomes: (sinceMs, place) =>
      (run.goals.all({ sinceMs, place: place ?? null }) as GoalRow[]).map(({ succeeded, isDrawn, ...goal }) => ({
        ...goal,
        succeeded: succeeded === 1,
        isDrawn: isDrawn === 1,
      })),
    news: () => reader.read(reader.place()),
    learn: (learnt) =>
      log.write(() => {
        if (learnt.upTo <= reader.place()) return;
        keeper.addUses(learnt.shown);
        keeper.add(learnt.lessons);
        keeper.count(learnt.counted);
        for (const goal of learnt.goals) keeper.addGoal(goal);
        reader.setPlace(learnt.upTo);
      }),
    async add(lessons) {
      const kept: { uid: string; isNew: boolean }[] = [];
      for (let from = 0; from < lessons.length; from += ADDED_TOGETHER)
        kept.push(...(await log.write(() => keeper.add(lessons.slice(from, from + ADDED_TOGETHER)))));
      return kept;
    },
    addOnce: (lessons) =>
      log.write(() => {
        const known = new Set<string>(JSON.parse(facts.read(ADDED_ONCE) ?? "[]"));
        const fresh = lessons.filter((lesson) => !known.has(twinKey(lesson)));
        if (fresh.length === 0) return;
        keeper.add(fresh);
        facts.write(ADDED_ONCE, JSON.stringify([...known, ...fresh.map(twinKey)]));
      }),
    change: (uid, { text, status, isApproved }, note) =>
      log.write(({ nowMs }) => {
        const [id, before] = [idOf(uid), run.get.get(uid)];
        if (id === undefined || before === undefined) return;
        const lesson = { ...lessonOfRow(before), ...text };
        run.update.run({
          ...lesson,
          id,
          twin: twinKey(lesson),
          status: status?.to ?? lesson.status,
          reason: status ? status.reason : lesson.reason,
          isApproved: isApproved || lesson.isApproved ? 1 : 0,
          isTainted: lesson.isTainted ? 1 : 0,
          nowMs,
        });
        keeper.index(id);
        history(id, nowMs, note);
        keeper.recount([id], nowMs);
      }),
    merge: (from, into, by) =>
      log.write(({ nowMs }) => {
        const [left, right] = [idOf(from), idOf(into)];
        if (left === undefined || right === undefined || left === right) return;
        run.moveUses.run({ left, right });
        run.moveSources.run({ left, right });
        run.retire.run({ id: left, nowMs });
        keeper.index(left);
        keeper.recount([left, right], nowMs);
        history(left, nowMs, { by, action: "merged", detail: { into } });
        history(right, nowMs, { by, action: "merged", detail: { from } });
      }),
    wrong: (uid, task, { by, why }) =>
      log.write(({ nowMs }) => {
        const id = idOf(uid);
        if (id === undefined || run.wrong.run({ id, task, by, nowMs }).changes === 0) return false;
        history(id, nowMs, { by, action: "wrong", detail: { task, why } });
        keeper.recount([id], nowMs);
        return true;
      }),
  };
}

function statements(sqlite: Sqlite) {
  return {
    idOf: sqlite.prepare("SELECT id FROM lessons WHERE uid = ?").pluck(),
    hasLive: sqlite.prepare("SELECT EXISTS (SELECT 1 FROM lessons WHERE status = 'live')").pluck(),
    get: sqlite.prepare(`SELECT ${LESSON_COLUMNS} FROM lessons lesson WHERE uid = ?`),
    known: sqlite.prepare(`
      SELECT count(DISTINCT lesson_id) AS lessons, count(*) AS shown,
        ifnull(sum(outcome = 'helped' AND wrong_by IS NULL), 0) AS helped,
        ifnull(sum(outcome = 'harmed' OR wrong_by IS NOT NULL), 0) AS harmed
      FROM lesson_uses WHERE why <> 'made'`),
    like: sqlite.prepare("SELECT uid FROM lessons WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2").pluck(),
    sources: sqlite.prepare(`
      SELECT source.tree, tree.title AS treeTitle, source.task, source.evidence, source.at_ms AS atMs
      FROM lesson_sources source LEFT JOIN trees tree ON tree.uid = source.tree
      WHERE lesson_id = (SELECT id FROM lessons WHERE uid = ?) ORDER BY source.at_ms`),
    uses: sqlite.prepare(`
      SELECT use.unit, use.task, use.tree, tree.title AS treeTitle, use.seq, use.why, use.at_ms AS atMs, use.outcome,
        use.wrong_by AS wrongBy
      FROM lesson_uses use LEFT JOIN trees tree ON tree.uid = use.tree
      WHERE lesson_id = (SELECT id FROM lessons WHERE uid = @uid) ORDER BY use.at_ms DESC LIMIT @limit`),
    countUses: sqlite
      .prepare("SELECT count(*) FROM lesson_uses WHERE lesson_id = (SELECT id FROM lessons WHERE uid = ?)")
      .pluck(),
    history: sqlite.prepare(`
      SELECT at_ms AS atMs, by, action, detail FROM lesson_history
      WHERE lesson_id = (SELECT id FROM lessons WHERE uid = ?) ORDER BY id`),
    openUses: sqlite.prepare(`
      SELECT lesson.uid AS lesson, use.unit, CASE use.why WHEN 'signature' THEN lesson.signature END AS signature
      FROM lesson_uses use JOIN lessons lesson ON lesson.id = use.lesson_id WHERE use.tree = ? AND use.outcome IS NULL`),
    goals: sqlite.prepare(`
      SELECT tree, place, arm, is_drawn AS isDrawn, succeeded, rounds, cost_usd AS costUsd, met_again AS metAgain, ended_at_ms AS endedAtMs
      FROM goal_outcomes WHERE ended_at_ms >= @sinceMs AND (@place IS NULL OR place = @place) ORDER BY ended_at_ms`),
    update: sqlite.prepare(`
      UPDATE lessons SET kind = @kind, scope = @scope, place = @place, \`trigger\` = @trigger, signature = @signature,
        advice = @advice, twin = @twin, status = @status, reason = @reason, is_approved = @isApproved,
        is_tainted = @isTainted, changed_at_ms = @nowMs
      WHERE id = @id`),
    moveUses: sqlite.prepare("UPDATE OR IGNORE lesson_uses SET lesson_id = @right WHERE lesson_id = @left"),
    moveSources: sqlite.prepare("UPDATE OR IGNORE lesson_sources SET lesson_id = @right WHERE lesson_id = @left"),
    retire: sqlite.prepare(
      "UPDATE lessons SET status = 'retired', reason = 'merged', changed_at_ms = @nowMs WHERE id = @id",
    ),
    wrong: sqlite.prepare(`
      UPDATE lesson_uses SET wrong_by = @by, outcome_at_ms = @nowMs
      WHERE lesson_id = @id AND (task = @task OR unit IN (${ROUNDS_OF_TASK})) AND why <> 'made'`),
  };
}
