/** What comes in with a request: its form is checked here, with one sentence that names the field; what it means, by the command. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import type { ForkRequest } from "@/agents/core/shapes";

const text = z.string("must be text");
const number = z.number("must be a number");
const yesOrNo = z.boolean("must be true or false");

const pause = z.strictObject({ alone: yesOrNo.optional() });
const fork = z.strictObject({
  at: number.int("must be a whole number").positive("must be a whole number from 1 up").optional(),
  instruction: text.optional(),
  agent: text.optional(),
  model: text.optional(),
  message: text.optional(),
});
const change = z.strictObject({ agent: text.optional(), model: text.optional(), priority: number.optional() });
const grant = z.strictObject({ cost_usd: number.optional(), tokens: number.optional() });
const decision = z.strictObject({
  reason: text.optional(),
  alike: yesOrNo.optional(),
  edited: z.record(z.string(), text, "must be an object that maps parts to texts").optional(),
});
const changedCall = z.strictObject({ arguments: text, reason: text.optional() });
const rule = z
  .strictObject({
    tool: text.optional(),
    item: text.optional(),
    exact: yesOrNo.optional(),
    agent: text.optional(),
    why: text.optional(),
    hours: number.optional(),
  })
  .refine(({ tool, item }) => (tool === undefined) !== (item === undefined), {
    path: ["tool"],
    message: 'must stand there, or "item", and not both',
  });

const user = z.strictObject({
  email: z.string("must be an e-mail address"),
  name: text.optional(),
  role: z.string("must be viewer, operator, reviewer or admin"),
});
const token = z.strictObject({
  role: z.string("must be viewer, operator, reviewer or admin"),
  name: text.optional(),
  days: number.optional(),
  task: text.optional(),
});

const policy = z.strictObject({
  levels: z.record(z.string(), text, "must be an object that maps levels to policies").optional(),
  add_hosts: z.array(text, "must be a list of hosts").optional(),
  remove_hosts: z.array(text, "must be a list of hosts").optional(),
});

export const bodies = {
  pause: (body: unknown): { alone?: boolean } => parse(pause, body),
  fork: (body: unknown): ForkRequest => parse(fork, body),
  change: (body: unknown) => parse(change, body),
  /** In the words of `POST /trees`. */
  grant(body: unknown): { usd?: number; tokens?: number } {
    const { cost_usd, tokens } = parse(grant, body);
    return { usd: cost_usd, tokens };
  },
  decision: (body: unknown) => parse(decision, body),
  changedCall: (body: unknown) => parse(changedCall, body),
  rule: (body: unknown) => parse(rule, body),
  user: (body: unknown) => parse(user, body),
  token: (body: unknown) => parse(token, body),
  policy(body: unknown) {
    const { levels, add_hosts, remove_hosts } = parse(policy, body);
    if (!levels && !add_hosts && !remove_hosts)
      throw new UserError("invalid", 'Say what changes: "levels", "add_hosts" or "remove_hosts".');
    return { levels, addHosts: add_hosts, removeHosts: remove_hosts };
  },
  /** The text of a file of servers, or what stands in one. */
  servers(body: unknown): string {
    const text = typeof body === "object" && body !== null ? (body as { text?: unknown }).text : undefined;
    if (typeof text === "string") return text;
    if (typeof body !== "object" || body === null)
      throw new UserError(
        "invalid",
        'Send an object such as {"mcpServers": {…}}, or {"text": "…"} with a file\'s text.',
      );
    return JSON.stringify(body);
  },
};

/** No body means no fields. */
export function parse<Shape>(schema: z.ZodType<Shape>, body: unknown): Shape {
  if (body !== undefined && (typeof body !== "object" || body === null || Array.isArray(body)))
    throw new UserError("invalid", "The body must be a JSON object.");
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw new UserError("invalid", sentenceOf(parsed.error));
}

function sentenceOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") return `There is no field "${issue.keys[0]}" in this request.`;
  return `"${issue?.path.join(".")}" ${issue?.message ?? "has an unknown form"}.`;
}

export function optionalText(body: unknown, name: string): string {
  const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  if (value !== undefined && typeof value !== "string") throw new UserError("invalid", `"${name}" must be text.`);
  return value ?? "";
}

export function requiredText(body: unknown, name: string): string {
  const value = optionalText(body, name);
  if (value.trim() === "") throw new UserError("invalid", `"${name}" is missing: send it as JSON text.`);
  return value;
}
