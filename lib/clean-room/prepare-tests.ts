/**
 * Prepares the tests in a folder for a run that shows whether a command notices them. Each file of tests gets a test under
 * a name that nobody can guess. It fails by the assertions that the file itself uses, or passes. In the tests that are
 * there, an expected value becomes another one (changed-literals.ts).
 */
import { randomBytes } from "node:crypto";
import { hasOwnTests } from "@/lib/test-reports/own-tests";
import { isTestFile } from "@/lib/test-reports/test-side";
import { readTextFile, writeFileAtomically } from "@/lib/workspace/files";
import { SKIPPED_FOLDERS, walk } from "@/lib/workspace/walk";
import { failingAssertions, pythonAssertions } from "./assertions";
import { withChangedLiterals } from "./changed-literals";
import { changeOutputs } from "./changed-outputs";
import { isPackage } from "./packages";
import { runsTests, scriptsRunBy } from "./runs-tests";

/** The tests in a folder, as far as a check prepares them. */
export interface TestsInFolder {
  /** Breaks the tests that the command may run: none for a command that runs no tests. */
  breakAll(command: string): Promise<PreparedTests[]>;
  /** Adds a test that passes to each file of tests that the command may run. */
  mark(command: string): Promise<PreparedTests[]>;
  /** Changes the expected outputs that the command names; resolves with their number. */
  changeOutputs(command: string): Promise<number>;
  /** Whether the command judges the text of tests, too. */
  looksAtText(command: string): Promise<boolean>;
}

export function testsIn(folder: string): TestsInFolder {
  return {
    breakAll: (command) => breakTests(folder, command),
    mark: (command) => markTests(folder, command),
    changeOutputs: (command) => changeOutputs(folder, command),
    looksAtText: (command) => looksAtText(folder, command),
  };
}

/**
 * Adds a test of JavaScript for the runner that the file has. `alone`: what runs the test in a file without a runner.
 * Compilers and linters that run with the tests say nothing of it: their comments hold for one line, so it is one line.
 */
function withTest(before: string, name: string, body: string, alone: string): string {
  const runner = `typeof it === "function" ? it : typeof test === "function" ? test : ${alone}`;
  const code = `((run) => run("${name}", () => { ${body} }))(${runner});`;
  return `${before}\n// @ts-ignore\n;${oneLine(code)} /* eslint-disable-line */\n`;
}

function oneLine(code: string): string {
  return code.replace(/\s*\n\s*/g, " ");
}

/** Fails by the assertions, if each of them throws. One that does not throw was replaced: the test then passes. */
function failBy(assertions: readonly string[], name: string): string {
  return `
    const assertions = [${assertions.join(", ")}];
    for (const fails of assertions) {
      let hasFailed = false;
      try {
        fails();
      } catch {
        hasFailed = true;
      }
      if (!hasFailed) return;
    }
    for (const fails of assertions) fails();
    throw new Error("${name}");
  `;
}

/** Code that makes a file of tests fail at its end, by the ending of its name. */
const BROKEN: readonly { files: RegExp; text: (before: string, name: string) => string }[] = [
  {
    files: /\.[cm]?[jt]sx?$/,
    text: (before, name) => {
      const body = failBy(failingAssertions(before, name), name);
      return withTest(before, name, body, "(_, fail) => fail()");
    },
  },
  {
    files: /\.py$/,
    text: (before, name) => {
      const main = before.search(/^if __name__\s*==/m);
      const failing = pythonAssertions(before, name);
      return main < 0 ? before + failing : before.slice(0, main) + failing + before.slice(main);
    },
  },
  { files: /_test\.go$/, text: (before, name) => `${before}\nfunc Test${name}(t *testing.T) { t.Fatal("${name}") }\n` },
  {
    files: /\.rs$/,
    text: (before, name) =>
      `${before}\n#[cfg(test)]\nmod ${name.toLowerCase()} {\n    #[test]\n    fn fails() {\n        assert_eq!("${name}", "");\n    }\n}\n`,
  },
  { files: /\.(ba)?sh$/, text: (before, name) => `${before}\necho "${name}" >&2; exit 1\n` },
];

