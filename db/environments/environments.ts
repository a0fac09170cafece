/** Stores environments: who asked for what, and where each of them is. */
import {
  ENVIRONMENT_LIMITS,
  type EnvironmentChecks,
  type EnvironmentState,
  type WantedChecks,
} from "@/core/shapes/environments/environments";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

export interface StoredEnvironment {
  uid: string;
  project: string;
  name: string;
  branch: string | null;
  pull: number | null;
  /** What Banyan had last pushed to the pull request when the files were asked for. */
  pullHead: string | null;
  commit: string | null;
  command: string | null;
  variables: Record<string, string>;
  /** Names of secrets, by variable. */
  secrets: Record<string, string>;
  state: EnvironmentState;
  why: string | null;
  /** A unix socket of this machine; null: it does not run. */
  socket: string | null;
  /** What is to be checked, and who asked; null: nothing now. */
  wantedChecks: (WantedChecks & { by: string }) | null;
  checks: EnvironmentChecks | null;
  keepMs: number;
  createdBy: string;
  createdAtMs: number;
  changedAtMs: number;
  startedAtMs: number | null;
  usedAtMs: number;
}

type NewEnvironment = Pick<
  StoredEnvironment,
  | "uid"
  | "project"
  | "name"
  | "branch"
  | "pull"
  | "pullHead"
  | "command"
  | "variables"
  | "secrets"
  | "keepMs"
  | "createdBy"
>;
type Wanted = Pick<StoredEnvironment, "branch" | "pullHead" | "command" | "variables" | "secrets" | "keepMs">;

export interface Environments {
  /** Returns all of them, by project and name. */
  all(): StoredEnvironment[];
  get(uid: string): StoredEnvironment | null;
  /** Adds it as waiting. Resolves with false when its name is taken, there are as many as may be, or no such project. */
  add(environment: NewEnvironment): Promise<boolean>;
  /** Makes its files again of the newest commit, with these settings. Resolves with false when it has ended, or is ending. */
  renew(uid: string, wanted: Wanted): Promise<boolean>;
  /** Sets its state, unless it is no longer in one of `from`. Resolves with whether it was. */
  set(
    uid: string,
    from: readonly EnvironmentState[],
    to: Pick<StoredEnvironment, "state"> & Partial<Pick<StoredEnvironment, "why" | "socket" | "commit">>,
  ): Promise<boolean>;
  /** Somebody visits it now. One that sleeps waits for its turn then. */
  use(uid: string): Promise<void>;
  /** Asks for checks. Resolves with false when others are asked for already. */
  wantChecks(uid: string, wanted: NonNullable<StoredEnvironment["wantedChecks"]>): Promise<boolean>;
  /** Keeps what checks found; null: they are no longer wanted. */
  keepChecks(uid: string, checks: EnvironmentChecks | null): Promise<void>;
  remove(uid: string): Promise<void>;
  /** Returns up to when the time without a visit is counted; null: it never was. */
  countedToMs(): number | null;
  /** Counts it up to now, but for the last `leftOutMs`. */
  countTo(nowMs: number, leftOutMs: number): Promise<void>;
}

interface Row extends Omit<StoredEnvironment, "variables" | "secrets" | "wantedChecks" | "checks"> {
  variables: string;
  secrets: string;
  wantedChecks: string | null;
  checks: string | null;
}

const COUNTED = "environments_counted_to";

export function createEnvironments(sqlite: Sqlite, log: Pick<Writes, "write">): Environments {
  const run = statements(sqlite);
  const facts = createFacts(sqlite);
  return {
    all: () => (run.all.all() as Row[]).map(stored),
    get(uid) {
      const row = run.get.get(uid) as Row | undefined;
      return row === undefined ? null : stored(row);
    },
    add: (given) => log.write(({ nowMs }) => run.add.run({ ...given, ...texts(given), nowMs }).changes > 0),
    renew: (uid, wanted) =>
      log.write(({ nowMs }) => run.renew.run({ ...wanted, ...texts(wanted), uid, nowMs }).changes > 0),
    set: (uid, from, to) =>
      log.write(({ nowMs }) => {
        const row = run.get.get(uid) as Row | undefined;
        if (row === undefined || !from.includes(row.state)) return false;
        const { state, why = null, socket = null, commit = row.commit } = to;
        run.set.run({ uid, state, why, socket, commit, startedAtMs: state === "running" ? nowMs : null, nowMs });
        return true;
      }),
    use: (uid) => log.write(({ nowMs }) => void run.use.run({ uid, nowMs })),
    wantChecks: (uid, wanted) =>
      log.write(() => run.wantChecks.run({ uid, wanted: JSON.stringify(wanted) }).changes > 0),
    keepChecks: (uid, checks) =>
      log.write(() => void run.keepChecks.run({ uid, checks: checks && JSON.stringify(checks) })),
    remove: (uid) => log.write(() => void run.remove.run(uid)),
    countedToMs() {
      const counted = facts.read(COUNTED);
      return counted === undefined ? null : Number(counted);
    },
    countTo: (nowMs, leftOutMs) =>
      log.write(() => {
        run.leaveOut.run({ nowMs, leftOutMs });
        facts.write(COUNTED, String(nowMs));
      }),
  };
}

