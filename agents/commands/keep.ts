/** Keeps one of two compared trees, or writes its files into the folder that both began in. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { stopTask } from "@/agents/commands/control";
import { inTurn } from "@/agents/commands/workspace/in-turn";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { target } from "@/agents/commands/world/unit";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { askedLater, momentOf } from "@/agents/files/moment";
import { folderWithoutRepository, personsFolder } from "@/agents/files/target";
import { said } from "@/agents/operations/operation";
import { text, yesOrNo } from "@/agents/operations/parse";
import { placeKey } from "@/agents/services/place";
import { isEnded } from "@/core/log/terms";
import { plural } from "@/core/words/figures";
import { newId } from "@/lib/new-id";
import { occupiedIn } from "@/lib/workspace/occupied";
import { isGitsOwn } from "@/lib/workspace/path";

const MOST_NAMED = 5;

export const keepOperations = {
  /** Nothing is written or deleted, so it can be undone; see decision 54. */
  keepTree: operation({
    right: "run",
    summary: "Keeps one of two trees: pins it, and marks the other one as not kept.",
    on: "unit",
    reach: ({ id, instead_of: other }) => ({ works: [id, other] }),
    http: "POST trees/:id/choose",
    input: z.strictObject({
      instead_of: text.describe("Id of the other tree."),
      stops_other: yesOrNo
        .optional()
        .describe("Stops the other tree if it still works; otherwise the request is then refused with `other_runs`."),
    }),
    audit: ["stops_other"],
    tells: ({ instead_of: other }) => ({ other }),
    result: said,
    async run({ id, instead_of: other, stops_other = false }, actor, world) {
      const { store, ids } = world;
      const [keptUid, otherUid] = [ids.tree(id), ids.tree(other)];
      if (keptUid === otherUid) throw new UserError("invalid", "Both are the same tree: name two.");
      if (!isEnded(target(store, ids, keptUid).task.status))
        throw new UserError("conflict", "The tree to keep still works: keep it after its end.");
      const { task } = target(store, ids, otherUid);
      // What a person saw may be old: the tree may have been continued since.
      if (!isEnded(task.status) && !stops_other)
        throw new UserError(
          "conflict",
          "The other tree still works: say that it may be stopped, or wait for its end.",
          {
            code: "other_runs",
          },
        );
      await store.keptTrees.keep(keyOf(world, keptUid), keyOf(world, otherUid), actor.name);
      const isStopping = !isEnded(task.status) && (await stopTask(store, task, `${actor.name} kept another tree.`));
      return {
        sentence: `Kept, and pinned. The other one is marked as not kept${isStopping ? " and is being stopped" : ""}.`,
      };
    },
  }),
  unkeepTree: operation({
    right: "run",
    summary: "Takes back that one of two trees was kept: the pin that it brought, and the mark of the other one.",
    on: "unit",
    reach: ({ id, instead_of: other }) => ({ works: [id, other] }),
    http: "POST trees/:id/unchoose",
    input: z.strictObject({ instead_of: text.describe("Id of the other tree.") }),
    audit: [],
    tells: ({ instead_of: other }) => ({ other }),
    result: said,
    async run({ id, instead_of: other }, _actor, world) {
      const { store, ids } = world;
      const [kept, left] = [keyOf(world, ids.tree(id)), keyOf(world, ids.tree(other))];
      if (!(await store.keptTrees.undo(kept, left)))
        throw new UserError("conflict", "This tree was not kept instead of the other one.");
      const { status } = target(store, ids, left.uid).task;
      const rest = status === "stopped" ? " The tree that was stopped stays stopped until you continue it." : "";
      return { sentence: `Undone: both trees stand as before.${rest}` };
    },
  }),
  /** Refused for a repository, which gets a branch, and when the folder changed in the same places meanwhile. */
  keepFiles: operation({
    right: "run",
    summary: "Writes this tree's files into the folder that it and another tree began in.",
    on: "unit",
    reach: ({ id, instead_of: other }) => ({ works: [id, other] }),
    http: "POST trees/:id/keep",
    input: z.strictObject({ instead_of: text.describe("Id of the other tree.") }),
    audit: [],
    tells: ({ instead_of: other }) => ({ other }),
    result: said,
    async run({ id, instead_of: other }, actor, world) {
      const { queries, ids } = world;
      const [keptUid, otherUid] = [ids.tree(id), ids.tree(other)];
      const folder = await personsFolder(world, queries, keptUid);
      if (folder === null || folder !== (await personsFolder(world, queries, otherUid)))
        throw new UserError("invalid", "The two trees did not begin in the same folder: download the zip instead.");
      refuseForeignFolder(folder, world.workspaceRoots, actor);
      // Two that write at once would leave files of both trees.
      const turn = { dataDir: world.dataDir, key: placeKey(folder), what: "the files of this folder" };
      return inTurn(turn, () => writeFiles(world, { folder, kept: keptUid, other: otherUid }));
    },
  }),
};

