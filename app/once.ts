import type { Actor } from "@/core/rules/roles";

/** Returns what makes a request of a page the same as an earlier one of this person; undefined without a usable key. */
export function onceOf({ id }: Pick<Actor, "id">, what: string, key: unknown): string | undefined {
  return typeof key === "string" && /^[\w-]{8,64}$/.test(key) ? `${id} ${what} ${key}` : undefined;
}
