/** Approval rules of the fake server. */
import { type Queries, UserError } from "@/agents/application";
import type { RuleEvent } from "@/core/shapes/review";
import type { ApprovalRule } from "@/core/shapes/shapes";
import type { FakeOperations } from "./fake-operator";
import { findOpen, settle, toolOf } from "./fake-reviews";
import type { FakeStore } from "./fake-store";

const HOUR_MS = 3_600_000;

export function fakeRules(store: FakeStore): {
  queries: Pick<Queries, "listRules" | "listRuleEvents">;
  operations: Required<Pick<FakeOperations, "addRule" | "changeRule" | "revokeRule" | "removeRule">>;
} {
  const events = new Map<string, RuleEvent[]>();
  const note = (id: string, what: RuleEvent["what"], by: string, why: string | null = null) => {
    const at = new Date().toISOString();
    events.set(id, [...(events.get(id) ?? []), { what, by, at, why, hours: null, most_uses: null }]);
  };
  const ruleOf = (id: string) => {
    const rule = store.rules.find((candidate) => candidate.id === id);
    if (!rule) throw new UserError("not_found", `There is no rule ${id}.`);
    return rule;
  };
  /** Approves the matching open items. */
  const decide = (rule: ApprovalRule): string[] => {
    const open = [...store.reviews.values()].filter(
      (review) => review.status === "open" && toolOf(review) === rule.tool,
    );
    for (const review of open)
      settle(store, review, { status: "approved", answer: null, by: `rule ${rule.id}`, rule: rule.id });
    rule.uses += open.length;
    return open.map((review) => review.id);
  };
  return {
    queries: {
      listRules: async () => store.rules.map((rule) => ({ ...rule })),
      listRuleEvents: async (id) => events.get(ruleOf(id).id) ?? [],
    },
    operations: {
      async addRule({ item, tool = "", exact = item !== undefined, why = "", hours = 24, agent, most_uses }, actor) {
        if (!why.trim()) throw new UserError("invalid", "Say why the rule may approve without a person.");
        const named = item === undefined ? tool : toolOf(findOpen(store, item));
        const rule = addRule(store, { tool: named, exact, why, created_by: actor.name }, hours);
        Object.assign(rule, { agent: agent ?? null, most_uses: most_uses ?? null });
        note(rule.id, "made", actor.name, why);
        const decided = decide(rule);
        const waited = decided.length > 0 ? ` It approved ${decided.length} open items.` : "";
        const sentence = `Calls of ${named} are approved until ${rule.expires_at}.${waited}`;
        return { sentence, rule: rule.id, decided };
      },
      async changeRule({ id, hours, why, most_uses, on }, actor) {
        const rule = ruleOf(id);
        if (hours !== undefined) rule.expires_at = new Date(Date.now() + hours * HOUR_MS).toISOString();
        if (why !== undefined) rule.why = why;
        if (most_uses !== undefined) rule.most_uses = most_uses;
        if (on) Object.assign(rule, { revoked_by: null, revoked_at: null });
        note(rule.id, on ? "on" : "changed", actor.name, why ?? null);
        return { sentence: `Calls of ${rule.tool} are approved until ${rule.expires_at}.`, decided: decide(rule) };
      },
      async revokeRule({ id }, actor) {
        const rule = ruleOf(id);
        Object.assign(rule, { revoked_by: actor.name, revoked_at: new Date().toISOString() });
        note(rule.id, "off", actor.name);
        return { sentence: `The rule is off. It approved ${rule.uses} calls.`, decided: [] };
      },
      async removeRule({ id }) {
        const rule = ruleOf(id);
        if (rule.uses > 0) throw new UserError("conflict", "The rule has approved calls, so it stays as their reason.");
        store.rules = store.rules.filter((other) => other !== rule);
        return { sentence: "Rule removed." };
      },
    },
  };
}

export function addRule(
  store: FakeStore,
  fields: Pick<ApprovalRule, "tool" | "exact" | "why" | "created_by">,
  hours: number,
): ApprovalRule {
  const rule: ApprovalRule = {
    id: store.newId("p"),
    agent: null,
    tree_id: null,
    most_uses: null,
    created_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + hours * HOUR_MS).toISOString(),
    revoked_by: null,
    revoked_at: null,
    uses: 0,
    ...fields,
  };
  store.rules.unshift(rule);
  return rule;
}
