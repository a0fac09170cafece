/** Rules, which approve calls without a person: add, change, switch off and on, remove. */
import { z } from "zod";
import { type Actor, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { said, saidAndDecided } from "@/agents/operations/operation";
import { isWholeFrom, numberWithin, text, whole } from "@/agents/operations/parse";
import type { Ids } from "@/agents/queries/ids";
import { ownTree, refuseOwn } from "@/agents/queries/own-reviews";
import { treeIdOf } from "@/core/ids";
import type { ApprovalRule } from "@/core/shapes/shapes";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { toolNamed } from "./tools";
import { doneOnce } from "./world/done-once";
import { type CommandWorld, operation } from "./world/operation";

const HOUR_MS = 3_600_000;
/** A person must renew a rule after a year at the latest. */
const MOST_HOURS = 24 * 365;
const MOST_USES = 1_000_000;
const MOST_WHY_CHARACTERS = 2_000;

const hours = numberWithin(
  (value) => value > 0 && value <= MOST_HOURS,
  `A rule lasts more than 0 and at most ${MOST_HOURS} hours`,
);
const mostUses = numberWithin(
  isWholeFrom(1, MOST_USES),
  `The limit of a rule is a whole number of calls from 1 to ${MOST_USES}`,
);
const NO_WHY = whole("Say why the rule may approve without a person. The reason is shown with the rule.");
const why = text
  .trim()
  .refine((reason) => reason !== "", NO_WHY)
  .refine(
    (reason) => reason.length <= MOST_WHY_CHARACTERS,
    whole((reason: string) => `The reason has ${reason.length} characters; ${MOST_WHY_CHARACTERS} is the limit.`),
  );

/** A new rule. It names a tool, or an item whose calls it approves. */
const newRule = z
  .strictObject({
    /** Approves every call of this tool; absent with `item`, which names the tool. */
    tool: text
      .refine((tool) => tool !== "", whole("Choose the tool whose calls run without approval."))
      .optional()
      .describe("Name of the tool whose calls it approves. Instead of `item`."),
    item: text.optional().describe("Id of an approval: the rule approves it and calls like it. Instead of `tool`."),
    /** With `item`: approves only calls with the same arguments; default: true. */
    exact: z
      .boolean("must be true or false")
      .optional()
      .describe("With `item`: approves only calls with the same arguments; absent: true."),
    agent: text.optional().describe("Only calls of this agent; absent: of every agent."),
    why: why.optional().describe("Why no person has to be asked."),
    hours: hours.optional().describe("Hours after which the rule expires; absent: 24."),
    /** Approves only calls of this tree. */
    tree: text.optional().describe("Id of a tree: only its calls; absent: calls of every tree."),
    /** Most calls that it approves. */
    most_uses: mostUses.optional().describe("Most calls that it approves; absent: any number until it expires."),
    once: text.optional().describe("A repeated request with the same value adds one rule."),
  })
  .refine(({ tool, item }) => (tool === undefined) !== (item === undefined), {
    path: ["tool"],
    message: 'is required, or "item", but not both',
  })
  .refine((rule) => rule.why !== undefined, { path: ["why"], ...NO_WHY });

/** A change of a rule. Absent fields stay unchanged. */
const ruleChange = z.strictObject({
  /** Hours from now until it expires. */
  hours: hours.optional().describe("Hours from now after which the rule expires."),
  /** Most calls that it approves; null without a limit. */
  most_uses: mostUses
    .nullable()
    .optional()
    .describe("Most calls that it approves in all; null: any number until it expires."),
  why: why.optional().describe("The new reason."),
  /** Switches the rule on again. */
  on: z
    .literal(true, "must be true: a rule is switched off with POST rules/ID/revoke")
    .optional()
    .describe("Switches a revoked rule on again."),
});

const addedRule = saidAndDecided.extend({ rule: z.string().describe("Id of the rule.") });

type RuleRequest = Omit<z.infer<typeof newRule>, "once">;
type RuleChange = z.infer<typeof ruleChange>;

export const ruleOperations = {
  addRule: operation({
    right: "decide",
    summary: "Creates a rule. It immediately approves matching open items.",
    http: "POST rules",
    input: newRule,
    audit: ["tool", "item", "exact", "agent", "tree", "most_uses", "why", "hours"],
    result: addedRule,
    made: ({ rule }) => ({ subject: rule, tree: "" }),
    async run({ once, ...request }, actor, world) {
      const asked = { what: "rule", once, input: request };
      const added = await doneOnce(world.store, actor, asked, addedRule, (_, name) =>
        addRule(world, request, actor, name === undefined ? newId() : treeIdOf(name)),
      );
      if (world.store.rules.get(added.rule) === null)
        throw new UserError(
          "conflict",
          "The rule that this request added was removed: send it with a new `once` to add it again.",
        );
      return added;
    },
  }),
  changeRule: operation({
    right: "decide",
    summary: "Changes the expiry or the number of uses of a rule, or switches it on again.",
    on: "rule",
    http: "POST rules/:id/change",
    input: ruleChange,
    audit: ["hours", "most_uses", "why", "on"],
    result: saidAndDecided,
    async run({ id, ...change }, actor, { store, ids, now }) {
      const rule = ruleOf(id, store, ids);
      const isWider = widens(rule, change, now());
      const own = isWider && rule.tree_id !== null ? ownTree(store, rule.tree_id, actor) : null;
      if (own !== null) throw new UserError("forbidden", own);
      const isOff = rule.revoked_at !== null;
      if (change.on && !isOff && Date.parse(rule.expires_at) > now() && change.hours === undefined)
        throw new UserError("conflict", "The rule is already on.");
      if (Object.values(change).every((value) => value === undefined))
        throw new UserError("invalid", "Say what changes: hours, most_uses, why or on.");
      const decided = await store.decisions.changeRule(rule.id, {
        ...(change.hours !== undefined && { expiresAtMs: Math.round(now() + change.hours * HOUR_MS) }),
        ...(change.most_uses !== undefined && { mostUses: change.most_uses }),
        ...(change.why !== undefined && { why: change.why }),
        ...(change.on && { isOn: true as const }),
        ...(isWider && { by: actor.name }),
      });
      if (!decided) throw new UserError("not_found", `There is no rule ${id}.`);
      return { sentence: `${stateOf(ruleOf(rule.id, store, ids), now())}${approvedWords(decided)}`, decided };
    },
  }),
  revokeRule: operation({
    right: "decide",
    summary: "Switches a rule off.",
    on: "rule",
    http: "POST rules/:id/revoke",
    audit: [],
    result: saidAndDecided,
    async run({ id }, actor, { store, ids }) {
      const uid = ids.rule(id);
      if (!(await store.decisions.revokeRule(uid, actor.name)))
        throw new UserError("conflict", "The rule is already off.");
      const { uses } = ruleOf(uid, store, ids);
      const effects =
        uses > 0
          ? `It had approved ${uses === 1 ? "1 call" : `${uses} calls`}; their effects stay.`
          : "It had approved no calls.";
      return { sentence: `The rule is off. ${effects}`, decided: store.rules.decidedBy(uid) };
    },
  }),
  removeRule: operation({
    right: "decide",
    summary: "Removes a rule that has never approved anything.",
    on: "rule",
    http: "DELETE rules/:id",
    audit: [],
    result: said,
    async run({ id }, _actor, { store, ids }) {
      const rule = ruleOf(id, store, ids);
      if (await store.rules.remove(rule.id)) return { sentence: "Rule removed." };
      const { uses } = ruleOf(rule.id, store, ids);
      const calls = uses === 1 ? "a call" : `${uses} calls`;
      throw new UserError(
        "conflict",
        `The rule has approved ${calls} and is kept as the record of why: switch it off instead.`,
      );
    },
  }),
};

async function addRule(
  { store, configuration, ids, now }: CommandWorld,
  request: RuleRequest,
  actor: Actor,
  uid: string,
): Promise<z.infer<typeof addedRule>> {
  // A kill came before its answer was stored.
  if (store.rules.get(uid) !== null) {
    const decided = store.rules.decidedBy(uid);
    return { sentence: `The rule was added already.${approvedWords(decided)}`, rule: uid, decided };
  }
  const { tool, agent, subject } = matchOf(request, { store, configuration }, ids);
  const item = request.item === undefined ? undefined : store.queries.reviews.get(ids.review(request.item), now());
  if (item) refuseOwn(store, item, actor);
  const { hours: lasts = 24, most_uses: mostUses = null, why = "" } = request;
  const tree = request.tree === undefined ? null : treeOf(request.tree, ids);
  const own = tree === null ? null : ownTree(store, tree, actor);
  if (own !== null) throw new UserError("forbidden", own);
  const expiresAtMs = Math.round(now() + lasts * HOUR_MS);
  const rule = { uid, tool, agent, subject, tree, mostUses, why, by: actor.name, expiresAtMs };
  const decided = await store.decisions.addRule(rule);
  return { sentence: `${ruleSentence(rule)}${approvedWords(decided)}`, rule: uid, decided };
}

function ruleOf(id: string, store: Store, ids: Ids) {
  const rule = store.rules.get(ids.rule(id));
  if (!rule) throw new UserError("not_found", `There is no rule ${id}.`);
  return rule;
}

/**
 * Whether the changed rule may approve a call that it would not approve now: who changes it so answers for it, as a
 * maker does. An exact rule for one call also answers calls that ask because of what their task has read.
 */
function widens(rule: ApprovalRule, { on, hours, most_uses: most }: RuleChange, nowMs: number): boolean {
  const isLonger = hours !== undefined && nowMs + hours * HOUR_MS > Date.parse(rule.expires_at);
  const isMore = most === null || (most !== undefined && (most === 1 || most > (rule.most_uses ?? MOST_USES)));
  return on === true || isLonger || (isMore && most !== rule.most_uses);
}

type NewRule = Parameters<Store["decisions"]["addRule"]>[0];

function ruleSentence({ tool, agent, subject, tree, mostUses, expiresAtMs }: NewRule): string {
  const until = new Date(expiresAtMs).toISOString();
  const which = `${agent ? ` by ${agent}` : ""}${subject ? " with exactly these arguments" : ""}${tree ? " in that tree" : ""}`;
  const often = mostUses === null ? "" : `, at most ${mostUses === 1 ? "1 call" : `${mostUses} calls`}`;
  return `Until ${until} calls of ${tool}${which} are approved${often}.`;
}

function approvedWords(decided: readonly string[]): string {
  return decided.length > 0
    ? ` It has approved ${decided.length} waiting ${decided.length === 1 ? "call" : "calls"}.`
    : "";
}

/** Returns a sentence about what the rule does now. */
function stateOf(rule: ApprovalRule, nowMs: number): string {
  const { tool, revoked_at: revokedAt, expires_at: at, most_uses: most, uses } = rule;
  if (revokedAt !== null) return "Rule changed. It stays off.";
  if (Date.parse(at) <= nowMs) return "Rule changed, but it has expired: set for how many hours it applies.";
  if (most !== null && uses >= most)
    return `Rule changed, but its limit is reached: it has approved ${uses} of ${most} calls.`;
  return `Until ${at} calls of ${tool} are approved${most === null ? "" : `, at most ${most - uses} more`}.`;
}

function treeOf(id: string, ids: Ids): string {
  const { kind, uid } = ids.treeOrTask(id);
  if (kind !== "tree") throw new UserError("invalid", `${id} is a task: a rule applies to one tree or to all trees.`);
  return uid;
}

/** Returns what the rule matches: the call of an open or decided approval, or all calls of a tool. Throws UserError. */
function matchOf(
  rule: RuleRequest,
  { store, configuration }: { store: Store; configuration: Configuration },
  ids: Ids,
): { tool: string; agent: string | null; subject: string | null } {
  const agent = rule.agent ?? null;
  if (agent !== null && !configuration.agents().some((known) => known.name === agent))
    throw new UserError("not_found", `There is no agent ${agent}.`);
  if (rule.item !== undefined) {
    const found = store.decisions.subjectOf(ids.review(rule.item));
    if (!found) throw new UserError("invalid", `${rule.item} is not an approval: name an approval or a tool.`);
    return { tool: found.tool, agent, subject: rule.exact === false ? null : found.hash };
  }
  const tool = rule.tool ?? "";
  const named = toolNamed(tool, configuration);
  if (named.tool.server && named.ofServer === undefined)
    throw new UserError(
      "invalid",
      `${tool} is a server, and a rule is for one tool: use the tool's name as agents call it.`,
    );
  if (rule.exact === true)
    throw new UserError("invalid", "Exact arguments come from an approval: name the approval, not only the tool.");
  return { tool, agent, subject: null };
}
