/** Variables of a service as the command line takes them. */
import type { Flags } from "@/scripts/cli/context/context";
import { UsageError } from "@/scripts/cli/print/output";

/** Returns the `NAME=VALUE`s of a repeatable option. Throws UsageError, with an example. */
export function settingsIn(given: Flags[string], option: string, example: string): Record<string, string> {
  const settings = Array.isArray(given) ? (given as readonly string[]) : [];
  return Object.fromEntries(
    settings.map((setting): [string, string] => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(setting) ?? [];
      // It may hold a secret, so it is not repeated.
      if (name === undefined || value === undefined)
        throw new UsageError(`${option} is written NAME=VALUE, such as ${example}.`);
      return [name, value];
    }),
  );
}
