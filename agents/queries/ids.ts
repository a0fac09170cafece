/** Full ids for what people and programs type. */
import { UserError } from "@/agents/application";

export interface Ids {
  /** Each returns the full id for a unique prefix, or throws UserError. */
  tree(prefix: string): string;
  task(prefix: string): string;
  review(prefix: string): string;
  trial(prefix: string): string;
  rule(prefix: string): string;
  token(prefix: string): string;
  sharedProof(prefix: string): string;
  promotion(prefix: string): string;
  webhook(prefix: string): string;
  treeOrTask(prefix: string): { kind: "tree" | "task"; uid: string };
}

/** Returns the one of the ids that is `prefix`, or the only one that begins so. Throws UserError. */
export function uniquePrefix(what: string, prefix: string, found: readonly string[]): string {
  const known = found.map((uid) => ({ uid }));
  return oneCalled(what, prefix, known).uid;
}

/** The same for what has a `uid`. `none`: the sentence when there is none. */
export function oneCalled<Item extends { uid: string }>(
  what: string,
  prefix: string,
  known: readonly Item[],
  none = `There is no ${what} ${prefix}.`,
): Item {
  if (prefix === "") throw new UserError("invalid", `The id of the ${what} is empty.`);
  const begun = known.filter(({ uid }) => uid.startsWith(prefix));
  const [only] = begun.length === 1 ? begun : begun.filter(({ uid }) => uid === prefix);
  if (only) return only;
  const several = `More than one ${what} begins with ${prefix}: give more characters.`;
  throw new UserError("not_found", begun.length > 1 ? several : none);
}
