/** Schemas of request bodies, with errors that name the field. The command checks the meaning. */
import { z } from "zod";
import { text } from "@/agents/operations/parse";
import { ALERT_LEVELS, LIMIT_ACTIONS, LIMIT_NAMES } from "@/core/log/limits";

export const number = z.number("must be a number");
export const yesOrNo = z.boolean("must be true or false");

const role = z.string("must be viewer, operator, reviewer or admin");

/** Returns the schema of `{ NAME: "…" }` with a text that is not blank. */
export function said<Name extends string>(name: Name) {
  const missing = "is missing: send it as a JSON string";
  const field = z.string({ error: ({ input }) => (input === undefined ? missing : "must be text") });
  return z.strictObject({ [name]: field.refine((value) => value.trim() !== "", missing) } as Record<
    Name,
    typeof field
  >);
}

/** Whether a change names anything to change. */
function hasAny(change: object): boolean {
  return Object.values(change).some((value) => value !== undefined);
}

const capUsd = z.number("must be dollars, or null for no cap").nullable();

const limit = z.strictObject({
  max: z.number("must be a number, or null for no limit").nullable().optional(),
  action: z.enum(LIMIT_ACTIONS, `must be one of ${LIMIT_ACTIONS.join(", ")}`).optional(),
});

export const bodies = {
  reason: z.strictObject({ reason: text.optional() }),
  pause: z.strictObject({ alone: yesOrNo.optional() }),
  fork: z.strictObject({
    at: number.int("must be a whole number").positive("must be a whole number from 1 up").optional(),
    instruction: text.optional(),
    agent: text.optional(),
    model: text.optional(),
    message: text.optional(),
    steer: text.optional(),
  }),
  retry: z.strictObject({
    message: text.optional(),
    agent: text.optional(),
    model: text.optional(),
    cost_usd: number.optional(),
    tokens: number.optional(),
  }),
  continue: z.strictObject({
    text: said("text").shape.text,
    agent: text.optional(),
    model: text.optional(),
    cost_usd: number.optional(),
    tokens: number.optional(),
  }),
  change: z.strictObject({
    agent: text.optional(),
    model: text.optional(),
    priority: number.optional(),
    alike: yesOrNo.optional(),
  }),
  grant: z.strictObject({ cost_usd: number.optional(), tokens: number.optional() }),
  decision: z.strictObject({
    reason: text.optional(),
    alike: yesOrNo.optional(),
    edited: z.record(z.string(), text, "must be an object that maps parts to texts").optional(),
  }),
  changedCall: z.strictObject({ arguments: text, reason: text.optional() }),
  user: z.strictObject({ email: z.string("must be an e-mail address"), name: text.optional(), role }),
  token: z.strictObject({ role, name: text.optional(), days: number.optional(), task: text.optional() }),
  policy: z
    .strictObject({
      levels: z.record(z.string(), text, "must be an object that maps levels to policies").optional(),
      add_hosts: z.array(text, "must be a list of hosts").optional(),
      remove_hosts: z.array(text, "must be a list of hosts").optional(),
    })
    .refine(hasAny, 'Send "levels", "add_hosts" or "remove_hosts".'),
  webhook: z.strictObject({ url: text, events: z.array(text) }),
  webhookChange: z
    .strictObject({ url: text.optional(), events: z.array(text).optional() })
    .refine(hasAny, 'Send "url" or "events".'),
  caps: z
    .strictObject({ day_usd: capUsd.optional(), tree_usd: capUsd.optional() })
    .refine(hasAny, 'Send "day_usd" or "tree_usd".'),
  mail: z.strictObject({
    url: text,
    from: text.optional(),
    to: z.array(text),
    events: z.array(text),
    password: text.optional(),
  }),
  limits: z
    .strictObject({
      limits: z
        .partialRecord(z.enum(LIMIT_NAMES), limit, `must map limits to changes: ${LIMIT_NAMES.join(", ")}`)
        .optional(),
      violations: number.optional(),
      within_minutes: number.optional(),
      alert_from: z.enum(ALERT_LEVELS, `must be one of ${ALERT_LEVELS.join(", ")}`).optional(),
    })
    .refine(hasAny, 'Send "limits", "violations", "within_minutes" or "alert_from".'),
  improvement: z
    .strictObject({ on: z.boolean().optional(), cap_usd: z.number().optional(), hour: z.number().optional() })
    .refine(hasAny, 'Send "on", "cap_usd" or "hour".'),
  retention: z.strictObject({
    days: z.number().optional(),
    max_mb: z.number().optional(),
    keep_goals: z.boolean().optional(),
    archive: z.boolean().optional(),
  }),
  clean: z.strictObject({ days: z.number().optional(), max_mb: z.number().optional() }),
  backupSchedule: z.strictObject({ every: text.optional(), keep: z.number().optional() }),
  keep: z.strictObject({ instead_of: text }),
  apply: z.strictObject({ branch: text.optional(), repository: text.optional(), task: text.optional() }).optional(),
  gaps: z.strictObject({
    steps: z
      .array(z.strictObject({ step: text, need: text.optional() }))
      .min(1)
      .max(100),
    tree: text.optional(),
  }),
  /** An OpenAPI document: its address or its text. */
  apiDocument: z.strictObject({ url: text.optional(), text: text.optional() }),
  /** The address of an outside agent, or of its card. */
  outsideAgentAddress: z.strictObject({ url: text }),
  /** A configuration file of servers as JSON, or `{ text }` with the text of such a file. */
  servers: z.record(
    z.string(),
    z.unknown(),
    'Send an object such as {"mcpServers": {…}}, or {"text": "…"} with a file\'s text.',
  ),
};

/** Returns the text of the configuration file. */
export function fileOf(servers: Record<string, unknown>): string {
  return typeof servers.text === "string" ? servers.text : JSON.stringify(servers);
}
