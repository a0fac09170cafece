/** `policy`: what calls of each level are allowed, and the hosts that nobody is asked about. */
import type { HostPolicy } from "@/core/rules/policy";
import { actor, type Context, type Flags, withLooking } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { padTo } from "@/scripts/cli/print/text";
import { type Arguments, act } from "./act";

const MEANINGS: Record<keyof HostPolicy["levels"], string> = {
  read: "looking at the task's own tree and workspace",
  write: "changing the sandboxed workspace",
  network: "reaching a host that is not listed below",
  host: "leaving the sandbox",
  change: "changing agents, documents and tools",
};

export async function policy(context: Context, [level, wanted]: Arguments, flags: Flags): Promise<number> {
  const [addHosts, removeHosts] = [hostsOf(flags, "allow"), hostsOf(flags, "disallow")];
  if (level === undefined && !addHosts && !removeHosts) return show(context);
  if (level !== undefined && wanted === undefined)
    throw new UsageError(`Say what holds for the level ${level}: npx banyan policy ${level} auto|ask|deny.`);
  const levels = level !== undefined && wanted !== undefined ? { [level]: wanted } : undefined;
  return act(context, ({ application }) => application.commands.setPolicy({ levels, addHosts, removeHosts }, actor()));
}

function hostsOf(flags: Flags, name: string): string[] | undefined {
  const hosts = textFlag(flags, name)
    ?.split(",")
    .map((host) => host.trim());
  if (hosts?.some((host) => host === "")) throw new UsageError(`--${name} needs hosts, separated by commas.`);
  return hosts;
}

async function show(context: Context): Promise<number> {
  return withLooking(context, async ({ queries }) => {
    const found = await queries.getPolicy();
    if (context.json) {
      printJson(found);
      return 0;
    }
    for (const [level, words] of Object.entries(MEANINGS))
      print(`${padTo(level, 7)}  ${padTo(found.levels[level as keyof typeof MEANINGS], 4)}  ${words}`);
    print(`Hosts that nobody is asked about: ${found.hosts.join(", ") || "none"}.`);
    print(`The same, for fetching only: ${found.fetchHosts.join(", ") || "none"}.`);
    print("A tool's own policy goes before its level's, but what is denied stays denied: npx banyan tools list.");
    print("A task that has read content from outside is asked for before it sends anything out, whatever stands here.");
    return 0;
  });
}