/** Writes the files of `kept` into the person's folder, in which `other` began, too. Throws UserError. */
async function writeFiles(
  world: CommandWorld,
  { folder, kept, other }: { folder: string; kept: string; other: string },
): Promise<{ sentence: string }> {
  const { snapshots } = world;
  folderWithoutRepository(world, folder);
  const [from, to] = [momentOf(world, other).commit, momentOf(world, kept).commit];
  if (from === null || to === null || from === to)
    throw new UserError("conflict", "Both trees have the same files, so there is nothing to write.");
  if ((await askedLater(snapshots.files(to))).some(({ path }) => isGitsOwn(path.split("/"))))
    throw new UserError("conflict", "The files contain a git repository, which is not written: download the zip.");
  const hiddenPaths = world.hiddenPathsOf(folder);
  const label = `keep-${newId()}`;
  // Without a previous snapshot, whose content would stand for a file that is too large to be read now.
  const take = { tree: kept, folder, label, previous: null, hiddenPaths };
  const now = (await askedLater(snapshots.take(take))).commit;
  const merge = { tree: kept, label: `${label}-merged`, base: from, ours: now, theirs: to };
  const merged = await askedLater(snapshots.merge(merge));
  if ("conflicts" in merged) throw conflictIn(folder, merged.conflicts);
  const changes = await askedLater(snapshots.changes(now, merged.commit));
  const added = changes.flatMap(({ path, before }) => (before === null ? [path] : []));
  const occupied = occupiedIn(folder, added);
  if (occupied.length > 0) throw conflictIn(folder, occupied);
  // Reading a large folder takes long: a tree may have begun in it, and a person may have saved a file.
  const again = (await askedLater(snapshots.take({ ...take, label: `${label}-again`, previous: now }))).commit;
  const saved = (await askedLater(snapshots.changes(now, again))).map(({ path }) => path);
  if (saved.length > 0) throw conflictIn(folder, saved);
  folderWithoutRepository(world, folder);
  if (world.store.loader.isFolderTainted(keyOf(world, kept).id, null)) await world.store.taintedFolders.add(folder);
  await askedLater(snapshots.apply({ from: now, to: merged.commit, folder, hiddenPaths }));
  return {
    sentence: `Wrote ${plural(changes.length, "file")} into ${folder}. To undo it, write those of the other tree.`,
  };
}

function keyOf({ store }: CommandWorld, uid: string): { id: number; uid: string } {
  return { id: store.queries.trees.treeKey(uid), uid };
}

function conflictIn(folder: string, paths: readonly string[]): UserError {
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : "";
  return new UserError(
    "conflict",
    `Nothing was written: in ${folder}, ${paths.slice(0, MOST_NAMED).join(", ")}${more} changed since the trees ended. Move your own changes away first, or download the zip.`,
  );
}
