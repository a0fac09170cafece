/** What the database knows about retention: what an admin set, the run in progress, and the last one. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { ProcessIdentity } from "@/db/file/process-identity";
import type { Writes } from "@/db/file/writes";

/** What an admin saved; null: nothing. A setting comes before it. 0 days or megabytes: no limit. */
export interface StoredRetention {
  days: number | null;
  megabytes: number | null;
  keepsGoals: boolean | null;
  /** Whether trees are archived before they go. Absent in records of earlier versions. */
  archives?: boolean | null;
}

interface RetentionRun {
  cause: "schedule" | "person";
  begunAtMs: number;
  removed: number;
  /** About how much they took. */
  bytes: number;
}

interface RetentionClaim extends RetentionRun {
  holder: ProcessIdentity;
  /** Public id of the tree whose rows went last: after a kill its files may still be there. */
  removing: string | null;
}

export interface RetentionRecord {
  limits: StoredRetention;
  /**
   * The run in progress. A killed process leaves it; the next run continues with its counts, because each tree is
   * removed whole.
   */
  claim: RetentionClaim | null;
  last: (RetentionRun & { endedAtMs: number; problem: string | null }) | null;
  /** When the server noticed that much more time than a day had gone by since the last run. Absent: never. */
  leapNoticedMs?: number;
}

export interface RetentionRecords {
  read(): RetentionRecord;
  set(change: Partial<StoredRetention>): Promise<void>;
  /** Claims the next run in one transaction, so that two processes never clean at once. */
  claim(claim: Omit<RetentionClaim, "removing">, mayClaim: (record: RetentionRecord) => boolean): Promise<boolean>;
  /** Counts a removed tree. Call it in the transaction that removes it. */
  count(uid: string, bytes: number): void;
  finish(endedAtMs: number, problem: string | null): Promise<void>;
  noticeLeap(nowMs: number): Promise<void>;
}

const FACT = "retention";
const NONE: RetentionRecord = { limits: { days: null, megabytes: null, keepsGoals: null }, claim: null, last: null };

export function createRetentionRecords(sqlite: Sqlite, log: Writes): RetentionRecords {
  const facts = createFacts(sqlite);
  const read = (): RetentionRecord => ({ ...NONE, ...JSON.parse(facts.read(FACT) ?? "{}") });
  const change = (next: Partial<RetentionRecord>) => facts.write(FACT, JSON.stringify({ ...read(), ...next }));
  return {
    read,
    set: (given) => log.write(() => change({ limits: { ...read().limits, ...given } })),
    claim: (claim, mayClaim) =>
      log.write(() => {
        const before = read();
        if (!mayClaim(before)) return false;
        // What a killed run left is kept: the files that a second kill must not lose, and what it had removed.
        const { removing, removed, bytes } = before.claim ?? { removing: null, removed: 0, bytes: 0 };
        change({ claim: { ...claim, removing, removed: claim.removed + removed, bytes: claim.bytes + bytes } });
        return true;
      }),
    count(uid, bytes) {
      const { claim } = read();
      if (claim) change({ claim: { ...claim, removing: uid, removed: claim.removed + 1, bytes: claim.bytes + bytes } });
    },
    finish: (endedAtMs, problem) =>
      log.write(() => {
        const { claim } = read();
        if (!claim) return;
        const { cause, begunAtMs, removed, bytes } = claim;
        change({ claim: null, last: { cause, begunAtMs, removed, bytes, endedAtMs, problem } });
      }),
    noticeLeap: (nowMs) => log.write(() => change({ leapNoticedMs: nowMs })),
  };
}
