import type { Sqlite } from "@/db/file/client";

const RUN = `run.id, run.uid, run.project_id AS projectId, project.name AS project, run.cause, run.maker,
  run.cycles_max AS cyclesMax, run.insight, run.work, run.state, run.why, run.fault, run.created_at_ms AS createdAtMs, run.ended_at_ms AS endedAtMs,
  (SELECT count(*) FROM evolution_cycles cycle WHERE cycle.run_id = run.id) AS cycles`;
const RUNS = `SELECT ${RUN} FROM evolution_runs run JOIN projects project ON project.id = run.project_id`;

/** An evolution that Banyan has stopped. */
const STOPPED = "evolution.stopped_at_ms IS NOT NULL AND evolution.stopped_by IS NULL";

const CYCLE = `cycle.id, cycle.uid, cycle.project_id AS projectId, project.name AS project, cycle.run_id AS runId,
  run.uid AS run, run.maker, run.work, cycle.insight, cycle.paths, cycle.tree, cycle.begun_at_ms AS begunAtMs, cycle.state, cycle.why, cycle.tries, cycle.refusals,
  cycle.words, cycle.cap_micro_usd AS capMicroUsd, coalesce(tree.micro_usd, cycle.spent_micro_usd, 0) AS microUsd,
  tree.id IS NOT NULL AND tree.ended_at_ms IS NULL AS isSpending, cycle.snapshot, cycle.branch,
  cycle.created_at_ms AS createdAtMs, cycle.changed_at_ms AS changedAtMs`;
const CYCLES = `SELECT ${CYCLE} FROM evolution_cycles cycle
  JOIN projects project ON project.id = cycle.project_id
  JOIN evolution_runs run ON run.id = cycle.run_id
  LEFT JOIN trees tree ON tree.uid = cycle.tree`;

export function evolutionStatements(sqlite: Sqlite) {
  return { ...ofEvolutions(sqlite), ...ofRuns(sqlite), ...ofCycles(sqlite) };
}

function ofEvolutions(sqlite: Sqlite) {
  return {
    of: sqlite.prepare(`
      SELECT project.id AS projectId, evolution.rules, evolution.stopped_at_ms AS stoppedAtMs,
        evolution.stopped_by AS stoppedBy, evolution.stopped_why AS stoppedWhy,
        ifnull(evolution.counted_from_ms, 0) AS countedFromMs
      FROM projects project LEFT JOIN evolutions evolution ON evolution.project_id = project.id
      WHERE project.name = ?`),
    setRules: sqlite.prepare(`
      INSERT INTO evolutions (project_id, rules) SELECT id, @rules FROM projects WHERE name = @project
      ON CONFLICT (project_id) DO UPDATE SET rules = excluded.rules`),
    stop: sqlite
      .prepare(`
      INSERT INTO evolutions (project_id, rules, stopped_at_ms, stopped_by, stopped_why)
      SELECT id, @rules, @nowMs, @by, @why FROM projects WHERE name = @project
      ON CONFLICT (project_id) DO UPDATE SET stopped_at_ms = @nowMs, stopped_by = @by, stopped_why = @why
        WHERE stopped_at_ms IS NULL OR (stopped_by IS NULL AND @by IS NOT NULL)
      RETURNING project_id`)
      .pluck(),
    resume: sqlite.prepare(`
      UPDATE evolutions SET stopped_at_ms = NULL, stopped_by = NULL, stopped_why = NULL, counted_from_ms = @nowMs
      WHERE project_id = (SELECT id FROM projects WHERE name = @project) AND stopped_at_ms IS NOT NULL`),
    stopped: sqlite.prepare(`
      SELECT project.name AS project, evolution.stopped_at_ms AS atMs, ifnull(evolution.stopped_why, '') AS why
      FROM evolutions evolution JOIN projects project ON project.id = evolution.project_id
      WHERE ${STOPPED} ORDER BY evolution.stopped_at_ms DESC LIMIT ?`),
    countStopped: sqlite.prepare(`SELECT count(*) FROM evolutions evolution WHERE ${STOPPED}`).pluck(),
  };
}

