/** Stores what the tree of an issue changed in each of several repositories. */
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import type { StoredIssue } from "./stored";

export interface StoredPull
  extends Pick<StoredIssue, "why" | "snapshot" | "head" | "base" | "measured" | "pull" | "pullUrl" | "seen"> {
  /** The repository's folder in the tree. */
  folder: string;
  /** `working`: not offered yet. */
  state: "working" | "open" | "merged" | "closed";
}

/** SQL condition: a pull request offers the change of an issue, in the project's own repository or only in a further one. */
export const hasPull = (issue: string): string => `(${issue}.pull IS NOT NULL OR EXISTS (
  SELECT 1 FROM forge_pulls beside WHERE beside.issue_id = ${issue}.id AND beside.pull IS NOT NULL))`;

type PullChange = Partial<Omit<StoredPull, "folder" | "state"> & Pick<StoredIssue, "state">>;

export interface Pulls {
  /** Returns them, oldest first; none where an issue is about one repository. */
  pulls(issueId: number): StoredPull[];
  /** Begins one, unless it is there. */
  beginPull(issueId: number, folder: string): Promise<void>;
  /** Changes one, unless its state is no longer the expected one; resolves with whether it did. */
  changePull(
    issueId: number,
    pull: Pick<StoredPull, "folder"> & Pick<StoredIssue, "state">,
    change: PullChange,
  ): Promise<boolean>;
  /** Keeps what one has seen, within a write. */
  setSeen(issueId: number, folder: string, seen: readonly string[]): void;
}

type PullRow = Omit<StoredPull, "measured" | "seen"> & { measured: string | null; seen: string };

export function createPulls(sqlite: Sqlite, log: Pick<Writes, "write">): Pulls {
  const run = statements(sqlite);
  return {
    pulls: (issueId) => (run.of.all(issueId) as PullRow[]).map(pullOf),
    beginPull: (issueId, folder) => log.write(({ nowMs }) => void run.begin.run({ issueId, folder, nowMs })),
    changePull: (issueId, { folder, state }, { seen, measured, ...change }) =>
      log.write(({ nowMs }) => {
        const before = run.get.get({ issueId, folder }) as PullRow | undefined;
        if (before === undefined || before.state !== state) return false;
        const texts = {
          ...(seen && { seen: JSON.stringify(seen) }),
          ...(measured !== undefined && { measured: measured && JSON.stringify(measured) }),
        };
        return run.change.run({ ...before, ...change, ...texts, issueId, nowMs }).changes > 0;
      }),
    setSeen: (issueId, folder, seen) => void run.setSeen.run({ issueId, folder, seen: JSON.stringify(seen) }),
  };
}

function pullOf({ measured, seen, ...row }: PullRow): StoredPull {
  return {
    ...row,
    measured: measured === null ? null : (JSON.parse(measured) as StoredPull["measured"]),
    seen: JSON.parse(seen) as string[],
  };
}

function statements(sqlite: Sqlite) {
  const columns = "folder, state, why, snapshot, head, base, measured, pull, pull_url AS pullUrl, seen";
  return {
    of: sqlite.prepare(`SELECT ${columns} FROM forge_pulls WHERE issue_id = ? ORDER BY id`),
    get: sqlite.prepare(`SELECT ${columns} FROM forge_pulls WHERE issue_id = @issueId AND folder = @folder`),
    begin: sqlite.prepare(`
      INSERT INTO forge_pulls (issue_id, folder, state, created_at_ms, changed_at_ms)
      VALUES (@issueId, @folder, 'working', @nowMs, @nowMs)
      ON CONFLICT DO NOTHING`),
    change: sqlite.prepare(`
      UPDATE forge_pulls SET state = @state, why = @why, snapshot = @snapshot, head = @head, base = @base,
        measured = @measured, pull = @pull, pull_url = @pullUrl, seen = @seen, changed_at_ms = @nowMs
      WHERE issue_id = @issueId AND folder = @folder`),
    setSeen: sqlite.prepare("UPDATE forge_pulls SET seen = @seen WHERE issue_id = @issueId AND folder = @folder"),
  };
}
