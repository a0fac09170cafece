import { SetupError } from "./say.mjs";

/** The steps that run with `--changed`: those that need no build. */
const STEPS_OF_CHANGES = ["format", "types", "rules", "unit"];
/** The steps that run with `--long`: the tests, and what they need. */
const STEPS_OF_LONG = ["sandbox", "build", "unit", "browser"];
/** The branch into which changes are merged. */
const USUAL_BASE = "origin/main";

/** @typedef {import("./test-run/long-tests.mjs").Share} Share */

/**
 * @param {string[]} argv `--only a,b` (can be repeated) selects steps; `--all` runs long tests, too; `--changed` or
 * `--changed=COMMIT` runs the unit tests that a change can reach; `--long=K/N` runs only the K-th of N shares of the long
 * tests; the rest are filters and flags for the test runners
 * @param {string[]} known
 * @returns {{ names: string[], filters: string[], isAll: boolean, changedSince: string | null, share: Share | null }} isAll:
 *   no test file is left out
 * @throws {SetupError} for an unknown step or share, and for filters beside `--changed` or `--long`
 */
export function selectSteps(argv, known) {
  /** @type {string[]} */
  const only = [];
  /** @type {string[]} */
  const filters = [];
  /** @type {string | null} */
  let changedSince = null;
  let isAll = false;
  /** @type {Share | null} */
  let share = null;
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? "";
    if (argument === "--only") only.push(...(argv[++at] ?? "").split(","));
    else if (argument.startsWith("--only=")) only.push(...argument.slice("--only=".length).split(","));
    else if (argument === "--all") isAll = true;
    else if (argument.startsWith("--long=")) share = shareNamed(argument.slice("--long=".length));
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
  if (share !== null && (filters.length > 0 || changedSince !== null || isAll))
    throw new SetupError("--long chooses the files of tests itself: leave out --all, --changed, and names of files.");
  const usual = share === null ? (changedSince === null ? known : STEPS_OF_CHANGES) : known.filter(isOfLong);
  return { names: only.length > 0 ? only : usual, filters, isAll, changedSince, share };
}

/** @param {string} step */
const isOfLong = (step) => STEPS_OF_LONG.includes(step);

/** @param {string} text such as `1/4` @returns {Share} */
function shareNamed(text) {
  const [, at = "", of = ""] = /^([1-9]\d?)\/([1-9]\d?)$/.exec(text) ?? [];
  if (at === "" || Number(at) > Number(of))
    throw new SetupError(`--long takes a share of the long tests, such as 1/4: "${text}" is none.`);
  return { at: Number(at), of: Number(of) };
}
