import { SetupError } from "./say.mjs";

/**
 * @param {string[]} argv `--only a,b` (can be repeated) selects steps; the rest are filters for the test runners
 * @param {string[]} known
 * @returns {{ names: string[], filters: string[] }}
 * @throws {SetupError} for an unknown step
 */
export function selectSteps(argv, known) {
  /** @type {string[]} */
  const only = [];
  /** @type {string[]} */
  const filters = [];
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? "";
    if (argument === "--only") only.push(...(argv[++at] ?? "").split(","));
    else if (argument.startsWith("--only=")) only.push(...argument.slice("--only=".length).split(","));
    else filters.push(argument);
  }
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new SetupError(`The tests have no step "${unknown}": --only takes ${known.join(", ")}.`);
  return { names: only.length > 0 ? only : known, filters };
}
