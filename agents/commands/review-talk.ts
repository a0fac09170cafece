/** Commands around a decision: comment, ask the task, approve a call with other arguments, restore the old version. */
import { z } from "zod";
import { type Actor, UserError } from "@/agents/application";
import { type CommandWorld, operation, reachesReview } from "@/agents/commands/world/operation";
import type { Configuration } from "@/agents/configuration/configuration";
import { refuseGuarded } from "@/agents/configuration/guarded-entries";
import { said, saidAndDecided } from "@/agents/operations/operation";
import { present, text } from "@/agents/operations/parse";
import { refuseOwn } from "@/agents/queries/own-reviews";
import { approvedVersion } from "@/agents/queries/review-item";
import { serverToolNamed } from "@/agents/tools/outside/server-tools";
import { isEnded } from "@/core/log/terms";
import type { ReviewComment } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { MOST_COMMENT_CHARACTERS } from "@/db/reviews/comments";
import { newId } from "@/lib/new-id";
import { steer } from "./control";
import { removeServer } from "./servers/servers";

/** The task makes a changed call at its next turn; a later call needs a new approval. */
const CHANGED_CALL_MS = 24 * 3_600_000;
const MOST_INPUT_CHARACTERS = 100_000;

/** What a person writes at an item. */
const words = z.strictObject({ text: present.describe("The words.") });

export const talkOperations = {
  comment: operation({
    right: "answer",
    summary: "Comments on a review item; its task reads the comment with the decision.",
    on: "review",
    reach: reachesReview,
    http: "POST reviews/:id/comment",
    input: words,
    audit: [],
    // The text itself is in the item's rows.
    tells: ({ text: said }) => ({ characters: said.length }),
    result: said,
    async run({ id, text }, actor, world) {
      const { store, now } = world;
      const review = openItem(world, id);
      await store.comments.add(review.id, "comment", textOf(text, "comment"), actor.name);
      const reader = isEnded(store.queries.trees.getTask(review.task_id, now()).status)
        ? ""
        : " The task reads it with the decision.";
      return { sentence: `Comment added for the reviewers.${reader}` };
    },
  }),
  askTask: operation({
    right: "run",
    summary: "Asks the task about a review item; the task reads the question immediately.",
    on: "review",
    reach: reachesReview,
    http: "POST reviews/:id/ask",
    input: words,
    audit: [],
    tells: ({ text: said }) => ({ characters: said.length }),
    result: said,
    async run({ id, text }, actor, world) {
      const { store } = world;
      const review = openItem(world, id);
      const question = textOf(text, "question");
      const { sentence } = await steer(
        world,
        review.task_id,
        `About “${review.title}”, which waits for a decision: ${question}`,
        actor,
      );
      await store.comments.add(review.id, "question", question, actor.name);
      const then =
        review.kind === "approval"
          ? "The call is cancelled for now: the task may ask for it again after it has answered."
          : "The item stays open; find the answer in the task's log.";
      return { sentence: `${sentence} ${then}` };
    },
  }),
  /** Rejects a call and asks its task to make it with these arguments, which then runs once without approval. */
  approveChanged: operation({
    right: "decide",
    summary: "Approves a call with changed arguments.",
    on: "review",
    reach: reachesReview,
    http: "POST reviews/:id/approve-changed",
    /** `arguments`: JSON. */
    input: z.strictObject({
      arguments: text.describe("The changed arguments of the call, as JSON."),
      reason: text.optional().describe("Why, in words that the task reads."),
    }),
    audit: ["reason"],
    tells: ({ arguments: input }) => ({ input }),
    result: saidAndDecided,
    async run({ id, arguments: input, reason = "" }, actor, world) {
      const { store, now } = world;
      const review = openItem(world, id);
      refuseOwn(store, review, actor);
      const subject = store.decisions.subjectOf(review.id);
      if (review.kind !== "approval" || !subject)
        throw new UserError("invalid", `${id} is not an approval of a call: only arguments of calls can be changed.`);
      const changed = await checkedInput(world.configuration, subject.tool, input);
      const { subjectOf } = await import("@/agents/turn/approvals");
      const hash = subjectOf({ tool: subject.tool, input: changed });
      if (hash === subject.hash)
        throw new UserError("invalid", "The arguments are unchanged: approve the call instead.");
      const heard = withComments(reason.trim(), store.comments.of(review.id));
      const words = `not with these arguments. Call ${subject.tool} with exactly the following arguments; that call runs once without approval: ${JSON.stringify(changed)}${heard ? `\n${heard}` : ""}`;
      const why = `${actor.name} approved ${review.id} with other arguments.`;
      const rule = {
        uid: newId(),
        tool: subject.tool,
        agent: subject.agent,
        subject: hash,
        tree: review.tree_id,
        why,
        expiresAtMs: now() + CHANGED_CALL_MS,
      };
      const done = await store.decisions.changeCall({
        uid: review.id,
        words,
        by: actor.name,
        rule,
        reason: reason.trim() || `With other arguments: ${JSON.stringify(changed).slice(0, 2_000)}`,
      });
      if (!done) openItem(world, id);
      const sentence = `The original call does not run. ${subject.agent} is asked to call ${subject.tool} with your arguments, which then runs once without approval.`;
      return { sentence, decided: [review.id] };
    },
  }),
  /** Refused when what was approved has changed since. */
  restoreBefore: operation({
    right: "decide",
    summary: "Restores the version that an approved proposal replaced.",
    on: "review",
    reach: ({ id }) => ({ review: id, isForAll: true }),
    http: "POST reviews/:id/restore",
    audit: [],
    result: said,
    run: ({ id }, actor, world) => restoreBefore(world, world.ids.review(id), actor),
  }),
};

