/** Trees as a whole: submit, fork, change the goal, delete, mark as seen. */
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "@/agents/application";
import { type CommandWorld, continuesWork, operation } from "@/agents/commands/world/operation";
import { refuseEnded, target } from "@/agents/commands/world/unit";
import { mayName, refuseForeignFolders } from "@/agents/configuration/workspace-roots";
import { said, shape } from "@/agents/operations/operation";
import { number, text, yesOrNo } from "@/agents/operations/parse";
import { submissionFields } from "@/agents/operations/submission";
import { withProject } from "@/agents/projects/with-project";
import { removeFilesOf } from "@/agents/retention/tree-files";
import { givenGoal } from "@/core/goals/facts/fields";
import { treeIdOf } from "@/core/ids";
import { MOST_NAMED } from "@/core/lessons/lesson";
import type { StoredTree } from "@/core/rules/retention";
import { personOf, rightsRefusal } from "@/core/rules/roles";
import type { Tree } from "@/core/shapes/shapes";
import { iso } from "@/db/file/iso";
import { newId } from "@/lib/new-id";
import { rememberedGit } from "@/lib/workspace/git-around";
import { fork } from "./fork";
import { goalChange } from "./goal";
import { submit } from "./submit";

/** A repeated request with the same value gets the tree of the first one. */
const once = text.optional();

/** Versions that one fork names at most. */
const MOST_VERSIONS = 20;

const DELETED = "Deleted the tree, with its tasks, messages and files.";

/** The edits of a fork, and where it begins. */
export const forkFields = z.strictObject({
  at: number.int("must be a whole number").positive("must be a whole number from 1 up").optional(),
  instruction: text.optional(),
  agent: text.optional(),
  model: text.optional(),
  message: text.optional(),
  steer: text.optional(),
  versions: z
    .array(
      z.strictObject({
        kind: z.enum(["agent", "document"], "must be agent or document"),
        name: text,
        version: number.int("must be a whole number").positive("must be a whole number from 1 up"),
      }),
    )
    .max(MOST_VERSIONS, `names too many: ${MOST_VERSIONS} is the limit`)
    .optional(),
  lessons: z
    .union(
      [z.enum(["with", "without"]), z.array(text).min(1).max(MOST_NAMED)],
      `must be with, without, or 1 to ${MOST_NAMED} ids of lessons`,
    )
    .optional(),
});

