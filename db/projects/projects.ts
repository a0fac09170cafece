/** Stores projects, and by which keys the repository of each is known. */
import { UNDER_WAY } from "@/core/log/terms";
import type { ProjectDefaults, Serving } from "@/core/projects/project";
import { repositoryKey } from "@/core/projects/repository";
import type { FoundCommands } from "@/core/shapes/projects";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { GOING } from "@/db/promotions/promotions";
import { TREE_STATUS } from "@/db/queries/tree-list";
import { createRepositories, type Repositories } from "./repositories";

export interface StoredProject {
  name: string;
  address: string;
  branch: string | null;
  /** The command that shows that it works, with who said or confirmed it. */
  check: { command: string; by: string; atMs: number } | null;
  setup: string | null;
  found: FoundCommands;
  defaults: ProjectDefaults;
  service: Serving;
  createdBy: string;
  createdAtMs: number;
  /** See `repositoryKey`. */
  keys: string[];
  /** Folders of its further repositories that have to be merged before its own. */
  needs: string[];
}

/**
 * What can change. A `check` is stored with who gave it and when. `defaults` and `service` return what is stored from
 * what was, in the transaction.
 */
interface ProjectChange {
  branch?: string | null;
  check?: { command: string; by: string } | null;
  setup?: string | null;
  defaults(before: ProjectDefaults): ProjectDefaults;
  service(before: Serving): Serving;
}

interface ProjectFigures {
  /** Trees of its repository. */
  trees: number;
  /** Those that run now, whenever they began. */
  running: number;
  failed: number;
  microUsd: number;
}

export interface Projects extends Repositories {
  /** Returns all projects, by name. */
  all(): StoredProject[];
  get(name: string): StoredProject | null;
  /** Returns the name of the project to which a repository belongs; null: to none. */
  ofKey(key: string): string | null;
  /** Adds it, unless another project has its name, or one of its keys. */
  add(
    project: Omit<StoredProject, "check" | "needs" | "service" | "createdAtMs"> & { check: string | null },
  ): Promise<"added" | { name: "taken" } | { project: string }>;
  /** Resolves with false when there is no such project. */
  change(name: string, change: ProjectChange): Promise<boolean>;
  /** Removes the project; its trees stay. Resolves with false while a promotion of it goes on, or when there is none. */
  remove(name: string): Promise<boolean>;
  /**
   * Says of trees from before trees knew their repository what it is, so that they belong to its project: at most
   * `FILLED_AT_ONCE` of them. Resolves with whether there may be more.
   */
  fillRepositories(repositoryOf: (treeId: number) => string | null): Promise<boolean>;
  /**
   * Returns what its trees of a period have done, and how many run now, whenever they began. Those that a person pinned as
   * archived are not counted.
   */
  figures(name: string, sinceMs: number): ProjectFigures;
}

interface ProjectRow extends Omit<StoredProject, "check" | "found" | "defaults" | "service" | "keys" | "needs"> {
  id: number;
  found: string;
  defaults: string;
  service: string;
  needs: string;
  checkCommand: string | null;
  checkBy: string | null;
  checkAtMs: number | null;
}

const RUNNING = UNDER_WAY.map((status) => `'${status}'`).join(", ");

export function createProjects(sqlite: Sqlite, log: Pick<Writes, "write">): Projects {
  const run = statements(sqlite);
  const facts = createFacts(sqlite);
  const stored = ({
    id,
    found,
    defaults,
    service,
    needs,
    checkCommand,
    checkBy,
    checkAtMs,
    ...row
  }: ProjectRow): StoredProject => ({
    ...row,
    check: checkCommand === null ? null : { command: checkCommand, by: checkBy ?? "", atMs: checkAtMs ?? 0 },
    found: JSON.parse(found) as FoundCommands,
    defaults: JSON.parse(defaults) as ProjectDefaults,
    service: JSON.parse(service) as Serving,
    needs: JSON.parse(needs) as string[],
    keys: run.keys.all(id) as string[],
  });
  return {
    ...createRepositories(sqlite, log),
    all: () => (run.all.all() as ProjectRow[]).map(stored),
    get(name) {
      const row = run.get.get(name) as ProjectRow | undefined;
      return row === undefined ? null : stored(row);
    },
    ofKey: (key) => (run.ofKey.get(key) as string | undefined) ?? null,
    add: ({ keys, check, found, defaults, ...project }) =>
      log.write(({ nowMs }) => {
        for (const key of keys) {
          const owner = run.ofKey.get(key) as string | undefined;
          if (owner !== undefined) return { project: owner };
        }
        if (run.get.get(project.name) !== undefined) return { name: "taken" } as const;
        const by = check === null ? null : project.createdBy;
        const checked = { checkCommand: check, checkBy: by, checkAtMs: check === null ? null : nowMs };
        const texts = { found: JSON.stringify(found), defaults: JSON.stringify(defaults) };
        const id = run.insert.get({ ...project, ...checked, ...texts, nowMs }) as number;
        for (const key of keys) run.insertKey.run(key, id);
        return "added" as const;
      }),
    change: (name, change) =>
      log.write(({ nowMs }) => {
        const row = run.get.get(name) as ProjectRow | undefined;
        if (row === undefined) return false;
        const { check } = change;
        const { defaults, service } = stored(row);
        run.update.run({
          id: row.id,
          branch: change.branch === undefined ? row.branch : change.branch,
          setup: change.setup === undefined ? row.setup : change.setup,
          defaults: JSON.stringify(change.defaults(defaults)),
          service: JSON.stringify(change.service(service)),
          checkCommand: check === undefined ? row.checkCommand : (check?.command ?? null),
          checkBy: check === undefined ? row.checkBy : (check?.by ?? null),
          checkAtMs: check === undefined ? row.checkAtMs : check && nowMs,
        });
        return true;
      }),
    remove: (name) => log.write(() => run.remove.run(name).changes > 0),
    fillRepositories: (repositoryOf) =>
      log.write(() => {
        // The newest tree when this version first ran: each later one was inserted with its repository.
        const upTo = Number(facts.read(FILLED_UP_TO) ?? run.newestTree.get());
        const from = Number(facts.read(FILLED) ?? 0);
        const ids = run.treesAfter.all({ from, upTo, limit: FILLED_AT_ONCE }) as number[];
        for (const id of ids) {
          const address = repositoryOf(id);
          const key = address === null ? null : repositoryKey(address);
          if (key !== null) run.setRepository.run({ id, key });
        }
        facts.write(FILLED_UP_TO, String(upTo));
        facts.write(FILLED, String(ids.at(-1) ?? upTo));
        return ids.length === FILLED_AT_ONCE;
      }),
    figures: (name, sinceMs) => ({
      ...(run.figures.get({ name, sinceMs }) as Omit<ProjectFigures, "running">),
      running: run.running.get(name) as number,
    }),
  };
}

