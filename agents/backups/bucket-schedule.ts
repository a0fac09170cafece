/** When the work on the bucket is due, and what is wrong with it. Pure. */
import type { MachineAlert } from "@/core/shapes/health";
import { duration } from "@/core/words/figures";
import type { BackupRecord } from "@/db/records/backup-record";
import type { BucketRecord } from "@/db/records/bucket-record";

const RETRY_MS = 600_000;
/** A clock that was set back a little does not start another try. */
const CLOCK_MS = 60_000;
const LATE_MS = 3_600_000;

/** Returns what has to be done: a copy of the newest backup with its proof, or a proof only; null: nothing. */
export function bucketWork(
  { success }: Pick<BackupRecord, "success">,
  { copy, proof }: BucketRecord,
): "copy" | "proof" | null {
  if (success !== null && success.name !== copy?.name) return "copy";
  return copy !== null && copy.name !== proof?.name ? "proof" : null;
}

/** Whether the work may begin now: after a failure it waits for ten minutes. */
export function mayTry({ failure }: BucketRecord, nowMs: number): boolean {
  if (failure === null) return true;
  return failure.atMs > nowMs + CLOCK_MS || nowMs >= failure.atMs + RETRY_MS;
}

/** Returns an alert when copies or their proofs fail, or are late; null without a bucket. */
export function bucketAlert(
  hasBucket: boolean,
  backups: Pick<BackupRecord, "success">,
  record: BucketRecord,
  nowMs: number,
): MachineAlert | null {
  if (!hasBucket) return null;
  const { copy, failure, claim } = record;
  const alert = (sentence: string, remedy: string): MachineAlert => {
    return { what: "backup", percent: null, sentence, remedy };
  };
  const there = copy ? `the newest one there is ${duration(nowMs - copy.atMs)} old` : "there is none yet";
  if (failure) {
    const remedy = `${failure.sentence} The server tries again within ten minutes.`;
    if (failure.step === "copy") return alert(`The last backup did not reach the bucket; ${there}.`, remedy);
    return alert("The newest backup in the bucket failed its test restore.", remedy);
  }
  const waitsSinceMs = backups.success?.atMs ?? nowMs;
  const work = bucketWork(backups, record);
  if (work === null || claim !== null || nowMs < waitsSinceMs + LATE_MS) return null;
  return alert(
    `A backup waits to be ${work === "copy" ? "copied to the bucket" : "proven by a test restore"}; ${there}.`,
    "A server or worker does this while it runs: start it, or run `npx banyan backup --upload`.",
  );
}