export const treeOperations = {
  submitTree: operation({
    right: "run",
    summary: "Submits a task, which starts a new tree.",
    // `outside`: words of somebody else stand in the task. The door decides this, so it is no field of a submission.
    input: submissionFields.extend({ once, outside: yesOrNo.optional() }),
    audit: [
      "task",
      "agent",
      "runbook",
      "model",
      "project",
      "workspace",
      "copy",
      "repository",
      "repositories",
      "pool",
      "checks_pool",
      "rights",
      "grant",
      "outside",
    ],
    result: shape<Tree>("Tree"),
    made: ({ id }) => ({ subject: id, tree: id }),
    async run({ once: key, outside: isOutside = false, ...submission }, actor, world) {
      const refusal = rightsRefusal(actor.role, submission.rights ?? []);
      if (refusal !== null) throw new UserError("forbidden", refusal);
      const tree = await makeTree(world, key, async (uid) => {
        const whole = withProject(world, submission);
        refuseForeignFolders(whole, world.workspaceRoots, actor);
        const mayUse = (folder: string) => mayName(folder, world.workspaceRoots, actor);
        const more = { isOutside, caller: actor.traceparent, mayName: mayUse };
        await submit(world, whole, personOf(actor.name), uid, more);
      });
      const why = rememberedGit(join(world.dataDir, "cache", tree.id))?.why ?? null;
      return { ...tree, ...(why !== null && { git_off: why }) };
    },
  }),
  /** The new tree has conversations, states and files as they were at the message. */
  fork: operation({
    right: "run",
    summary: "Forks a tree: a new tree that continues from a message of this tree.",
    on: "unit",
    reach: continuesWork,
    input: forkFields.extend({ once }),
    audit: ["at", "agent", "model", "lessons"],
    tells: ({ versions }) => ({ versions: versions?.map(({ kind, name, version }) => `${kind} ${name} v${version}`) }),
    result: shape<Tree>("Tree"),
    async run({ id, once: key, ...request }, actor, world) {
      const { task } = target(world.store, world.ids, id);
      return makeTree(world, key, (uid) => fork(world, task, request, actor, uid));
    },
  }),
  changeGoal: operation({
    right: "run",
    summary: "Changes what a running goal is given, from its next round on.",
    on: "unit",
    reach: continuesWork,
    http: "POST trees/:id/goal",
    input: givenGoal,
    audit: [],
    // The texts themselves are in the task's log.
    tells: ({ id: _, ...fields }) => ({ fields: Object.keys(fields) }),
    result: said,
    async run({ id, ...fields }, actor, world) {
      const { store, queries } = world;
      const tree = await queries.getTree(id, { tasks: "none" });
      const goal = await queries.getGoal(tree.id);
      if (!goal) throw new UserError("conflict", "This tree pursues no goal, so there is nothing to change.");
      const task = store.queries.trees.findTask(tree.root_task_id);
      const changes = store.queries.goals.changesOf(task.id);
      const letter = goalChange(world, { goal, changes, tree }, fields, actor.name);
      refuseEnded(task, "changed", ": continue it first");
      if (!(await store.trees.send(task.uid, letter)))
        throw new UserError("conflict", "The goal ended before it read the change: continue it first.");
      return { sentence: "Changed. It counts from the next round on." };
    },
  }),
  deleteTree: operation({
    right: "run",
    summary: "Deletes a tree that has ended, with all its data.",
    on: "unit",
    reach: ({ id }) => ({ works: [id], withArchived: true }),
    http: "DELETE trees/:id",
    audit: [],
    result: said,
    async run({ id }, _actor, { store, ids, dataDir, snapshots }) {
      const uid = ids.tree(id);
      const done = await store.trees.delete(store.queries.trees.treeKey(uid));
      if (!done) throw new UserError("conflict", "A task of the tree is running: stop the tree first, then delete it.");
      // Only folders that were made for this tree. A folder that a person named belongs to them and is kept.
      await removeFilesOf({ dataDir, snapshots }, uid);
      return { sentence: DELETED };
    },
  }),
  /** A list of old trees is read minutes before its last tree goes: what happened meanwhile keeps a tree. */
  deleteOldTree: operation({
    right: "run",
    summary: "Deletes a tree with all its data, if it still has the end that a list showed and is not pinned.",
    on: "unit",
    reach: ({ id }) => ({ works: [id], withArchived: true }),
    onPages: true,
    /** `ended_at`: when the tree ended, as the list showed it. */
    input: z.strictObject({ ended_at: text }),
    audit: ["ended_at"],
    result: said,
    async run({ id, ended_at }, _actor, { store, ids, dataDir, snapshots }) {
      const uid = ids.tree(id);
      let why = "A task of the tree is running";
      const mayDelete = ({ endedAtMs, isPinned }: StoredTree) => {
        if (isPinned) why = "The tree was pinned";
        else if (endedAtMs === null || iso(endedAtMs) !== ended_at) why = "The tree went on after it was listed";
        else return true;
        return false;
      };
      const done = await store.retentionTrees.remove(store.queries.trees.treeKey(uid), mayDelete, () => {});
      if (!done) throw new UserError("conflict", `${why}, so it stays.`);
      await removeFilesOf({ dataDir, snapshots }, uid);
      return { sentence: DELETED };
    },
  }),
  /** Removes it from the actor's `unseenBy`. */
  markSeen: operation({
    right: "run",
    summary: "Marks a failed tree as seen, so that the Home page of this person no longer shows it.",
    on: "unit",
    reach: () => ({}),
    http: "POST trees/:id/seen",
    audit: [],
    result: said,
    async run({ id }, actor, { store, ids }) {
      await store.seen.mark(personOf(actor.name), store.queries.trees.treeKey(ids.tree(id)));
      return { sentence: "Removed from “Needs you”." };
    },
  }),
};

/**
 * Makes a tree and returns it. Of calls with the same `once` only the first makes one, and all return that. Throws UserError
 * when it was read from an archive: whoever asks, such as a forge, would take what somebody put there for work done here.
 */
export async function makeTree(
  { store, queries, making }: CommandWorld,
  once: string | undefined,
  make: (uid: string) => Promise<unknown>,
): Promise<Tree> {
  const uid = once === undefined ? newId() : treeIdOf(once);
  if (once !== undefined && store.archivedTrees.hashOf(uid) !== null)
    throw new UserError(
      "conflict",
      `The tree of this request, ${uid}, was read from an archive and can only be looked at: delete it, then ask again.`,
    );
  if (once !== undefined && store.queries.trees.treesLike(uid).length > 0) return queries.getTree(uid);
  const made = making.get(uid) ?? make(uid).finally(() => making.delete(uid));
  making.set(uid, made);
  await made;
  return queries.getTree(uid);
}