const FILLED_AT_ONCE = 500;
/** Facts: the newest tree that is filled, and the newest that has to be. */
const FILLED = "trees_with_repository";
const FILLED_UP_TO = "trees_with_repository_up_to";

const COLUMNS = `id, name, address, branch, check_command AS checkCommand, check_by AS checkBy, check_at_ms AS checkAtMs,
  setup_command AS setup, found, defaults, service, needs, created_by AS createdBy, created_at_ms AS createdAtMs`;

function statements(sqlite: Sqlite) {
  return {
    all: sqlite.prepare(`SELECT ${COLUMNS} FROM projects ORDER BY name`),
    get: sqlite.prepare(`SELECT ${COLUMNS} FROM projects WHERE name = ?`),
    keys: sqlite.prepare("SELECT key FROM project_repositories WHERE project_id = ? ORDER BY key").pluck(),
    ofKey: sqlite
      .prepare("SELECT name FROM projects WHERE id = (SELECT project_id FROM project_repositories WHERE key = ?)")
      .pluck(),
    insert: sqlite
      .prepare(`
        INSERT INTO projects (name, address, branch, check_command, check_by, check_at_ms, setup_command, found, defaults, created_by,
          created_at_ms)
        VALUES (@name, @address, @branch, @checkCommand, @checkBy, @checkAtMs, @setup, @found, @defaults, @createdBy, @nowMs)
        RETURNING id`)
      .pluck(),
    insertKey: sqlite.prepare("INSERT INTO project_repositories (key, project_id) VALUES (?, ?)"),
    update: sqlite.prepare(`
      UPDATE projects SET branch = @branch, setup_command = @setup, defaults = @defaults, service = @service,
        check_command = @checkCommand, check_by = @checkBy, check_at_ms = @checkAtMs WHERE id = @id`),
    newestTree: sqlite.prepare("SELECT ifnull(max(id), 0) FROM trees").pluck(),
    treesAfter: sqlite
      .prepare(
        "SELECT id FROM trees WHERE id > @from AND id <= @upTo AND archive_hash IS NULL ORDER BY id LIMIT @limit",
      )
      .pluck(),
    setRepository: sqlite.prepare("UPDATE trees SET repository = @key WHERE id = @id AND repository IS NULL"),
    // Its keys go with it, and its targets, promotions and environments.
    remove: sqlite.prepare(`
      DELETE FROM projects WHERE name = ? AND NOT EXISTS (
        SELECT 1 FROM promotions
        WHERE target_id IN (SELECT id FROM promotion_targets WHERE project_id = projects.id) AND ${GOING})`),
    figures: sqlite.prepare(`
      SELECT count(*) AS trees, ifnull(sum(root.status = 'failed'), 0) AS failed,
        ifnull(sum(tree.micro_usd - tree.copied_micro_usd), 0) AS microUsd
      FROM trees tree JOIN tasks root ON root.id = tree.root_id
      WHERE tree.repository IN (
          SELECT key FROM project_repositories WHERE project_id = (SELECT id FROM projects WHERE name = @name))
        AND tree.created_at_ms >= @sinceMs AND tree.is_system = 0 AND tree.archive_hash IS NULL`),
    running: sqlite
      .prepare(`
      SELECT count(*) FROM trees tree JOIN tasks root ON root.id = tree.root_id
      WHERE tree.repository IN (
          SELECT key FROM project_repositories WHERE project_id = (SELECT id FROM projects WHERE name = ?))
        AND tree.ended_at_ms IS NULL AND tree.is_system = 0 AND (${TREE_STATUS}) IN (${RUNNING})`)
      .pluck(),
  };
}
