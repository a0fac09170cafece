/** When the work on the bucket is due, who does it now, and what is wrong with it. */
import type { MachineAlert } from "@/core/shapes/health";
import { duration } from "@/core/words/figures";
import type { BackupRecord } from "@/db/records/backup-record";
import type { BucketRecord } from "@/db/records/bucket-record";
import { livenessOf, ownIdentity } from "@/lib/process/identity";

const RETRY_MS = 600_000;
/** A proof fetches the whole backup, which costs money at many storages. */
const MOST_RETRY_MS = 6 * 3_600_000;
/** A clock that was set back a little does not start another try. */
const CLOCK_MS = 60_000;
const LATE_MS = 3_600_000;
/** Who gave no sign for so long does not work any more: longer than a request with its repetitions. */
const UNSEEN_MS = 1_800_000;

/** Returns what has to be done: a copy of the newest backup with its proof, or a proof only; null: nothing. */
export function bucketWork(
  { success }: Pick<BackupRecord, "success">,
  { copy, proof, failure }: BucketRecord,
): "copy" | "proof" | null {
  const isWell = success === null || (success.name === copy?.name && !isDamaged(failure, copy.name));
  if (!isWell) return "copy";
  return copy !== null && copy.name !== proof?.name ? "proof" : null;
}

/** Whether the last test restore has found that the copy of this backup is none. */
export function isDamaged(failure: BucketRecord["failure"], name: string): boolean {
  return failure?.isDamaged === true && failure.name === name;
}

/** Whether the work may begin now. After a failure it waits, unless there is a backup that has not been tried. */
export function mayTry({ success }: Pick<BackupRecord, "success">, { failure }: BucketRecord, nowMs: number): boolean {
  if (failure === null || (success !== null && success.name !== failure.name)) return true;
  return failure.atMs > nowMs + CLOCK_MS || nowMs >= failure.atMs + waitMs(failure);
}

/** Ten minutes; after each further test restore that failed twice as long. */
function waitMs({ step, tries }: NonNullable<BucketRecord["failure"]>): number {
  return step === "copy" ? RETRY_MS : Math.min(MOST_RETRY_MS, RETRY_MS * 2 ** (tries - 1));
}

/** Whether a process works on the bucket. A living one may have failed without a row that says so, so its signs count too. */
export function isBusy({ claim }: Pick<BucketRecord, "claim">, nowMs: number): boolean {
  if (claim === null || nowMs - claim.seenAtMs >= UNSEEN_MS) return false;
  return livenessOf(claim.holder, ownIdentity()) !== "dead";
}

/** Returns an alert when copies or their proofs fail, or are late. */
export function bucketAlert(
  backups: Pick<BackupRecord, "success">,
  record: BucketRecord,
  nowMs: number,
): MachineAlert | null {
  const { copy, failure } = record;
  const alert = (sentence: string, remedy: string): MachineAlert => {
    return { what: "backup", percent: null, sentence, remedy };
  };
  const there = copy ? `the newest one there is ${duration(nowMs - copy.atMs)} old` : "there is none yet";
  if (failure) {
    const again = failure.isDamaged ? "sends the backup again" : "tries again";
    const remedy = `${failure.sentence} The server ${again} within ${duration(waitMs(failure))}.`;
    if (failure.step === "copy") return alert(`The last backup did not reach the bucket; ${there}.`, remedy);
    return alert("The newest backup in the bucket failed its test restore.", remedy);
  }
  const waitsSinceMs = backups.success?.atMs ?? nowMs;
  const work = bucketWork(backups, record);
  if (work === null || isBusy(record, nowMs) || nowMs < waitsSinceMs + LATE_MS) return null;
  return alert(
    `A backup waits to be ${work === "copy" ? "copied to the bucket" : "proven by a test restore"}; ${there}.`,
    "A server or worker does this while it runs: start it, or run `npx banyan backup --upload`.",
  );
}
