/** Everything a person can do, each command with the sentence that says what follows from it. */
import { existsSync, realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { removeTree } from "@/lib/workspace/remove-tree";
import { type Actor, type Commands, UserError } from "./application";
import { createBackupCommands } from "./backup-commands";
import { createControlCommands } from "./control-commands";
import type { Level } from "./core/entries";
import { leastRoleFor, personOf, rightsBeyond } from "./core/roles";
import { createEntryCommands } from "./entry-commands";
import { fork } from "./fork";
import { createHaltCommands } from "./halt-commands";
import { createPeopleCommands } from "./people-commands";
import { createPolicyCommands } from "./policy-commands";
import { createProviderCommands } from "./provider-commands";
import { createIds } from "./queries";
import { createReviewCommands } from "./review-commands";
import { createReviewTalk } from "./review-talk";
import { createRuleCommands } from "./rule-commands";
import { createSecretCommands } from "./secret-commands";
import { createServerCommands } from "./server-commands";
import { type CommandSources, newId, submit } from "./submit";
import { createTemplateCommands } from "./template-commands";
import { idOf } from "./tools/settle";

export function createCommands(sources: CommandSources): Commands {
  const { store } = sources;
  const ids = createIds(store);
  const control = createControlCommands(sources, ids);
  const reviews = createReviewCommands(store, ids, {
    ...sources,
    validateServer: async (body) => (await sources.servers()).validate(body),
  });
  /** Whoever may not give a tree its rights, or name its folder, does not tell it what to do there either. */
  const checkTree = (treeUid: string, actor: Actor) => {
    refuseBeyond(actor, store.queries.trees.rightsOf(treeUid));
    const { workspace, inPlace } = store.loader.tree(store.queries.trees.treeKey(treeUid));
    if (inPlace) refuseForeignFolder(workspace, sources.workspaceRoots, actor);
  };
  const checkWork = (id: string, actor: Actor) => {
    const { kind, uid } = ids.treeOrTask(id);
    checkTree(kind === "tree" ? uid : store.queries.trees.findTask(uid).treeUid, actor);
  };
  const checkReviewed = (id: string, actor: Actor) => {
    const tree = store.queries.reviews.get(ids.review(id), sources.now())?.tree_id;
    if (tree) checkTree(tree, actor);
  };
  const servers = createServerCommands({ ...sources, vault: sources.security.vault });
  const steer: Commands["steer"] = async (id, text, actor) => {
    checkWork(id, actor);
    return control.steer(id, sources.security.redactor.redact(text), actor);
  };
  const talk = createReviewTalk({ ...sources, steer, removeTool: servers.removeTool }, ids);
  /** Trees that are being made, by their ids: who sends the same again meanwhile waits for the same. */
  const making = new Map<string, Promise<void>>();
  return {
    ...control,
    ...reviews,
    ...createHaltCommands(store, sources.now),
    ...createBackupCommands(sources),
    ...createRuleCommands(sources, ids),
    ...talk,
    ...createPeopleCommands(store, ids, sources.now),
    ...createSecretCommands(sources),
    ...createProviderCommands(sources),
    ...servers,
    ...createPolicyCommands(sources),
    ...createEntryCommands(sources),
    ...createTemplateCommands({ store, redact: (text) => sources.security.redactor.redact(text) }),
    markSeen: async (id, actor) => {
      await store.seen.mark(personOf(actor.name), store.queries.trees.treeKey(ids.tree(id)));
      return { sentence: "It does not stand under what needs you any more." };
    },
    steer,
    change: async (id, to, actor) => {
      checkWork(id, actor);
      return control.change(id, to, actor);
    },
    retry: async (id, actor) => {
      checkWork(id, actor);
      return control.retry(id, actor);
    },
    resume: async (id, actor) => {
      checkWork(id, actor);
      return control.resume(id, actor);
    },
    step: async (id, actor) => {
      checkWork(id, actor);
      return control.step(id, actor);
    },
    grant: async (id, more, actor) => {
      checkWork(id, actor);
      return control.grant(id, more, actor);
    },
    approveChanged: async (id, input, reason, actor) => {
      checkReviewed(id, actor);
      return talk.approveChanged(id, input, reason, actor);
    },
    answer: async (id, text, actor) => {
      checkReviewed(id, actor);
      return reviews.answer(id, sources.security.redactor.redact(text), actor);
    },
    async shutDown() {
      if (!sources.shutDown)
        throw new UserError("unavailable", "No server runs in this process: there is nothing to end.");
      // The answer goes out first.
      setImmediate(sources.shutDown);
      return {
        sentence: "The server ends once each task has come to the end of its turn, after half a minute at most.",
      };
    },
    async submitTree(submission, actor, { once } = {}) {
      const uid = once === undefined ? newId() : idOf(once, { turn: 0, id: "once" }, "tree");
      if (once !== undefined && store.queries.trees.treesLike(uid).length > 0) return sources.queries.getTree(uid);
      refuseForeignFolder(submission.workspace, sources.workspaceRoots, actor);
      const task = submission.task && sources.security.redactor.redact(submission.task);
      const made =
        making.get(uid) ??
        submit(sources, { ...submission, ...(task && { task }) }, personOf(actor.name), uid).finally(() =>
          making.delete(uid),
        );
      making.set(uid, made);
      await made;
      return sources.queries.getTree(uid);
    },
    fork: async (id, request, actor) => {
      checkWork(id, actor);
      const found = ids.treeOrTask(id);
      const uid = found.kind === "tree" ? store.queries.trees.rootOf(found.uid) : found.uid;
      const task = store.queries.trees.findTask(uid);
      return sources.queries.getTree(await fork(sources, task, request, personOf(actor.name)));
    },
    deleteTree: async (id) => {
      const uid = ids.tree(id);
      const done = await store.trees.delete(store.queries.trees.treeKey(uid));
      if (!done) throw new UserError("conflict", "A task of the tree is at work: stop the tree first, then delete it.");
      // Only folders that were made for this tree: one that a person named is theirs, and lies elsewhere.
      for (const kind of ["workspaces", "cache"]) {
        await removeTree(join(sources.dataDir, kind, uid));
      }
      await removeLeftovers(join(sources.dataDir, "workspaces"), uid);
      await sources.snapshots.drop(uid);
      return { sentence: "The tree and everything that belongs to it is deleted." };
    },
  };
}

function refuseBeyond(actor: Actor, rights: readonly Level[]): void {
  const [level] = rightsBeyond(actor.role, rights) as [Level?];
  if (level === undefined) return;
  throw new UserError(
    "forbidden",
    `The tree has the right “${level}”, so telling it what to do needs ${leastRoleFor(level)}: you are signed in as ${actor.role}.`,
  );
}

/** Files of the machine are an admin's to hand out; others name folders below those that an admin opened for it. */
function refuseForeignFolder(folder: string | undefined, roots: readonly string[], actor: Actor): void {
  if (!folder || actor.role === "admin") return;
  const real = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  if (roots.some((root) => real === root || real.startsWith(`${root}/`))) return;
  const where = roots.length > 0 ? `below ${roots.join(" or ")}` : "none yet";
  throw new UserError(
    "forbidden",
    `You are signed in as ${actor.role} and may let agents work in folders that an admin opened with BANYAN_WORKSPACE_ROOTS: ${where}.`,
  );
}

/** What a process that was killed while it checked out a fork's files left beside the tree's folder. */
async function removeLeftovers(folder: string, uid: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(`${uid}.`))) await removeTree(join(folder, name));
}
