/** The rules that approve calls without a person: made, changed, switched off and on, removed. */

import { type Commands, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { ownTree, refuseOwn } from "@/agents/queries/own-reviews";
import type { Ids } from "@/agents/queries/queries";
import type { RuleChangeRequest, RuleRequest } from "@/core/shapes/review";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { toolNamed } from "./reviews";

const HOUR_MS = 3_600_000;
/** A rule is looked at again after a year at the latest. */
const MOST_HOURS = 24 * 365;
const MOST_USES = 1_000_000;
const MOST_WHY_CHARACTERS = 2_000;

export interface RuleSources {
  store: Store;
  configuration: Configuration;
  now(): number;
}

type RuleCommands = Pick<Commands, "addRule" | "changeRule" | "revokeRule" | "removeRule">;

export function createRuleCommands(sources: RuleSources, ids: Ids): RuleCommands {
  const { store, now } = sources;
  const { decisions, rules } = store;
  const ruleOf = (id: string) => {
    const rule = rules.one(ids.rule(id));
    if (!rule) throw new UserError("not_found", `There is no rule ${id}.`);
    return rule;
  };
  return {
    addRule: async (request, actor) => {
      const { tool, agent, subject } = matchOf(request, sources, ids);
      const item = request.item === undefined ? undefined : store.queries.reviews.get(ids.review(request.item), now());
      if (item) refuseOwn(store, item, actor);
      const { hours = 24, most_uses: mostUses = null } = request;
      checkTerms({ hours, most_uses: mostUses });
      const tree = request.tree === undefined ? null : treeOf(request.tree, ids);
      const own = tree === null ? null : ownTree(store, tree, actor);
      if (own !== null) throw new UserError("forbidden", own);
      const why = whyOf(request.why ?? "");
      const uid = newId();
      const expiresAtMs = Math.round(now() + hours * HOUR_MS);
      const rule = { uid, tool, agent, subject, tree, mostUses, why, by: actor.name, expiresAtMs };
      const decided = await decisions.addRule(rule);
      const at = new Date(expiresAtMs).toISOString();
      const which = `${agent ? ` by ${agent}` : ""}${subject ? " with exactly these arguments" : ""}${tree ? " in that tree" : ""}`;
      const often = mostUses === null ? "" : `, ${mostUses === 1 ? "one of them" : `${mostUses} of them`} at most`;
      return {
        sentence: `Until ${at} calls of ${tool}${which} are approved${often}.${approvedWords(decided)}`,
        rule: uid,
        decided,
      };
    },
    changeRule: async (id, change) => {
      const rule = ruleOf(id);
      checkTerms(change);
      const isOff = rule.revoked_at !== null;
      if (change.on && !isOff && Date.parse(rule.expires_at) > now() && change.hours === undefined)
        throw new UserError("conflict", "The rule is on already.");
      if (Object.values(change).every((value) => value === undefined))
        throw new UserError("invalid", "Say what changes: hours, most_uses, why or on.");
      const decided = await decisions.changeRule(rule.id, {
        ...(change.hours !== undefined && { expiresAtMs: Math.round(now() + change.hours * HOUR_MS) }),
        ...(change.most_uses !== undefined && { mostUses: change.most_uses }),
        ...(change.why !== undefined && { why: whyOf(change.why) }),
        ...(change.on && { isOn: true as const }),
      });
      if (!decided) throw new UserError("not_found", `There is no rule ${id}.`);
      return { sentence: `${stateOf(ruleOf(rule.id), now())}${approvedWords(decided)}`, decided };
    },
    revokeRule: async (id, actor) => {
      const uid = ids.rule(id);
      if (!(await decisions.revokeRule(uid, actor.name)))
        throw new UserError("conflict", "The rule was revoked already.");
      const decided = rules.decidedBy(uid);
      const effects =
        decided.length > 0 ? `It had approved ${decided.length}; what they did stays done.` : "It had approved none.";
      return { sentence: `The rule approves nothing any more. ${effects}`, decided };
    },
    removeRule: async (id) => {
      const rule = ruleOf(id);
      if (await rules.remove(rule.id)) return { sentence: "The rule is removed." };
      const { uses } = ruleOf(rule.id);
      const calls = uses === 1 ? "a call" : `${uses} calls`;
      throw new UserError(
        "conflict",
        `It has approved ${calls}, so it stays as the reason of that: switch it off, and it approves nothing more.`,
      );
    },
  };
}

function checkTerms({ hours, most_uses: mostUses }: Pick<RuleChangeRequest, "hours" | "most_uses">): void {
  if (hours !== undefined && !(hours > 0 && hours <= MOST_HOURS))
    throw new UserError("invalid", `A rule lasts for more than 0 and at most ${MOST_HOURS} hours, not ${hours}.`);
  if (mostUses === undefined || mostUses === null) return;
  if (!(Number.isInteger(mostUses) && mostUses >= 1 && mostUses <= MOST_USES))
    throw new UserError(
      "invalid",
      `A rule approves a whole number of calls from 1 up, or any number: not ${mostUses}.`,
    );
}

function whyOf(text: string): string {
  const why = text.trim();
  if (!why) throw new UserError("invalid", "Say why the rule may approve without a person: it stands beside it.");
  if (why.length > MOST_WHY_CHARACTERS)
    throw new UserError("invalid", `The reason has ${why.length} characters; ${MOST_WHY_CHARACTERS} is the limit.`);
  return why;
}

function approvedWords(decided: readonly string[]): string {
  return decided.length > 0 ? ` It has approved ${decided.length} that waited.` : "";
}

/** What the rule does as it is now. */
function stateOf(rule: NonNullable<ReturnType<Store["rules"]["one"]>>, nowMs: number): string {
  const { tool, revoked_at: revokedAt, expires_at: at, most_uses: most, uses } = rule;
  if (revokedAt !== null) return "The rule is changed, and stays switched off.";
  if (Date.parse(at) <= nowMs) return "The rule is changed, and has run out: say for how many hours it goes on.";
  if (most !== null && uses >= most)
    return `The rule is changed, and used up: it has approved ${uses}, and ${most} is its limit.`;
  return `Until ${at} calls of ${tool} are approved${most === null ? "" : `, ${most - uses} more at most`}.`;
}

function treeOf(id: string, ids: Ids): string {
  const { kind, uid } = ids.treeOrTask(id);
  if (kind !== "tree") throw new UserError("invalid", `${id} is a task: a rule is for a whole tree, or for every one.`);
  return uid;
}

/** A rule is made from an open or decided approval, or names a tool. */
function matchOf(
  rule: RuleRequest,
  { store, configuration }: RuleSources,
  ids: Ids,
): { tool: string; agent: string | null; subject: string | null } {
  const agent = rule.agent ?? null;
  if (agent !== null && !configuration.agents().some((one) => one.name === agent))
    throw new UserError("not_found", `There is no agent ${agent}.`);
  if (rule.item !== undefined) {
    const found = store.decisions.subjectOf(ids.review(rule.item));
    if (!found)
      throw new UserError("invalid", `${rule.item} is no approval: a rule is made from one, or names a tool.`);
    return { tool: found.tool, agent, subject: rule.exact === false ? null : found.hash };
  }
  const tool = rule.tool ?? "";
  const named = toolNamed(tool, configuration);
  if (named.tool.server && named.ofServer === undefined)
    throw new UserError("invalid", `${tool} is a server, and a rule is for one tool: name that as agents call it.`);
  if (rule.exact === true)
    throw new UserError("invalid", "Exact arguments are those of an item: name the approval, not only its tool.");
  return { tool, agent, subject: null };
}
