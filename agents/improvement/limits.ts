/**
 * What the host allows a look of the review agent to propose. The agent reads quotations from other trees, which may
 * try to talk it into anything, so none of these limits depends on what it was told.
 */
import type { Configuration } from "@/agents/configuration/configuration";
import { refusalOf, type SelfSwitch } from "@/agents/self/switch";
import type { OpenLook } from "@/agents/tools/contract/control";
import { areAlike, type Wanted } from "@/core/faults/alike";
import { MEMORY_MS } from "@/core/faults/kinds";
import { MANY_FAULTS, MOST_PROPOSALS_A_DAY } from "@/core/faults/limits";
import type { AgentBody } from "@/core/rules/configuration";
import type { StoredLook, StoredLookProposal } from "@/db/improvement/looks";
import type { NewProposal } from "@/db/records/records";
import type { Store } from "@/db/store";

export interface LimitSources {
  store: Pick<Store, "looks" | "faults" | "configuration">;
  configuration: Pick<Configuration, "agentBody" | "documents" | "agents">;
  power: SelfSwitch;
  now(): number;
}

/** Returns a function that finds the look of a tree; null for every other tree. */
export function createLookLimits(sources: LimitSources): (tree: string) => OpenLook | null {
  return (tree) => {
    const look = sources.store.looks.ofTree(tree);
    if (!look) return null;
    return { faults: look.kinds, refusalOf: (proposal, before) => refusal(sources, look, proposal, before) };
  };
}

function refusal(
  sources: LimitSources,
  look: StoredLook,
  proposal: NewProposal,
  before: readonly NewProposal[],
): string | null {
  const { store, power, now } = sources;
  const off = refusalOf(power.state());
  if (off !== null) return off;
  const { kind, review, faults = [] } = proposal;
  if (kind !== "agent" && kind !== "document") return "A look at faults may propose only agents and documents.";
  const known = look.kinds.map(({ id }) => id);
  if (faults.length === 0 || faults.some((id) => !known.includes(id)))
    return `Name in "faults" the faults that this would prevent, by their ids: ${known.join(", ")}.`;
  const proposed = store.looks.proposedToday(now(), review) + before.length;
  if (proposed >= MOST_PROPOSALS_A_DAY)
    return `Looks have made ${proposed} proposals today, and ${MOST_PROPOSALS_A_DAY} is the limit. End the task: say in its result what else you would propose.`;
  return widened(sources, proposal) ?? repeated(sources, proposal, before);
}

/** No quotation may widen what an agent can do. */
function widened({ configuration }: LimitSources, { kind, name, body }: NewProposal): string | null {
  if (kind !== "agent") return null;
  const had = configuration.agentBody(name)?.tools ?? [];
  const more = (body as AgentBody).tools.filter((tool) => !had.includes(tool));
  return more.length > 0
    ? `A look at faults may not give an agent tools: ${more.join(", ")}. Say in the result of the task which tool is missing, and a person decides.`
    : null;
}

/** Refuses a proposal that is open already, or that a person rejected in the last 30 days without many faults since. */
function repeated(sources: LimitSources, proposal: NewProposal, before: readonly NewProposal[]): string | null {
  const { store, now } = sources;
  const { kind, name, body, faults = [] } = proposal;
  const wanted: Wanted = { kind, name, before: liveBody(sources, proposal), after: body };
  const same = before.some((proposal) => areAlike(wanted, { ...wanted, name: proposal.name, after: proposal.body }));
  if (same) return "You have just proposed the same.";
  const alike = store.looks.proposals(now() - MEMORY_MS).filter((lookProposal) => {
    return lookProposal.review !== proposal.review && areAlike(wanted, wantedBy(sources, lookProposal));
  });
  if (alike.some(({ status }) => status === "open")) return "The same proposal is open: a person has not decided yet.";
  const refused = alike.filter(({ status }) => status === "rejected" || status === "deleted").at(-1);
  if (!refused) return null;
  const since = store.faults.since([...new Set([...faults, ...refused.faults])], refused.decidedAtMs);
  if (since >= MANY_FAULTS) return null;
  const day = new Date(refused.decidedAtMs).toISOString().slice(0, 10);
  return `A person rejected nearly the same proposal on ${day}, and only ${since} faults of its kinds came since: it takes ${MANY_FAULTS}, or 30 days. Propose something else, or end the task.`;
}

function wantedBy({ store }: LimitSources, { kind, name, baseVersion, body }: StoredLookProposal): Wanted {
  const before = baseVersion === null ? null : store.configuration.version(kind, name, baseVersion);
  return { kind, name, before, after: body };
}

function liveBody({ configuration }: LimitSources, { kind, name }: NewProposal): unknown {
  if (kind === "agent") return configuration.agentBody(name);
  const found = configuration.documents().find((document) => document.name === name);
  if (!found) return null;
  const { description, body } = found;
  return { name, description, body };
}
