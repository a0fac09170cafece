/** Names of tests and of their material, by the customs of languages and runners. */

/** Folders of tests and of what they read, in small letters. */
const FOLDERS = new Set([
  "test",
  "tests",
  "testing",
  "spec",
  "specs",
  "e2e",
  "cypress",
  "testdata",
  "fixture",
  "fixtures",
  "golden",
  "goldens",
  "goldenfiles",
  "cassettes",
  "testutil",
  "testutils",
  "testhelper",
  "testhelpers",
  ...["mock", "mocks", "snapshots", "screenshots", "fixture", "fixtures"].map((name) => `__${name}__`),
  "__image_snapshots__",
  "__recordings__",
  "__file_snapshots__",
]);
/** What follows `test` in the name of a folder with material of tests, such as `test-data`. */
const MATERIAL = new Set([
  "data",
  "util",
  "utils",
  "helper",
  "helpers",
  "support",
  "fixture",
  "fixtures",
  "case",
  "cases",
  "suite",
  "suites",
  "resource",
  "resources",
  "lib",
  "harness",
  "kit",
  "files",
  "assets",
]);
const TEST_WORDS = new Set(["test", "tests", "unittest", "unittests", "e2e", "itest", "itests"]);
const SPEC_WORDS = new Set(["spec", "specs"]);
/** Between two dots of a name, also in the middle, as in `sum.test.helper.ts`. */
const PARTS = new Set([
  "test",
  "tests",
  "spec",
  "specs",
  "e2e",
  "cy",
  "golden",
  "fixture",
  "fixtures",
  "mock",
  "mocks",
  "test-d",
  "spec-d",
  "e2e-spec",
  "approved",
  "received",
  "bench-test",
]);
/** Whole names, without their ending. */
const STEMS = new Set(["conftest", "testing", "testdata", "testutil", "testutils", "testhelper", "testhelpers"]);
/** Endings of files that only tests have. */
const ENDINGS = new Set([
  "feature",
  "bats",
  "snap",
  "golden",
  "phpt",
  "robot",
  "ambr",
  "storyshot",
  "approved",
  "t",
  "test",
]);
/** Texts about tests are no tests, and a file `openapi-spec.json` describes an interface. */
const TEXT = /^(md|mdx|rst|adoc|html)$/;
const DATA = /^(json|jsonc|ya?ml|toml|xml|txt|csv|pdf|proto|raml|spec|podspec|lock)$/;
const JVM = /^(java|kt|groovy|scala)$/;

/** This quick check alone decides for most folders. */
const MAY_BE_FOLDER = /test|spec|e2e|golden|fixture|cypress|cassette|__/i;

/** Whether a folder of this name holds tests or what they read. */
export function isTestFolder(name: string): boolean {
  if (!MAY_BE_FOLDER.test(name)) return false;
  const small = name.toLowerCase();
  if (FOLDERS.has(small) || /^__(unit|integration|e2e)?[-_]?(tests?|specs?)__$/.test(small)) return true;
  const words = wordsOf(name);
  if (TEST_WORDS.has(words.at(-1) ?? "") || words[0] === "golden") return true;
  return words.length === 2 && TEST_WORDS.has(words[0] ?? "") && MATERIAL.has(words[1] ?? "");
}

/** Every name of a test has one of these; for most other files this quick check alone decides. */
const MAY_BE_NAME =
  /test|spec|e2e|golden|fixture|mock|approved|received|feature|bats|snap|phpt|robot|ambr|storyshot|\.(?:cy|t)(?:\.|$)|IT\./i;

/** Whether a file of this name is a test, or belongs to tests, wherever it lies. */
export function isTestName(name: string): boolean {
  if (!MAY_BE_NAME.test(name)) return false;
  const parts = name.split(".");
  const ending = parts.length > 1 ? (parts.pop() ?? "").toLowerCase() : "";
  const stem = parts.join(".");
  if (ENDINGS.has(ending) && stem !== "") return true;
  if (TEXT.test(ending)) return false;
  const isData = DATA.test(ending);
  if (parts.slice(1).some((part) => PARTS.has(part.toLowerCase()) && !(isData && SPEC_WORDS.has(part)))) return true;
  if (STEMS.has(stem.toLowerCase())) return true;
  if (JVM.test(ending) && /[a-z0-9]IT$/.test(stem)) return true;
  const words = wordsOf(stem);
  const [first = "", last = ""] = [words[0], words.at(-1)];
  if (TEST_WORDS.has(first) || TEST_WORDS.has(last)) return true;
  if (isData) return false;
  return SPEC_WORDS.has(last) || (SPEC_WORDS.has(first) && MATERIAL.has(last)) || /[a-z]TestCases?$/.test(stem);
}

/** Returns the words of a name in small letters, without numbers at their ends: `HTTPTest2` is `http` and `test`. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .split(/[-_. ]+/)
    .map((word) => word.replace(/\d+$/, ""))
    .filter((word) => word !== "");
}
