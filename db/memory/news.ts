/** News in the log since it was last read: lessons that were shown, lessons that agents proposed, and goals that have ended. */
import type { Ended, TaskEvent } from "@/core/log/entries";
import { GOAL_AGENTS } from "@/core/log/goal";
import type { ProposedLesson, ShownWhy } from "@/core/log/lessons";
import { withoutCommit } from "@/core/projects/repository";
import { isEvent, wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";

/** A lesson that a task was shown. */
export interface ShownInLog {
  lesson: string;
  /** Public id of the round's task, or of the task itself. */
  unit: string;
  task: string;
  tree: string;
  seq: number;
  why: ShownWhy;
  atMs: number;
}

/** A lesson that an agent proposed. */
interface ProposedInLog {
  lesson: ProposedLesson;
  agent: string;
  task: string;
  treeId: number;
  tree: string;
  seq: number;
  isTainted: boolean;
  atMs: number;
}

/** A goal that has ended, not stopped by a person. */
interface EndedGoal {
  taskId: number;
  task: string;
  treeId: number;
  tree: string;
  /** Whether it is a fork, whose copied rounds were counted in the original tree. */
  isFork: boolean;
  isTainted: boolean;
  succeeded: boolean;
  costUsd: number;
  endedAtMs: number;
}

export interface LessonNews {
  shown: ShownInLog[];
  proposed: ProposedInLog[];
  goals: EndedGoal[];
  /** The place up to which the log was read. */
  upTo: number;
  isLast: boolean;
}

export interface LessonNewsReader {
  /** Returns the news after the message `after`. Reads a bounded part of the log. */
  read(after: number): LessonNews;
  /** Returns the place up to which the log was read before. */
  place(): number;
  /** Call it in the transaction that stores what was learnt. */
  setPlace(upTo: number): void;
  /** Public ids of a goal's rounds that ran in its own tree and were not copied by a fork, by the call that started each. */
  ownRounds(goalTaskId: number): Set<string>;
  /** Returns the address of the repository that a tree's folder began as, or the folder that a person named; null for neither. */
  repositoryOf(treeId: number): string | null;
}

const FACT = "lessons_read";
const BATCH = 5_000;
/** In a database from before lessons existed, the newest messages are enough. */
const MOST_OLD_MESSAGES = 200_000;

export function createLessonNews(sqlite: Sqlite): LessonNewsReader {
  const facts = createFacts(sqlite);
  const newest = sqlite.prepare("SELECT ifnull(max(id), 0) FROM messages").pluck();
  const messages = sqlite.prepare(`
    SELECT message.id AS seq, message.created_at_ms AS atMs, ${wholeBody("message")} AS body,
      task.id AS taskId, task.uid AS task, task.agent, tree.id AS treeId, tree.uid AS tree,
      tree.forked_from IS NOT NULL AS isFork, tree.is_tainted AS isTainted,
      tree.micro_usd - tree.copied_micro_usd AS microUsd
    FROM messages message JOIN tasks task ON task.id = message.task_id JOIN trees tree ON tree.id = message.tree_id
    WHERE message.id > @after AND message.id <= @upTo AND message.origin_seq IS NULL
      AND ${isEvent(["lessons_shown", "lesson_proposed", "ended"], "message")}
      AND tree.is_system = 0 AND tree.archive_hash IS NULL
    ORDER BY message.id`);
  const above = sqlite.prepare("SELECT uid, parent_id AS parentId, agent FROM tasks WHERE id = ?");
  const rounds = sqlite
    .prepare("SELECT uid FROM tasks WHERE parent_id = ? AND agent = ? AND origin_id IS NULL")
    .pluck();
  const workspace = sqlite.prepare("SELECT workspace, in_place AS inPlace FROM trees WHERE id = ?");
  const note = sqlite.prepare(`
    SELECT ${wholeBody("message")} AS body FROM messages message
    WHERE message.task_id = (SELECT root_id FROM trees WHERE id = ?) AND ${isEvent(["note"], "message")}
    ORDER BY message.id LIMIT 5`);
  const unitOf = (taskId: number): string => {
    let uid: string | null = null;
    for (let id: number | null = taskId; id !== null; ) {
      const task = above.get(id) as { uid: string; parentId: number | null; agent: string };
      uid ??= task.uid;
      if (task.agent === GOAL_AGENTS.iteration) return task.uid;
      id = task.parentId;
    }
    return uid ?? "";
  };
  return {
    place: () => Number(facts.read(FACT) ?? Math.max(0, (newest.get() as number) - MOST_OLD_MESSAGES)),
    setPlace: (upTo) => facts.write(FACT, String(upTo)),
    read(after) {
      const last = newest.get() as number;
      const upTo = Math.min(last, after + BATCH);
      const rows = messages.all({ after, upTo }) as MessageRow[];
      return {
        shown: rows.flatMap((row) => shownIn(row, unitOf)),
        proposed: rows.flatMap(proposedIn),
        goals: rows.flatMap(goalIn),
        upTo,
        isLast: upTo >= last,
      };
    },
    ownRounds: (goalTaskId) => new Set(rounds.all(goalTaskId, GOAL_AGENTS.iteration) as string[]),
    repositoryOf(treeId) {
      for (const { body } of note.all(treeId) as { body: string }[]) {
        const { repository } = JSON.parse(body) as { repository?: string };
        if (repository) return withoutCommit(repository);
      }
      const tree = workspace.get(treeId) as { workspace: string; inPlace: number } | undefined;
      return tree?.inPlace === 1 ? tree.workspace : null;
    },
  };
}

interface MessageRow {
  seq: number;
  atMs: number;
  body: string;
  taskId: number;
  task: string;
  agent: string;
  treeId: number;
  tree: string;
  isFork: number;
  isTainted: number;
  microUsd: number;
}

function shownIn(
  { body, seq, atMs, task, taskId, tree }: MessageRow,
  unitOf: (taskId: number) => string,
): ShownInLog[] {
  const event = JSON.parse(body) as TaskEvent;
  if (event.type !== "lessons_shown") return [];
  const unit = unitOf(taskId);
  return event.lessons.map(({ lesson, why }) => ({ lesson, why, unit, task, tree, seq, atMs }));
}

function proposedIn({ body, isTainted, agent, task, treeId, tree, seq, atMs }: MessageRow): ProposedInLog[] {
  const event = JSON.parse(body) as TaskEvent;
  if (event.type !== "lesson_proposed") return [];
  const { lesson, tainted } = event;
  return [{ lesson, agent, task, treeId, tree, seq, atMs, isTainted: isTainted === 1 || tainted === true }];
}

function goalIn({ body, agent, ...row }: MessageRow): EndedGoal[] {
  const event = JSON.parse(body) as TaskEvent;
  if (event.type !== "ended" || agent !== GOAL_AGENTS.goal || wasStopped(event)) return [];
  const { taskId, task, treeId, tree, atMs: endedAtMs } = row;
  return [
    {
      taskId,
      task,
      treeId,
      tree,
      isFork: row.isFork === 1,
      isTainted: row.isTainted === 1 || event.tainted === true,
      succeeded: event.status === "succeeded",
      costUsd: row.microUsd / 1_000_000,
      endedAtMs,
    },
  ];
}

/** The rounds of a stopped goal do not show how it would have ended. */
function wasStopped({ status, reason }: Ended): boolean {
  return status === "stopped" || reason === "by_person";
}
