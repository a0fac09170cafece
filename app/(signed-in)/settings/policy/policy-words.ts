/** What the levels mean, which choices are dangerous, and who made the last change. Pure. */
import type { ListedAudit } from "@/agents/application";
import type { Level } from "@/core/log/entries";
import type { Policy } from "@/core/rules/policy";

export const LEVELS: { level: Level; word: string; what: string }[] = [
  { level: "read", word: "Read", what: "Looks at the task’s own tree and workspace." },
  { level: "write", word: "Write", what: "Changes files of the workspace, and runs commands in the sandbox." },
  {
    level: "network",
    word: "Network",
    what: "Reaches a host. Hosts that are listed below are reached without asking.",
  },
  { level: "host", word: "This machine", what: "Leaves the sandbox: has the rights of the account that runs Banyan." },
  { level: "change", word: "Banyan itself", what: "Changes agents, documents, tools or code." },
];

export const CHOICES: Record<Policy, string> = { auto: "Automatic", ask: "Ask a person", deny: "Refuse" };

const DANGERS: Partial<Record<Level, Partial<Record<Policy, string>>>> = {
  read: { deny: "No task can look at its own tree any more: hardly any agent gets anywhere." },
  write: { deny: "No task can write a file or run a command any more." },
  network: {
    auto: "Tasks reach every host without asking. What a task has read can be sent anywhere, also by a page that talks it into that before it counts as read.",
  },
  host: {
    auto: "Commands run outside the sandbox without anybody having looked. They can read keys and delete what the account of the server may delete.",
    ask: "One careless “Approve” runs a command outside the sandbox, with everything that the account of the server may do.",
  },
  change: { auto: "Nobody is asked before an agent’s call changes agents, documents, tools or code." },
};

/** What somebody should know before they choose it; null: nothing in particular. */
export function dangerOf(level: Level, policy: Policy): string | null {
  return DANGERS[level]?.[policy] ?? null;
}

export interface Changed {
  by: string;
  at: string;
}

/** From rows of the audit, the newest first. */
export function lastChanges(rows: readonly ListedAudit[]): {
  levels: Partial<Record<Level, Changed>>;
  hosts: Changed | null;
} {
  const levels: Partial<Record<Level, Changed>> = {};
  let hosts: Changed | null = null;
  for (const { actor, at, detail } of rows) {
    const said = detailOf(detail);
    if (said.outcome !== "done") continue;
    for (const { level } of LEVELS) {
      if (said.levels && level in said.levels) levels[level] ??= { by: actor, at };
    }
    if (said.addHosts || said.removeHosts) hosts ??= { by: actor, at };
  }
  return { levels, hosts };
}

interface Detail {
  outcome?: unknown;
  levels?: Record<string, unknown>;
  addHosts?: unknown;
  removeHosts?: unknown;
}

/** A long one was cut, and says nothing any more. */
function detailOf(text: string): Detail {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
