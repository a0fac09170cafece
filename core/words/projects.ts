/** The words for projects. */
import type { IssueOfForge } from "@/core/shapes/forges";
import type { Project } from "@/core/shapes/projects";
import { plural } from "./figures";
import type { ShownStatus } from "./status";

/** Returns the state by which a project is marked: what runs, else what failed lately. */
export function statusOfProject({
  check,
  figures: { running, failed },
}: Pick<Project, "check" | "figures">): ShownStatus {
  if (check === null) return "you";
  if (running > 0) return "running";
  return failed > 0 ? "failed" : "ready";
}

/** One sentence: what needs a person, what runs, what failed. */
export function projectSentence({ check, found, figures }: Pick<Project, "check" | "found" | "figures">): string {
  const { running, failed, days } = figures;
  const states = [
    ...(running > 0 ? [running === 1 ? "1 tree runs" : `${plural(running, "tree")} run`] : []),
    ...(failed > 0 ? [`${failed} failed in ${days} days`] : []),
  ].join(", ");
  const works = states === "" ? "Nothing runs." : `${states}.`;
  if (check !== null) return works;
  const ask = found.checks.length > 0 ? "Its check waits for your word." : "Say how it is shown to work.";
  return `${ask} ${works}`;
}

/** How an issue of a forge stands. */
export const FORGE_STATES: Record<IssueOfForge["state"], string> = {
  claimed: "Begins",
  working: "In work",
  waiting: "Needs you",
  open: "In review",
  merged: "Merged",
  closed: "Closed",
  failed: "Failed",
};
