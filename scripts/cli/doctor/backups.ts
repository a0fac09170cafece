/** The part of `doctor` that says how old the newest backup is, and whether backups are made on a schedule. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { backupAlert, scheduleOf } from "@/agents/backups/schedule";
import { scheduleSentence } from "@/core/words/backups";
import { bytes, duration } from "@/core/words/figures";
import type { Store } from "@/db/store";
import type { Context } from "@/scripts/cli/context/context";
import type { Finding } from "./finding";

const NAME = "Backups";

export function backups(
  { settings }: Pick<Context, "settings">,
  store: Pick<Store, "backups">,
  nowMs: number,
): Finding {
  const record = store.backups.read();
  const schedule = scheduleOf(record.schedule, settings.backups);
  const every_seconds = schedule.everyMs === null ? null : schedule.everyMs / 1_000;
  const { success } = record;
  const file = success && join(settings.dataDir, "backups", success.name);
  const isGone = file !== null && !existsSync(file);
  const newest = success
    ? `The newest is ${duration(nowMs - success.atMs)} old (${success.name}, ${bytes(success.sizeBytes)}${isGone ? ", no longer in the folder" : ""}).`
    : "There is none.";
  const planned = scheduleSentence({ every_seconds, keep: schedule.keep });
  const alert = backupAlert(schedule, record, nowMs);
  if (alert) return { name: NAME, mark: "warn", text: `${alert.sentence} ${planned}`, remedy: alert.remedy };
  const text = `${newest} ${planned}`;
  if (isGone) return { name: NAME, mark: "warn", text, remedy: "Make a new one with `npx banyan backup`." };
  if (every_seconds !== null) return { name: NAME, mark: "ok", text, remedy: "" };
  const remedy = "Set BANYAN_BACKUP_EVERY=24h, or choose a schedule under Operations, Backups.";
  return { name: NAME, mark: "off", text, remedy };
}
