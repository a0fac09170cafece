/** Reads the facts from which KPIs are computed, each with the project to which its repository belongs. */
import type { KpiFacts, MemoryGoal, Newest, PullRequest } from "@/core/kpis/facts";
import { repositoryKey } from "@/core/projects/repository";
import type { Sqlite } from "@/db/file/client";
import { hasPull } from "@/db/forges/pulls";
import { createCycleReader } from "./cycles";
import { createEndReader } from "./ends";

/** The facts that are in tables which only they need; failures, starts and runs of the gates are read elsewhere. */
type StoredFacts = Pick<KpiFacts, "cycles" | "memory" | "pulls" | "tasks" | "replies" | "reviews" | "services">;

export interface KpiFactReader {
  /** Returns the facts since a time. */
  since(ms: number): StoredFacts;
  /** Returns the function that names the project of a repository. */
  projects(): (repository: string | null) => string | null;
  /** Returns lessons that were retired since a time because commands showed that they harm, the newest first. */
  retired(sinceMs: number): { id: string; advice: string; harmed: number; atMs: number }[];
}

type OutcomeRow = Omit<MemoryGoal, "project" | "succeeded"> & {
  succeeded: 0 | 1;
  place: string;
  repository: string | null;
};
type PullRow = Omit<PullRequest, "isMerged"> & { state: string };

export function createKpiFacts(sqlite: Sqlite): KpiFactReader {
  const cycles = createCycleReader(sqlite);
  const ends = createEndReader(sqlite);
  const run = statements(sqlite);
  const projects = (): ((repository: string | null) => string | null) => {
    const names = new Map(run.projects.all() as [string, string][]);
    return (repository) => (repository === null ? null : (names.get(repository) ?? null));
  };
  return {
    projects,
    retired: (sinceMs) => run.retired.all(sinceMs) as ReturnType<KpiFactReader["retired"]>,
    since(ms) {
      const projectOf = projects();
      const ofProject = <Row extends { repository: string | null }>({ repository, ...row }: Row) => ({
        ...row,
        project: projectOf(repository),
      });
      const newest = <Row extends { repository: string | null }>({ rows, sinceMs }: Newest<Row>) => ({
        rows: rows.map((row) => ofProject(row)),
        sinceMs,
      });
      return {
        cycles: cycles.since(ms).map((row) => ofProject(row)),
        memory: (run.outcomes.all(ms) as OutcomeRow[]).map(({ place, repository, succeeded, ...goal }) => ({
          ...goal,
          succeeded: succeeded === 1,
          // A tree that was deleted left where it worked.
          project: projectOf(repository ?? repositoryKey(place)),
        })),
        pulls: (run.pulls.all(ms) as PullRow[]).map(({ state, ...pull }) => ({
          ...pull,
          isMerged: state === "merged",
        })),
        tasks: newest(ends.tasks(ms)),
        replies: newest(ends.replies(ms)),
        reviews: ends.reviews(ms).map((row) => ofProject(row)),
        services: run.services.all(ms) as StoredFacts["services"],
      };
    },
  };
}

function statements(sqlite: Sqlite) {
  return {
    projects: sqlite
      .prepare(`
        SELECT repository.key, project.name FROM project_repositories repository
        JOIN projects project ON project.id = repository.project_id`)
      .raw(),
    outcomes: sqlite.prepare(`
      SELECT outcome.tree, ifnull(tree.title, outcome.tree) AS title, outcome.arm, outcome.succeeded, outcome.rounds,
        outcome.ended_at_ms AS endedAtMs, outcome.place, tree.repository
      FROM goal_outcomes outcome LEFT JOIN trees tree ON tree.uid = outcome.tree
      WHERE outcome.ended_at_ms >= ? AND outcome.is_drawn = 1 ORDER BY outcome.ended_at_ms, outcome.tree`),
    pulls: sqlite.prepare(`
      SELECT issue.tree, issue.title, issue.state, issue.rounds, issue.changed_at_ms AS endedAtMs, project.name AS project,
        issue.taken_back_at_ms AS takenBackAtMs, issue.taken_back_read_ms AS readMs
      FROM forge_issues issue JOIN projects project ON project.id = issue.project_id
      WHERE ${hasPull("issue")} AND issue.state IN ('merged', 'closed') AND issue.changed_at_ms >= ?
      ORDER BY issue.changed_at_ms, issue.id`),
    services: sqlite.prepare(`
      SELECT project.name AS project,
        min(project.created_at_ms, ifnull((
          SELECT min(tree.created_at_ms) FROM trees tree
          WHERE tree.archive_hash IS NULL AND tree.repository IN (
            SELECT key FROM project_repositories WHERE project_id = project.id)), project.created_at_ms)) AS beganAtMs,
        min(promotion.changed_at_ms) AS endedAtMs
      FROM promotions promotion
      JOIN promotion_targets target ON target.id = promotion.target_id AND target.name = 'production'
      JOIN projects project ON project.id = target.project_id
      WHERE promotion.state = 'done' AND promotion.kind = 'promote'
      GROUP BY project.id HAVING min(promotion.changed_at_ms) >= ? ORDER BY project.name`),
    retired: sqlite.prepare(`
      SELECT uid AS id, advice, harmed, changed_at_ms AS atMs FROM lessons
      WHERE status = 'retired' AND reason = 'harmed' AND changed_at_ms >= ? ORDER BY changed_at_ms DESC, id DESC LIMIT 20`),
  };
}
