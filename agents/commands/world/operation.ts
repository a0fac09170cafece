import type { CommandSources } from "@/agents/commands/world/sources";
import type { Operation, Subject } from "@/agents/operations/operation";
import type { Ids } from "@/agents/queries/ids";

/** What operations work with. */
export interface CommandWorld extends CommandSources {
  ids: Ids;
  /** Trees that are being made, by their ids, so that a repeated request waits for the same tree. */
  making: Map<string, Promise<unknown>>;
}

/** The reach of an operation on one tree or task. */
export const reachesWork = ({ id }: { id: string }) => ({ works: [id] });
/** The same, where the work goes on after it. */
export const continuesWork = ({ id }: { id: string }) => ({ works: [id], goesOn: true as const });
/** The reach of an operation on a review item: the tree that it belongs to. */
export const reachesReview = ({ id }: { id: string }) => ({ review: id });

/** Declares an operation; only its types are added. */
export function operation<
  Fields extends object = Record<never, never>,
  Result extends object = object,
  On extends Subject | undefined = undefined,
>(declared: Operation<CommandWorld, On, Fields, Result>): Operation<CommandWorld, On, Fields, Result> {
  return declared;
}