/** Throws UserError when the item has been decided. */
function openItem({ store, ids, now }: CommandWorld, id: string): Review {
  const review = store.queries.reviews.get(ids.review(id), now());
  if (review?.status === "open") return review;
  throw decidedAlready(review, "Nothing was added: it is already decided");
}

async function restoreBefore(world: CommandWorld, uid: string, actor: Actor): Promise<{ sentence: string }> {
  const { store, configuration, security } = world;
  const proposal = store.proposals.of(uid);
  if (proposal?.status !== "approved") throw new UserError("invalid", "Only an approved proposal can be undone.");
  const { kind, name, baseVersion } = proposal;
  if (kind === "code") throw new UserError("invalid", "An approved change of code is undone in your checkout, by git.");
  const lists = {
    agent: configuration.agents,
    document: configuration.documents,
    tool: configuration.tools,
    runbook: configuration.runbooks,
  };
  const live = lists[kind]().find((entry) => entry.name === name);
  if ((live?.version ?? null) !== approvedVersion(proposal))
    throw new UserError(
      "conflict",
      `The ${kind} ${name} has changed since then: restore one of its versions yourself.`,
    );
  const body = baseVersion === null ? null : store.configuration.version(kind, name, baseVersion);
  refuseGuarded(configuration, { kind, name, after: body }, actor);
  if (baseVersion === null) {
    if (kind === "tool") return removeServer({ ...world, vault: security.vault }, name, actor);
    await store.configuration.remove(kind, name);
    return { sentence: `Removed the ${kind} ${name} again. New tasks do not have it.` };
  }
  const description = (body as { description: string }).description;
  const why = `Version ${baseVersion} restored: the approval of ${uid} was undone.`;
  const said = { by: actor.name, why, ifVersion: live?.version ?? null };
  const version = await store.configuration.save({ kind, name, description, body }, said);
  if (version === "changed")
    throw new UserError("conflict", `The ${kind} ${name} has just been changed: look at it again.`);
  return { sentence: `Version ${baseVersion} of the ${kind} ${name} is live again, as version ${version}.` };
}

/** Returns the error for a decision that comes too late. It says how the item was decided, and who decided it. */
export function decidedAlready(review: Review | null, what = "Already decided"): UserError {
  const by = review?.decided_by ?? null;
  const how = review ? ` (${review.status}${by ? ` by ${by}` : ""})` : "";
  return new UserError("conflict", `${what}${how}.`, {
    code: "already_decided",
    by,
    ...(review && review.status !== "open" && { status: review.status }),
  });
}

/** Returns what a task reads: the reason, then each comment with its author. */
export function withComments(reason: string, comments: readonly ReviewComment[]): string {
  const lines = comments
    .filter((comment) => comment.kind === "comment")
    .map((comment) => `${comment.by}: ${comment.text}`);
  return [reason, ...lines].filter((line) => line !== "").join("\n");
}

function textOf(given: string, what: string): string {
  const trimmed = given.trim();
  if (trimmed === "") throw new UserError("invalid", `The ${what} is empty.`);
  if (trimmed.length <= MOST_COMMENT_CHARACTERS) return trimmed;
  throw new UserError(
    "too_large",
    `The ${what} has ${trimmed.length} characters, and ${MOST_COMMENT_CHARACTERS} is the limit.`,
  );
}

/** Returns the parsed arguments, checked as every call is. Throws UserError before anything is decided. */
async function checkedInput(configuration: Configuration, tool: string, json: string): Promise<unknown> {
  if (json.length > MOST_INPUT_CHARACTERS)
    throw new UserError(
      "too_large",
      "The arguments are too long to change here: reject the call and say what to do instead.",
    );
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch (error) {
    throw new UserError("invalid", `The arguments are not valid JSON: ${(error as Error).message}.`);
  }
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new UserError("invalid", 'The arguments must be a JSON object, such as {"path": "notes.md"}.');
  const problem = await problemOf(configuration, tool, input);
  if (problem !== null) throw new UserError("invalid", `The arguments of ${tool} are not valid. ${problem}.`);
  return input;
}

async function problemOf(configuration: Configuration, tool: string, input: unknown): Promise<string | null> {
  const found = serverToolNamed(configuration.tools(), tool);
  if (found) return (await import("@/agents/turn/schema-problem")).schemaProblem(found.tool, input);
  const [{ createCatalogue }, { worldTools, NO_SERVICES }] = await Promise.all([
    import("@/agents/tools/catalogue"),
    import("@/agents/tools/world-tools"),
  ]);
  const catalogue = createCatalogue(worldTools(NO_SERVICES));
  // A tool that only another process has: the call is checked when it is made.
  if (!catalogue.world.has(tool)) return null;
  return catalogue.problemOf({ id: "changed", name: tool, input });
}
