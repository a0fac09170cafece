/** What the database knows about its backups: the schedule, the last result, and the process that makes one now. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { ProcessIdentity } from "@/db/file/process-identity";
import type { Writes } from "@/db/file/writes";

/** What an admin saved; null: nothing. A setting comes before it. */
export interface StoredSchedule {
  /** 0: no scheduled backups. */
  everyMs: number | null;
  keep: number | null;
}

interface BackupResult {
  name: string;
  sizeBytes: number;
  /** When the backup began, so that a schedule keeps its time of day. */
  begunAtMs: number;
  atMs: number;
}

interface BackupClaim {
  name: string;
  begunAtMs: number;
  holder: ProcessIdentity;
}

export interface BackupRecord {
  schedule: StoredSchedule;
  /** The last verified backup. */
  success: BackupResult | null;
  /** The last failure; null after a success. */
  failure: { sentence: string; atMs: number } | null;
  /** The backup in progress, in this process or another one. A killed process leaves its claim. */
  claim: BackupClaim | null;
}

export interface BackupRecords {
  read(): BackupRecord;
  setSchedule(change: Partial<StoredSchedule>): Promise<void>;
  /**
   * Claims the next backup in one transaction, so that two processes never make the same one. Resolves with false, and
   * changes nothing, when `mayClaim` returns false for the present record.
   */
  claim(claim: BackupClaim, mayClaim: (record: BackupRecord) => boolean): Promise<boolean>;
  succeeded(result: BackupResult): Promise<void>;
  /** Records the backup of a killed process, unless another process has claimed one since. */
  adopt(result: BackupResult): Promise<void>;
  /** Kept in memory too, because a full disk also refuses the row. */
  failed(failure: { sentence: string; atMs: number }): Promise<void>;
  /** Writes the failure that a full disk has refused, so that other processes learn of it and may make backups. */
  settle(): Promise<void>;
}

const FACT = "backups";
const NONE: BackupRecord = { schedule: { everyMs: null, keep: null }, success: null, failure: null, claim: null };

export function createBackupRecords(sqlite: Sqlite, log: Writes): BackupRecords {
  const facts = createFacts(sqlite);
  let unwritten: BackupRecord["failure"] = null;
  const stored = (): BackupRecord => ({ ...NONE, ...JSON.parse(facts.read(FACT) ?? "{}") });
  const change = (next: Partial<BackupRecord>) => facts.write(FACT, JSON.stringify({ ...stored(), ...next }));
  const read = () => (unwritten === null ? stored() : { ...stored(), failure: unwritten, claim: null });
  const settle = async () => {
    if (unwritten === null) return;
    const failure = unwritten;
    await log.write(() => change({ failure, claim: null }));
    if (unwritten === failure) unwritten = null;
  };
  return {
    read,
    setSchedule: (given) => log.write(() => change({ schedule: { ...stored().schedule, ...given } })),
    claim: (claim, mayClaim) =>
      log.write(() => {
        if (!mayClaim(read())) return false;
        change({ claim });
        return true;
      }),
    async succeeded(result) {
      await log.write(() => change({ success: result, failure: null, claim: null }));
      unwritten = null;
    },
    adopt: (result) =>
      log.write(() => {
        if (stored().claim?.name === result.name) change({ success: result, failure: null, claim: null });
      }),
    async failed(failure) {
      unwritten = failure;
      await settle();
    },
    settle,
  };
}
