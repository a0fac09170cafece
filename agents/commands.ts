/** Everything a person can do, each command with the sentence that says what follows from it. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Commands, UserError } from "./application";
import { createControlCommands } from "./control-commands";
import { fork } from "./fork";
import { createPeopleCommands } from "./people-commands";
import { createIds } from "./queries";
import { createReviewCommands } from "./review-commands";
import { createSecretCommands } from "./secret-commands";
import { createServerCommands } from "./server-commands";
import { type CommandSources, newId, submit } from "./submit";

export function createCommands(sources: CommandSources): Commands {
  const { store } = sources;
  const ids = createIds(store);
  return {
    ...createControlCommands(sources, ids),
    ...createReviewCommands(store, ids, {
      ...sources,
      validateServer: async (body) => (await sources.servers()).validate(body),
    }),
    ...createPeopleCommands(store, ids, sources.now),
    ...createSecretCommands(sources),
    ...createServerCommands({ ...sources, vault: sources.security.vault }),
    async submitTree(submission, actor) {
      const uid = newId();
      await submit(sources, submission, actor.name, uid);
      return sources.queries.getTree(uid);
    },
    fork: async (id, request, actor) => {
      const found = ids.treeOrTask(id);
      const uid = found.kind === "tree" ? store.queries.trees.rootOf(found.uid) : found.uid;
      return sources.queries.getTree(await fork(sources, store.queries.trees.findTask(uid), request, actor.name));
    },
    deleteTree: async (id) => {
      const uid = ids.tree(id);
      const done = await store.trees.delete(store.queries.trees.treeKey(uid));
      if (!done) throw new UserError("conflict", "A task of the tree is at work: stop the tree first, then delete it.");
      // Only folders that were made for this tree: one that a person named is theirs, and lies elsewhere.
      for (const kind of ["workspaces", "cache"]) {
        await rm(join(sources.dataDir, kind, uid), { recursive: true, force: true });
      }
      await removeLeftovers(join(sources.dataDir, "workspaces"), uid);
      await sources.snapshots.drop(uid);
      return { sentence: "The tree and everything that belongs to it is deleted." };
    },
  };
}

/** What a process that was killed while it checked out a fork's files left beside the tree's folder. */
async function removeLeftovers(folder: string, uid: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(`${uid}.`)))
    await rm(join(folder, name), { recursive: true, force: true });
}
