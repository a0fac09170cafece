/** The policy of each level of calls, and the hosts that need no approval. */
import { z } from "zod";
import { UserError, wrongField } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import { said, shape } from "@/agents/operations/operation";
import { hasAny, text } from "@/agents/operations/parse";
import type { Level } from "@/core/log/entries";
import type { HostPolicy, Policy } from "@/core/rules/policy";
import { canonicalEntry } from "@/lib/net/host-list";

const LEVELS: readonly Level[] = ["read", "write", "network", "host", "change"];
const POLICIES: readonly Policy[] = ["auto", "ask", "deny"];

const policyChange = z
  .strictObject({
    levels: z
      .record(z.string(), text, "must be an object that maps levels to policies")
      .optional()
      .describe(
        "What happens to the calls of a level: `auto` runs them, `ask` waits for an approval, `deny` refuses them.",
      ),
    add_hosts: z
      .array(text, "must be a list of hosts")
      .optional()
      .describe("Hosts that need no approval from now on: `host`, `host:port` or `*.host`."),
    remove_hosts: z.array(text, "must be a list of hosts").optional().describe("Hosts that need an approval again."),
  })
  .refine(hasAny, 'Send "levels", "add_hosts" or "remove_hosts".');

type Change = z.infer<typeof policyChange>;

export const policyOperations = {
  setPolicy: operation({
    right: "administer",
    summary: "Changes the policy of levels, and the hosts that need no approval.",
    http: "POST policy",
    input: policyChange,
    audit: ["levels", "add_hosts", "remove_hosts"],
    result: said.extend({ policy: shape<HostPolicy>("HostPolicy").describe("The policy after the change.") }),
    async run(change, _actor, { store, configuration }) {
      await store.configuration.changePolicy((before) => {
        // Read here, where a change that was just written counts.
        const now = configuration.policy();
        const levels = changedLevels(now.levels, change.levels ?? {});
        const isAboutHosts = Boolean(change.add_hosts ?? change.remove_hosts);
        const stored = JSON.parse(before ?? "{}") as Partial<HostPolicy>;
        // The settings' list of hosts applies until somebody changes it, so a change of levels stores no copy of it.
        const hosts = isAboutHosts ? changedHosts(now.hosts, change) : stored.hosts;
        return JSON.stringify({ levels, ...(hosts && { hosts }) });
      });
      const next = configuration.policy();
      return { sentence: policySentence(next), policy: next };
    },
  }),
};

function changedLevels(now: HostPolicy["levels"], wanted: Record<string, string>): HostPolicy["levels"] {
  const levels = { ...now };
  for (const [level, policy] of Object.entries(wanted)) {
    if (!LEVELS.includes(level as Level))
      throw new UserError("invalid", `There is no level “${level}”. Levels: ${LEVELS.join(", ")}.`);
    if (!POLICIES.includes(policy as Policy))
      throw new UserError("invalid", `There is no policy “${policy}”: write auto, ask or deny.`);
    levels[level as Level] = policy as Policy;
  }
  return levels;
}

function changedHosts(now: readonly string[], change: Change): string[] {
  const given = change.add_hosts ?? [];
  const wrong = given.find((host) => canonicalEntry(host) === null);
  if (wrong !== undefined)
    throw wrongField("add_hosts", `“${wrong}” is not a host: write host, host:port or *.host, without https://.`);
  const added = given.flatMap((host) => canonicalEntry(host) ?? []);
  const removed = (change.remove_hosts ?? []).map((host) => canonicalEntry(host) ?? host);
  const unknown = removed.find((host) => !now.includes(host));
  if (unknown !== undefined)
    throw new UserError("not_found", `${unknown} is not in the list of hosts: ${now.join(", ") || "it is empty"}.`);
  return [...new Set([...now, ...added])].filter((host) => !removed.includes(host));
}

function policySentence({ levels, hosts, fetchHosts }: HostPolicy): string {
  const words = LEVELS.map((level) => `${level}: ${levels[level]}`).join(", ");
  return `${words}. Hosts without approval: ${hosts.join(", ") || "none"}; for fetching only: ${fetchHosts.join(", ") || "none"}.`;
}
