import { z } from "zod";
import { EFFORTS } from "@/core/log/model";
import { A2A_ANSWERS, type A2aAnswer } from "@/core/log/terms";
import type { AgentBody } from "@/core/rules/configuration";

/** Longer descriptions would cost every caller of `list_agents` and similar tools too many tokens. */
const DESCRIPTION_MAX_CHARACTERS = 240;
const DESCRIPTION_MIN_CHARACTERS = 20;

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{1,39}$/, "Write 2 to 40 lower-case letters, digits and underscores, beginning with a letter");
const description = z
  .string()
  .min(DESCRIPTION_MIN_CHARACTERS, `Write at least ${DESCRIPTION_MIN_CHARACTERS} characters`)
  .max(DESCRIPTION_MAX_CHARACTERS, `Write at most ${DESCRIPTION_MAX_CHARACTERS} characters`);
const names = z.array(name).refine((list) => new Set(list).size === list.length, "Name each entry once");
const level = z.enum(["read", "write", "network", "host", "change"], "Write read, write, network, host or change");
const whenToRun = z.enum(["auto", "always", "never"], "Write auto, always or never");

const whole = (most: number) => {
  const message = `Write a whole number from 1 to ${most}`;
  return z.int(message).min(1, message).max(most, message).optional();
};

export const agentFrontMatter = z.strictObject({
  name,
  description,
  tools: names,
  /** `inherit` (the tree's model) or `provider/model`. */
  model: z.string().regex(/^(inherit|runbook|goal|iteration|[a-z]+\/\S+)$/, "Write inherit, runbook or provider/model"),
  documents: names.default([]),
  web_search: z.boolean("Write true or false").default(false),
  /** If true, its subtasks get no tool that it lacks. */
  confined: z.boolean("Write true or false").default(false),
  rights: z.array(level).optional(),
  finishing: z
    .strictObject({
      evaluate: whenToRun.default("auto"),
      summarize: whenToRun.default("auto"),
      document: whenToRun.default("auto"),
    })
    .prefault({}),
  grant: z
    .strictObject({
      tokens: whole(1e12),
      cost_usd: z
        .number("Write a number of dollars above 0")
        .positive("Write a number of dollars above 0")
        .max(1e6, "Write at most 1000000 dollars")
        .optional(),
      tasks: whole(1e6),
      depth: z
        .int("Write a whole number from 0 to 100")
        .min(0, "Write a whole number from 0 to 100")
        .max(100, "Write a whole number from 0 to 100")
        .optional(),
      seconds: whole(31_536_000),
    })
    .optional(),
  effort: z.enum(EFFORTS).optional(),
  a2a_answer: z.enum(A2A_ANSWERS, "Write task or message").default("task"),
  limits: z
    .strictObject({
      timeout_seconds: whole(86_400),
      max_turns: whole(1_000),
      output_tokens: whole(10_000_000),
      ask_timeout_seconds: whole(31_536_000),
      ask_default: z.string().min(1).optional(),
    })
    .prefault({}),
});

/** Returns the grant in the form of an agent's body, with only the amounts that the file gives. */
export function grantIn(grant: z.output<typeof agentFrontMatter>["grant"]): Pick<AgentBody, "grant"> {
  const { cost_usd: costUsd, ...rest } = grant ?? {};
  const given = Object.entries({ ...rest, costUsd }).filter(([, amount]) => amount !== undefined);
  return given.length > 0 ? { grant: Object.fromEntries(given) } : {};
}

/** Returns the answer in the form of an agent's body, which names only what differs from the default. */
export function answerIn(answer: A2aAnswer): Pick<AgentBody, "a2aAnswer"> {
  return answer === "message" ? { a2aAnswer: answer } : {};
}

export const documentFrontMatter = z.strictObject({ name, description });

export const toolFile = z.strictObject({
  name,
  title: z.string().min(3).max(40),
  description,
  level,
  /** The level of its most harmless call, if its calls have different levels. */
  least_level: z.enum(["read", "write", "network"], "Write read, write or network").optional(),
  source: z.literal("builtin", 'Write "builtin"'),
  optional: z.boolean("Write true or false"),
  policy: z.enum(["auto", "ask", "deny", "inherit"], "Write auto, ask, deny or inherit"),
  available_since: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "Write a version such as 0.1.0")
    .optional(),
  available: z.literal(false, "Write false, or use `available_since`").optional(),
  reason: z.string().min(10).max(200).optional(),
});

/** Loose, because the runbook parser validates the other keys together with the steps. */
export const runbookFrontMatter = z.looseObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, "Write 2 to 40 lower-case letters, digits and hyphens"),
  description: z.string().optional(),
});
