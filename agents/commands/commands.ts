/** All commands of a person. Each returns a sentence that says what happens now. */

import { type Actor, type Commands, UserError } from "@/agents/application";
import { refuseArchived } from "@/agents/commands/installation/archives";
import type { CommandSources } from "@/agents/commands/world/sources";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import type { Ids } from "@/agents/queries/ids";
import { createIds } from "@/agents/queries/queries";
import { removeFilesOf } from "@/agents/retention/tree-files";
import { treeIdOf } from "@/core/ids";
import type { Level } from "@/core/log/entries";
import { leastRoleFor, personOf, rightsBeyond } from "@/core/rules/roles";
import type { ForkRequest, Submission, Tree } from "@/core/shapes/shapes";
import { cannotGoOn } from "@/core/words/refused-folder";
import { newId } from "@/lib/new-id";
import { refusalOfFolder } from "@/lib/workspace/refused";
import { createApplyCommands } from "./apply";
import { createControlCommands } from "./control";
import { fork } from "./fork";
import { goalChange } from "./goal";
import { createKeepCommands } from "./keep";
import { type ReachChecks, withinReach } from "./reach";
import { createRetryCommands } from "./retry";
import { createReviewTalk } from "./review-talk";
import { createReviewCommands } from "./reviews";
import { removeServer } from "./servers/servers";
import { submit } from "./submit";

interface ReachContext {
  sources: CommandSources;
  ids: Ids;
}

interface CommandsContext extends ReachContext {
  /** Trees that are being created, by their ids, so that a repeated request waits for the same tree. */
  making: Map<string, Promise<unknown>>;
}

export function createCommands(sources: CommandSources): Commands {
  const { store } = sources;
  const ids = createIds(store);
  const context: CommandsContext = { sources, ids, making: new Map() };
  const control = { ...createControlCommands(sources, ids), ...createRetryCommands(sources, ids) };
  const reviews = createReviewCommands(store, ids, {
    ...sources,
    validateServer: async (body) => (await sources.servers()).validate(body),
  });
  const mayUse = (folder: string, actor: Actor) => refuseForeignFolder(folder, sources.workspaceRoots, actor);
  const redacting = redactingCommands(sources, control, reviews);
  const removeTool = (name: string, actor: Actor) =>
    removeServer({ ...sources, vault: sources.security.vault }, name, actor);
  const talk = createReviewTalk({ ...sources, steer: redacting.steer, removeTool }, ids);
  const commands: Commands = {
    ...control,
    ...reviews,
    ...createApplyCommands(sources, ids, mayUse),
    ...createKeepCommands(sources, ids, mayUse),
    ...talk,
    ...redacting,
    markSeen: (id, actor) => markSeen(context, id, actor),
    shutDown: async (actor) => shutDown(context, actor),
    submitTree: (submission, actor, options = {}) => submitTree(context, submission, actor, options),
    changeGoal: async (id, fields, actor) => {
      const tree = await sources.queries.getTree(id, { tasks: "none" });
      const goal = await sources.queries.getGoal(tree.id);
      if (!goal) throw new UserError("conflict", "This tree pursues no goal, so there is nothing to change.");
      const redacted = sources.security.redactor.redactValue(fields);
      return control.changeGoal(tree.root_task_id, goalChange(sources, goal, redacted, actor.name));
    },
    fork: (id, request, actor, options = {}) => forkTree(context, id, request, actor, options),
    deleteTree: (id) => deleteTree(context, id),
  };
  return withinReach(commands, reachChecks(sources, ids));
}

/** Returns the checks of what a command or an operation acts on. */
export function reachChecks(sources: CommandSources, ids: Ids): ReachChecks {
  const context = { sources, ids };
  return {
    checkWork: (id, actor) => checkWork(context, id, actor),
    checkFolder: (id) => checkFolder(context, id),
    checkReviewed: (id, actor) => checkReviewed(context, id, actor),
    checkRanHere: (of) => checkRanHere(context, of),
  };
}

type TellingCommands = Pick<Commands, "steer" | "retry" | "continueTask" | "step">;

/** Commands whose words a task reads. */
function redactingCommands(
  { security }: CommandSources,
  control: TellingCommands,
  reviews: Pick<Commands, "answer">,
): TellingCommands & Pick<Commands, "answer"> {
  const redact = (text: string) => security.redactor.redact(text);
  return {
    steer: (id, text, actor) => control.steer(id, redact(text), actor),
    retry: (id, actor, given) => {
      const message = given?.message && redact(given.message);
      return control.retry(id, actor, { ...given, ...(message && { message }) });
    },
    continueTask: (id, words, actor, given) => control.continueTask(id, redact(words), actor, given),
    step: (id, actor, edit) => {
      const message = edit?.message && redact(edit.message);
      return control.step(id, actor, { ...edit, ...(message && { message }) });
    },
    answer: (id, text, actor) => reviews.answer(id, redact(text), actor),
  };
}

