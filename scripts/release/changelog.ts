/** Reads and changes a changelog in the form of Keep a Changelog. */
import { sectionOf } from "./section.mjs";

const UNRELEASED = "## [Unreleased]";

/** Returns what is below "Unreleased", without blank lines around it; undefined if the changelog has no such section. */
export function unreleased(changelog: string): string | undefined {
  return sectionOf(changelog, UNRELEASED);
}

/** Returns the changelog with what is below "Unreleased" moved to a section of this version. */
export function moveUnreleased(changelog: string, version: string, date: string): string {
  return changelog.replace(UNRELEASED, () => `${UNRELEASED}\n\n## [${version}] - ${date}`);
}

/** Whether text of a section has an entry: a line of a list, not only headings. */
export function hasEntries(section: string): boolean {
  return /^- \S/m.test(section);
}
