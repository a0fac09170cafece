/** Redacts a person's input before a command runs, so that a key pasted into a task or message is stored nowhere. */

import type { Commands } from "@/agents/application";
import type { Redactor } from "@/lib/secrets/redact";

type Method = (...args: unknown[]) => unknown;

export function cleaned(commands: Commands, { redactValue }: Pick<Redactor, "redactValue">): Commands {
  return new Proxy(commands, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => (method as Method).apply(target, redactValue(args));
    },
  });
}
