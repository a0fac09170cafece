import semver from "semver";
import { SetupError } from "../say.mjs";
import { hasEntries, moveUnreleased, unreleased } from "./changelog";
import type { Checkout } from "./checkout";

/** The branch that is released. */
const BRANCH = "main";
const STEPS = ["patch", "minor", "major"] as const;
/** The files that a release changes. */
export const CHANGED = ["CHANGELOG.md", "package.json", "package-lock.json"] as const;

export interface Plan {
  version: string;
  tag: string;
  /** The files' texts in the release. */
  texts: Record<(typeof CHANGED)[number], string>;
  /** What the release brings, from the changelog. */
  notes: string;
}

/**
 * Returns the next release of what is committed. Reads the commit, so a file that changes meanwhile is not part of it.
 * @throws {SetupError} if there is no such release, with the reason and what to do
 */
export function planRelease(checkout: Checkout, wanted: string, date: string): Plan {
  const branch = checkout.branch();
  if (branch !== BRANCH) {
    throw new SetupError(
      `This checkout is on ${branch || "no branch"}. Releases are made on ${BRANCH}: \`git switch ${BRANCH}\`.`,
    );
  }
  const dirty = checkout.dirty();
  if (dirty.length > 0) {
    throw new SetupError(
      `Not committed: ${dirty.slice(0, 5).join(", ")}. Commit or remove these changes, then release.`,
    );
  }
  const manifest = checkout.committed("package.json");
  const version = nextVersion(JSON.parse(manifest).version, wanted);
  const tag = `v${version}`;
  if (checkout.has(`refs/tags/${tag}`))
    throw new SetupError(`The tag ${tag} exists already. Choose a greater version.`);
  const changelog = checkout.committed("CHANGELOG.md");
  const notes = unreleased(changelog);
  if (notes === undefined)
    throw new SetupError('CHANGELOG.md has no section "## [Unreleased]". Add it above the last release.');
  if (!hasEntries(notes)) {
    throw new SetupError(
      '"Unreleased" in CHANGELOG.md has no entry. Write there what this release brings, and commit it.',
    );
  }
  const texts = {
    "CHANGELOG.md": moveUnreleased(changelog, version, date),
    "package.json": withVersion(manifest, version),
    "package-lock.json": withVersion(checkout.committed("package-lock.json"), version),
  };
  return { version, tag, texts, notes };
}

function nextVersion(current: string, wanted: string): string {
  const step = STEPS.find((name) => name === wanted);
  const version = step ? semver.inc(current, step) : semver.valid(wanted);
  // `semver.valid` also accepts "v1.2.3" and returns "1.2.3".
  if (!version) throw new SetupError(`Not a version: ${wanted}. Say patch, minor, major or a version such as 1.2.0.`);
  if (!semver.gt(version, current))
    throw new SetupError(`${version} is not greater than ${current}, the version in package.json.`);
  return version;
}

/** Sets the version of the package; in a lock file also the copy in its list of packages. Keeps npm's form. */
function withVersion(text: string, version: string): string {
  const file = JSON.parse(text);
  file.version = version;
  const own = file.packages?.[""];
  if (own) own.version = version;
  return `${JSON.stringify(file, null, 2)}\n`;
}
