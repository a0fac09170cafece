/** What a person writes is cleaned before it is carried out: a key that was pasted into a task or a message is kept nowhere. */

import type { Commands } from "@/agents/application";
import type { Redactor } from "@/lib/secrets/redact";

/** Only what is told to the vault stays as it is. */
const KEEPS: readonly (string | symbol)[] = [
  "setSecret",
  "setProviderKey",
  "testProvider",
] satisfies (keyof Commands)[];

type Method = (...args: unknown[]) => unknown;

export function cleaned(commands: Commands, { redactValue }: Pick<Redactor, "redactValue">): Commands {
  return new Proxy(commands, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || KEEPS.includes(name)) return method;
      return (...args: unknown[]) => (method as Method).apply(target, redactValue(args));
    },
  });
}
