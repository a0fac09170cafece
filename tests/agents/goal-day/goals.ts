/** The goals of the day: what each is given, how far its work can come, and how it must end. */
import { UNIT_KINDS, type UnitKind } from "@/core/log/plans";
import type { Reason } from "@/core/log/reasons";
import type { Submission } from "@/core/shapes/submission";

/** A goal of the day: it asks for a program of `parts` parts, each with its test. */
export interface DayGoal {
  name: string;
  parts: number;
  /** Parts that are right before anybody works. */
  begun: number;
  /** No attempt brings more parts than this. */
  reachable: number;
  /** When it is submitted, as a share of the day. */
  at: number;
  /** The strategist recognizes that the goal cannot be reached. */
  hopeless?: true;
  /** The kinds of the units that are planned for it; absent: units without a kind. */
  kinds?: readonly UnitKind[];
  submission: Pick<Submission, "goal" | "grant">;
  /** null: it succeeds. */
  end: Reason | null;
}

const COMMAND = "npm test";

type Given = Partial<Omit<DayGoal, "submission">> & Pick<DayGoal, "name" | "parts"> & { goal?: Submission["goal"] };

function goal({ goal: more = {}, ...given }: Given, grant?: Submission["grant"]): DayGoal {
  const rounds = given.parts * 6 + 20;
  return {
    begun: 0,
    reachable: given.parts,
    at: 0,
    end: null,
    ...given,
    submission: {
      goal: { validation_command: COMMAND, max_iterations: rounds, max_minutes: 6_000, ...more },
      ...(grant && { grant }),
    },
  };
}

/** Criteria of a goal, one with a command and one for a judge. */
const CRITERIA = [{ statement: "Half of it works", command: "half" }, { statement: "The code is readable" }];

/** One goal of each kind. `parts` sets how long the goals that are reached take. */
function kinds(parts: number): DayGoal[] {
  return [
    goal({ name: "plain", parts }),
    goal({ name: "judged", parts, goal: { criteria: CRITERIA } }),
    goal({ name: "proposed", parts, goal: { validation_command: null } }),
    goal({ name: "held", parts, begun: parts }),
    goal({ name: "few rounds", parts: 100, goal: { max_iterations: 4 }, end: "out_of_iterations" }),
    goal({ name: "little time", parts: 100, goal: { max_minutes: 6 }, end: "timeout" }),
    goal({ name: "stuck", parts: 100, reachable: 2, end: "no_progress" }),
    goal({ name: "small grant", parts: 100, end: "out_of_grant" }, { tokens: 150_000 }),
    goal({ name: "hopeless", parts: 100, reachable: 1, hopeless: true, end: "criteria_unreachable" }),
  ];
}

/** A few goals at once, for every run of the tests. */
export function shortDay(): DayGoal[] {
  return kinds(8).map((kind, at) => ({ ...kind, at: at / 16 }));
}

/** Goals whose plans have units of all kinds. */
export function plannedGoals(count: number): DayGoal[] {
  return Array.from({ length: count }, (_, at) =>
    goal({ name: "planned", parts: 3, at: at / count, kinds: UNIT_KINDS }),
  );
}

/** Rounds of the goal that is never reached. */
const LONG_ROUNDS = 1_000;

/** 55 goals over the day; one of them needs more than its thousand rounds. */
export function wholeDay(): DayGoal[] {
  const long = goal({
    name: "thousand rounds",
    parts: 5_000,
    goal: { max_iterations: LONG_ROUNDS },
    end: "out_of_iterations",
  });
  const waves = [10, 20, 30, 40, 50, 60].flatMap((parts, wave, all) =>
    kinds(parts).map((kind, at) => ({ ...kind, at: (wave + at / 10) / all.length })),
  );
  return [long, ...waves];
}
