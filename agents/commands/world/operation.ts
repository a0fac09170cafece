import type { CommandSources } from "@/agents/commands/world/sources";
import type { Operation, Subject } from "@/agents/operations/operation";
import type { Ids } from "@/agents/queries/ids";

/** What operations work with. */
export interface CommandWorld extends CommandSources {
  ids: Ids;
}

/** Declares an operation; only its types are added. */
export function operation<
  Fields extends object = Record<never, never>,
  Result extends object = object,
  On extends Subject | undefined = undefined,
>(declared: Operation<CommandWorld, On, Fields, Result>): Operation<CommandWorld, On, Fields, Result> {
  return declared;
}
