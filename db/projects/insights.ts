/** Stores what was found worth doing in the repositories of projects. */
import type { InsightEvidence, InsightKind, InsightState, LookFigures } from "@/core/shapes/insights";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

interface SeenInsight {
  uid: string;
  kind: InsightKind;
  title: string;
  path: string;
  line: number;
  end: number;
  symbol: string;
  evidence: InsightEvidence;
  score: number;
}

export interface StoredInsight extends SeenInsight {
  state: InsightState;
  reason: string | null;
  stateBy: string | null;
  stateAtMs: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

export interface StoredLook {
  atMs: number;
  by: string;
  figures: LookFigures;
}

/** How many insights have changed their state by a look. */
export interface Settled {
  fresh: number;
  done: number;
}

export interface Insights {
  /** Returns the insights of a project, the highest score first. */
  of(project: string): StoredInsight[];
  look(project: string): StoredLook | null;
  /**
   * Keeps what a look found. What is no longer found is done, unless the look could not measure it (`unmeasured`: ids).
   * Resolves with null when there is no such project.
   */
  settle(
    project: string,
    found: { insights: readonly SeenInsight[]; unmeasured: readonly string[] },
    look: Omit<StoredLook, "atMs">,
  ): Promise<Settled | null>;
  /** Resolves with false when there is no such insight, or it is done. */
  dismiss(project: string, uid: string, given: { reason: string; by: string }): Promise<boolean>;
  /**
   * Says what became of a planned insight, with which a cycle dealt: it is done, open again, or dismissed with a reason.
   * What a look or a person said meanwhile stays.
   */
  unplan(
    project: string,
    uid: string,
    to: { state: InsightState; reason: string | null; by: string | null },
  ): Promise<void>;
  /** Resolves with false when there is no such dismissed insight. */
  reopen(project: string, uid: string, by: string): Promise<boolean>;
}

/** A dismissed insight is offered again when its score has risen by so much. */
const RISEN = 1.2;

interface InsightRow extends Omit<StoredInsight, "evidence"> {
  evidence: string;
  dismissedScore: number | null;
}

export function createInsights(sqlite: Sqlite, log: Pick<Writes, "write">): Insights {
  const run = statements(sqlite);
  const idOf = (project: string) => (run.project.get(project) as number | undefined) ?? null;
  const rowsOf = (id: number) => run.of.all(id) as InsightRow[];
  return {
    of(project) {
      const id = idOf(project);
      return id === null
        ? []
        : rowsOf(id).map(({ evidence, dismissedScore: _, ...row }) => ({
            ...row,
            evidence: JSON.parse(evidence) as InsightEvidence,
          }));
    },
    look(project) {
      const row = run.look.get(project) as { atMs: number; by: string; figures: string } | undefined;
      return row === undefined ? null : { ...row, figures: JSON.parse(row.figures) as LookFigures };
    },
    settle: (project, { insights, unmeasured }, { by, figures }) =>
      log.write(({ nowMs }) => {
        const id = idOf(project);
        if (id === null) return null;
        const before = new Map(rowsOf(id).map((row) => [row.uid, row]));
        let fresh = 0;
        for (const { evidence, ...insight } of insights) {
          const row = before.get(insight.uid);
          before.delete(insight.uid);
          const values = { ...insight, id, evidence: JSON.stringify(evidence), nowMs };
          if (row === undefined) run.insert.run(values);
          else run.update.run({ ...values, opens: opensAgain(row, insight.score) ? 1 : 0 });
          if (row === undefined || opensAgain(row, insight.score)) fresh += 1;
        }
        for (const uid of unmeasured) before.delete(uid);
        const gone = [...before.values()].filter(({ state }) => state === "open" || state === "planned");
        for (const { uid } of gone) run.done.run({ id, uid, nowMs });
        run.putLook.run({ id, nowMs, by, figures: JSON.stringify(figures) });
        return { fresh, done: gone.length };
      }),
    dismiss: (project, uid, { reason, by }) =>
      log.write(({ nowMs }) => run.dismiss.run({ id: idOf(project), uid, reason, by, nowMs }).changes > 0),
    unplan: (project, uid, to) =>
      log.write(({ nowMs }) => void run.unplan.run({ ...to, id: idOf(project), uid, nowMs })),
    reopen: (project, uid, by) =>
      log.write(({ nowMs }) => run.reopen.run({ id: idOf(project), uid, by, nowMs }).changes > 0),
  };
}

function opensAgain({ state, dismissedScore }: InsightRow, score: number): boolean {
  return state === "done" || (state === "dismissed" && dismissedScore !== null && score >= dismissedScore * RISEN);
}

function statements(sqlite: Sqlite) {
  return {
    project: sqlite.prepare("SELECT id FROM projects WHERE name = ?").pluck(),
    of: sqlite.prepare(`
      SELECT uid, kind, title, path, line, end_line AS end, symbol, evidence, score, state, reason, state_by AS stateBy,
        state_at_ms AS stateAtMs, dismissed_score AS dismissedScore, first_seen_ms AS firstSeenMs,
        last_seen_ms AS lastSeenMs
      FROM insights WHERE project_id = ? ORDER BY score DESC, path, line, uid`),
    look: sqlite.prepare(`
      SELECT at_ms AS atMs, by, figures FROM insight_looks
      WHERE project_id = (SELECT id FROM projects WHERE name = ?)`),
    insert: sqlite.prepare(`
      INSERT INTO insights (project_id, uid, kind, title, path, line, end_line, symbol, evidence, score, state,
        state_at_ms, first_seen_ms, last_seen_ms)
      VALUES (@id, @uid, @kind, @title, @path, @line, @end, @symbol, @evidence, @score, 'open', @nowMs, @nowMs, @nowMs)`),
    update: sqlite.prepare(`
      UPDATE insights SET title = @title, path = @path, line = @line, end_line = @end, symbol = @symbol,
        evidence = @evidence, score = @score, last_seen_ms = @nowMs,
        state = iif(@opens, 'open', state), reason = iif(@opens, NULL, reason),
        state_by = iif(@opens, NULL, state_by), state_at_ms = iif(@opens, @nowMs, state_at_ms),
        dismissed_score = iif(@opens, NULL, dismissed_score)
      WHERE project_id = @id AND uid = @uid`),
    done: sqlite.prepare(`
      UPDATE insights SET state = 'done', state_by = NULL, state_at_ms = @nowMs WHERE project_id = @id AND uid = @uid`),
    putLook: sqlite.prepare(`
      INSERT INTO insight_looks (project_id, at_ms, by, figures) VALUES (@id, @nowMs, @by, @figures)
      ON CONFLICT (project_id) DO UPDATE SET at_ms = @nowMs, by = @by, figures = @figures`),
    dismiss: sqlite.prepare(`
      UPDATE insights SET state = 'dismissed', reason = @reason, state_by = @by, state_at_ms = @nowMs,
        dismissed_score = score
      WHERE project_id = @id AND uid = @uid AND state <> 'done'`),
    unplan: sqlite.prepare(`
      UPDATE insights SET state = @state, reason = @reason, state_by = @by, state_at_ms = @nowMs,
        dismissed_score = iif(@state = 'dismissed', score, NULL)
      WHERE project_id = @id AND uid = @uid AND state = 'planned'`),
    reopen: sqlite.prepare(`
      UPDATE insights SET state = 'open', reason = NULL, state_by = @by, state_at_ms = @nowMs, dismissed_score = NULL
      WHERE project_id = @id AND uid = @uid AND state = 'dismissed'`),
  };
}
