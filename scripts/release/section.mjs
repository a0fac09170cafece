/**
 * Returns what a changelog has below a heading, without blank lines around it; undefined if it has no such heading.
 * @param {string} changelog @param {string} heading the start of its line, such as "## [1.2.0]"
 */
export function sectionOf(changelog, heading) {
  const lines = changelog.split("\n");
  const start = lines.findIndex((line) => line === heading || line.startsWith(`${heading} `));
  if (start < 0) return undefined;
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("## "));
  const end = length < 0 ? lines.length : start + 1 + length;
  return lines
    .slice(start + 1, end)
    .join("\n")
    .trim();
}
