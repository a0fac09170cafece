/** Reads and changes a changelog in the form of Keep a Changelog. */

const UNRELEASED = "## [Unreleased]";

/** Returns what is below "Unreleased", without blank lines around it; undefined if the changelog has no such section. */
export function unreleased(changelog: string): string | undefined {
  const lines = changelog.split("\n");
  const start = lines.indexOf(UNRELEASED);
  if (start < 0) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("## "));
  const end = length < 0 ? lines.length : start + 1 + length;
  return lines
    .slice(start + 1, end)
    .join("\n")
    .trim();
}

/** Returns the changelog with what is below "Unreleased" moved to a section of this version. */
export function moveUnreleased(changelog: string, version: string, date: string): string {
  return changelog.replace(UNRELEASED, () => `${UNRELEASED}\n\n## [${version}] - ${date}`);
}

/** Whether text of a section has an entry: a line of a list, not only headings. */
export function hasEntries(section: string): boolean {
  return /^- \S/m.test(section);
}
