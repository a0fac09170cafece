/** Stores the further repositories of projects, which trees have beside a project's own. */
import type { FoundCommands } from "@/core/shapes/projects";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";

export interface StoredRepository {
  /** The name of its folder in a tree. */
  folder: string;
  address: string;
  /** See `repositoryKey`. */
  keys: string[];
  branch: string | null;
  check: { command: string; by: string; atMs: number } | null;
  setup: string | null;
  found: FoundCommands;
  /** Folders of those that have to be merged before it. */
  needs: string[];
  createdBy: string;
  createdAtMs: number;
}

interface RepositoryChange {
  branch?: string | null;
  check?: { command: string; by: string } | null;
  setup?: string | null;
}

/** What the repositories of a project need, by their folders. */
export type Needs = Readonly<Record<string, readonly string[]>>;

/** A change of what each needs. `own` is the folder of the project's own. */
interface NeedsChange {
  own: string;
  /** Returns what is stored from what was, in the transaction. */
  work(before: Needs): Needs;
}

export interface Repositories {
  /** Returns the further repositories of a project, oldest first. */
  repositories(project: string): StoredRepository[];
  /** Adds one, and changes what each needs. Resolves with false when the project is gone, or has this folder. */
  addRepository(
    project: string,
    repository: Omit<StoredRepository, "check" | "needs" | "createdAtMs"> & { check: string | null },
    needs: NeedsChange,
  ): Promise<boolean>;
  /** Changes one. Resolves with false when there is none. */
  changeRepository(project: string, folder: string, change: RepositoryChange): Promise<boolean>;
  changeNeeds(project: string, needs: NeedsChange): Promise<void>;
  /** Removes one; none of the others needs it any longer. Resolves with false when there is none. */
  removeRepository(project: string, folder: string): Promise<boolean>;
}

interface RepositoryRow extends Omit<StoredRepository, "keys" | "check" | "found" | "needs"> {
  keys: string;
  found: string;
  needs: string;
  checkCommand: string | null;
  checkBy: string | null;
  checkAtMs: number | null;
}

export function createRepositories(sqlite: Sqlite, log: Pick<Writes, "write">): Repositories {
  const run = statements(sqlite);
  const rowOf = (project: string, folder: string) => run.get.get({ project, folder }) as RepositoryRow | undefined;
  const all = (project: string) => (run.all.all(project) as RepositoryRow[]).map(repositoryOf);
  const needsOf = (project: string, own: string): Needs => {
    const ofOwn = JSON.parse((run.ownNeeds.get(project) as string | undefined) ?? "[]") as string[];
    return { [own]: ofOwn, ...Object.fromEntries(all(project).map(({ folder, needs }) => [folder, needs])) };
  };
  const changeNeeds = (project: string, { own, work }: NeedsChange) => {
    for (const [folder, folders] of Object.entries(work(needsOf(project, own)))) {
      const set = folder === own ? run.setOwnNeeds : run.setNeeds;
      set.run({ project, folder, needs: JSON.stringify(folders) });
    }
  };
  return {
    repositories: all,
    addRepository: (project, { keys, check, found, ...repository }, needs) =>
      log.write(({ nowMs }) => {
        const checked = {
          checkCommand: check,
          checkBy: check === null ? null : repository.createdBy,
          checkAtMs: check === null ? null : nowMs,
        };
        const texts = { keys: JSON.stringify(keys), found: JSON.stringify(found) };
        const added = run.insert.run({ ...repository, ...checked, ...texts, project, nowMs }).changes > 0;
        if (added) changeNeeds(project, needs);
        return added;
      }),
    changeRepository: (project, folder, { check, ...change }) =>
      log.write(({ nowMs }) => {
        const row = rowOf(project, folder);
        if (row === undefined) return false;
        const checked =
          check === undefined
            ? {}
            : {
                checkCommand: check?.command ?? null,
                checkBy: check?.by ?? null,
                checkAtMs: check === null ? null : nowMs,
              };
        run.update.run({ ...row, ...change, ...checked, project, folder });
        return true;
      }),
    changeNeeds: (project, needs) => log.write(() => changeNeeds(project, needs)),
    removeRepository: (project, folder) =>
      log.write(() => {
        if (run.remove.run({ project, folder }).changes === 0) return false;
        run.forget.run({ project, folder });
        run.forgetOwn.run({ project, folder });
        return true;
      }),
  };
}

function repositoryOf({
  keys,
  found,
  needs,
  checkCommand,
  checkBy,
  checkAtMs,
  ...row
}: RepositoryRow): StoredRepository {
  return {
    ...row,
    keys: JSON.parse(keys) as string[],
    found: JSON.parse(found) as FoundCommands,
    needs: JSON.parse(needs) as string[],
    check: checkCommand === null ? null : { command: checkCommand, by: checkBy ?? "", atMs: checkAtMs ?? 0 },
  };
}

const COLUMNS = `folder, address, keys, branch, check_command AS checkCommand, check_by AS checkBy,
  check_at_ms AS checkAtMs, setup_command AS setup, found, needs, created_by AS createdBy, created_at_ms AS createdAtMs`;
const OF_PROJECT = "project_id = (SELECT id FROM projects WHERE name = @project)";
/** A list of folders without one of them. */
const WITHOUT = "(SELECT json_group_array(value) FROM json_each(needs) WHERE value <> @folder)";

function statements(sqlite: Sqlite) {
  return {
    all: sqlite.prepare(
      `SELECT ${COLUMNS} FROM repositories WHERE project_id = (SELECT id FROM projects WHERE name = ?) ORDER BY id`,
    ),
    get: sqlite.prepare(`SELECT ${COLUMNS} FROM repositories WHERE ${OF_PROJECT} AND folder = @folder`),
    insert: sqlite.prepare(`
      INSERT INTO repositories (project_id, folder, address, keys, branch, check_command, check_by, check_at_ms, setup_command,
        found, needs, created_by, created_at_ms)
      SELECT id, @folder, @address, @keys, @branch, @checkCommand, @checkBy, @checkAtMs, @setup, @found, '[]', @createdBy, @nowMs
      FROM projects WHERE name = @project
      ON CONFLICT DO NOTHING`),
    update: sqlite.prepare(`
      UPDATE repositories SET branch = @branch, setup_command = @setup, check_command = @checkCommand, check_by = @checkBy,
        check_at_ms = @checkAtMs
      WHERE ${OF_PROJECT} AND folder = @folder`),
    setNeeds: sqlite.prepare(`UPDATE repositories SET needs = @needs WHERE ${OF_PROJECT} AND folder = @folder`),
    ownNeeds: sqlite.prepare("SELECT needs FROM projects WHERE name = ?").pluck(),
    setOwnNeeds: sqlite.prepare("UPDATE projects SET needs = @needs WHERE name = @project"),
    remove: sqlite.prepare(`DELETE FROM repositories WHERE ${OF_PROJECT} AND folder = @folder`),
    forget: sqlite.prepare(`UPDATE repositories SET needs = ${WITHOUT} WHERE ${OF_PROJECT}`),
    forgetOwn: sqlite.prepare(`UPDATE projects SET needs = ${WITHOUT} WHERE name = @project`),
  };
}
