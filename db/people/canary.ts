/** The small trees that show whether a release works on tasks. They are not people's work. */

/** The name that lists of trees show as their author. */
export const CANARY_PERSON = "Banyan (canary)";

/** SQL conditions: the tree with this alias, or with the id that this expression gives, is no canary. */
export const isNoCanary = (tree: string) => `${tree}.created_by <> '${CANARY_PERSON}'`;
export const isOfNoCanary = (treeId: string) =>
  `NOT EXISTS (SELECT 1 FROM trees canary WHERE canary.id = ${treeId} AND canary.created_by = '${CANARY_PERSON}')`;
