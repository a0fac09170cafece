/** Decides whether a call runs, waits for approval, or is refused, from its tool's policy, its level's policy, and what the task has read. Pure. */
import type { Level, Unasked } from "@/core/log/entries";

/** Whether calls of a tool run at once, wait for an approval, or are denied. */
export type Policy = "auto" | "ask" | "deny";
/** `inherit` uses the policy of the call's level. */
export type ToolPolicy = Policy | "inherit";

/** The policy of the whole installation. */
export interface HostPolicy {
  /** What happens to the calls of each level: they run, wait for an approval, or are refused. */
  levels: Record<Level, Policy>;
  /** Hosts that need no approval: `host`, `host:port` or `*.host`. The call check matches them with lib/net. */
  hosts: string[];
  /** Hosts that need no approval for fetching only; sending something to them needs approval. */
  fetchHosts: string[];
}

export const DEFAULT_HOST_POLICY: HostPolicy = {
  levels: { read: "auto", write: "auto", network: "ask", host: "deny", change: "ask" },
  hosts: [],
  fetchHosts: [],
};

/** The part of a call's effect that decides its policy; see `CallEffect` in agents/tools/contract/tool.ts. */
export interface Effect {
  level: Level;
  /** A further right that it needs: what the policy says of that level holds, too. */
  alsoNeeds?: Level | null | undefined;
  /** Whether it reaches hosts and the policy lists all of them. */
  isListed: boolean;
  sends?: boolean | undefined;
}

export interface Judgement {
  policy: Policy;
  /** Why a person must approve when the tool's policy is not the reason; no rule can approve then. Else null. */
  why: string | null;
  /** Why nobody is asked; null unless the policy is "auto". */
  unasked: Unasked | null;
}

const PRIVILEGED: ReadonlySet<Level> = new Set(["host", "change"]);

/**
 * Returns the policy of a call. A denied tool or level stays denied; else a tool's own policy overrides its levels'; of two
 * levels the stricter counts, and listed hosts lift only what the network asks; taint turns "auto" into "ask".
 */
export function judge(tool: ToolPolicy, effect: Effect, isTainted: boolean, { levels }: HostPolicy): Judgement {
  const ofLevel = levels[effect.level];
  const ofOther = effect.alsoNeeds ? levels[effect.alsoNeeds] : "auto";
  if ([tool, ofLevel, ofOther].includes("deny")) return { policy: "deny", why: null, unasked: null };
  const ofHosts = effect.level === "network" && effect.isListed ? "auto" : ofLevel;
  const base = tool !== "inherit" ? tool : ofOther === "ask" ? "ask" : ofHosts;
  if (isTainted && (effect.sends || PRIVILEGED.has(effect.level))) {
    const what = effect.sends ? "this call sends something out" : "this call reaches beyond the workspace";
    return { policy: "ask", unasked: null, why: `The task has read content from outside, and ${what}.` };
  }
  return { policy: base, why: null, unasked: base === "auto" ? unaskedBy(ofLevel, effect) : null };
}

/** A level that runs everything is named first, because it says what the call can do at most. */
function unaskedBy(ofLevel: Policy, { level, isListed }: Effect): Unasked {
  if (ofLevel === "auto") return "level";
  return level === "network" && isListed ? "hosts" : "tool";
}

/** A kind of calls of a tool: the calls that touch the same things. */
export interface CallKind {
  /** The calls, in a few words: "commands with network". */
  what: string;
  level: Level;
  /** A further right that they need. */
  also_needs: Level | null;
  /** Whether they reach hosts, which the policy may list. */
  hosts: boolean;
  /** Whether they send something out. */
  sends: boolean;
}

/** What happens to the calls of a kind. */
export interface KindPolicy extends CallKind {
  policy: Policy;
  /** When the policy lists all hosts that they reach; null for calls that reach none, or always the same. */
  listed: Policy | null;
  /** The same two after the task has read content from outside. */
  tainted: Policy;
  /** The same when the policy lists all hosts that they reach; null as for `listed`. */
  tainted_listed: Policy | null;
}

/** Returns what `judge` decides about the calls of a kind. `isListed`: their hosts are always the same, and listed or not. */
export function policyOfKind(kind: CallKind, tool: ToolPolicy, host: HostPolicy, isListed?: boolean): KindPolicy {
  const of = (listed: boolean, isTainted: boolean) =>
    judge(tool, { level: kind.level, alsoNeeds: kind.also_needs, isListed: listed, sends: kind.sends }, isTainted, host)
      .policy;
  const varies = kind.hosts && isListed === undefined;
  const plain = isListed === true;
  return {
    ...kind,
    policy: of(plain, false),
    listed: varies ? of(true, false) : null,
    tainted: of(plain, true),
    tainted_listed: varies ? of(true, true) : null,
  };
}
