/** Ids of the operations of one call of a tool, which the next process of the server finds again. */
import type { PlaceRequest } from "../workplace/requests";

export type CallIds = (request: Pick<PlaceRequest, "part" | "operation">) => string;

/**
 * Returns ids for the operations of a call, in their order: a call that begins again gets what its operations have done
 * before. Arguments do not count, because a timeout may be another one the next time. `call`: unique forever, letters,
 * digits, "_" and "-", at most 60 characters.
 */
export function callIds(call: string): CallIds {
  const asked = new Map<string, number>();
  return ({ part, operation }) => {
    const name = `${part}_${operation}`;
    const number = asked.get(name) ?? 0;
    asked.set(name, number + 1);
    return `${call}-${name}-${number}`;
  };
}
