import { SetupError } from "./say.mjs";

/** The steps that run with `--changed`: those that need no build. */
const STEPS_OF_CHANGES = ["format", "types", "rules", "unit"];
/** The branch into which changes are merged. */
const USUAL_BASE = "origin/main";

/**
 * @param {string[]} argv `--only a,b` (can be repeated) selects steps; `--all` runs long tests, too; `--changed` or
 * `--changed=COMMIT` runs the unit tests that a change can reach; the rest are filters and flags for the test runners
 * @param {string[]} known
 * @returns {{ names: string[], filters: string[], isAll: boolean, changedSince: string | null }} isAll: no test file is left out
 * @throws {SetupError} for an unknown step, and for filters beside `--changed`
 */
export function selectSteps(argv, known) {
  /** @type {string[]} */
  const only = [];
  /** @type {string[]} */
  const filters = [];
  /** @type {string | null} */
  let changedSince = null;
  let isAll = false;
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? "";
    if (argument === "--only") only.push(...(argv[++at] ?? "").split(","));
    else if (argument.startsWith("--only=")) only.push(...argument.slice("--only=".length).split(","));
    else if (argument === "--all") isAll = true;
    else if (argument === "--changed") changedSince = USUAL_BASE;
    else if (argument.startsWith("--changed=")) changedSince = argument.slice("--changed=".length);
    else filters.push(argument);
  }
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new SetupError(`The tests have no step "${unknown}": --only takes ${known.join(", ")}.`);
  if (changedSince !== null && filters.length > 0)
    throw new SetupError(
      `--changed chooses the files of tests itself: leave out ${filters.join(" ")}, or name a commit as --changed=COMMIT.`,
    );
  const usual = changedSince === null ? known : STEPS_OF_CHANGES;
  return { names: only.length > 0 ? only : usual, filters, isAll, changedSince };
}
