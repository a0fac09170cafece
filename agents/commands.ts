import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "@/db/store";
import type { FoundTask } from "@/db/trees";
import { type Commands, UserError } from "./application";
import type { GrantAmounts } from "./core/entries";
import { isSelector } from "./core/selection";
import { isEnded } from "./core/shapes";
import { createIds, type Ids } from "./queries";
import { type CommandSources, MAX_TASK_BYTES, newId, submit } from "./submit";

export function createCommands(sources: CommandSources): Commands {
  const { store } = sources;
  const ids = createIds(store);
  return {
    async submitTree(submission, actor) {
      const uid = newId();
      await submit(sources, submission, actor.name, uid);
      return sources.queries.getTree(uid);
    },
    pause: async (id, actor) => {
      const { task, scope } = target(store, ids, id);
      refuseEnded(task, "paused");
      const done = await store.trees.pause(task, actor.name);
      const sentence =
        done === "already"
          ? `${scope} is paused already.`
          : `${scope} is paused: calls in flight end, then nothing runs until it is resumed.`;
      return { sentence };
    },
    resume: async (id, actor) => {
      const { task, scope } = target(store, ids, id);
      const closed = await store.trees.resume(task, actor.name);
      const unparked = await store.trees.unpark(task, actor.name);
      if (unparked > 0)
        return { sentence: `${scope} goes on: ${unparked} parked ${unparked === 1 ? "task tries" : "tasks try"} now.` };
      return { sentence: closed.length > 0 ? `${scope} goes on.` : `${scope} was not paused.` };
    },
    step: async (taskId, actor) => {
      const found = store.queries.trees.findTask(ids.task(taskId));
      const chosen = chosenOf(store, found);
      const task = chosen && found.holds === 0 ? chosen : found;
      refuseEnded(task, "stepped");
      const closed = await store.trees.step(task, actor.name);
      if (!closed)
        throw new UserError(
          "conflict",
          "The task does not wait for its next step: it is not under manual stepping, or it is at work.",
        );
      return { sentence: "It takes one turn, then waits." };
    },
    stop: async (id, reason, actor) => {
      const { task, scope } = target(store, ids, id);
      refuseEnded(task, "stopped");
      const detail = reason.trim() ? `${actor.name}: ${reason.trim()}` : `By ${actor.name}.`;
      const chosen = chosenOf(store, task);
      for (const one of chosen ? [chosen, task] : [task]) {
        await store.trees.send(one.uid, { kind: "stop", status: "stopped", reason: "by_person", detail });
      }
      return { sentence: `${scope} is being stopped, with everything below it.` };
    },
    retry: async (taskId, actor) => retry(store, ids.task(taskId), actor.name),
    steer: async (taskId, text, actor) => {
      const found = store.queries.trees.findTask(ids.task(taskId));
      const task = chosenOf(store, found) ?? found;
      refuseEnded(task, "steered");
      if (!text.trim()) throw new UserError("invalid", "The message is empty: write what the task should know.");
      if (Buffer.byteLength(text) > MAX_TASK_BYTES)
        throw new UserError(
          "too_large",
          "The message is larger than 1 MB: put it into a file of the workspace and name the file.",
        );
      if (!(await store.trees.send(task.uid, { kind: "steer", text, by: actor.name })))
        throw new UserError(
          "conflict",
          "The task ended before the message reached it: retry the task, then send it again.",
        );
      return { sentence: "The task reads it at its next turn." };
    },
    grant: async (id, more, actor) => {
      const { task: found } = target(store, ids, id);
      const task = chosenOf(store, found) ?? found;
      const { cap } = await store.trees.grantOf(task);
      const amount = moreOf(more, cap);
      const words = [
        amount.microUsd > 0 && `$${amount.microUsd / 1_000_000}`,
        amount.tokens > 0 && `${amount.tokens} tokens`,
      ].filter(Boolean);
      const text = `${actor.name} granted ${words.join(" and ")} more.`;
      await store.trees.grant(task, amount, { kind: "granted", by: actor.name, text });
      const next = isEnded(task.status) ? " It has ended: retry it to go on." : "";
      return { sentence: `${text}${next}` };
    },
    decide: async (reviewId, decision, reason, actor) => {
      const uid = ids.review(reviewId);
      const review = store.queries.reviews.get(uid);
      if (review?.kind === "question") throw new UserError("invalid", `${reviewId} is a question: answer it.`);
      const words = decision === "approved" ? "dealt with" : "no problem";
      const said = reason.trim();
      const text = `${actor.name} decided on your flag “${review?.title ?? ""}”: ${words}.${said ? ` ${said}` : ""}`;
      // Only words are worth a task's attention: that somebody has looked changes nothing for it.
      const done = await store.trees.decide(uid, decision, said, actor.name, said ? text : null);
      if (!done)
        throw new UserError("conflict", `It was decided already (${review?.status} by ${review?.decided_by}).`);
      return { sentence: `The flag is closed: ${words}.` };
    },
    answer: async (reviewId, text, actor) => {
      const uid = ids.review(reviewId);
      const review = store.queries.reviews.get(uid);
      if (review?.kind !== "question")
        throw new UserError("invalid", `${reviewId} is not a question: only questions are answered.`);
      if (!text.trim()) throw new UserError("invalid", "The answer is empty.");
      const done = await store.trees.answer(uid, text, actor.name);
      if (!done)
        throw new UserError(
          "conflict",
          `The question was closed already (${review.status}${review.decided_by ? ` by ${review.decided_by}` : ""}).`,
        );
      return { sentence: "The task goes on with the answer." };
    },
    deleteTree: async (id) => {
      const uid = ids.tree(id);
      const done = await store.trees.delete(store.queries.trees.treeKey(uid));
      if (!done) throw new UserError("conflict", "A task of the tree is at work: stop the tree first, then delete it.");
      // Only folders that were made for this tree: one that a person named is theirs, and lies elsewhere.
      for (const kind of ["workspaces", "cache"]) {
        await rm(join(sources.dataDir, kind, uid), { recursive: true, force: true });
      }
      return { sentence: "The tree and everything that belongs to it is deleted." };
    },
  };
}

