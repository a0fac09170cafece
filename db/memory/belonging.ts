/** Lessons by what they belong to, found by indexes: none of these reads all lessons. */
import { GOAL_AGENTS } from "@/core/log/goal";
import { MOST_COUNTED } from "@/core/shapes/lesson-graph";

/** Lessons for an error, that apply in a place (null: everywhere), or that an agent has worked with lately. */
export type LessonsOf = { error: string } | { place: string | null } | { agent: string };

/**
 * Returns SQL for the agents of rounds and tasks: for a round, those that planned and worked in it; for another task,
 * its own agent. A round counts once, whichever of its tasks was shown a lesson. `units`: SQL with the public ids as
 * `unit`.
 */
export const agentsOfUnits = (units: string) => `
  SELECT DISTINCT units.*, ifnull(part.agent, task.agent) AS agent FROM (${units}) units
  CROSS JOIN tasks task ON task.uid = units.unit
  LEFT JOIN tasks part ON part.parent_id = task.id AND task.agent = '${GOAL_AGENTS.iteration}'
    AND part.purpose IS NULL AND part.agent <> '${GOAL_AGENTS.judge}'`;

/** No index orders uses by agent, so only the newest are read. */
const MOST_USES = 5_000;

const SQL = {
  error: `SELECT id FROM lessons WHERE signature = @of LIMIT ${MOST_COUNTED}`,
  place: `SELECT id FROM lessons WHERE place IS @of LIMIT ${MOST_COUNTED}`,
  agent: `
    SELECT lesson_id AS id
    FROM (${agentsOfUnits(`SELECT lesson_id, unit FROM lesson_uses ORDER BY rowid DESC LIMIT ${MOST_USES}`)})
    WHERE agent = @of
    UNION SELECT id FROM (SELECT id FROM lessons WHERE place = @of LIMIT ${MOST_COUNTED})`,
};

export type BelongingKind = keyof typeof SQL;

/** Returns SQL for the ids of the lessons that belong to `@of`. */
export function belongingSql(kind: BelongingKind): string {
  return SQL[kind];
}

/** Returns the kind of thing that lessons belong to, and the value of `@of`. */
export function belongingOf(of: LessonsOf): { kind: BelongingKind; value: string | null } {
  if ("error" in of) return { kind: "error", value: of.error };
  return "agent" in of ? { kind: "agent", value: of.agent } : { kind: "place", value: of.place };
}
