/** Approves an agent's proposal: validates it, makes it live, gives it to the task that asked; or changes nothing. */
import { type Actor, UserError } from "@/agents/application";
import { checkReferences, checkRemoval, type Known } from "@/agents/configuration/entry-checks";
import { refuseGuarded } from "@/agents/configuration/guarded-entries";
import { agentsOf, goesOnTrial, metricOf } from "@/agents/configuration/trial-subjects";
import { refuseUnnamed, type SavedModels } from "@/agents/providers/check-model";
import type { Providers } from "@/agents/providers/providers";
import { editedBody } from "@/agents/queries/proposal-parts";
import { chooseReplays } from "@/agents/replays/choose";
import type { ProposedChange, SelfChanges } from "@/agents/self/changes";
import { flagsRefusal } from "@/agents/self/reviewed-change";
import { refusalOf, type SelfSwitch } from "@/agents/self/switch";
import { isServer, namesOfServerTools } from "@/agents/tools/outside/server-tools";
import type { LetterBody } from "@/core/facts";
import type { AgentBody, DocumentBody, ToolBody } from "@/core/rules/configuration";
import type { ConfigEntry } from "@/db/configuration/configuration";
import type { Proposal } from "@/db/configuration/proposal";
import { hashOfBody } from "@/db/configuration/proposals";
import type { NewTrial } from "@/db/configuration/trials";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { decidedAlready } from "./review-talk";

export interface ProposalSources {
  store: Store;
  configuration: Known;
  models: SavedModels;
  /** Starts the server, lists its tools and calls its probe. Resolves with the completed body; throws UserError. */
  validateServer(body: ToolBody): Promise<ToolBody>;
  self: { changes: SelfChanges; power: SelfSwitch };
  providers: Pick<Providers, "defaultModel">;
  /** Ended trees that a new version replays at most before its trial; 0: none. */
  trialReplays: number;
  now(): number;
}

/** Agents that work for their parent task, which then gets the approved entry. */
const MADE_FOR_PARENT: ReadonlySet<string> = new Set(["tool_addition", "context_addition"]);

export interface ProposalDecision {
  reason: string;
  /** The text for the tasks: the reason with the comments. */
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
  const { kind, name } = proposal;
  const wanted = edited ? editedBody(kind, proposal.body, edited) : proposal.body;
  refuseGuarded(configuration, { kind, name, after: wanted }, actor);
  if (wanted === null) checkRemoval(configuration, kind, name);
  // A task's own proposal was checked when it was made. A release's proposal may name entries that are not approved
  // yet.
  else if (kind === "agent" && (edited || proposal.seed)) {
    checkReferences(configuration, { kind, body: wanted as AgentBody }, []);
    await refuseUnnamed(models, (wanted as AgentBody).model);
  }
  const isServerBody = kind === "tool" && wanted !== null && isServer(wanted as ToolBody);
  const body = isServerBody
    ? withPolicies(
        await validateServer(wanted as ToolBody),
        configuration.tools().find((tool) => tool.name === name),
      )
    : wanted;
  const entry: ConfigEntry = { kind, name, description: descriptionOf(body), body };
  const trial = trialFor(sources, proposal, edited ? hashOfBody(wanted) : proposal.hash);
  const version = await store.proposals.approve({
    review,
    hash: proposal.hash,
    entry,
    by: actor.name,
    reason,
    ...(edited && {
      why: `${proposal.why} (Proposed by ${proposal.proposedBy}, edited by ${actor.name}: ${Object.keys(edited).join(", ")}.)`,
    }),
    trial,
    checkTrial: () => refuseSecondTrial(sources, proposal),
    letters: (made) => lettersOf(proposal, entry, { version: made, by: actor.name, heard, edited, trial }),
  });
  if (version === "decided") throw decidedAlready(store.queries.reviews.get(review, now()));
  if (version === "changed") {
    const what = `The ${kind} ${name} has changed since this was proposed`;
    const then = proposal.seed
      ? "the next start of the server proposes it again, against what is installed then"
      : "reject the proposal and ask for a new one";
    throw new UserError("conflict", `${what}: ${then}.`);
  }
  if (version === "on_trial") throw onTrialAlready(`${kind} ${name}`);
  const isReplayed = trial?.replays === "choosing" && (await beginReplays(sources, trial.uid));
  const sentence = approvedSentence(entry, version, { trial, isReplayed, isEdited: edited !== undefined });
  return { sentence, decided: [review] };
}

/** Chooses the trees to replay; after a kill the leading worker does it. Resolves with whether there are replays. */
async function beginReplays(sources: ProposalSources, uid: string): Promise<boolean> {
  const trial = sources.store.trials.get(uid);
  return trial !== null && (await chooseReplays(sources, trial));
}