/** What is added must be a positive amount of something that is capped. */
function moreOf(more: { usd?: number; tokens?: number }, cap: GrantAmounts): { tokens: number; microUsd: number } {
  const amount = { tokens: Math.round(more.tokens ?? 0), microUsd: Math.round((more.usd ?? 0) * 1_000_000) };
  for (const [name, given, value, most] of [
    ["tokens", more.tokens, amount.tokens, cap.tokens],
    ["dollars", more.usd, amount.microUsd, cap.microUsd],
  ] as const) {
    if (given === undefined) continue;
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new UserError("invalid", `The ${name} to add cannot be ${given}: it is a positive number.`);
    }
    if (most === null) throw new UserError("conflict", `The tree has no cap on ${name}: there is nothing to add to.`);
  }
  if (amount.tokens + amount.microUsd === 0)
    throw new UserError("invalid", "Say what to add: dollars, tokens, or both.");
  return amount;
}

function target(store: Store, ids: Ids, id: string): { task: FoundTask; scope: string } {
  const found = ids.treeOrTask(id);
  const uid = found.kind === "tree" ? store.queries.trees.rootOf(found.uid) : found.uid;
  return {
    task: store.queries.trees.findTask(uid),
    scope: found.kind === "tree" ? "The tree" : "The task and its branch",
  };
}

function refuseEnded(task: FoundTask, what: string): void {
  if (isEnded(task.status))
    throw new UserError("conflict", `The task has ${task.status} and cannot be ${what} any more.`);
}

/** What is addressed to agent_selector goes to the task that it chose, once there is one. */
function chosenOf(store: Store, task: FoundTask): FoundTask | null {
  if (!isSelector(task.agent)) return null;
  const uid = store.queries.trees.onlyWorkChild(task.id);
  return uid ? store.queries.trees.findTask(uid) : null;
}

async function retry(store: Store, uid: string, by: string): Promise<{ sentence: string }> {
  const found = store.queries.trees.findTask(uid);
  const chosen = chosenOf(store, found);
  const task = chosen && isEnded(chosen.status) ? chosen : found;
  const outcome = await store.trees.retry(task, by);
  if (outcome === "not_ended")
    throw new UserError("conflict", "The task has not ended: only an ended task is retried.");
  if (outcome === "read") {
    throw new UserError(
      "conflict",
      "The task's parent has read its result already, so it stays as it is. What would help is a fork at the task's first message; until there are forks, submit the task by itself.",
    );
  }
  return { sentence: `Attempt ${outcome} begins.` };
}

/** A public id of twelve letters, at random. */
