/** The progress of a goal for lists of trees, read from the records of its rounds. */

import { readChecked } from "@/core/goals/checked";
import { changedBy } from "@/core/goals/goal-changes";
import { readRecord, scoreOf } from "@/core/goals/record";
import { GOAL_AGENTS, GOAL_DEFAULTS, type Goal } from "@/core/log/goal";
import type { Said } from "@/core/programs/conversation";
import type { GoalProgress } from "@/core/shapes/goals";
import { isEvent, wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";

const CHECKED = KINDS.indexOf("tool_response");
const STEER = KINDS.indexOf("steer");
/** Goals whose progress stays in memory. */
const MOST_KEPT = 200;

/** What was read of a goal: rounds that ended later are added to it. */
interface Known {
  goal: Goal | null;
  start: number | null;
  best: number | null;
  lastSeq: number;
  /** The newest message that was read and may change the goal. */
  lastSaid: number;
}

export interface GoalProgressReader {
  /** Returns null for a tree whose root task pursues no goal. */
  of(root: { id: number; agent: string; tree: string }): GoalProgress | null;
}

export function createGoalProgress(sqlite: Sqlite): GoalProgressReader {
  const rounds = sqlite.prepare("SELECT count(*) FROM tasks WHERE parent_id = ? AND agent = ?").pluck();
  const results = sqlite.prepare(`
    SELECT messages.id AS seq, ${wholeBody()} AS body FROM tasks JOIN messages ON messages.id = tasks.result_seq
    WHERE parent_id = @root AND agent = @agent AND result_seq > @after ORDER BY messages.id`);
  const given = sqlite
    .prepare(`SELECT ${wholeBody()} FROM messages WHERE task_id = ? AND kind = 1 ORDER BY id LIMIT 1`)
    .pluck();
  const checked = sqlite
    .prepare(
      `SELECT ${wholeBody()} FROM messages WHERE task_id = ? AND kind = ${CHECKED} AND tool = 'check_goal' ORDER BY id DESC LIMIT 1`,
    )
    .pluck();
  // Only goals of older versions are changed by messages.
  const said = sqlite.prepare(`
    SELECT id AS seq, ${wholeBody()} AS body FROM messages WHERE task_id = @root AND id > @after
      AND (kind = ${STEER} OR ${isEvent(["goal_changed"])}) ORDER BY id`);
  // Each time that a person continues it after its end, it gets its rounds again.
  const attempts = sqlite.prepare("SELECT attempt FROM tasks WHERE id = ?").pluck();
  // By public ids: the number of a deleted task is given to a later one.
  const kept = new Map<string, Known>();
  return {
    of({ id, agent, tree }) {
      if (agent !== GOAL_AGENTS.goal) return null;
      const known = kept.get(tree) ?? { goal: goalIn(given.get(id)), start: null, best: null, lastSeq: 0, lastSaid: 0 };
      if (!known.goal) return null;
      for (const { seq, body } of said.all({ root: id, after: known.lastSaid }) as { seq: number; body: string }[]) {
        known.lastSaid = seq;
        known.goal = changedBy([saidIn(contentOf(body))], known.goal, 0);
      }
      known.start ??= startIn(checked.get(id));
      const asked = { root: id, agent: GOAL_AGENTS.iteration, after: known.lastSeq };
      for (const { seq, body } of results.all(asked) as { seq: number; body: string }[]) {
        known.lastSeq = seq;
        const score = scoreIn(body);
        if (score !== null) known.best = Math.max(known.best ?? 0, score);
      }
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(tree, known);
      const scores = [known.start, known.best].filter((score) => score !== null);
      return {
        score: scores.length > 0 ? Math.max(...scores) : null,
        round: rounds.get(id, GOAL_AGENTS.iteration) as number,
        rounds_max: (known.goal.max_iterations ?? GOAL_DEFAULTS.max_iterations) * (attempts.get(id) as number),
      };
    },
  };
}

function saidIn(content: Record<string, unknown> | null): Said {
  const text = String(content?.text ?? "");
  return content?.type === "goal_changed" ? { text, after: 0, change: content.fields ?? {} } : { text, after: 0 };
}

function goalIn(body: unknown): Goal | null {
  return (contentOf(body)?.goal as Goal | undefined) ?? null;
}

/** Returns the score before the first round, once the start was checked. */
function startIn(body: unknown): number | null {
  const found = readChecked(String(contentOf(body)?.text ?? ""));
  return found && found.checks.length > 0 ? scoreOf(found.checks) : null;
}

function scoreIn(body: string): number | null {
  const end = contentOf(body);
  return readRecord(String(end?.summary ?? end?.result ?? ""))?.score ?? null;
}

/** Returns null for a damaged message, so that one goal does not make a whole list unreadable. */
function contentOf(body: unknown): Record<string, unknown> | null {
  try {
    const content: unknown = JSON.parse(String(body));
    return typeof content === "object" ? (content as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
