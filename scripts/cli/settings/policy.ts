/**
 * `caps`: shows and sets the caps on money. `policy`: shows and sets the policy for each level of calls, and the hosts that
 * need no approval.
 */
import type { HostPolicy } from "@/core/rules/policy";
import type { SpendCaps } from "@/core/shapes/status";
import { spendCapsSentence } from "@/core/words/spending/spend-caps";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { padTo } from "@/scripts/cli/print/text";

const MEANINGS: Record<keyof HostPolicy["levels"], string> = {
  read: "read the task's own tree and workspace",
  write: "change the sandboxed workspace",
  network: "reach a host that is not listed below",
  host: "leave the sandbox",
  change: "change agents, documents and tools",
};

export async function policy(context: Context, [level, wanted]: Arguments, flags: Flags): Promise<number> {
  const [add_hosts, remove_hosts] = [hostsOf(flags, "allow"), hostsOf(flags, "disallow")];
  if (level === undefined && !add_hosts && !remove_hosts) return show(context);
  if (level !== undefined && wanted === undefined)
    throw new UsageError(`Give a policy for the level ${level}: npx banyan policy ${level} auto|ask|deny.`);
  const levels = level !== undefined && wanted !== undefined ? { [level]: wanted } : undefined;
  return act(context, ({ application }) => application.commands.setPolicy({ levels, add_hosts, remove_hosts }));
}

function hostsOf(flags: Flags, name: string): string[] | undefined {
  const hosts = textFlag(flags, name)
    ?.split(",")
    .map((host) => host.trim());
  if (hosts?.some((host) => host === "")) throw new UsageError(`--${name} needs hosts, separated by commas.`);
  return hosts;
}

async function show(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getPolicy();
    if (context.json) {
      printJson(found);
      return 0;
    }
    for (const [level, words] of Object.entries(MEANINGS))
      print(`${padTo(level, 7)}  ${padTo(found.levels[level as keyof typeof MEANINGS], 4)}  ${words}`);
    print(`Hosts without approval: ${found.hosts.join(", ") || "none"}.`);
    print(`Hosts without approval for fetching only: ${found.fetchHosts.join(", ") || "none"}.`);
    print("A tool's own policy overrides its level's, except deny, which always wins: npx banyan tools list.");
    print("A task that has read outside content always needs approval before it sends anything out.");
    return 0;
  });
}

export async function caps(context: Context, _args: Arguments, flags: Flags): Promise<number> {
  const day_usd = usdFlag(flags, "day");
  const tree_usd = usdFlag(flags, "tree");
  if (day_usd === undefined && tree_usd === undefined) return showCaps(context);
  return act(context, ({ application }) => application.commands.setSpendCaps({ day_usd, tree_usd }));
}

function usdFlag(flags: Flags, name: string): number | null | undefined {
  return flags[name] === "none" ? null : numberFlag(flags, name, { least: 0 });
}

/** The lines of the caps, and how to change them: what a setting sets is changed there only. */
export function capsLines(found: SpendCaps): string[] {
  const { day_setting: setting } = found;
  return [
    spendCapsSentence(found),
    ...(setting ? [`The daily cap is the setting ${setting}: change it there.`] : []),
    `Change ${setting ? "the cap of a tree" : "them"}: npx banyan caps ${setting ? "" : "--day 50 "}--tree none. A tree's own cap: npx banyan run --max-cost-usd 2.`,
  ];
}

function showCaps(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getSpendCaps();
    if (context.json) printJson(found);
    else {
      for (const line of capsLines(found)) print(line);
    }
    return 0;
  });
}
