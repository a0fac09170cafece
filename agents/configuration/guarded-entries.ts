/**
 * Says which changes of the configuration need an admin. The rights and tools of a system agent affect the work of all
 * other agents, so people who may otherwise change agents can change only its texts. Every command that makes an entry
 * live, replaces it or removes it asks here, and so does the page that shows a proposal.
 */
import { type Actor, UserError } from "@/agents/application";
import type { AgentBody, ToolBody } from "@/core/rules/configuration";
import type { Role } from "@/core/rules/roles";
import { isSystemAgent } from "@/core/rules/system-agents";
import { canonicalJson } from "@/lib/mcp/config/schema";
import type { Known } from "./entry-checks";
import { agentsOf } from "./trial-subjects";

/** The entry that would be live instead of the current one. */
export interface EntryChange {
  kind: "agent" | "document" | "tool" | "runbook";
  name: string;
  /** null: the entry would be removed. */
  after: unknown;
}

/** The fields of a system agent that may change without an admin. Its trial measures the effect of such a change. */
const OPEN_PARTS: ReadonlySet<string> = new Set(["description", "instruction", "documents"]);

/** The names of other parts, as people know them. */
const WORDS: Readonly<Record<string, string>> = { webSearch: "web search", a2aAnswer: "answer by A2A" };

/** Returns why this role may not make the change, as a sentence, or null. */
export function guardedRefusal(known: Known, { kind, name, after }: EntryChange, role: Role): string | null {
  if (role === "admin") return null;
  if (kind === "agent") return isSystemAgent(name) ? agentRefusal(known, name, after as AgentBody | null) : null;
  return kind === "tool" ? toolRefusal(known, name, after as ToolBody | null) : null;
}

/** Throws UserError when the actor may not make the change. */
export function refuseGuarded(known: Known, change: EntryChange, actor: Pick<Actor, "role">): void {
  const why = guardedRefusal(known, change, actor.role);
  if (why !== null) throw new UserError("forbidden", why);
}

function agentRefusal(known: Known, name: string, after: AgentBody | null): string | null {
  if (after === null) return `${name} is a system agent, so only an admin can remove it.`;
  const live = known.agents().find((agent) => agent.name === name);
  if (!live) return `${name} is the name of a system agent, so only an admin can create it.`;
  const { version: _, edited: __, ...before } = live;
  const closed = differing(before, after).filter((part) => !OPEN_PARTS.has(part));
  if (closed.length === 0) return null;
  const parts = closed.map((part) => WORDS[part] ?? part).join(", ");
  return `${name} is a system agent, so only an admin can change more than its description, instruction and documents; this changes: ${parts}.`;
}

function toolRefusal(known: Known, name: string, after: ToolBody | null): string | null {
  const live = known.tools().find((tool) => tool.name === name);
  if ((live ?? after)?.source === "builtin" || after?.source === "builtin")
    return `${name} is one of Banyan's own tools, so only an admin can change it.`;
  const [agent] = agentsOf(known.agents(), { kind: "tool", name }).filter(isSystemAgent);
  return agent === undefined ? null : `The system agent ${agent} has the tool ${name}, so only an admin can change it.`;
}

function differing(before: object, after: object): string[] {
  const parts = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const at = (body: object, part: string) => canonicalJson((body as Record<string, unknown>)[part] ?? null);
  return parts.filter((part) => at(before, part) !== at(after, part));
}
