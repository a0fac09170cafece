/** The files of a simulated goal, as a few numbers. A snapshot's name holds the numbers, so it takes no memory. */
import { createHash } from "node:crypto";
import type { Random } from "../simulation/random";
import type { DayGoal } from "./goals";

export interface Files {
  /** Parts that were written, which are right unless they are broken. */
  solved: number;
  /** Parts that a later change has broken. */
  broken: number;
  /** Distinguishes contents that are equally right. */
  variant: number;
}

export interface FilesOfGoals {
  now(goal: DayGoal): Files;
  /** A change of the executor: mostly right, sometimes useless, sometimes harmful. */
  change(goal: DayGoal): void;
  restore(goal: DayGoal, snapshot: string): void;
}

export function createFiles(random: Random): FilesOfGoals {
  const files = new Map<string, Files>();
  const now = (goal: DayGoal) => files.get(keyOf(goal)) ?? { solved: goal.begun, broken: 0, variant: 0 };
  return {
    now,
    change(goal) {
      files.set(keyOf(goal), changed(now(goal), goal, random));
    },
    restore(goal, snapshot) {
      files.set(keyOf(goal), filesIn(snapshot));
    },
  };
}

function keyOf({ name, at }: DayGoal): string {
  return `${name} ${at}`;
}

function changed(files: Files, { reachable }: DayGoal, random: Random): Files {
  const outcome = random.weighted({ right: 75, other: 12, harmful: 8, nothing: 5 });
  if (outcome === "nothing") return files;
  const variant = files.variant + 1;
  if (outcome === "harmful") return { ...files, variant, broken: Math.min(files.solved, files.broken + 1) };
  if (outcome === "other") return { ...files, variant };
  if (files.broken > 0) return { ...files, variant, broken: files.broken - 1 };
  return { ...files, variant, solved: Math.min(reachable, files.solved + 1) };
}

export function rightParts({ solved, broken }: Files): number {
  return solved - broken;
}

export function snapshotOf({ solved, broken, variant }: Files): string {
  return `${solved}-${broken}-${variant}`.padEnd(40, "x");
}

function filesIn(snapshot: string): Files {
  const [solved = 0, broken = 0, variant = 0] = /^(\d+)-(\d+)-(\d+)/.exec(snapshot)?.slice(1).map(Number) ?? [];
  return { solved, broken, variant };
}

/** Has the length of a real name, because the size of the log is measured. */
export function nameOf(files: Files): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 20);
}
