/** The form of a submission, as a new tree, a schedule and a template have it. */
import { z } from "zod";
import { givenGoal } from "@/core/goals/facts/fields";
import { REPOSITORY_FOLDER } from "@/core/projects/repositories";
import { isLeftover } from "@/lib/apply/left-out";
import { text } from "./parse";

const above = z.number("must be a number").positive("must be above 0");
const cap = above.nullable().optional();
/** 0: the tree has no subtasks. */
const depth = z.number("must be a number").nonnegative("must be 0 or above").nullable().optional();
const whole = "must be a whole number from -100 to 100";
const RIGHTS = ["read", "write", "network", "host", "change"] as const;

const MOST_REPOSITORIES = 20;
const repository = z.strictObject(
  {
    folder: text
      .regex(REPOSITORY_FOLDER, "must be a name of letters, digits, dots, dashes and underscores")
      .refine((name) => !isLeftover(name), {
        error: ({ input }) =>
          `must not be ${input}, because files in a folder of this name count as leftovers of tools`,
      }),
    address: text,
    branch: text.optional(),
  },
  "must be an object with a folder and an address",
);

export const submissionFields = z.strictObject({
  task: z.string("is missing: write what should be done"),
  agent: text.optional(),
  model: text.optional(),
  runbook: text.optional(),
  project: text.optional(),
  workspace: text.optional(),
  copy: z.boolean("must be true or false").optional(),
  repository: z.strictObject({ url: text, branch: text.optional() }, "must be an object with a url").optional(),
  repositories: z
    .array(repository, "must be a list of repositories")
    .min(2, "must be at least two: name a single one as repository or workspace")
    .max(MOST_REPOSITORIES, `must be at most ${MOST_REPOSITORIES}`)
    .refine(
      (given) => new Set(given.map(({ folder }) => folder.toLowerCase())).size === given.length,
      "must have a different folder each",
    )
    .optional(),
  pool: text.nullable().optional(),
  checks_pool: text.optional(),
  grant: z
    .strictObject({ tokens: cap, cost_usd: cap, tasks: cap, depth, seconds: cap }, "must be an object of amounts")
    .optional(),
  within_caps: z.boolean("must be true or false").optional(),
  rights: z.array(z.enum(RIGHTS, `must be of ${RIGHTS.join(", ")}`), "must be a list of rights").optional(),
  confined: z.boolean("must be true or false").optional(),
  fixed_shares: z.boolean("must be true or false").optional(),
  priority: z.number(whole).int(whole).min(-100, whole).max(100, whole).optional(),
  stepping: z.enum(["automatic", "manual"], "must be automatic or manual").optional(),
  criteria: text.optional(),
  goal: givenGoal.optional(),
});
