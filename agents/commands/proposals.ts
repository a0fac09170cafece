/** Approves an agent's proposal: validates it, makes it live, gives it to the task that asked; or changes nothing. */

import { type Actor, UserError } from "@/agents/application";
import { checkReferences, type Known } from "@/agents/configuration/entry-checks";
import { refuseUnnamed, type SavedModels } from "@/agents/providers/check-model";
import { editedBody } from "@/agents/queries/proposal-parts";
import type { ProposedChange, SelfChanges } from "@/agents/self/changes";
import { flagsRefusal } from "@/agents/self/reviewed-change";
import { refusalOf, type SelfSwitch } from "@/agents/self/switch";
import { nameOfServerTool } from "@/agents/tools/outside/server-tools";
import type { LetterBody } from "@/core/facts";
import type { AgentBody, DocumentBody, ToolBody } from "@/core/rules/configuration";
import type { ConfigEntry } from "@/db/configuration/configuration";
import { hashOfBody, type Proposal } from "@/db/configuration/proposals";
import type { Store } from "@/db/store";
import { decidedAlready } from "./review-talk";

export interface ProposalSources {
  store: Store;
  configuration: Known;
  models: SavedModels;
  /** Starts the server, lists its tools and calls its probe. Resolves with the completed body; throws UserError. */
  validateServer(body: ToolBody): Promise<ToolBody>;
  self: { changes: SelfChanges; power: SelfSwitch };
  now(): number;
}

/** Agents that work for their parent task, which then gets the approved entry. */
const MADE_FOR_PARENT: ReadonlySet<string> = new Set(["tool_addition", "context_addition"]);

export interface ProposalDecision {
  reason: string;
  /** What the tasks read: the reason with the comments. */
  heard: string;
  /** A person's texts that replace the proposal's own, by the name of their part. */
  edited?: Record<string, string>;
}

/** Throws UserError when it is already decided, is based on an old version, or does not work; it then stays open. */
export async function approveProposal(
  sources: ProposalSources,
  review: string,
  decision: ProposalDecision,
  actor: Actor,
): Promise<{ sentence: string; decided: string[] }> {
  const { store, configuration, models, validateServer, now } = sources;
  const { reason, heard, edited } = decision;
  const proposal = store.proposals.of(review);
  if (proposal?.status !== "open") throw decidedAlready(store.queries.reviews.get(review, now()));
  if (hashOfBody(proposal.body) !== proposal.hash)
    throw new UserError("conflict", "The proposal's text was changed after the agent made it: reject it.");
  if (proposal.kind === "code") return approveCode(sources, proposal, decision, actor);
  const wanted = edited ? editedBody(proposal.kind, proposal.body, edited) : proposal.body;
  if (edited && proposal.kind === "agent") {
    checkReferences(configuration, { kind: "agent", body: wanted as AgentBody }, []);
    await refuseUnnamed(models, (wanted as AgentBody).model);
  }
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
  if (version === "decided") throw decidedAlready(store.queries.reviews.get(review, now()));
  if (version === "changed") {
    const what = `The ${proposal.kind} ${proposal.name} has changed since this was proposed`;
    throw new UserError("conflict", `${what}: reject the proposal and ask for a new one.`);
  }
  const how = edited ? " as you edited it" : "";
  return { sentence: `Version ${version} of the ${proposal.kind} ${proposal.name} is live${how}.`, decided: [review] };
}

/** Approves a change of Banyan's own code: exactly the commit, the evidence and the release that the person saw. */
async function approveCode(
  { store, self, now }: ProposalSources,
  { review, hash, body }: Proposal,
  { reason, heard, edited }: ProposalDecision,
  actor: Actor,
): Promise<{ sentence: string; decided: string[] }> {
  const change = body as ProposedChange;
  if (edited)
    throw new UserError("invalid", "A change of code is approved as it was judged: it cannot be edited here.");
  const refusal = flagsRefusal(change.flags, actor.role);
  if (refusal) throw new UserError("forbidden", refusal);
  const isOff = refusalOf(self.power.state());
  if (isOff !== null) throw new UserError("conflict", isOff);
  const problem = await self.changes.problemOf(change);
  if (problem)
    throw new UserError(
      "conflict",
      `${problem}: reject the proposal; its task can check and propose the change again.`,
    );
  const { branch, commit } = change;
  const text = JSON.stringify({ status: "approved", branch, commit, ...(heard && { reason: heard }) });
  const letter: LetterBody = { kind: "answer", review, text, by: actor.name };
  const isDone = await store.proposals.approveCode({ review, hash, by: actor.name, reason, letter });
  if (!isDone) throw decidedAlready(store.queries.reviews.get(review, now()));
  return {
    sentence: `Approved. Take it into your checkout with \`${self.changes.pullOf(change)}\`, then restart.`,
    decided: [review],
  };
}

/**
 * Withdraws proposed changes of code that can no longer be approved, because another release runs now, and tells their
 * tasks how to go on.
 */
export async function withdrawStale({ store }: Pick<ProposalSources, "store">, changes: SelfChanges): Promise<void> {
  await changes.refresh();
  for (const { review, body } of store.proposals.openCode()) {
    const problem = await changes.problemOf(body as ProposedChange);
    if (problem === null) continue;
    const reason = `${problem}. Merge origin/permanent, call check_change, then propose_change again.`;
    const text = JSON.stringify({ status: "withdrawn", reason });
    await store.proposals.withdrawCode({ review, letter: { kind: "answer", review, text, by: "Banyan" } });
  }
}

/** Copies the live server's policies to its replacement, so that no agent can loosen them with a proposal. */
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

/** Returns the letters of an approval: the answer to the proposing task, and the entry for the task that gets it. */
function lettersOf(
  proposal: Proposal,
  entry: ConfigEntry,
  { version, by, heard, edited }: { version: number; by: string } & Pick<ProposalDecision, "heard" | "edited">,
): { to: string; body: LetterBody }[] {
  const { review, task, parent, proposedBy } = proposal;
  const tools = entry.kind === "tool" ? toolNames(entry.body as ToolBody) : [];
  const decision = {
    status: "approved",
    name: entry.name,
    version,
    ...(tools.length > 0 && { tools }),
    ...(edited && { edited_by: by, edited }),
    ...(heard && { reason: heard }),
  };
  const answer: LetterBody = { kind: "answer", review, text: JSON.stringify(decision), by };
  const receiver = MADE_FOR_PARENT.has(proposedBy) ? (parent ?? task) : task;
  const given = givenBy(entry, tools, version, by);
  return [{ to: task, body: answer }, ...(given ? [{ to: receiver, body: given }] : [])];
}

function givenBy(entry: ConfigEntry, tools: string[], version: number, by: string): LetterBody | null {
  if (entry.kind === "tool") {
    const text = `${by} approved the tools that you asked for. You have them from now on: ${tools.join(", ")}.`;
    return { kind: "configured", tools: [entry.name], servers: [{ name: entry.name, version }], by, text };
  }
  if (entry.kind !== "document") return null;
  const { name, body } = entry.body as DocumentBody;
  const text = `${by} approved the document ${name}, which you asked for:\n<document name="${name}">\n${body.trim()}\n</document>`;
  return { kind: "configured", tools: [], servers: [], by, text };
}

function toolNames(body: ToolBody): string[] {
  return (body.server?.tools ?? []).map((tool) => nameOfServerTool(body.name, tool.name));
}
