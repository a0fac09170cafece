import type { Actor } from "@/core/rules/roles";

/** Returns the key that a repeated request of this person shares with the first; undefined without a usable key. */
export function onceOf({ id }: Pick<Actor, "id">, what: string, key: unknown): string | undefined {
  return typeof key === "string" && /^[\w-]{8,64}$/.test(key) ? `${id} ${what} ${key}` : undefined;
}