/** Code that adds a passing test at the end of a file of tests, by the ending of its name. */
const PASSING: typeof BROKEN = [
  {
    files: /\.[cm]?[jt]sx?$/,
    text: (before, name) => withTest(before, name, "", "() => {}"),
  },
  {
    files: /\.py$/,
    text: (before, name) => {
      const main = before.search(/^if __name__\s*==/m);
      const test = /\bunittest\b/.test(before)
        ? `\n\nclass ${name}(__import__("unittest").TestCase):\n    def test_${name.toLowerCase()}(self):\n        pass\n\n\n`
        : `\n\ndef test_${name.toLowerCase()}():\n    pass\n\n\n`;
      return main < 0 ? before + test : before.slice(0, main) + test + before.slice(main);
    },
  },
  { files: /_test\.go$/, text: (before, name) => `${before}\nfunc Test${name}(t *testing.T) {}\n` },
  {
    files: /\.rs$/,
    text: (before, name) =>
      `${before}\n#[cfg(test)]\nmod ${name.toLowerCase()} {\n    #[test]\n    fn passes() {}\n}\n`,
  },
];

/** A file of tests that was prepared for a run. */
export interface PreparedTests {
  /** The name of the test that was added to it, which nobody can guess. */
  name: string;
  /** The number of tests in it whose expected value was changed: each of them has to fail. */
  changed: number;
}

/** Breaks the tests in the folder that the command may run: none for a command that runs no tests. */
function breakTests(folder: string, command: string): Promise<PreparedTests[]> {
  return prepareTests(folder, command, (path, before, name) => {
    const changed = withChangedLiterals(path, before);
    const text = BROKEN.find(({ files }) => files.test(path))?.text(changed.text, name);
    return text === undefined ? null : { text, changed: changed.tests };
  });
}

/** Adds a test that passes to each file of tests that the command may run, so that a run that ends early lacks it. */
function markTests(folder: string, command: string): Promise<PreparedTests[]> {
  return prepareTests(folder, command, (path, before, name) => {
    const text = PASSING.find(({ files }) => files.test(path))?.text(before, name);
    return text === undefined ? null : { text, changed: 0 };
  });
}

async function prepareTests(
  folder: string,
  command: string,
  prepare: (path: string, before: string, name: string) => { text: string; changed: number } | null,
): Promise<PreparedTests[]> {
  const room = { root: folder, hiddenPaths: [] };
  const prepared: PreparedTests[] = [];
  const manifest = await readTextFile(room, "package.json").catch(() => null);
  if (!runsTests(command, manifest)) return prepared;
  for (const path of await codeIn(folder)) {
    const before = await readTextFile(room, path).catch(() => null);
    if (before === null || !(isTestFile(path) ? HAS_TESTS.test(before) : hasOwnTests(path, before))) continue;
    // Begins with a letter, for languages in which the name is that of a function.
    const name = `Must${randomBytes(6).toString("hex")}`;
    const made = prepare(path, before, name);
    if (made === null) continue;
    await writeFileAtomically(room, path, made.text);
    prepared.push({ name, changed: made.changed });
  }
  return prepared;
}

/** A fixture beside the tests holds no test. */
const HAS_TESTS =
  /\b(test|it|describe|suite|t\.\w+|expect|assert\w*)(\.\w+){0,5}\s*[(!`]|\bdef test_|\bassert\b|^[ \t]*exit\b/m;

async function codeIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path, kind } of walk(folder, [], { skip: SKIPPED_FOLDERS }))
    if (kind === "file" && BROKEN.some(({ files }) => files.test(path)) && !isPackage(path)) found.push(path);
  return found;
}

/** Tools that judge the text of tests, too. */
const TEXT_TOOLS = /\b(tsc|eslint|biome|prettier|lint|format|typecheck|types|mypy|ruff|flake8|black|clippy|vet)\b/i;

async function looksAtText(folder: string, command: string): Promise<boolean> {
  const manifest = await readTextFile({ root: folder, hiddenPaths: [] }, "package.json").catch(() => null);
  return [command, ...scriptsRunBy(command, manifest)].some((script) => TEXT_TOOLS.test(script));
}
