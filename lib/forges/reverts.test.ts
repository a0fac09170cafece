import { expect, test } from "vitest";
import { takesBack } from "./reverts";

const MERGED = { path: "acme/tools/widgets", number: 12, commits: ["0123456789abcdef0123456789abcdef01234567"] };

test.each([
  ["git", 'Revert "Fix"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.', true],
  [
    "git, of a merge",
    "This reverts commit 0123456789abcdef0123456789abcdef01234567, reversing\nchanges made to 9.",
    true,
  ],
  ["a short commit", "This reverts commit 0123456.", true],
  ["several commits", "This reverts commit aaaaaaa.\nThis reverts commit 0123456789.", true],
  ["GitHub", 'Revert "Fix" (#13)\n\nReverts Acme/tools/widgets#12', false],
  ["GitLab", "This reverts merge request !12", true],
  ["GitLab, with the path", "This reverts merge request acme/tools/widgets!12", true],
  ["another commit", "This reverts commit 1123456789abcdef0123456789abcdef01234567.", false],
  ["too short to name one", "This reverts commit 012345.", false],
  ["another merge request", "This reverts merge request !121", false],
  ["a merge request of another project", "This reverts merge request acme/other!12", false],
  ["a mention", "See #12 and 0123456789abcdef0123456789abcdef01234567.", false],
])("%s", (_, message, expected) => {
  expect(takesBack(message, MERGED)).toBe(expected);
});

test("GitHub names the repository, in any case of its letters", () => {
  const merged = { ...MERGED, path: "acme/widgets" };
  expect(takesBack("Reverts Acme/Widgets#12", merged)).toBe(true);
  expect(takesBack("Reverts acme/other#12", merged)).toBe(false);
  expect(takesBack("Reverts acme/widgets#121", merged)).toBe(false);
});
