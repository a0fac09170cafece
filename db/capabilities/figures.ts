/** Figures of past uses: of tools from the audit, of agents and runbooks from their tasks. */
import { shareOf } from "@/core/rules/wilson";
import type { CapabilityFigures } from "@/core/shapes/capabilities/capabilities";
import { REPLAYER } from "@/db/configuration/replay-rows";
import { wholeBody } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";

export interface FigureQueries {
  /** By the names that agents call. */
  ofTools(): Map<string, CapabilityFigures>;
  ofAgents(): Map<string, CapabilityFigures>;
  ofRunbooks(): Map<string, CapabilityFigures>;
}

/** How many of the newest rows count: old uses say little about today's tool, and the audit has no index by subject. */
const AUDIT_ROWS = 50_000;
const TASKS = 20_000;

/** One use: whether it succeeded, how long it took and what it cost; null: not known. */
interface Use {
  name: string;
  ok: boolean;
  atMs: number;
  ms: number | null;
  microUsd: number | null;
}

type AuditRow = { subject: string; action: string; fields: string; atMs: number; tree: string };
type TaskRow = { name: string; ok: number; atMs: number; ms: number | null; microUsd: number };
type Tried = NonNullable<CapabilityFigures["tried"]>;

export function createFigureQueries(sqlite: Sqlite): FigureQueries {
  const audit = sqlite.prepare(`
    SELECT subject, action, detail AS fields, at_ms AS atMs, tree FROM audit
    WHERE id > (SELECT max(id) FROM audit) - ${AUDIT_ROWS} AND action IN ('tool_call', 'tool_tried') ORDER BY id`);
  const notReplayed = `origin_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM trees WHERE id = tasks.tree_id AND is_system = 1 AND created_by = '${REPLAYER}')`;
  const columns = `status = 'succeeded' AS ok, ended_at_ms AS atMs, ended_at_ms - started_at_ms AS ms, micro_usd AS microUsd`;
  const ended = `tasks.id > (SELECT max(id) FROM tasks) - ${TASKS} AND ended_at_ms IS NOT NULL AND ${notReplayed}`;
  const agents = sqlite.prepare(`SELECT agent AS name, ${columns} FROM tasks WHERE ${ended} ORDER BY ended_at_ms`);
  // The first message of a task's log names its runbook.
  const runbooks = sqlite.prepare(`
    SELECT json_extract(${wholeBody("setup")}, '$.runbook.name') AS name, ${columns}
    FROM tasks JOIN messages setup ON setup.id = (SELECT min(id) FROM messages WHERE task_id = tasks.id)
    WHERE model = 'runbook' AND ${ended} AND name IS NOT NULL ORDER BY ended_at_ms`);
  const ofTasks = (rows: TaskRow[]) => figuresOf(rows.map((row) => ({ ...row, ok: row.ok === 1 })));
  return {
    ofTools() {
      const rows = audit.all() as AuditRow[];
      const figures = figuresOf(rows.filter(({ action }) => action === "tool_call").map(useOf));
      for (const row of rows) {
        if (row.action !== "tool_tried") continue;
        const outcome: Tried["outcome"] = row.fields === "ok" ? "ok" : "failed";
        const tried: Tried = { outcome, at: iso(row.atMs), tree_id: row.tree };
        figures.set(row.subject, { ...(figures.get(row.subject) ?? NO_USES), tried });
      }
      return figures;
    },
    ofAgents: () => ofTasks(agents.all() as TaskRow[]),
    ofRunbooks: () => ofTasks(runbooks.all() as TaskRow[]),
  };
}

const NO_USES: CapabilityFigures = {
  uses: 0,
  success: null,
  median_seconds: null,
  median_usd: null,
  last_used_at: null,
  tried: null,
};

/** Reads the detail of a call's row: level, outcome, start of the hash, and since a later version milliseconds and cost. */
function useOf({ subject, fields, atMs }: AuditRow): Use {
  const [, became, , ms, microUsd] = fields.split(" ");
  return { name: subject, ok: became === "ok", atMs, ms: numberOf(ms), microUsd: numberOf(microUsd) };
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

function figuresOf(uses: readonly Use[]): Map<string, CapabilityFigures> {
  const byName = grouped(uses);
  return new Map([...byName].map(([name, own]) => [name, figuresOfCapability(own)]));
}

function grouped(uses: readonly Use[]): Map<string, Use[]> {
  const groups = new Map<string, Use[]>();
  for (const use of uses) {
    const group = groups.get(use.name);
    if (group) group.push(use);
    else groups.set(use.name, [use]);
  }
  return groups;
}

function figuresOfCapability(uses: readonly Use[]): CapabilityFigures {
  const known = (values: (number | null)[]) => median(values.filter((value): value is number => value !== null));
  const ms = known(uses.map((use) => use.ms));
  const microUsd = known(uses.map((use) => use.microUsd));
  return {
    uses: uses.length,
    success: shareOf(uses.filter(({ ok }) => ok).length, uses.length),
    median_seconds: ms === null ? null : ms / 1_000,
    median_usd: microUsd === null ? null : microUsd / 1_000_000,
    last_used_at: iso(uses.reduce((latest, { atMs }) => Math.max(latest, atMs), 0)),
    tried: null,
  };
}

function median(values: number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
