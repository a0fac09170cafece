/** Reads when things happened on the way of a service to where others reach it. */
import type { AskedItem, MadePromotion, WayFacts } from "@/core/services/way";
import { CLOCK } from "@/core/timeouts";
import type { Sqlite } from "@/db/file/client";
import { isNoCanary } from "@/db/people/canary";
import { AWAITED, AWAITED_UNTIL } from "@/db/queries/reviews";

/** Returns the facts of a project; null: there is none of that name. */
export type WayReader = (project: string) => WayFacts | null;

type ItemRow = Omit<AskedItem, "isAwaited"> & { isAwaited: 0 | 1 | null };
type PromotionRow = Omit<MadePromotion, "isDone"> & { state: string };

export function createWayReader(sqlite: Sqlite): WayReader {
  const of = `tree.archive_hash IS NULL AND tree.is_system = 0 AND ${isNoCanary("tree")} AND tree.repository IN (
    SELECT key FROM project_repositories WHERE project_id = ?)`;
  const project = sqlite.prepare("SELECT id, created_at_ms AS createdAtMs FROM projects WHERE name = ?");
  const trees = sqlite.prepare(`
    SELECT tree.created_at_ms AS createdAtMs, tree.micro_usd - tree.copied_micro_usd AS microUsd FROM trees tree WHERE ${of}`);
  // A fork asks again what was open; what was decided before it counts in its origin.
  const items = sqlite.prepare(`
    SELECT kind, CASE
        WHEN rule_id IS NOT NULL THEN 'rules'
        WHEN status IN ('open', 'withdrawn') OR decided_by = '${CLOCK}' THEN 'nobody'
        ELSE 'people' END AS "by",
      ${AWAITED} AS isAwaited, max(reviews.created_at_ms, own.created_at_ms) AS askedAtMs,
      iif(${AWAITED}, ${AWAITED_UNTIL}, decided_at_ms) AS settledAtMs
    FROM reviews JOIN trees own ON own.id = reviews.tree_id
    WHERE addressee_id IS NULL AND ifnull(decided_at_ms >= own.created_at_ms, 1)
      AND tree_id IN (SELECT tree.id FROM trees tree WHERE ${of})`);
  const promotions = sqlite.prepare(`
    SELECT target.name AS target, kind, state, promotion.created_at_ms AS createdAtMs, changed_at_ms AS changedAtMs,
      asked_at_ms AS askedAtMs, decided_at_ms AS decidedAtMs
    FROM promotions promotion JOIN promotion_targets target ON target.id = promotion.target_id
    WHERE target.project_id = ? ORDER BY promotion.id`);
  return (name) => {
    const found = project.get(name) as { id: number; createdAtMs: number } | undefined;
    if (found === undefined) return null;
    const ofProject = trees.all(found.id) as WayFacts["trees"];
    return {
      beganAtMs: Math.min(found.createdAtMs, ...ofProject.map(({ createdAtMs }) => createdAtMs)),
      trees: ofProject,
      items: (items.all(found.id) as ItemRow[]).map((row) => ({ ...row, isAwaited: row.isAwaited === 1 })),
      promotions: (promotions.all(found.id) as PromotionRow[]).map(({ state, ...row }) => ({
        ...row,
        isDone: state === "done",
      })),
    };
  };
}
