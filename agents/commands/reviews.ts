/** Commands that decide: questions, flags, approvals, and the policy of a tool. */

import { type Actor, type Commands, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import type { Ids } from "@/agents/queries/ids";
import { refuseOwn } from "@/agents/queries/own-reviews";
import { nameOfServerTool } from "@/agents/tools/outside/server-tools";
import type { ToolBody } from "@/core/rules/configuration";
import type { ToolPolicy } from "@/core/rules/policy";
import type { Store } from "@/db/store";
import { approveProposal, type ProposalSources } from "./proposals";
import { decidedAlready, withComments } from "./review-talk";
import { checkVersion } from "./servers/stored";

type ReviewCommands = Pick<Commands, "decide" | "answer" | "setToolPolicy">;

type ReviewSources = { configuration: Configuration } & Omit<ProposalSources, "store">;

interface ReviewContext {
  store: Store;
  ids: Ids;
  sources: ReviewSources;
}

export function createReviewCommands(store: Store, ids: Ids, sources: ReviewSources): ReviewCommands {
  const context: ReviewContext = { store, ids, sources };
  return {
    decide: (reviewId, decision, reason, actor, options = {}) =>
      decide(context, reviewId, decision, reason, actor, options),
    answer: (reviewId, text, actor) => answer(context, reviewId, text, actor),
    setToolPolicy: (name, policy, actor, { version } = {}) => setToolPolicy(context, name, policy, actor, version),
  };
}

async function decide(
  context: ReviewContext,
  reviewId: string,
  decision: "approved" | "rejected",
  reason: string,
  actor: Actor,
  { alike = false, edited }: { alike?: boolean; edited?: Record<string, string> },
): ReturnType<Commands["decide"]> {
  const { store, ids, sources } = context;
  const uid = ids.review(reviewId);
  const review = store.queries.reviews.get(uid, sources.now());
  if (review?.kind === "question") throw new UserError("invalid", `${reviewId} is a question: answer it instead.`);
  if (review) refuseOwn(store, review, actor);
  const ownReason = reason.trim();
  const heard = withComments(ownReason, store.comments.of(uid));
  const isEdited = edited !== undefined && Object.keys(edited).length > 0;
  if (isEdited && (review?.kind !== "proposal" || decision !== "approved"))
    throw new UserError("invalid", "Only a proposal can be edited, and only when it is approved.");
  if (review?.kind === "proposal" && decision === "approved")
    return approveProposal(
      { ...sources, store },
      uid,
      { reason: ownReason, heard, ...(isEdited && { edited }) },
      actor,
    );
  const isApproval = review?.kind === "approval";
  const words = wordsOf(decision, isApproval);
  const text = `${actor.name} decided on your flag “${review?.title ?? ""}”: ${words}.${heard ? ` ${heard}` : ""}`;
  // The task that raised a flag is told only when there is a text to read: the decision alone changes nothing for it.
  const told = heard ? text : null;
  const beside = decision === "approved" ? `${actor.name} allowed the call and wrote: ${heard}` : heard;
  const decided = await store.decisions.decide({
    uid,
    status: decision,
    reason: ownReason,
    told: isApproval && heard ? beside : heard,
    by: actor.name,
    alike,
    words: told,
  });
  if (decided.length === 0) throw decidedAlready(store.queries.reviews.get(uid, sources.now()));
  if (review?.kind === "proposal") return { sentence: "Proposal rejected; nothing changes.", decided };
  return { sentence: decidedSentence(decided.length, isApproval, words), decided };
}

function decidedSentence(count: number, isApproval: boolean, words: string): string {
  if (count > 1) return `${count} equal items are closed: ${words}.`;
  return isApproval ? `The call is ${words}.` : `The flag is closed: ${words}.`;
}

async function answer(
  context: ReviewContext,
  reviewId: string,
  text: string,
  actor: Actor,
): Promise<{ sentence: string }> {
  const { store, ids, sources } = context;
  const uid = ids.review(reviewId);
  const review = store.queries.reviews.get(uid, sources.now());
  if (review?.kind !== "question")
    throw new UserError("invalid", `${reviewId} is not a question: only questions can be answered.`);
  if (!text.trim()) throw new UserError("invalid", "The answer is empty.");
  const done = await store.decisions.answer(uid, text, actor.name, withComments(text, store.comments.of(uid)));
  if (!done) throw decidedAlready(store.queries.reviews.get(uid, sources.now()), "The question is already closed");
  return { sentence: "Answered. The task continues." };
}

async function setToolPolicy(
  { store, sources }: ReviewContext,
  name: string,
  policy: string,
  actor: Actor,
  version: number | undefined,
): Promise<{ sentence: string }> {
  const found = toolNamed(name, sources.configuration);
  checkVersion(name, version, found.version);
  if (policy !== "inherit" && policy !== "auto" && policy !== "ask" && policy !== "deny")
    throw new UserError("invalid", `There is no policy “${policy}”: write inherit, auto, ask or deny.`);
  if (policy === "ask" && (await onlyRecords(name)))
    throw new UserError(
      "invalid",
      `Calls of ${name} only write records in their own tree, so nobody can be asked about them: choose auto or deny.`,
    );
  const body = withPolicy(found, policy);
  const entry = { kind: "tool", name: body.name, description: body.description, body } as const;
  await store.configuration.put(entry, actor.name, `The policy of ${name} is ${policy}.`);
  if (found.ofServer && policy === "inherit")
    return { sentence: `Calls of ${name} follow the policy of the server ${body.name}.` };
  const isOff = found.ofServer && policy !== "deny" && body.policy === "deny";
  const still = isOff ? ` They are still refused while the policy of ${body.name} is deny.` : "";
  return { sentence: `${POLICY_SENTENCES[policy](name)}${still}` };
}

/** Whether the tool's calls only write records. Loads all tools, so it is called only when it matters. */
async function onlyRecords(name: string): Promise<boolean> {
  const [{ createCatalogue }, { NO_SERVICES, worldTools }] = await Promise.all([
    import("@/agents/tools/catalogue"),
    import("@/agents/tools/world-tools"),
  ]);
  return createCatalogue(worldTools(NO_SERVICES)).control.has(name);
}

const POLICY_SENTENCES = {
  inherit: (tool: string) => `Calls of ${tool} follow the policy of their level.`,
  auto: (tool: string) =>
    `Calls of ${tool} run without asking, unless the policy of their level is deny, or the task has read content from outside and the call sends something out.`,
  ask: (tool: string) => `Each call of ${tool} waits for a person, or for a rule that approves it.`,
  deny: (tool: string) => `Calls of ${tool} are refused.`,
};

interface NamedTool {
  tool: ToolBody;
  version: number;
  /** The server's own name of the tool that is meant; absent: the whole of `tool`. */
  ofServer?: string;
}

/** A tool, a server, or one tool of a server as agents call it. Throws UserError. */
export function toolNamed(name: string, configuration: Configuration): NamedTool {
  for (const { version, ...tool } of configuration.tools()) {
    if (tool.name === name) return { tool, version };
    const own = tool.server?.tools.find((one) => nameOfServerTool(tool.name, one.name) === name);
    if (own) return { tool, version, ofServer: own.name };
  }
  throw unknownTool(name, configuration);
}

function withPolicy({ tool, ofServer }: NamedTool, policy: ToolPolicy): ToolBody {
  if (ofServer === undefined || !tool.server) return { ...tool, policy };
  const tools = tool.server.tools.map((one) => {
    if (one.name !== ofServer) return one;
    const { policy: _, ...rest } = one;
    return policy === "inherit" ? rest : { ...rest, policy };
  });
  return { ...tool, server: { ...tool.server, tools } };
}

function unknownTool(name: string, configuration: Configuration): UserError {
  const known = configuration.tools().map((one) => one.name);
  return new UserError("not_found", `There is no tool “${name}”. Tools: ${known.join(", ")}.`);
}

function wordsOf(decision: "approved" | "rejected", isApproval: boolean): string {
  if (isApproval) return decision === "approved" ? "allowed" : "not allowed";
  return decision === "approved" ? "dealt with" : "no problem";
}
