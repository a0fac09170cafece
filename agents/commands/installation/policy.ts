/** The policy of each level of calls, and the hosts that need no approval. */

import { type Commands, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Level } from "@/core/log/entries";
import type { HostPolicy, Policy } from "@/core/rules/policy";
import type { Store } from "@/db/store";
import { canonicalEntry } from "@/lib/net/host-list";

type Change = Parameters<Commands["setPolicy"]>[0];

const LEVELS: readonly Level[] = ["read", "write", "network", "host", "change"];
const POLICIES: readonly Policy[] = ["auto", "ask", "deny"];

export interface PolicySources {
  store: Pick<Store, "configuration">;
  configuration: Pick<Configuration, "policy">;
}

export function createPolicyCommands(sources: PolicySources): Pick<Commands, "setPolicy"> {
  const { store, configuration } = sources;
  return {
    async setPolicy(change) {
      const now = configuration.policy();
      const levels = changedLevels(now.levels, change.levels ?? {});
      const isAboutHosts = Boolean(change.addHosts ?? change.removeHosts);
      const stored = JSON.parse(store.configuration.policy() ?? "{}") as Partial<HostPolicy>;
      // The settings' list of hosts applies until somebody changes it, so a change of levels stores no copy of it.
      const hosts = isAboutHosts ? changedHosts(now.hosts, change) : stored.hosts;
      await store.configuration.setPolicy(JSON.stringify({ levels, ...(hosts && { hosts }) }));
      const next = configuration.policy();
      return { sentence: policySentence(next), policy: next };
    },
  };
}

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
  const given = change.addHosts ?? [];
  const wrong = given.find((host) => canonicalEntry(host) === null);
  if (wrong !== undefined)
    throw new UserError("invalid", `“${wrong}” is not a host: write host, host:port or *.host, without https://.`);
  const added = given.flatMap((host) => canonicalEntry(host) ?? []);
  const removed = (change.removeHosts ?? []).map((host) => canonicalEntry(host) ?? host);
  const unknown = removed.find((host) => !now.includes(host));
  if (unknown !== undefined)
    throw new UserError("not_found", `${unknown} is not in the list of hosts: ${now.join(", ") || "it is empty"}.`);
  return [...new Set([...now, ...added])].filter((host) => !removed.includes(host));
}

function policySentence({ levels, hosts, fetchHosts }: HostPolicy): string {
  const words = LEVELS.map((level) => `${level}: ${levels[level]}`).join(", ");
  return `${words}. Hosts without approval: ${hosts.join(", ") || "none"}; for fetching only: ${fetchHosts.join(", ") || "none"}.`;
}
