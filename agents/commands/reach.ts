/** The one check of everything that acts on existing trees: whether its actor may direct them. */
import { type Actor, UserError } from "@/agents/application";
import { refuseArchived } from "@/agents/commands/installation/archives";
import type { CommandWorld } from "@/agents/commands/world/operation";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import type { Reach } from "@/agents/operations/operation";
import type { Level } from "@/core/log/entries";
import { leastRoleFor, rightsBeyond } from "@/core/rules/roles";
import { cannotGoOn } from "@/core/words/refused-folder";
import { refusalOfFolder } from "@/lib/workspace/refused";

/** Throws UserError when the actor may not do this to the trees that the operation reaches. */
export function checkReach(world: CommandWorld, reach: Reach, actor: Actor): void {
  const { works = [], review, goesOn } = reach;
  const trees = works.map((id) => treeOfWork(world, id));
  const reviewed = review === undefined ? undefined : treeOfReview(world, review);
  const all = reviewed === undefined ? trees : [...trees, reviewed];
  if (!reach.withArchived) for (const tree of all) refuseArchived(world, tree);
  if (reach.isForAll) return;
  for (const tree of trees) checkTree(world, tree, actor);
  if (goesOn) for (const tree of trees) checkFolder(world, tree);
  if (reviewed !== undefined) checkTree(world, reviewed, actor);
}

/** Throws UserError when the actor could not have submitted the tree with its rights and its folder. */
function checkTree({ store, workspaceRoots }: CommandWorld, tree: string, actor: Actor): void {
  refuseBeyond(actor, store.queries.trees.rightsOf(tree));
  const { workspace, inPlace } = store.loader.tree(store.queries.trees.treeKey(tree));
  if (inPlace) refuseForeignFolder(workspace, workspaceRoots, actor);
}

/** Throws UserError when the tree cannot continue because its folder is refused for new trees. */
function checkFolder(world: CommandWorld, tree: string): void {
  const { store } = world;
  const { workspace, inPlace } = store.loader.tree(store.queries.trees.treeKey(tree));
  const why = inPlace ? refusalOfFolder(workspace, world) : null;
  if (why !== null) throw new UserError("conflict", cannotGoOn(why));
}

/** Returns the public id of a tree, or of the tree of a task. */
function treeOfWork({ ids, store }: CommandWorld, id: string): string {
  const { kind, uid } = ids.treeOrTask(id);
  return kind === "tree" ? uid : store.queries.trees.findTask(uid).treeUid;
}

/** Some items belong to no tree: what Banyan's own agents propose. */
function treeOfReview({ ids, store, now }: CommandWorld, id: string): string | undefined {
  return store.queries.reviews.get(ids.review(id), now())?.tree_id;
}

function refuseBeyond(actor: Actor, rights: readonly Level[]): void {
  const [level] = rightsBeyond(actor.role, rights) as [Level?];
  if (level === undefined) return;
  throw new UserError(
    "forbidden",
    `The tree has the right “${level}”, so directing it needs ${leastRoleFor(level)}: you are signed in as ${actor.role}.`,
  );
}
