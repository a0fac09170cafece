/** Stores what was learnt from the log, in one transaction with the place up to which the log was read. */
import type { Outcome } from "@/core/learning/from-goal";
import { isHarmful } from "@/core/lessons/confidence";
import type { LessonKind, LessonMaker, LessonReason, LessonStatus, LessonText } from "@/core/lessons/lesson";
import type { GoalOutcome } from "@/core/lessons/lift";
import { twinKey } from "@/core/lessons/twin-key";
import { areTwins, wordsOf } from "@/core/lessons/words";
import type { Sqlite } from "@/db/file/client";
import type { ShownInLog } from "./news";

/** A lesson to be kept. Its twin, if there is one, gets its source instead. */
export interface NewLesson extends LessonText {
  /** Its public id, if it is new. */
  uid: string;
  maker: LessonMaker;
  isTainted: boolean;
  /** Why it is a candidate; null: it is live at once. */
  reason: LessonReason | null;
  by: string | null;
  atMs: number;
  /** Where it comes from; null when no task made it, as for a seed. */
  source: LessonSource | null;
}

interface LessonSource {
  tree: string;
  task: string;
  evidence: object;
  /** The host saw it help there, so that counts as the first time that it helped. */
  hasHelped: boolean;
}

/** What the host's commands showed about a lesson that was shown in a round. */
export interface CountedUse {
  lesson: string;
  unit: string;
  outcome: Outcome;
  atMs: number;
}

export interface StoredGoalOutcome extends GoalOutcome {
  tree: string;
  place: string;
  /** Whether it was drawn on which side it is; the others are not compared. */
  isDrawn: boolean;
  endedAtMs: number;
}

/** A lesson that was added, or its twin. */
interface Kept {
  uid: string;
  isNew: boolean;
}

/** Each function runs in the caller's transaction. */
export interface LessonKeeper {
  addUses(shown: readonly ShownInLog[]): void;
  count(uses: readonly CountedUse[]): void;
  /** Returns the public id of each lesson: of the new one, or of its twin. */
  add(lessons: readonly NewLesson[]): Kept[];
  addGoal(outcome: StoredGoalOutcome): void;
  /** Counts the outcomes of these lessons again, and retires those that harm. */
  recount(ids: readonly number[], nowMs: number): void;
  write(change: { lessonId: number; by: string | null; action: string; detail: object; atMs: number }): void;
  /** Writes the text by which a lesson is searched; none for a retired lesson. */
  index(id: number): void;
}