function stored({ variables, secrets, wantedChecks, checks, ...row }: Row): StoredEnvironment {
  return {
    ...row,
    variables: JSON.parse(variables) as Record<string, string>,
    secrets: JSON.parse(secrets) as Record<string, string>,
    wantedChecks: wantedChecks === null ? null : (JSON.parse(wantedChecks) as StoredEnvironment["wantedChecks"]),
    checks: checks === null ? null : checksIn(checks),
  };
}

/** Checks of older versions measured no numbers of requirements, and kept no operation that accepted a request. */
function checksIn(text: string): EnvironmentChecks {
  const { contract, ...kept } = JSON.parse(text) as Omit<EnvironmentChecks, "numbers">;
  return { numbers: [], ...kept, contract: contract && { ...contract, accepted: contract.accepted ?? [] } };
}

function texts({ variables, secrets }: Pick<StoredEnvironment, "variables" | "secrets">) {
  return { variables: JSON.stringify(variables), secrets: JSON.stringify(secrets) };
}

const COLUMNS = `environment.uid, project.name AS project, environment.name, environment.branch, pull,
  pull_head AS pullHead, commit_oid AS "commit", command, variables, secrets, state, why, socket, wanted_checks AS wantedChecks, checks, keep_ms AS keepMs,
  environment.created_by AS createdBy, environment.created_at_ms AS createdAtMs, changed_at_ms AS changedAtMs,
  started_at_ms AS startedAtMs, used_at_ms AS usedAtMs`;
const FROM = "environments environment JOIN projects project ON project.id = environment.project_id";

function statements(sqlite: Sqlite) {
  return {
    all: sqlite.prepare(`SELECT ${COLUMNS} FROM ${FROM} ORDER BY project.name, environment.name`),
    get: sqlite.prepare(`SELECT ${COLUMNS} FROM ${FROM} WHERE environment.uid = ?`),
    add: sqlite.prepare(`
      INSERT INTO environments (uid, project_id, name, branch, pull, pull_head, command, variables, secrets, state, keep_ms,
        created_by, created_at_ms, changed_at_ms, used_at_ms)
      SELECT @uid, id, @name, @branch, @pull, @pullHead, @command, @variables, @secrets, 'waiting', @keepMs, @createdBy, @nowMs,
        @nowMs, @nowMs
      FROM projects WHERE name = @project AND (SELECT count(*) FROM environments) < ${ENVIRONMENT_LIMITS.environments}
      ON CONFLICT DO NOTHING`),
    renew: sqlite.prepare(`
      UPDATE environments SET branch = @branch, pull_head = @pullHead, command = @command, variables = @variables, secrets = @secrets,
        keep_ms = @keepMs, commit_oid = NULL, state = 'waiting', why = NULL, socket = NULL, changed_at_ms = @nowMs,
        used_at_ms = @nowMs
      WHERE uid = @uid AND state <> 'ending'`),
    set: sqlite.prepare(`
      UPDATE environments SET state = @state, why = @why, socket = @socket, commit_oid = @commit,
        started_at_ms = ifnull(@startedAtMs, started_at_ms), changed_at_ms = @nowMs
      WHERE uid = @uid`),
    use: sqlite.prepare(`
      UPDATE environments SET used_at_ms = @nowMs, why = iif(state = 'asleep', NULL, why),
        state = iif(state = 'asleep', 'waiting', state)
      WHERE uid = @uid`),
    wantChecks: sqlite.prepare(
      "UPDATE environments SET wanted_checks = @wanted WHERE uid = @uid AND wanted_checks IS NULL AND state <> 'ending'",
    ),
    keepChecks: sqlite.prepare(
      "UPDATE environments SET wanted_checks = NULL, checks = ifnull(@checks, checks) WHERE uid = @uid",
    ),
    leaveOut: sqlite.prepare("UPDATE environments SET used_at_ms = min(used_at_ms + @leftOutMs, @nowMs)"),
    remove: sqlite.prepare("DELETE FROM environments WHERE uid = ?"),
  };
}
