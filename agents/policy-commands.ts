/** What calls of each level are allowed, and the hosts that nobody is asked about. */
import type { Store } from "@/db/store";
import { type Commands, UserError } from "./application";
import type { Configuration } from "./configuration";
import type { Level } from "./core/entries";
import type { HostPolicy, Policy } from "./core/policy";

type Change = Parameters<Commands["setPolicy"]>[0];

const LEVELS: readonly Level[] = ["read", "write", "network", "host", "change"];
const POLICIES: readonly Policy[] = ["auto", "ask", "deny"];
const HOST = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;

export interface PolicySources {
  store: Pick<Store, "configuration">;
  configuration: Pick<Configuration, "policy">;
  /** Hosts that the settings allow, which no command takes back. */
  allowedHosts: readonly string[];
}

export function createPolicyCommands(sources: PolicySources): Pick<Commands, "setPolicy"> {
  const { store, configuration, allowedHosts } = sources;
  return {
    async setPolicy(change) {
      const now = configuration.policy();
      const levels = changedLevels(now.levels, change.levels ?? {});
      const hosts = changedHosts(now.hosts, change, allowedHosts);
      // Those of the settings stay theirs: they go when they are taken out there.
      const own = hosts.filter((host) => !allowedHosts.includes(host));
      await store.configuration.setPolicy(JSON.stringify({ levels, hosts: own }));
      const next = configuration.policy();
      return { sentence: policySentence(next), policy: next };
    },
  };
}

function changedLevels(now: HostPolicy["levels"], wanted: Record<string, string>): HostPolicy["levels"] {
  const levels = { ...now };
  for (const [level, policy] of Object.entries(wanted)) {
    if (!LEVELS.includes(level as Level))
      throw new UserError("invalid", `There is no level “${level}”: it is ${LEVELS.join(", ")}.`);
    if (!POLICIES.includes(policy as Policy))
      throw new UserError("invalid", `There is no policy “${policy}”: write auto, ask or deny.`);
    levels[level as Level] = policy as Policy;
  }
  return levels;
}

function changedHosts(now: readonly string[], change: Change, fixed: readonly string[]): string[] {
  const [added, removed] = [change.addHosts ?? [], change.removeHosts ?? []].map((hosts) =>
    hosts.map((host) => host.toLowerCase()),
  ) as [string[], string[]];
  const wrong = added.find((host) => !HOST.test(host));
  if (wrong !== undefined)
    throw new UserError("invalid", `“${wrong}” is no host: write host, host:port or *.host, without https://.`);
  const unknown = removed.find((host) => !now.includes(host));
  if (unknown !== undefined)
    throw new UserError("not_found", `${unknown} is not among the hosts: ${now.join(", ") || "there are none"}.`);
  const kept = removed.find((host) => fixed.includes(host));
  if (kept !== undefined)
    throw new UserError("conflict", `${kept} is allowed by the setting BANYAN_ALLOWED_HOSTS: take it out there.`);
  return [...new Set([...now, ...added])].filter((host) => !removed.includes(host));
}

export function policySentence({ levels, hosts }: HostPolicy): string {
  const words = LEVELS.map((level) => `${level}: ${levels[level]}`).join(", ");
  return `${words}. Hosts that nobody is asked about: ${hosts.join(", ") || "none"}.`;
}
