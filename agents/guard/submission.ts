import { z } from "zod";
import { parse, text } from "@/agents/operations/parse";
import { goalFields } from "@/core/goals/fields";
import type { GoalFields } from "@/core/log/goal";
import { type NewSchedule, OVERLAPS, type ScheduleChange } from "@/core/shapes/schedules";
import type { Submission } from "@/core/shapes/shapes";

const above = z.number("must be a number").positive("must be above 0");
const cap = above.nullable().optional();
const whole = "must be a whole number from -100 to 100";
const RIGHTS = ["read", "write", "network", "host", "change"] as const;

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

/** Throws `UserError` invalid. */
export function parseGoalFields(input: unknown): GoalFields {
  return parse(goalFields, input);
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
