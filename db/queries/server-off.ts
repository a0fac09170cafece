/** Reads when no process worked on tasks: between an end of the server and its next start. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import { KINDS } from "@/db/file/rows";
import { STARTS, type StartTimes } from "@/db/records/starts";
import type { Interval } from "./stretches";

/** Returns the times since `sinceMs` in which nobody worked on a tree. */
export type OffReader = (treeId: number, sinceMs: number) => Interval[];

export function createOffReader(sqlite: Sqlite): OffReader {
  const facts = createFacts(sqlite);
  const workers = sqlite.prepare("SELECT min(started_at_ms) FROM workers WHERE role <> 'web'").pluck();
  const replies = sqlite
    .prepare(`
    SELECT created_at_ms FROM messages WHERE tree_id = ? AND kind = ${KINDS.indexOf("agent_response")} AND created_at_ms >= ?
    ORDER BY id`)
    .pluck();
  return (treeId, sinceMs) => {
    const starts = JSON.parse(facts.read(STARTS) ?? "[]") as StartTimes[];
    const off = timesOff(starts, workers.get() as number | null).filter(({ toMs }) => toMs === null || toMs > sinceMs);
    const [first] = off;
    if (first === undefined) return [];
    // A command such as `banyan run` works without a server and is in no journal.
    const worked = replies.all(treeId, Math.max(first.fromMs, sinceMs)) as number[];
    return off.map(({ fromMs, toMs }) => {
      const last = worked.findLast((ms) => ms < (toMs ?? Number.POSITIVE_INFINITY)) ?? fromMs;
      return { fromMs: Math.max(fromMs, last), toMs };
    });
  };
}

/**
 * A time counts as off only when it is known: not before the oldest start of the journal, nor while nobody knows whether a
 * crashed process still lived.
 */
function timesOff(starts: readonly StartTimes[], workingSinceMs: number | null): Interval[] {
  const works = starts
    .filter(({ role }) => role !== "web")
    .map(({ startedAtMs, end }) => ({ fromMs: startedAtMs, toMs: end === null ? Number.POSITIVE_INFINITY : end.atMs }))
    .sort((a, b) => a.fromMs - b.fromMs);
  if (works.length > 0 && workingSinceMs !== null)
    works.push({ fromMs: workingSinceMs, toMs: Number.POSITIVE_INFINITY });
  const off: Interval[] = [];
  let untilMs = Number.POSITIVE_INFINITY;
  for (const [at, { fromMs, toMs }] of works.entries()) {
    if (fromMs > untilMs) off.push({ fromMs: untilMs, toMs: fromMs });
    const ended = toMs ?? works[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    untilMs = at === 0 ? ended : Math.max(untilMs, ended);
  }
  return untilMs < Number.POSITIVE_INFINITY ? [...off, { fromMs: untilMs, toMs: null }] : off;
}
