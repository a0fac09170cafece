/** Approving what an agent proposed: it is validated, made live, and given to the task that asked for it, or nothing of it happens. */

import { type Actor, UserError } from "@/agents/application";
import { checkReferences, type Known } from "@/agents/configuration/entry-checks";
import { editedBody } from "@/agents/queries/proposal-parts";
import { nameOfServerTool } from "@/agents/tools/outside/server-tools";
import type { LetterBody } from "@/core/facts";
import type { AgentBody, DocumentBody, ToolBody } from "@/core/rules/configuration";
import type { ConfigEntry } from "@/db/configuration/configuration";
import { hashOfBody, type Proposal } from "@/db/configuration/proposals";
import type { Store } from "@/db/store";

export interface ProposalSources {
  store: Store;
  configuration: Known;
  /** Starts the server, lists its tools and calls its probe. Resolves with the body that holds what it found; throws UserError. */
  validateServer(body: ToolBody): Promise<ToolBody>;
  now(): number;
}

/** Agents that make something for the task above them. */
const MADE_FOR_PARENT: ReadonlySet<string> = new Set(["tool_addition", "context_addition"]);

export interface ProposalDecision {
  reason: string;
  /** What the tasks read: the reason with what was commented. */
  heard: string;
  /** Texts of a person in place of its own, by the name of their part. */
  edited?: Record<string, string>;
}

/** Throws UserError: it was decided already, what it replaces has changed, or it does not work; the item then stays open. */
export async function approveProposal(
  { store, configuration, validateServer }: ProposalSources,
  review: string,
  { reason, heard, edited }: ProposalDecision,
  actor: Actor,
): Promise<{ sentence: string; decided: string[] }> {
  const proposal = store.proposals.of(review);
  if (proposal?.status !== "open") throw new UserError("conflict", "It was decided already.");
  if (hashOfBody(proposal.body) !== proposal.hash)
    throw new UserError("conflict", "The proposal's text was altered after it was made: reject it.");
  const wanted = edited ? editedBody(proposal.kind, proposal.body, edited) : proposal.body;
  if (edited && proposal.kind === "agent")
    checkReferences(configuration, { kind: "agent", body: wanted as AgentBody }, []);
  const body =
    proposal.kind === "tool"
      ? withPolicies(
          await validateServer(wanted as ToolBody),
          configuration.tools().find((tool) => tool.name === proposal.name),
        )
      : wanted;
  const entry: ConfigEntry = { kind: proposal.kind, name: proposal.name, description: descriptionOf(body), body };
  const version = await store.proposals.approve({
    review,
    hash: proposal.hash,
    entry,
    by: actor.name,
    reason,
    ...(edited && {
      why: `${proposal.why} (Proposed by ${proposal.proposedBy}, edited by ${actor.name}: ${Object.keys(edited).join(", ")}.)`,
    }),
    letters: (live) => lettersOf(proposal, entry, { version: live, by: actor.name, heard, edited }),
  });
  if (version === "decided") throw new UserError("conflict", "It was decided already.");
  if (version === "changed") {
    const what = `The ${proposal.kind} ${proposal.name} has changed since this was proposed`;
    throw new UserError("conflict", `${what}: reject it, and have it proposed anew.`);
  }
  const how = edited ? " as you edited it" : "";
  return { sentence: `Version ${version} of the ${proposal.kind} ${proposal.name} is live${how}.`, decided: [review] };
}

/** What people decided about a server holds for the one that takes its place: an agent that proposes one loosens nothing. */
function withPolicies(body: ToolBody, live: ToolBody | undefined): ToolBody {
  if (!live?.server || !body.server) return body;
  const before = new Map(live.server.tools.map((tool) => [tool.name, tool.policy]));
  const tools = body.server.tools.map((tool) => {
    const policy = before.get(tool.name);
    return policy ? { ...tool, policy } : tool;
  });
  return { ...body, policy: live.policy, server: { ...body.server, tools } };
}

function descriptionOf(body: unknown): string {
  return (body as { description: string }).description;
}

/** To whoever proposed it, as the answer of its call, and to whoever it was made for, as something that it has from now on. */
function lettersOf(
  proposal: Proposal,
  entry: ConfigEntry,
  { version, by, heard, edited }: { version: number; by: string } & Pick<ProposalDecision, "heard" | "edited">,
): { to: string; body: LetterBody }[] {
  const { review, task, parent, proposedBy } = proposal;
  const tools = entry.kind === "tool" ? toolNames(entry.body as ToolBody) : [];
  const said = {
    status: "approved",
    name: entry.name,
    version,
    ...(tools.length > 0 && { tools }),
    ...(edited && { edited_by: by, edited }),
    ...(heard && { reason: heard }),
  };
  const answer: LetterBody = { kind: "answer", review, text: JSON.stringify(said), by };
  const receiver = MADE_FOR_PARENT.has(proposedBy) ? (parent ?? task) : task;
  const given = givenBy(entry, tools, version, by);
  return [{ to: task, body: answer }, ...(given ? [{ to: receiver, body: given }] : [])];
}

function givenBy(entry: ConfigEntry, tools: string[], version: number, by: string): LetterBody | null {
  if (entry.kind === "tool") {
    const text = `The tools that you asked for were approved by ${by} and are yours from now on: ${tools.join(", ")}.`;
    return { kind: "configured", tools: [entry.name], servers: [{ name: entry.name, version }], by, text };
  }
  if (entry.kind !== "document") return null;
  const { name, body } = entry.body as DocumentBody;
  const text = `The document ${name}, which you asked for, was approved by ${by}:\n<document name="${name}">\n${body.trim()}\n</document>`;
  return { kind: "configured", tools: [], servers: [], by, text };
}

function toolNames(body: ToolBody): string[] {
  return (body.server?.tools ?? []).map((tool) => nameOfServerTool(body.name, tool.name));
}
