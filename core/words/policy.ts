/** Labels of levels and policies, and what a choice risks. Pure. */
import type { Level } from "@/core/log/entries";
import type { Policy } from "@/core/rules/policy";

/** How far a call reaches. */
export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  read: "Read",
  write: "Workspace",
  network: "Network",
  host: "This machine",
  change: "Banyan itself",
};

/** What a call of each level can do. */
export const LEVEL_HELP: Readonly<Record<Level, string>> = {
  read: "Reads the task’s own tree and workspace.",
  write: "Changes files in the workspace and runs commands in the sandbox.",
  network: "Connects to a host. Hosts listed below need no approval.",
  host: "Leaves the sandbox with the rights of the account that runs Banyan.",
  change: "Changes agents, documents, tools or code.",
};

export const POLICY_WORDS: Readonly<Record<Policy, string>> = {
  auto: "Automatic",
  ask: "Ask a person",
  deny: "Refuse",
};

export function levelWord(level: string): string {
  return LEVEL_WORDS[level as Level] ?? level;
}

export function policyWord(policy: string): string {
  return POLICY_WORDS[policy as Policy] ?? policy;
}

const DANGERS: Partial<Record<Level, Partial<Record<Policy, string>>>> = {
  read: { deny: "Tasks can no longer read their own tree, so hardly any agent can work." },
  write: { deny: "Tasks can no longer write files or run commands." },
  network: {
    auto: "Tasks connect to any host without approval. A page that a task reads could make it send out everything it has read.",
  },
  host: {
    auto: "Commands run outside the sandbox and nobody looks at them first. They can read keys and delete whatever the server’s account can delete.",
    ask: "One careless “Approve” runs a command outside the sandbox, with all rights of the server’s account.",
  },
  change: { auto: "Agents change agents, documents, tools or code without approval." },
};

/** The risk of a choice that a person should read before making it; null when there is none. */
export function dangerOf(level: Level, policy: Policy): string | null {
  return DANGERS[level]?.[policy] ?? null;
}
