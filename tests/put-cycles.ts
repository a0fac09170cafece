/** Puts a change that waits for a person, and a failed cycle, into a project: `run-ts.mjs tests/put-cycles.ts DATA PROJECT`. */
import { join } from "node:path";
import Database from "better-sqlite3";

const insight = (title: string) => ({
  id: `in-${title.length}`,
  kind: "untyped",
  title,
  path: "tax.py",
  line: 1,
  end: 4,
  score: 0.4,
});
const REFUSAL = "A look at the files still finds it: tax has no types.";
const CYCLES = [
  { title: "tax has no types", state: "open", why: null, tries: 2, refusals: [REFUSAL] },
  { title: "tax is untested", state: "failed", why: "None of 3 tries passed.", tries: 3, refusals: [REFUSAL] },
];

export function main([dataDir = "", project = ""]: string[]): void {
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.pragma("busy_timeout = 10000");
  const nowMs = Date.now();
  const run = sqlite.prepare(`
    INSERT INTO evolution_runs (uid, project_id, cause, maker, cycles_max, state, why, created_at_ms, ended_at_ms)
    SELECT 'run-of-a-test', id, 'person', @maker, 2, 'ended', 'It has begun 2 cycles, as many as were asked for.', @nowMs,
      @nowMs FROM projects WHERE name = @project RETURNING id, project_id AS projectId`);
  const cycle = sqlite.prepare(`
    INSERT INTO evolution_cycles (uid, project_id, run_id, insight, insight_uid, score, paths, tree, begun_at_ms, state, why,
      tries, refusals, cap_micro_usd, created_at_ms, changed_at_ms)
    VALUES (@uid, @projectId, @id, @insight, @uid, 0.4, '["tax.py"]', @tree, @nowMs, @state, @why, @tries, @refusals, 2000000,
      @nowMs, @nowMs)`);
  // At once: the server brings on what it finds half done.
  sqlite.transaction(() => {
    const maker = JSON.stringify({ kind: "person", name: "you", role: "admin" });
    // The change of a tree that was deleted would be settled at once.
    const trees = sqlite.prepare("SELECT uid FROM trees ORDER BY id DESC LIMIT ?").pluck().all(CYCLES.length);
    const { id, projectId } = run.get({ maker, nowMs, project }) as { id: number; projectId: number };
    for (const [at, { title, refusals, ...rest }] of CYCLES.entries()) {
      const texts = { insight: JSON.stringify(insight(title)), refusals: JSON.stringify(refusals) };
      cycle.run({ ...rest, ...texts, uid: `cycle-${rest.state}`, tree: trees[at], id, projectId, nowMs });
    }
  })();
  sqlite.close();
}
