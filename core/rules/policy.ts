/** Whether a call runs, waits for a person, or is refused: by its tool's policy, its level's, and what the task has read. Pure. */
import type { Level } from "@/core/log/entries";

export type Policy = "auto" | "ask" | "deny";
/** `inherit`: as the policy of the call's level says. */
export type ToolPolicy = Policy | "inherit";

/** What holds for the whole installation. */
export interface HostPolicy {
  levels: Record<Level, Policy>;
  /** `host`, `host:port` or `*.host`: the network level asks for none of these. The gateway compares them, by lib/net. */
  hosts: string[];
  /** The same for calls that only fetch; sending something there is asked about. */
  fetchHosts: string[];
}

export const DEFAULT_HOST_POLICY: HostPolicy = {
  levels: { read: "auto", write: "auto", network: "ask", host: "deny", change: "ask" },
  hosts: [],
  fetchHosts: [],
};

/** What a call would touch, as far as it counts here; see `CallEffect` in agents/tools/contract/tool.ts. */
export interface Effect {
  level: Level;
  /** It reaches hosts, and every one of them is listed in the policy. */
  isListed: boolean;
  sends?: boolean | undefined;
}

export interface Judgement {
  policy: Policy;
  /** What a person is asked for beside the tool's own policy, which no rule can answer; null: nothing more. */
  why: string | null;
}

const PRIVILEGED: ReadonlySet<Level> = new Set(["host", "change"]);

/** A denied tool or level stays denied; a tool's own policy goes before its level's; taint turns "auto" into "ask". */
export function judge(tool: ToolPolicy, effect: Effect, isTainted: boolean, { levels }: HostPolicy): Judgement {
  const ofLevel = levels[effect.level];
  if (tool === "deny" || ofLevel === "deny") return { policy: "deny", why: null };
  const base = tool !== "inherit" ? tool : effect.level === "network" && effect.isListed ? "auto" : ofLevel;
  if (isTainted && (effect.sends || PRIVILEGED.has(effect.level))) {
    const what = effect.sends ? "this call sends something out" : "this call reaches beyond the workspace";
    return { policy: "ask", why: `The task has read content from outside, and ${what}.` };
  }
  return { policy: base, why: null };
}
