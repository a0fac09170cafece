/** Small repositories with one bug each, made from a seed: the same seed makes the same repository. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRandom } from "../simulation/random";
import { type BugKind, KINDS, type Names, NOVEL_KINDS } from "./kinds";

export interface Repository {
  kind: BugKind;
  /** The person's request. */
  task: string;
  files: Record<string, string>;
  /** The file with the bug. */
  path: string;
  /** Ways to repair it that look possible from outside, in no order. One of them makes the check pass. */
  ways: readonly string[];
  /** Returns the file after a repair in this way. */
  mended(way: string): string;
}

/** How the check is run. */
export const CHECK = "sh check.sh";

const WAYS = 5;
const ACTS = ["count", "gather", "compute", "prepare", "collect", "resolve", "combine", "derive"];
const THINGS = [
  "orders",
  "invoices",
  "readings",
  "parcels",
  "tickets",
  "samples",
  "visits",
  "letters",
  "routes",
  "seats",
];

/** Returns a repository of this kind. */
export function repositoryOf(kind: BugKind, seed: number): Repository {
  const random = createRandom(seed * 1_000 + [...KINDS, ...NOVEL_KINDS].indexOf(kind));
  const thing = random.pick(THINGS);
  const act = `${random.pick(ACTS)}_${thing}`;
  const names: Names = { act, thing, number: random.between(2, 9) };
  const path = `src/${thing}-${random.between(10, 99)}.sh`;
  const source = (body: string) => `${act}() {\n  ${body}\n}\n`;
  const others = shuffled(KINDS, random.next).filter((other) => other !== kind);
  const ways = shuffled([kind, ...others.slice(0, WAYS - 1)], random.next).map(({ way }) => way);
  return {
    kind,
    task: `Make the check of the ${thing} pass.`,
    files: { "check.sh": checkOf(kind, names, path), [path]: source(kind.wrong) },
    path,
    ways,
    // A wrong way changes something that the check does not see.
    mended: (way) =>
      way === kind.way ? source(kind.right) : `${source(kind.wrong)}# Attempt ${ways.indexOf(way) + 1}.\n`,
  };
}

/** Prints the Test Anything Protocol, by which the host names the failing test. */
function checkOf({ behaviour, holds }: BugKind, names: Names, path: string): string {
  return `. ./${path}
echo "TAP version 13"
echo "1..2"
echo "ok 1 - is loaded"
if ${holds(names)}; then
  echo "ok 2 - ${behaviour}"
else
  echo "not ok 2 - ${behaviour}"
  exit 1
fi
`;
}

/** Puts a repository into the folder, and removes what was there. */
export function writeRepository(folder: string, { files }: Pick<Repository, "files">): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Fisher and Yates. */
export function shuffled<T>(values: readonly T[], next: () => number): T[] {
  const mixed = [...values];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(next() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
  }
  return mixed;
}
