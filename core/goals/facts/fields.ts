/**
 * The fields of a goal and their allowed values. Entry points check submissions and changes with them, and reading a
 * goal's log uses them.
 */
import { z } from "zod";
import { DELIVERIES, GOAL_MODES, type GoalChange } from "@/core/log/goal";

const filled = (what: string, most: number) =>
  z.string(what).trim().min(1, what).max(most, `may have ${most} characters at most`);
const share = "must be a number above 0, up to 1";
const part = "must be a number from 0 to below 1";
const command = filled("must be a command", 4_000);
const globs = z.array(filled("must be a glob", 500), "must be a list of globs").max(100, "may be 100 at most");
const above = z.number("must be a number").positive("must be above 0");
const rounds = (most: number) =>
  z
    .number("must be a whole number")
    .int("must be a whole number")
    .min(1, "must be 1 or more")
    .max(most, `may be ${most} at most`);

const criterion = z.strictObject(
  {
    statement: filled("must be a statement", 2_000),
    command: command.optional(),
    expect: z.union([z.string().min(1), z.number().int()], "must be a text, or an exit status").optional(),
    weight: above.optional(),
  },
  "must be a criterion",
);

/** The fields of a goal that people and programs set. */
export const goalFields = z.strictObject(
  {
    mode: z.enum([...GOAL_MODES, "single", "iterative"], `must be of ${GOAL_MODES.join(", ")}, single`).optional(),
    executor: filled("must be the name of an agent", 200).optional(),
    validation_command: command.nullable().optional(),
    setup_command: command.nullable().optional(),
    criteria: z.array(criterion, "must be a list of criteria").max(50, "may be 50 at most").optional(),
    success_threshold: z.number(share).gt(0, share).max(1, share).optional(),
    max_iterations: rounds(10_000).optional(),
    max_minutes: above.max(100_000, "may be 100,000 at most").optional(),
    scope: globs.nullable().optional(),
    hidden: globs.optional(),
    hidden_share: z.number(part).min(0, part).lt(1, part).optional(),
    protect: globs.optional(),
    may_change: globs.optional(),
    reflect_every: rounds(1_000).optional(),
    ask: z.boolean("must be true or false").optional(),
    ask_every: rounds(1_000).optional(),
    on_success: z.enum(DELIVERIES, `must be of ${DELIVERIES.join(", ")}`).optional(),
    delivery_command: command.nullable().optional(),
  },
  "must be an object",
);

const { success_threshold, max_iterations } = goalFields.shape;

/**
 * A goal as a request gives it. The JSON of a goal that programs read names two of its limits otherwise, so a request
 * may name them that way too; what is read has the names above.
 */
export const givenGoal = goalFields
  .extend({
    threshold: success_threshold.describe("The same as `success_threshold`, named as in the JSON of a goal."),
    iterations_max: max_iterations.describe("The same as `max_iterations`, named as in the JSON of a goal."),
  })
  .superRefine((given, context) => {
    for (const [name, same] of [
      ["threshold", "success_threshold"],
      ["iterations_max", "max_iterations"],
    ] as const)
      if (given[name] !== undefined && given[same] !== undefined)
        context.addIssue({ code: "custom", path: [name], message: `is the same as "${same}": give one of them` });
  })
  .transform(
    ({ threshold, iterations_max, ...fields }): z.output<typeof goalFields> => ({
      ...fields,
      ...(threshold !== undefined && { success_threshold: threshold }),
      ...(iterations_max !== undefined && { max_iterations: iterations_max }),
    }),
  );

/** A newer version may have stored fields that this version does not know. */
const change = z.object(goalFields.shape).omit({ mode: true });

/** Returns a stored change of a goal; null when one of its fields is wrong, or when it has none. */
export function readChange(stored: unknown): GoalChange | null {
  const read = change.safeParse(stored);
  if (!read.success || Object.keys(read.data).length === 0) return null;
  const { criteria, ...rest } = read.data;
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as GoalChange;
  return {
    ...set,
    ...(criteria && { criteria: criteria.map((criterion) => ({ ...criterion, weight: criterion.weight ?? 1 })) }),
  };
}