export function createLessonKeeper(sqlite: Sqlite): LessonKeeper {
  const run = statements(sqlite);
  const keeper: LessonKeeper = {
    addUses(shown) {
      for (const use of shown) run.addUse.run(use);
      const nowMs = Math.max(0, ...shown.map(({ atMs }) => atMs));
      keeper.recount(idsOf(shown.map(({ lesson }) => lesson)), nowMs);
    },
    count(uses) {
      for (const use of uses) run.count.run(use);
      const nowMs = Math.max(0, ...uses.map(({ atMs }) => atMs));
      keeper.recount(idsOf(uses.map(({ lesson }) => lesson)), nowMs);
    },
    add(lessons) {
      const words = createWords();
      return lessons.map((lesson) => keep(lesson, words));
    },
    addGoal: ({ succeeded, isDrawn, ...outcome }) =>
      void run.addGoal.run({ ...outcome, succeeded: succeeded ? 1 : 0, isDrawn: isDrawn ? 1 : 0 }),
    recount(ids, nowMs) {
      for (const id of new Set(ids)) {
        run.recount.run({ id });
        const { status, helped, harmed } = run.byId.get(id) as { status: string; helped: number; harmed: number };
        if (status !== "live" || !isHarmful({ helped, harmed })) continue;
        run.retire.run({ id, nowMs });
        keeper.index(id);
        keeper.write({ lessonId: id, by: null, action: "retired", detail: { helped, harmed }, atMs: nowMs });
      }
    },
    write: ({ detail, ...change }) => void run.history.run({ ...change, detail: JSON.stringify(detail) }),
    index(id) {
      run.dropIndex.run(id);
      run.index.run({ id });
    },
  };
  const keep = (lesson: NewLesson, words: WordsOf): Kept => {
    const twin = twinOf(lesson, words);
    const id = twin?.id ?? insert(lesson);
    const uid = twin?.uid ?? lesson.uid;
    const { source, atMs, by, maker } = lesson;
    if (source) {
      const { tree, task, evidence, hasHelped } = source;
      const isNew = run.addSource.run({ id, tree, task, evidence: JSON.stringify(evidence), atMs }).changes > 0;
      if (isNew && twin) keeper.write({ lessonId: id, by, action: "seen_again", detail: { maker, tree }, atMs });
      if (hasHelped) {
        run.addMade.run({ id, unit: task, task, tree, atMs });
        keeper.recount([id], atMs);
      }
    }
    return { uid, isNew: !twin };
  };
  const idsOf = (uids: readonly string[]) => uids.flatMap((uid) => (run.idOf.get(uid) as number | undefined) ?? []);
  const insert = (lesson: NewLesson): number => {
    const { uid, reason, maker, by, atMs, isTainted, source: _, ...text } = lesson;
    const row = { ...text, uid, reason, maker, atMs, twin: twinKey(text), isTainted: isTainted ? 1 : 0 };
    const id = run.insert.get({ ...row, status: reason === null ? "live" : "candidate" }) as number;
    keeper.index(id);
    keeper.write({ lessonId: id, by, action: "made", detail: { maker, reason }, atMs });
    return id;
  };
  /** The same advice in any order of words, or nearly the same for the same error in the same place. */
  const twinOf = (lesson: NewLesson, words: WordsOf): { id: number; uid: string } | null => {
    const same = run.twin.get(twinKey(lesson)) as { id: number; uid: string } | undefined;
    if (same) return same;
    const near = run.near.all(lesson) as Compared[];
    const isTwin = (other: Compared) =>
      areTwins(words(other.advice), words(lesson.advice)) || isForSameGoals(lesson, other, words);
    return near.find(isTwin) ?? null;
  };
  return keeper;
}

interface Compared {
  id: number;
  uid: string;
  kind: LessonKind;
  maker: LessonMaker;
  status: LessonStatus;
  isTainted: number;
  advice: string;
  trigger: string;
}

/**
 * Whether both say how the host's commands saw goals like this reached: such goals share one approach, whatever the
 * course of each. Anybody may write a lesson with the words of a goal, so other makers' lessons do not count: what the
 * host saw would speak for their advice. Nor does a lesson that is retired or was made beside content from outside.
 */
function isForSameGoals(lesson: NewLesson, other: Compared, words: WordsOf): boolean {
  if (!isOfGoals(lesson) || !isOfGoals(other)) return false;
  if (other.status === "retired" || (other.isTainted === 1) !== lesson.isTainted) return false;
  return areTwins(words(other.trigger), words(lesson.trigger));
}

type WordsOf = (text: string) => ReadonlySet<string>;

/** Returns a function that reads the words of each text only once: lessons that are added together meet the same ones. */
function createWords(): WordsOf {
  const known = new Map<string, ReadonlySet<string>>();
  return (text) => {
    const words = known.get(text) ?? new Set(wordsOf(text));
    known.set(text, words);
    return words;
  };
}

function isOfGoals({ kind, maker }: Pick<NewLesson, "kind" | "maker">): boolean {
  return kind === "approach" && maker === "host";
}

/** A person made a retired lesson live again. */
export const RESTORED = "restored";

/** A lesson is compared with at most this many lessons of the same place. */
const MOST_COMPARED = 500;

