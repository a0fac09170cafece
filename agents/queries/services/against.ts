/** What changed for clients between what a target has and a commit. */
import { documentsBetween } from "@/agents/specification/compare";
import type { ContractAgainst } from "@/core/shapes/services/view";
import type { OpenSource } from "./repository";

const MOST_NAMED = 50;

/** What a target has. */
export interface AtTarget {
  target: string;
  commit: string;
}

/** Resolves with null where one of the commits has no document. */
export async function contractAgainst(
  { gitDir, commit: now, signal }: OpenSource,
  { target, commit }: AtTarget,
): Promise<ContractAgainst | null> {
  const compared = await documentsBetween(gitDir, { before: commit, now }, signal);
  if (compared === null) return null;
  const { changes, not_compared } = compared;
  const told = changes.slice(0, MOST_NAMED).map(({ breaking, text }) => ({ breaking, text }));
  return { target, commit, count: changes.length, changes: told, not_compared };
}
