import { z } from "zod";
import { UserError } from "@/agents/application";
import type { Submission } from "@/agents/core/shapes";

const cap = z.number().positive().nullable().optional();
const schema = z.strictObject({
  task: z.string(),
  agent: z.string().optional(),
  model: z.string().optional(),
  runbook: z.string().optional(),
  workspace: z.string().optional(),
  repository: z.strictObject({ url: z.string(), branch: z.string().optional() }).optional(),
  grant: z.strictObject({ tokens: cap, cost_usd: cap, tasks: cap, depth: cap, seconds: cap }).optional(),
  rights: z.array(z.enum(["read", "write", "network", "host", "change"])).optional(),
  priority: z.number().int().min(-100).max(100).optional(),
  stepping: z.enum(["automatic", "manual"]).optional(),
  criteria: z.string().optional(),
});

/** Checks the form of what came in; what it means is checked by the command. Throws `UserError` invalid. */
export function parseSubmission(input: unknown): Submission {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new UserError("invalid", sentenceOf(parsed.error));
  if (parsed.data.task.trim() === "") throw new UserError("invalid", "The task is empty: say what should be done.");
  return parsed.data;
}

function sentenceOf(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = issue?.path.join(".");
  return `The submission is not valid${path ? ` at "${path}"` : ""}: ${issue?.message ?? "unknown form"}.`;
}
