/** The part of `doctor` that says whether backups reach the bucket, and when one of them was last proven. */
import { bucketAlert } from "@/agents/backups/bucket-schedule";
import { bytes, duration } from "@/core/words/figures";
import type { Store } from "@/db/store";
import { addressOf } from "@/lib/env/backups";
import type { Context } from "@/scripts/cli/context/context";
import type { Finding } from "./finding";

const NAME = "Backups off the machine";

export function bucket(
  { settings }: Pick<Context, "settings">,
  store: Pick<Store, "backups" | "bucket">,
  nowMs: number,
): Finding {
  const { bucket: set } = settings.backups;
  if (!set) {
    const remedy = "Set BANYAN_BACKUP_S3_URL (docs/deploy.md), or copy the folder of backups to another machine.";
    return { name: NAME, mark: "off", text: "No bucket is set: Banyan keeps backups on this machine only.", remedy };
  }
  const record = store.bucket.read(addressOf(set));
  const alert = bucketAlert(store.backups.read(), record, nowMs);
  if (alert) return { name: NAME, mark: "warn", text: alert.sentence, remedy: alert.remedy };
  const { copy, proof } = record;
  const newest = copy
    ? `the newest is ${duration(nowMs - copy.atMs)} old (${copy.name}, ${bytes(copy.sizeBytes)})`
    : "there is none yet";
  const proven = proof
    ? `The last test restore succeeded ${duration(nowMs - proof.atMs)} ago.`
    : "None was proven yet.";
  const text = `In ${addressOf(set)}: ${newest}. ${proven}`;
  if (set.ageKey !== null) return { name: NAME, mark: "ok", text, remedy: "" };
  const remedy = "Set BANYAN_BACKUP_KEY to the key that `npx banyan backup --new-key` prints, and keep a copy of it.";
  return { name: NAME, mark: "warn", text: "The key of the bucket is missing, so no backup goes there.", remedy };
}
