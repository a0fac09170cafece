/**
 * `npm run release -- patch|minor|major|VERSION [--dry-run]`: makes the commit and the tag of a release, and prints the
 * command that pushes them. It pushes nothing.
 *
 * Cut off before git moves the branch, it leaves the checkout as it was. Cut off after that, the release is made and only
 * files of the checkout are old: the next run brings them to the release.
 */
import { parseArgs } from "node:util";
import { SetupError } from "../say.mjs";
import { type Checkout, openCheckout } from "./checkout";
import { CHANGED, type Plan, planRelease } from "./plan";

const USAGE = "Say which release: `npm run release -- patch|minor|major|VERSION [--dry-run]`.";

export function main(argv: string[]): number {
  try {
    const { values, positionals } = readArguments(argv);
    const [wanted, ...rest] = positionals;
    if (!wanted || rest.length > 0) throw new SetupError(USAGE);
    const date = new Date().toISOString().slice(0, 10);
    console.log(release(openCheckout(process.cwd()), wanted, date, values["dry-run"]));
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function readArguments(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: { "dry-run": { type: "boolean", default: false } },
      allowPositionals: true,
    });
  } catch {
    throw new SetupError(USAGE);
  }
}

/** Returns what to tell the person. */
function release(checkout: Checkout, wanted: string, date: string, isDryRun: boolean): string {
  const made = releaseWithOldFiles(checkout);
  if (made) {
    if (isDryRun)
      return `${made} is made, but files of this checkout are from before it. Run this again without --dry-run.`;
    checkout.restore(CHANGED);
    return `${made} was made by a run that was cut off. The files are now those of ${made}.\n${pushing(made)}`;
  }
  const plan = planRelease(checkout, wanted, date);
  if (isDryRun) return `${described(plan)}\n\nNothing was changed. Run this again without --dry-run.`;
  const prepared = checkout.prepare(plan.texts, plan.tag, `${subjectOf(plan.version)}\n\n${plan.notes}\n`);
  checkout.publish(checkout.branch(), prepared);
  checkout.restore(CHANGED);
  return `${described(plan)}\n\n${pushing(plan.tag)}`;
}

/** Returns the tag of a release whose files are not all in the checkout yet. Undefined if a person changed a file. */
function releaseWithOldFiles(checkout: Checkout): string | undefined {
  const { version } = JSON.parse(checkout.committed("package.json"));
  const tag = `v${version}`;
  if (checkout.subject() !== subjectOf(version) || !checkout.has(`refs/tags/${tag}`)) return undefined;
  const changed = checkout.dirty();
  const own: readonly string[] = CHANGED;
  if (changed.length === 0 || changed.some((file) => !own.includes(file))) return undefined;
  // A file may differ from the release only by being the one of the commit before it.
  const before = new Set(checkout.differing("HEAD~1"));
  return checkout.differing("HEAD").some((file) => before.has(file)) ? undefined : tag;
}

function subjectOf(version: string): string {
  return `Release ${version}`;
}

function described({ version, tag, notes }: Plan): string {
  return `Release ${version}, tag ${tag}:\n\n${notes}`;
}

function pushing(tag: string): string {
  return `Push it: git push --atomic origin main ${tag}`;
}
