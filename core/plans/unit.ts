/** A unit of a plan: one part of the work, with what it brings and how that is shown. */
import type { UnitKind } from "@/core/log/plans";

export interface Unit {
  title: string;
  /** The agent that does the work. */
  executor: string;
  /** Titles of the units that it waits for. */
  after: string[];
  deliverable?: string;
  /** What shows that the deliverable is right, such as a command. */
  shown_by?: string;
  kind?: UnitKind;
  /** What the planner or a person expects; absent: the host estimates it. */
  minutes?: number;
  /** From 1 to 5. */
  risk?: number;
  risk_why?: string;
}

/** Units that a plan may have. */
export const MOST_UNITS = 12;

/** A longer unit hides what goes wrong in it. */
export const MOST_MINUTES = 240;

export const MOST_RISK = 5;

/** Characters of a title in a record, which has to stay small. */
const TITLE_CHARS = 80;

/** Returns how records name a unit. */
export function nameOf(title: string): string {
  return title.length <= TITLE_CHARS ? title : `${title.slice(0, TITLE_CHARS - 1)}…`;
}

/** The kind of a unit that names none. */
export const USUAL_KIND: UnitKind = "code";