function approvedSentence(
  { kind, name, body }: ConfigEntry,
  version: number,
  { trial, isReplayed, isEdited }: { trial: NewTrial | null; isReplayed: boolean; isEdited: boolean },
): string {
  if (body === null) return `The ${kind} ${name} is removed. Running tasks keep it, and its versions stay.`;
  const how = isEdited ? " as you edited it" : "";
  const what = `Version ${version} of the ${kind} ${name}`;
  if (isReplayed)
    return `${what} is approved${how}. Ended trees are replayed with it first; then it goes on trial, unless it does worse there.`;
  if (trial?.isJudged)
    return `${what} is on trial${how}: new trees use it and the live version in turn, until their results decide.`;
  const unjudged = trial ? " It is unjudged: no language model is configured." : "";
  return `${what} is live${how}.${unjudged}`;
}

/** Returns how the change goes on trial; null for a new entry, which has no live version to compare with. Throws UserError. */
function trialFor(
  { store, configuration, providers, trialReplays }: ProposalSources,
  { kind, name, body }: Proposal,
  hash: string,
): NewTrial | null {
  if (kind === "code" || !goesOnTrial(kind, body) || !isLive(configuration, kind, name)) return null;
  refuseSecondTrial({ store, configuration }, { kind, name });
  const metric = metricOf(configuration.agents(), { kind, name });
  const isJudged = providers.defaultModel() !== "runbook";
  // Judges are measured by what people say, and nobody says anything about a replay.
  const replays = metric !== "verdict" ? "judges" : trialReplays === 0 ? "off" : "choosing";
  return { uid: newId(), hash, metric, isJudged, replays: isJudged ? replays : null };
}

/** Throws UserError when an agent that the change concerns takes part in another trial. */
function refuseSecondTrial(
  { store, configuration }: Pick<ProposalSources, "store" | "configuration">,
  { kind, name }: Pick<Proposal, "kind" | "name">,
): void {
  if (kind === "code") return;
  const agents = configuration.agents();
  const concerned = agentsOf(agents, { kind, name });
  const other = store.trials.open().find((trial) => agentsOf(agents, trial).some((agent) => concerned.includes(agent)));
  if (other) throw onTrialAlready(`${other.kind} ${other.name}`);
}

function onTrialAlready(what: string): UserError {
  return new UserError(
    "conflict",
    `The ${what} is on trial, and an agent takes part in one trial at a time: wait until that trial has ended, or end it.`,
  );
}

function isLive(configuration: Known, kind: ConfigEntry["kind"], name: string): boolean {
  const lists = {
    agent: configuration.agents,
    document: configuration.documents,
    tool: configuration.tools,
    runbook: configuration.runbooks,
  };
  return lists[kind]().some((entry) => entry.name === name);
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
  await self.changes.noteApproval(commit, { item: review, by: actor.name, reason });
  if (store.selfReleases.status() !== null)
    return {
      sentence:
        "Approved. The launcher builds it beside the server and tries it: follow it on Operations, or with `npx banyan self`.",
      decided: [review],
    };
  return {
    sentence: `Approved. Take it into your checkout with \`${self.changes.pullOf(change)}\`, then restart.`,
    decided: [review],
  };
}

/**
 * Withdraws proposed changes of code that can no longer be approved, because another release runs now, and tells their
 * tasks how to continue.
 */
export async function withdrawStale(
  { store }: Pick<ProposalSources, "store">,
  changes: Pick<SelfChanges, "problemOf">,
): Promise<void> {
  for (const { review, body } of store.proposals.openCode()) {
    const problem = await changes.problemOf(body as ProposedChange);
    if (problem === null) continue;
    const reason = `${problem}. Call check_change, which fetches origin/permanent and says whether you have to merge it, then propose_change again.`;
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
  return body === null ? "" : (body as { description: string }).description;
}

/** Returns the letters of an approval: the answer to the proposing task, and the entry for the task that gets it. */
function lettersOf(
  proposal: Proposal,
  entry: ConfigEntry,
  {
    version,
    by,
    heard,
    edited,
    trial,
  }: { version: number; by: string; trial: NewTrial | null } & Pick<ProposalDecision, "heard" | "edited">,
): { to: string; body: LetterBody }[] {
  const { review, task, parent, proposedBy, seed } = proposal;
  // No task asked for a release's proposal.
  if (seed !== null) return [];
  const tools = entry.kind === "tool" ? toolNames(entry.body as ToolBody) : [];
  const decision = {
    status: "approved",
    name: entry.name,
    version,
    ...(trial?.isJudged && { on_trial: true }),
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
  return namesOfServerTools(body.name, body.server?.tools ?? []);
}