function ofRuns(sqlite: Sqlite) {
  return {
    hasRun: sqlite.prepare("SELECT 1 FROM evolution_runs WHERE uid = ?"),
    begin: sqlite.prepare(`
      INSERT INTO evolution_runs (uid, project_id, cause, maker, cycles_max, insight, work, state, created_at_ms)
      SELECT @uid, id, @cause, @maker, @cyclesMax, @insight, @work, 'looking', @nowMs FROM projects
      WHERE name = @project AND NOT EXISTS (
        SELECT 1 FROM evolution_runs run WHERE run.project_id = projects.id AND run.state <> 'ended')`),
    runs: sqlite.prepare(`${RUNS} WHERE run.project_id = @projectId ORDER BY run.id DESC LIMIT @limit`),
    countRuns: sqlite.prepare("SELECT count(*) FROM evolution_runs WHERE project_id = ?").pluck(),
    going: sqlite.prepare(`${RUNS} WHERE run.state <> 'ended' ORDER BY run.id`),
    changeRun: sqlite.prepare(`
      UPDATE evolution_runs SET state = @state, why = @why, fault = @fault, ended_at_ms = iif(@state = 'ended', @nowMs, NULL)
      WHERE id = @id AND state = @expected`),
    endRuns: sqlite.prepare(`
      UPDATE evolution_runs SET state = 'ended', why = @why, ended_at_ms = @nowMs
      WHERE project_id = @id AND state <> 'ended'`),
  };
}

function ofCycles(sqlite: Sqlite) {
  return {
    cycles: sqlite.prepare(`${CYCLES} WHERE cycle.project_id = ? ORDER BY cycle.id DESC`),
    working: sqlite.prepare(`${CYCLES} WHERE cycle.project_id = ? AND cycle.state = 'working' ORDER BY cycle.id`),
    unsettled: sqlite.prepare(`${CYCLES} WHERE cycle.state IN ('working', 'open') ORDER BY cycle.id`),
    orphans: sqlite.prepare(`
      ${CYCLES} WHERE cycle.state = 'stopped' AND cycle.begun_at_ms IS NULL AND tree.ended_at_ms IS NULL
        AND tree.id IS NOT NULL`),
    cycle: sqlite.prepare(`${CYCLES} WHERE cycle.uid = ?`),
    cycleOfTree: sqlite.prepare(`${CYCLES} WHERE cycle.tree = ?`),
    byId: sqlite.prepare(`${CYCLES} WHERE cycle.id = ?`),
    /** An insight gets one cycle, whatever became of it, unless a person chooses it again. */
    claim: sqlite.prepare(`
      INSERT INTO evolution_cycles (uid, project_id, run_id, insight, insight_uid, score, paths, tree, state,
        cap_micro_usd, created_at_ms, changed_at_ms)
      SELECT @uid, run.project_id, run.id, @insight, @insightUid, @score, @paths, @tree, 'working', @capMicroUsd, @nowMs,
        @nowMs
      FROM evolution_runs run
      WHERE run.id = @runId AND run.state = 'running' AND NOT EXISTS (
        SELECT 1 FROM evolution_cycles other
        WHERE other.project_id = run.project_id AND (other.uid = @uid OR (other.insight_uid = @insightUid
            AND (run.insight IS NULL OR other.state IN ('working', 'open')))))`),
    /** Of the insight of a cycle that has just begun. A person may choose a dismissed one, which is dismissed no longer. */
    plan: sqlite.prepare(`
      UPDATE insights SET state = 'planned', reason = NULL, state_by = NULL, state_at_ms = @nowMs, dismissed_score = NULL
      WHERE project_id = (SELECT project_id FROM evolution_runs WHERE id = @runId) AND uid = @insightUid
        AND state IN ('open', 'dismissed')`),
    /** Of a cycle whose tree is not there: it is as if it had never been. */
    drop: sqlite.prepare(`
      DELETE FROM evolution_cycles WHERE id = @id AND state = 'working' AND begun_at_ms IS NULL
        AND NOT EXISTS (SELECT 1 FROM trees WHERE trees.uid = evolution_cycles.tree)`),
    unplan: sqlite.prepare(`
      UPDATE insights SET state = 'open', state_at_ms = @nowMs
      WHERE project_id = @projectId AND uid = @insightUid AND state = 'planned'`),
    change: sqlite.prepare(`
      UPDATE evolution_cycles SET state = @state, why = @why, tree = @tree, begun_at_ms = @begunAtMs, tries = @tries, refusals = @refusals,
        words = @words, snapshot = @snapshot, branch = @branch, changed_at_ms = @nowMs
      WHERE id = @id`),
  };
}