/** Throws UserError when the actor could not have submitted the tree with its rights and its folder. */
function checkTree({ sources }: ReachContext, treeUid: string, actor: Actor): void {
  const { store, workspaceRoots } = sources;
  refuseBeyond(actor, store.queries.trees.rightsOf(treeUid));
  const { workspace, inPlace } = store.loader.tree(store.queries.trees.treeKey(treeUid));
  if (inPlace) refuseForeignFolder(workspace, workspaceRoots, actor);
}

function checkWork(context: ReachContext, id: string, actor: Actor): void {
  checkTree(context, treeOfWork(context, id), actor);
}

/** Throws UserError when the tree cannot go on in its folder. */
function checkFolder(context: ReachContext, id: string): void {
  const { sources } = context;
  const { store } = sources;
  const { workspace, inPlace } = store.loader.tree(store.queries.trees.treeKey(treeOfWork(context, id)));
  const why = inPlace ? refusalOfFolder(workspace, sources) : null;
  if (why !== null) throw new UserError("conflict", cannotGoOn(why));
}

/** Returns the public id of a tree, or of the tree of a task. */
function treeOfWork({ ids, sources }: ReachContext, id: string): string {
  const { kind, uid } = ids.treeOrTask(id);
  return kind === "tree" ? uid : sources.store.queries.trees.findTask(uid).treeUid;
}

function checkReviewed(context: ReachContext, id: string, actor: Actor): void {
  const tree = treeOfReview(context, id);
  if (tree) checkTree(context, tree, actor);
}

function treeOfReview({ ids, sources: { store, now } }: ReachContext, id: string): string | undefined {
  return store.queries.reviews.get(ids.review(id), now())?.tree_id;
}

function checkRanHere(context: ReachContext, of: { work: string } | { review: string }): void {
  const tree = "work" in of ? treeOfWork(context, of.work) : treeOfReview(context, of.review);
  if (tree) refuseArchived(context.sources, tree);
}

async function markSeen(
  { sources: { store }, ids }: CommandsContext,
  id: string,
  actor: Actor,
): Promise<{ sentence: string }> {
  await store.seen.mark(personOf(actor.name), store.queries.trees.treeKey(ids.tree(id)));
  return { sentence: "Removed from “Needs you”." };
}

function shutDown({ sources }: CommandsContext, actor: Actor): { sentence: string } {
  if (!sources.shutDown)
    throw new UserError("unavailable", "No server runs in this process: there is nothing to shut down.");
  // Deferred, so that the answer is sent first.
  const { shutDown: end } = sources;
  setImmediate(() => end(actor.name));
  return { sentence: "Shutting down: the server ends when each task has finished its turn, after 30 s at most." };
}

interface Once {
  once?: string | undefined;
}

async function submitTree(context: CommandsContext, submission: Submission, actor: Actor, once: Once): Promise<Tree> {
  const { sources } = context;
  return makeTree(context, once, async (uid) => {
    refuseForeignFolder(submission.workspace, sources.workspaceRoots, actor);
    const task = submission.task && sources.security.redactor.redact(submission.task);
    await submit(sources, { ...submission, ...(task && { task }) }, personOf(actor.name), uid);
  });
}

/** Makes a tree and returns it. Of calls with the same `once` only the first makes one, and all return that. */
async function makeTree(
  { sources, making }: CommandsContext,
  { once }: Once,
  make: (uid: string) => Promise<unknown>,
): Promise<Tree> {
  const uid = once === undefined ? newId() : treeIdOf(once);
  if (once !== undefined && sources.store.queries.trees.treesLike(uid).length > 0) return sources.queries.getTree(uid);
  const made = making.get(uid) ?? make(uid).finally(() => making.delete(uid));
  making.set(uid, made);
  await made;
  return sources.queries.getTree(uid);
}

async function forkTree(
  context: CommandsContext,
  id: string,
  request: ForkRequest,
  actor: Actor,
  once: Once,
): Promise<Tree> {
  const { sources, ids } = context;
  const { trees } = sources.store.queries;
  const found = ids.treeOrTask(id);
  const uid = found.kind === "tree" ? trees.rootOf(found.uid) : found.uid;
  const task = trees.findTask(uid);
  const steer = request.steer && sources.security.redactor.redact(request.steer);
  const asked = { ...request, ...(steer && { steer }) };
  return makeTree(context, once, (made) => fork(sources, task, asked, personOf(actor.name), made));
}

async function deleteTree({ sources, ids }: CommandsContext, id: string): Promise<{ sentence: string }> {
  const { store, dataDir, snapshots } = sources;
  const uid = ids.tree(id);
  const done = await store.trees.delete(store.queries.trees.treeKey(uid));
  if (!done) throw new UserError("conflict", "A task of the tree is running: stop the tree first, then delete it.");
  // Only folders that were made for this tree. A folder that a person named belongs to them and is kept.
  await removeFilesOf({ dataDir, snapshots }, uid);
  return { sentence: "Deleted the tree, with its tasks, messages and files." };
}

function refuseBeyond(actor: Actor, rights: readonly Level[]): void {
  const [level] = rightsBeyond(actor.role, rights) as [Level?];
  if (level === undefined) return;
  throw new UserError(
    "forbidden",
    `The tree has the right “${level}”, so directing it needs ${leastRoleFor(level)}: you are signed in as ${actor.role}.`,
  );
}
