/** The rules that approve calls without a person, for people: what they approve, what they approved, and who changed them. */
import type { RuleEvent } from "@/core/shapes/review";
import type { ApprovalRule } from "@/core/shapes/shapes";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";
import { usesOf } from "./reviews";

export interface Rules {
  /** Newest first, including expired rules. */
  all(): ApprovalRule[];
  /** Returns null when it is gone. */
  get(uid: string): ApprovalRule | null;
  like(prefix: string): string[];
  /** Returns the public ids of the items that the rule decided, newest first. */
  decidedBy(uid: string): string[];
  /** Returns who made, changed and switched the rule, oldest first. */
  historyOf(uid: string): RuleEvent[];
  /** Resolves with false when the rule is gone, or is kept because it decided something. */
  remove(uid: string): Promise<boolean>;
}

const COLUMNS = `
  uid, tool, agent, subject, only_tree AS onlyTree, most_uses AS mostUses, why, created_by AS createdBy,
  created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs, revoked_by AS revokedBy, revoked_at_ms AS revokedAtMs,
  ${usesOf("approval_rules")} AS uses`;

type Row = Pick<ApprovalRule, "uses" | "tool" | "agent" | "why"> & {
  uid: string;
  subject: string | null;
  onlyTree: string | null;
  mostUses: number | null;
  createdBy: string;
  createdAtMs: number;
  expiresAtMs: number;
  revokedBy: string | null;
  revokedAtMs: number | null;
};

export function createRules(sqlite: Sqlite, log: Writes): Rules {
  const all = sqlite.prepare(`SELECT ${COLUMNS} FROM approval_rules ORDER BY id DESC`);
  const byId = sqlite.prepare(`SELECT ${COLUMNS} FROM approval_rules WHERE uid = ?`);
  const like = sqlite
    .prepare("SELECT uid FROM approval_rules WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2")
    .pluck();
  const decidedBy = sqlite
    .prepare(`
    SELECT reviews.uid FROM reviews JOIN approval_rules ON approval_rules.id = rule_id
    WHERE approval_rules.uid = ? ORDER BY reviews.id DESC`)
    .pluck();
  // Rules belong to no tree, so `tree = ''` uses the audit's index of trees.
  const history = sqlite.prepare(`
    SELECT action, actor, at_ms AS atMs, detail FROM audit
    WHERE tree = '' AND subject = ? AND action IN ('addRule', 'changeRule', 'revokeRule') ORDER BY id`);
  const remove = sqlite.prepare(`
    DELETE FROM approval_rules WHERE uid = ? AND ${usesOf("approval_rules")} = 0`);

  return {
    all: () => (all.all() as Row[]).map(shape),
    get(uid) {
      const row = byId.get(uid) as Row | undefined;
      return row ? shape(row) : null;
    },
    like: (prefix) => like.all({ prefix }) as string[],
    decidedBy: (uid) => decidedBy.all(uid) as string[],
    historyOf: (uid) =>
      (history.all(uid) as { action: string; actor: string; atMs: number; detail: string }[]).flatMap(eventOf),
    remove: (uid) => log.write(() => remove.run(uid).changes > 0),
  };
}

function shape(row: Row): ApprovalRule {
  return {
    id: row.uid,
    tool: row.tool,
    agent: row.agent,
    exact: row.subject !== null,
    tree_id: row.onlyTree,
    most_uses: row.mostUses,
    why: row.why,
    created_by: row.createdBy,
    created_at: iso(row.createdAtMs),
    expires_at: iso(row.expiresAtMs),
    revoked_by: row.revokedBy,
    revoked_at: iso(row.revokedAtMs),
    uses: row.uses,
  };
}

/** Returns nothing for refusals, because they changed nothing. */
function eventOf({
  action,
  actor,
  atMs,
  detail,
}: {
  action: string;
  actor: string;
  atMs: number;
  detail: string;
}): RuleEvent[] {
  const said = detailOf(detail);
  if (said.outcome !== "done") return [];
  const what = action === "addRule" ? "made" : action === "revokeRule" ? "off" : said.on ? "on" : "changed";
  const at = iso(atMs);
  return [{ what, by: actor, at, why: said.why ?? null, hours: said.hours ?? null, most_uses: said.most_uses ?? null }];
}

interface Detail {
  outcome?: string;
  on?: boolean;
  why?: string;
  hours?: number;
  most_uses?: number;
}

/** Reads the outcome of a detail that was cut and is no longer JSON. */
function detailOf(detail: string): Detail {
  try {
    return JSON.parse(detail) as Detail;
  } catch {
    return { outcome: /"outcome":"(\w+)"/.exec(detail)?.[1] };
  }
}
