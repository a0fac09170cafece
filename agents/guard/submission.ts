import { z } from "zod";
import { DELIVERIES, GOAL_MODES } from "@/core/log/goal";
import { type NewSchedule, OVERLAPS, type ScheduleChange } from "@/core/shapes/schedules";
import type { Submission } from "@/core/shapes/shapes";
import { parse, text } from "./parse";

const above = z.number("must be a number").positive("must be above 0");
const cap = above.nullable().optional();
const whole = "must be a whole number from -100 to 100";
const RIGHTS = ["read", "write", "network", "host", "change"] as const;

const share = "must be a number above 0, up to 1";
const command = z.string("must be a command").trim().min(1, "must be a command").max(4_000).nullable();
const globs = z.array(text.max(500), "must be a list of globs").max(100);
const rounds = z.number("must be a whole number").int("must be a whole number").min(1, "must be 1 or more");

export const goalFields = z.strictObject(
  {
    mode: z.enum([...GOAL_MODES, "single", "iterative"], `must be of ${GOAL_MODES.join(", ")}, single`).optional(),
    executor: text.optional(),
    validation_command: command.optional(),
    setup_command: command.optional(),
    criteria: z
      .array(
        z.strictObject({
          statement: text.max(2_000),
          command: z.string().trim().min(1).max(4_000).optional(),
          expect: z.union([z.string().min(1), z.number().int()]).optional(),
          weight: above.optional(),
        }),
        "must be a list of criteria",
      )
      .max(50, "may be 50 at most")
      .optional(),
    success_threshold: z.number(share).gt(0, share).max(1, share).optional(),
    max_iterations: rounds.max(10_000).optional(),
    max_minutes: above.max(100_000).optional(),
    protect: globs.optional(),
    may_change: globs.optional(),
    reflect_every: rounds.max(1_000).optional(),
    ask: z.boolean("must be true or false").optional(),
    ask_every: rounds.max(1_000).optional(),
    on_success: z.enum(DELIVERIES, `must be of ${DELIVERIES.join(", ")}`).optional(),
    delivery_command: command.optional(),
  },
  "must be an object",
);

export const submissionFields = z.strictObject({
  task: z.string("is missing: write what should be done"),
  agent: text.optional(),
  model: text.optional(),
  runbook: text.optional(),
  workspace: text.optional(),
  copy: z.boolean("must be true or false").optional(),
  repository: z.strictObject({ url: text, branch: text.optional() }, "must be an object with a url").optional(),
  grant: z
    .strictObject({ tokens: cap, cost_usd: cap, tasks: cap, depth: cap, seconds: cap }, "must be an object of amounts")
    .optional(),
  rights: z.array(z.enum(RIGHTS, `must be of ${RIGHTS.join(", ")}`), "must be a list of rights").optional(),
  confined: z.boolean("must be true or false").optional(),
  fixed_shares: z.boolean("must be true or false").optional(),
  priority: z.number(whole).int(whole).min(-100, whole).max(100, whole).optional(),
  stepping: z.enum(["automatic", "manual"], "must be automatic or manual").optional(),
  criteria: text.optional(),
  goal: goalFields.optional(),
});

export const submission = submissionFields.refine(({ task }) => task.trim() !== "", {
  message: "The task is empty: say what should be done.",
});

/** Checks the form of the input; the command checks its meaning. Throws `UserError` invalid. */
export function parseSubmission(input: unknown): Submission {
  return parse(submission, input);
}

const overlap = z.enum(OVERLAPS, `must be ${OVERLAPS.join(" or ")}`);

/** A new schedule. The command checks the expression and the time zone. */
export const schedule = z.strictObject({
  name: text.optional(),
  cron: z.string('is missing: send a cron expression such as "0 9 * * 1-5"'),
  zone: text.optional(),
  overlap: overlap.optional(),
  submission: submissionFields,
});

export const scheduleChange = schedule.partial();

/** Throws `UserError` invalid. */
export function parseSchedule(input: unknown): NewSchedule {
  return parse(schedule, input);
}

/** Throws `UserError` invalid. */
export function parseScheduleChange(input: unknown): ScheduleChange {
  return parse(scheduleChange, input);
}

/** A template's task may be empty: it is written at submission. */
export const template = z.strictObject({ name: text, submission: submissionFields, replaces: text.optional() });

export function parseTemplate(input: unknown): z.infer<typeof template> {
  return parse(template, input);
}
