import type { BackupSchedule } from "@/core/shapes/operations";
import { plural } from "./figures";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** every day · every 6 hours · every 30 minutes */
export function intervalWords(seconds: number): string {
  const [unit, length] = UNITS.find(([, unitSeconds]) => seconds % unitSeconds === 0) ?? ["second", 1];
  const number = seconds / length;
  return number === 1 ? `every ${unit}` : `every ${plural(number, unit)}`;
}

/** Returns one sentence that says when backups are made, and how many stay. */
export function scheduleSentence({ every_seconds, keep }: Pick<BackupSchedule, "every_seconds" | "keep">): string {
  if (every_seconds === null) return "Scheduled backups are off.";
  const kept = keep === 1 ? "the newest one is kept" : `the newest ${keep} are kept`;
  return `Banyan makes a backup ${intervalWords(every_seconds)}; ${kept}.`;
}
