/** What a person can do to trees: the only door for pages, API and command line. Each answers with a sentence that says what follows. */
import { randomBytes } from "node:crypto";
import { statfsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "@/db/store";
import type { FoundTask } from "@/db/trees";
import { WorkspaceError } from "@/lib/workspace/path";
import { prepareWorkspace } from "@/lib/workspace/prepare";
import { type Commands, type Queries, UserError } from "./application";
import type { Configuration, RunbookFinder } from "./configuration";
import { type Entry, type GrantAmounts, type Level, NO_CAPS } from "./core/entries";
import { isSelector, SELECTOR } from "./core/selection";
import { type Amounts, isEnded, type Submission } from "./core/shapes";
import { createIds, type Ids } from "./queries";
import { ID_ALPHABET, idOf } from "./tools/settle";

export interface CommandSources {
  store: Store;
  configuration: Configuration;
  findRunbook: RunbookFinder;
  queries: Pick<Queries, "getTree">;
  dataDir: string;
  /** Folder of the running system's own files. */
  checkout: string;
  defaultModel: string;
  priceOf(model: string): number | null;
  maxDbBytes: number | null;
}

/** A task longer than this belongs in a file of the workspace. */
export const MAX_TASK_BYTES = 1_000_000;
const DEFAULT_RIGHTS: Level[] = ["read", "write", "network"];

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
      await store.trees.send(task.uid, { kind: "steer", text, by: actor.name });
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

async function submit(sources: CommandSources, submission: Submission, by: string, uid: string): Promise<void> {
  const { store, configuration } = sources;
  const task = submission.task?.trim() ?? "";
  checkTask(task, submission);
  refuseFullDisk(sources);
  const { agent, runbook, model, choice } = choose(sources, submission, task);
  const caps = capsOf(submission.grant);
  if (caps.microUsd !== null && sources.priceOf(model) === null) {
    throw new UserError("invalid", `A money cap needs a price, and ${model} has none: cap its tokens instead.`);
  }
  const prepared = workspaceFor(sources, submission.workspace, uid);
  const setup = configuration.setupFor(agent, {
    model,
    rights: submission.rights ?? DEFAULT_RIGHTS,
    instruction: task,
    ...(runbook && { runbook }),
  });
  const title = (task.split("\n", 1)[0] ?? "").slice(0, 200);
  const events: Entry[] = choice ? [{ kind: "event", turn: 0, content: { type: "choice", ...choice } }] : [];
  const inserted = await store.trees.insert({
    uid,
    rootUid: idOf(uid, { turn: 0, id: "root" }, "task"),
    title,
    workspace: prepared.root,
    inPlace: !prepared.ownedByBanyan,
    priority: Math.trunc(submission.priority ?? 0),
    createdBy: by,
    caps,
    setup,
    assignment: {
      instruction: task,
      title,
      role: "work",
      purpose: null,
      depth: 0,
      chosen: false,
      dependsOn: [],
      grant: caps,
      workspace: "shared",
      criteria: submission.criteria?.trim() || null,
      material: null,
      stepping: submission.stepping ?? "automatic",
    },
    events,
  });
  if (!inserted.ok) {
    throw new UserError(
      "conflict",
      `The tree “${inserted.lockedBy}” works in ${prepared.root}: wait until it has ended, stop it, or name another folder.`,
    );
  }
}

function checkTask(task: string, submission: Submission): void {
  if (!task) throw new UserError("invalid", "The task is empty: say what should be done.");
  if (Buffer.byteLength(task) > MAX_TASK_BYTES) {
    const size = (Buffer.byteLength(task) / 1_000_000).toFixed(1);
    throw new UserError(
      "too_large",
      `The task is ${size} MB long and may be 1 MB: put the material into files of the workspace and name them.`,
    );
  }
  if (submission.agent && submission.runbook) throw new UserError("invalid", "Name an agent or a runbook, not both.");
}

/** `--agent` makes that agent the root, `--runbook` makes `worker` the root; without a language model the host selects. */
function choose(sources: CommandSources, submission: Submission, task: string) {
  const { configuration } = sources;
  const model = submission.model ?? (submission.runbook ? "runbook" : sources.defaultModel);
  if (!/^(runbook|(anthropic|openai|ollama)\/\S+)$/.test(model)) {
    throw new UserError("invalid", `There is no model ${model}: write anthropic/…, openai/…, ollama/… or runbook.`);
  }
  if (submission.agent && !configuration.agents().some((agent) => agent.name === submission.agent)) {
    const known = configuration.agents().map((agent) => agent.name);
    throw new UserError("not_found", `There is no agent ${submission.agent}. There are: ${known.join(", ")}.`);
  }
  if (submission.runbook) {
    if (!configuration.runbooks().some((one) => one.name === submission.runbook)) {
      const known = configuration.runbooks().map((one) => one.name);
      throw new UserError("not_found", `There is no runbook ${submission.runbook}. There are: ${known.join(", ")}.`);
    }
    return {
      agent: "worker",
      runbook: submission.runbook,
      model,
      choice: { what: submission.runbook, why: "The runbook was named with the task." },
    };
  }
  if (submission.agent) return { agent: submission.agent, model, choice: null };
  if (model !== "runbook") return { agent: SELECTOR, model, choice: null };
  const found = sources.findRunbook(task, configuration.runbooks());
  if (!found)
    return {
      agent: "worker",
      model,
      choice: { what: "none", why: "No language model is configured and no runbook fits the task." },
    };
  return {
    agent: "worker",
    runbook: found,
    model,
    choice: { what: found, why: "No language model is configured; this runbook's words fit the task." },
  };
}

function workspaceFor(sources: CommandSources, folder: string | undefined, treeId: string) {
  try {
    return prepareWorkspace({
      dataDir: sources.dataDir,
      treeId,
      request: folder ? { folder } : {},
      checkout: sources.checkout,
    });
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UserError("invalid", error.message);
    throw error;
  }
}

/** No new trees when the database is at its limit, or the disk has less than 50 MB left. */
function refuseFullDisk(sources: CommandSources): void {
  const trouble = sources.store.log.trouble();
  if (trouble) throw new UserError("unavailable", trouble);
  const size = sources.store.queries.status.sizeBytes();
  if (sources.maxDbBytes !== null && size >= sources.maxDbBytes) {
    throw new UserError(
      "unavailable",
      `The database is ${Math.round(size / 1e6)} MB large and BANYAN_MAX_DB_MB allows no more: delete trees, or raise the setting.`,
    );
  }
  const disk = statfsSync(sources.dataDir);
  if (disk.bavail * disk.bsize < 50_000_000) {
    throw new UserError(
      "unavailable",
      `The disk of ${sources.dataDir} has less than 50 MB left: free some space before new work begins.`,
    );
  }
}

function capsOf(grant: Partial<Amounts> | undefined): GrantAmounts {
  const amount = (name: string, value: number | null | undefined, scale = 1): number | null => {
    if (value === null || value === undefined) return null;
    const least = name === "depth" ? 0 : Number.MIN_VALUE;
    if (!Number.isFinite(value) || value < least)
      throw new UserError("invalid", `The cap on ${name} cannot be ${value}: it is a positive number.`);
    const whole = Math.round(value * scale);
    if (whole > Number.MAX_SAFE_INTEGER) {
      const most = Math.floor(Number.MAX_SAFE_INTEGER / scale);
      throw new UserError(
        "invalid",
        `The cap on ${name} cannot be ${value}: it is ${most} at most; leave it out for none.`,
      );
    }
    return whole;
  };
  if (!grant) return NO_CAPS;
  return {
    tokens: amount("tokens", grant.tokens),
    microUsd: amount("cost", grant.cost_usd, 1_000_000),
    tasks: amount("tasks", grant.tasks),
    depth: amount("depth", grant.depth),
    seconds: amount("time", grant.seconds),
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
      "The task's parent has read its result already, so it stays as it is: fork the tree at the task's first message instead.",
    );
  }
  return { sentence: `Attempt ${outcome} begins.` };
}

/** A public id of twelve letters, at random. */
export function newId(): string {
  return Array.from(randomBytes(12), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join("");
}
