/** Whether a call runs, waits for a person, or is refused: by its tool's policy, its level's, and what the task has read. Pure. */
import type { Level } from "./entries";

export type Policy = "auto" | "ask" | "deny";
/** `inherit`: as the policy of the call's level says. */
export type ToolPolicy = Policy | "inherit";

/** What holds for the whole installation. */
export interface HostPolicy {
  levels: Record<Level, Policy>;
  /** `host`, `host:port` or `*.host`: the network level asks for none of these. */
  hosts: string[];
}

export const DEFAULT_HOST_POLICY: HostPolicy = {
  levels: { read: "auto", write: "auto", network: "ask", host: "deny", change: "ask" },
  hosts: [],
};

/** What a call would touch; see `CallEffect` in agents/tools/tool.ts. */
export interface Effect {
  level: Level;
  alsoNeeds?: Level;
  hosts?: readonly string[];
  sends?: boolean;
}

export interface Judgement {
  policy: Policy;
  /** What a person is asked for beside the tool's own policy; null: nothing more. */
  why: string | null;
}

const PRIVILEGED: ReadonlySet<Level> = new Set(["host", "change"]);

/** A denied tool or level stays denied; a tool's own policy goes before its level's; taint turns "auto" into "ask". */
export function judge(tool: ToolPolicy, effect: Effect, isTainted: boolean, host: HostPolicy): Judgement {
  const ofLevel = host.levels[effect.level];
  if (tool === "deny" || ofLevel === "deny") return { policy: "deny", why: null };
  const isListed = (effect.hosts?.length ?? 0) > 0 && (effect.hosts ?? []).every((one) => isAllowed(one, host.hosts));
  const base = tool !== "inherit" ? tool : effect.level === "network" && isListed ? "auto" : ofLevel;
  if (base === "ask") return { policy: "ask", why: null };
  if (isTainted && (effect.sends || PRIVILEGED.has(effect.level))) {
    const what = effect.sends ? "this call sends something out" : "this call reaches beyond the workspace";
    return { policy: "ask", why: `The task has read content from outside, and ${what}.` };
  }
  return { policy: "auto", why: null };
}

/** `*.host` stands for every name below it. An entry without a port stands for 80 and 443. */
export function isAllowed(wanted: string, allowed: readonly string[]): boolean {
  const { name, port } = partsOf(wanted);
  return allowed.some((entry) => {
    const one = partsOf(entry);
    const isName = one.name.startsWith("*.") ? name.endsWith(one.name.slice(1)) : name === one.name;
    const isPort = one.port === port || (one.port === null && (port === null || port === "80" || port === "443"));
    return isName && isPort;
  });
}

function partsOf(host: string): { name: string; port: string | null } {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host.toLowerCase());
  return { name: (match?.[1] ?? "").replace(/\.$/, ""), port: match?.[2] ?? null };
}
