/** Labels of levels and policies, and what a choice risks. Pure. */
import { LEVELS, type Level, type Unasked } from "@/core/log/entries";
import { judge, type KindPolicy, type Policy } from "@/core/rules/policy";

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
  change: "Changes agents, documents, tools or code. Agents can only propose such changes.",
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
};

/** The risk of a choice that a person should read before making it; null when there is none. */
export function dangerOf(level: Level, policy: Policy): string | null {
  return DANGERS[level]?.[policy] ?? null;
}

/** Which calls of a level ask a person although the level's policy is automatic; null: none. */
export function askedAnyway(level: Level): string | null {
  const levels = Object.fromEntries(LEVELS.map((level) => [level, "auto"])) as Record<Level, Policy>;
  const asks = (sends: boolean) =>
    judge("inherit", { level, isListed: true, sends }, true, { levels, hosts: [], fetchHosts: [] }).policy === "ask";
  if (asks(false))
    return "After the task has read content from outside, every call asks a person, unless you refuse them.";
  // Calls of the lower levels stay in the sandbox, so they send nothing.
  if (level === "network" && asks(true))
    return "After the task has read content from outside, calls that send something out ask a person, unless you refuse them.";
  return null;
}

/** The rule that applies whatever the levels say. Only “Refuse” for the level of a call is stronger. */
export const BEYOND_LEVELS: readonly { what: string; says: string }[] = [
  {
    what: "Proposals",
    says: "A new or changed agent, document or tool, and a change of Banyan’s code, always wait for a person. Until then nothing of them is used.",
  },
  {
    what: "Content from outside",
    says: "After a task has read it, calls that send something out or leave the sandbox ask a person, unless their level is refused. No rule can approve them.",
  },
  {
    what: "Requests during a call",
    says: "A server that asks for permission always asks a person, and so does a coding agent whose request Banyan does not know.",
  },
  {
    what: "Records of a tree",
    says: "Tools that only write records in their own tree, such as subtasks and questions, never ask. Only “Refuse” for the tool itself stops them.",
  },
  {
    what: "Tools with their own policy",
    says: "It overrides the level’s policy, but “Refuse” for a level always wins.",
  },
];

const VERBS: Readonly<Record<Policy, string>> = {
  auto: "run without asking",
  ask: "ask a person",
  deny: "are refused",
};

/** Returns what happens to the calls of a kind, as a sentence: "Commands with network ask a person." */
export function kindSentence(kind: KindPolicy): string {
  const { what, policy, listed, tainted, tainted_listed: taintedListed } = kind;
  const first = `${what.charAt(0).toUpperCase()}${what.slice(1)} ${VERBS[policy]}`;
  const hosts = listed !== null && listed !== policy ? `; to allowed hosts they ${VERBS[listed]}` : "";
  const isStricter = tainted !== policy || taintedListed !== listed;
  const after = isStricter ? ` After the task has read content from outside, they always ${VERBS.ask}.` : "";
  return `${first}${hosts}.${after}`;
}

/** For a tool whose calls are judged like calls of a server. */
const AS_THE_SERVER = "As the server that it reads";

/** Returns the policies of a tool's calls in a few words: "Automatic", or "Automatic: commands without network. Ask a person: commands with network". */
export function policySummary(kinds: readonly KindPolicy[]): string {
  if (kinds.length === 0) return AS_THE_SERVER;
  const found = [...new Set(kinds.map(({ policy }) => policy))];
  const ofHosts = kinds.some(({ policy, listed }) => policy === "ask" && listed === "auto");
  const words = (policy: Policy) =>
    policy === "ask" && ofHosts ? `${POLICY_WORDS.ask} (not for allowed hosts)` : POLICY_WORDS[policy];
  if (found.length === 1) return found.map(words).join("");
  return found
    .map((policy) => {
      const of = kinds.filter((kind) => kind.policy === policy).map(({ what }) => what);
      return `${words(policy)}: ${of.join("; ")}`;
    })
    .join(". ");
}

/** Returns what "by level" means for a tool now: "By level: automatic or ask a person". */
export function inheritedWords(
  kinds: readonly Pick<KindPolicy, "level">[],
  levels: Readonly<Record<Level, Policy>>,
): string {
  if (kinds.length === 0) return AS_THE_SERVER;
  const found = new Set(kinds.map(({ level }) => POLICY_WORDS[levels[level]].toLowerCase()));
  return `By level: ${[...found].join(" or ")}`;
}

/** Returns why a call ran without asking a person; null when an old log does not say. The level "read" is not logged. */
export function unaskedWords(level: Level = "read", unasked?: Unasked): string | null {
  if (unasked === "hosts") return "Ran without asking: all its hosts are allowed.";
  if (unasked === "tool") return "Ran without asking: the policy of the tool is automatic.";
  if (level === "read") return "Ran without asking: it only reads.";
  if (level === "write") return "Ran without asking: it changes only the workspace.";
  return unasked ? `Ran without asking: the level ${LEVEL_WORDS[level]} is automatic.` : null;
}

/** Returns the levels that a tool's calls can have: "Workspace, Network". */
export function levelsWord(kinds: readonly Pick<KindPolicy, "level">[]): string {
  return [...new Set(kinds.map(({ level }) => LEVEL_WORDS[level]))].join(", ");
}
