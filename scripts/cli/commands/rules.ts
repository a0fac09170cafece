/** `rules`: lists, adds and revokes rules that approve calls without a person. */
import type { ApprovalRule } from "@/core/shapes/shapes";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { paint, print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";
import { type Arguments, act } from "./act";
import { decidedLines } from "./decide";

const VERBS: Record<string, (context: Context, id: string | undefined, flags: Flags) => Promise<number>> = {
  list: (context) => list(context),
  add: (context, id, flags) => add(context, id, flags),
  revoke: (context, id) => revoke(context, id),
};

export async function rules(context: Context, [verb = "list", id]: Arguments, flags: Flags): Promise<number> {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run) throw new UsageError(`There is no \`banyan rules ${verb}\`: use list, add or revoke ID.`);
  if (verb === "list" && id !== undefined)
    throw new UsageError("`banyan rules list` takes no arguments: it lists them all.");
  return run(context, id, flags);
}

async function list(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listRules();
    if (context.json) printJson({ items: found, next: null });
    else if (found.length === 0)
      print('There are no rules: add one with npx banyan rules add --item ITEM --why "…", or --tool T for every call.');
    else for (const rule of found) print(ruleLine(rule, Date.now()));
    return 0;
  });
}

export function ruleLine(rule: ApprovalRule, nowMs: number): string {
  const isOpen = rule.revoked_at === null && Date.parse(rule.expires_at) > nowMs;
  const state = rule.revoked_at ? "revoked" : isOpen ? "open" : "expired";
  const what = `${rule.tool}${rule.exact ? " with the same arguments" : ""}${rule.agent ? ` by ${rule.agent}` : ""}`;
  const over = rule.revoked_at
    ? `revoked ${rule.revoked_at} by ${oneLine(rule.revoked_by ?? "")}`
    : `${isOpen ? "until" : "expired"} ${rule.expires_at}`;
  const mark = paint(isOpen ? "green" : "dim", padTo(state, 8));
  return `${short(rule.id)}  ${mark} ${what}, ${over}, approved ${rule.uses}: ${oneLine(rule.why)} (${oneLine(rule.created_by)})`;
}

async function add(context: Context, stray: string | undefined, flags: Flags): Promise<number> {
  if (stray !== undefined)
    throw new UsageError(`\`banyan rules add\` takes flags only: --tool ${stray}, or --item ${stray}?`);
  const [tool, item, agent] = ["tool", "item", "agent"].map((name) => textFlag(flags, name));
  if ((tool === undefined) === (item === undefined))
    throw new UsageError(
      "Say what the rule approves: --tool T for every call of a tool, or --item ITEM for calls identical to ITEM.",
    );
  const hours = numberFlag(flags, "hours", { least: 0 });
  const exact = flags.anyArguments === true ? false : undefined;
  const rule = { tool, item, exact, agent, hours, why: textFlag(flags, "why") };
  return act(context, ({ application }) => application.commands.addRule(rule), {
    needsWorker: ({ decided }) => decided.length > 0,
    lines: async ({ rule: made, decided }, acting) => [
      `Revoke it with: npx banyan rules revoke ${short(made)}`,
      ...(await decidedLines(acting, decided)),
    ],
  });
}

async function revoke(context: Context, id: string | undefined): Promise<number> {
  if (!id) throw new UsageError("Give the rule's id, as `rules list` shows it: npx banyan rules revoke ID.");
  return act(context, ({ application }) => application.commands.revokeRule({ id }), {
    lines: async ({ decided }, acting) => decidedLines(acting, decided),
  });
}