function statements(sqlite: Sqlite) {
  return {
    idOf: sqlite.prepare("SELECT id FROM lessons WHERE uid = ?").pluck(),
    byId: sqlite.prepare("SELECT status, helped, harmed FROM lessons WHERE id = ?"),
    addUse: sqlite.prepare(`
      INSERT INTO lesson_uses (lesson_id, unit, task, tree, seq, why, at_ms)
      SELECT id, @unit, @task, @tree, @seq, @why, @atMs FROM lessons WHERE uid = @lesson ON CONFLICT DO NOTHING`),
    addMade: sqlite.prepare(`
      INSERT INTO lesson_uses (lesson_id, unit, task, tree, seq, why, at_ms, outcome, outcome_at_ms)
      VALUES (@id, @unit, @task, @tree, 0, 'made', @atMs, 'helped', @atMs) ON CONFLICT DO NOTHING`),
    count: sqlite.prepare(`
      UPDATE lesson_uses SET outcome = @outcome, outcome_at_ms = @atMs
      WHERE unit = @unit AND outcome IS NULL AND lesson_id = (SELECT id FROM lessons WHERE uid = @lesson)`),
    // A lesson that a person restored is tried anew: what retired it before is its history.
    recount: sqlite.prepare(`
      UPDATE lessons SET (shown, helped, harmed, last_used_ms) = (
        SELECT ifnull(sum(why <> 'made'), 0), ifnull(sum(isNew AND outcome = 'helped' AND wrong_by IS NULL), 0),
          ifnull(sum(isNew AND (outcome = 'harmed' OR wrong_by IS NOT NULL)), 0), max(iif(isNew, outcome_at_ms, NULL))
        FROM (
          SELECT *, ifnull(outcome_at_ms > (
            SELECT max(at_ms) FROM lesson_history WHERE lesson_id = @id AND action = '${RESTORED}'), 1) AS isNew
          FROM lesson_uses WHERE lesson_id = @id)) WHERE id = @id`),
    retire: sqlite.prepare(
      "UPDATE lessons SET status = 'retired', reason = 'harmed', changed_at_ms = @nowMs WHERE id = @id",
    ),
    insert: sqlite
      .prepare(`
      INSERT INTO lessons (uid, kind, scope, place, \`trigger\`, signature, advice, status, reason, maker, twin, is_tainted, created_at_ms, changed_at_ms)
      VALUES (@uid, @kind, @scope, @place, @trigger, @signature, @advice, @status, @reason, @maker, @twin, @isTainted, @atMs, @atMs)
      RETURNING id`)
      .pluck(),
    addSource: sqlite.prepare(`
      INSERT INTO lesson_sources (lesson_id, tree, task, evidence, at_ms) VALUES (@id, @tree, @task, @evidence, @atMs)
      ON CONFLICT DO NOTHING`),
    addGoal: sqlite.prepare(`
      INSERT INTO goal_outcomes (tree, place, arm, is_drawn, succeeded, rounds, cost_usd, met_again, ended_at_ms)
      VALUES (@tree, @place, @arm, @isDrawn, @succeeded, @rounds, @costUsd, @metAgain, @endedAtMs)
      ON CONFLICT (tree) DO UPDATE SET succeeded = excluded.succeeded, rounds = excluded.rounds,
        cost_usd = excluded.cost_usd, met_again = excluded.met_again, ended_at_ms = excluded.ended_at_ms`),
    history: sqlite.prepare(
      "INSERT INTO lesson_history (lesson_id, at_ms, by, action, detail) VALUES (@lessonId, @atMs, @by, @action, @detail)",
    ),
    dropIndex: sqlite.prepare("DELETE FROM lessons_fts WHERE rowid = ?"),
    index: sqlite.prepare(`
      INSERT INTO lessons_fts (rowid, \`trigger\`, advice) SELECT id, \`trigger\`, advice FROM lessons
      WHERE id = @id AND status <> 'retired'`),
    twin: sqlite.prepare("SELECT id, uid FROM lessons WHERE twin = ? ORDER BY id LIMIT 1"),
    near: sqlite.prepare(`
      SELECT id, uid, kind, maker, status, is_tainted AS isTainted, advice, \`trigger\` FROM lessons
      WHERE signature IS @signature AND scope = @scope AND place IS @place
        AND (@signature IS NOT NULL OR kind = @kind)
      ORDER BY id DESC LIMIT ${MOST_COMPARED}`),
  };
}
