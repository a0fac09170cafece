/**
 * Finds out whether a command notices tests that must fail. A pass with broken tests shows nothing: the code ends the
 * run early, replaces the assertions, knows the answers, or the tests do not run at all.
 *
 * Each file of tests gets a test under a name that nobody can guess. It fails by the assertions that the file itself
 * uses. In the tests that are there, an expected value becomes another one (changed-literals.ts).
 */
import { randomBytes } from "node:crypto";
import type { Counts } from "@/lib/test-reports/counts";
import { hasOwnTests } from "@/lib/test-reports/own-tests";
import { isTestFile } from "@/lib/test-reports/test-side";
import { readTextFile, writeFileAtomically } from "@/lib/workspace/files";
import { SKIPPED_FOLDERS, walk } from "@/lib/workspace/walk";
import { failingAssertions, pythonAssertions } from "./assertions";
import { withChangedLiterals } from "./changed-literals";
import { scriptsIn } from "./contents";
import { isPackage } from "./scope";

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

/** Commands, or scripts that they run, that look as if they ran tests. */
const RUNS_TESTS = /\b(tests?|vitest|jest|mocha|ava|tap|pytest|unittest|nose|tox|rspec|phpunit)\b/i;

/** A script of package.json that a command runs. */
const RUNS_SCRIPT = /\b(?:npm|pnpm|yarn|bun|node)\s+(?:--)?(?:run(?:-script)?\s+)?([\w:.-]+)/g;

/** A file of tests that was prepared for a run. */
interface Prepared {
  /** The name of the test that was added to it, which nobody can guess. */
  name: string;
  /** The number of tests in it whose expected value was changed: each of them has to fail. */
  changed: number;
}

/** Breaks the tests in the folder that the command may run: none for a command that runs no tests. */
function breakTests(folder: string, command: string): Promise<Prepared[]> {
  return prepareTests(folder, command, (path, before, name) => {
    const changed = withChangedLiterals(path, before);
    const text = BROKEN.find(({ files }) => files.test(path))?.text(changed.text, name);
    return text === undefined ? null : { text, changed: changed.tests };
  });
}

/** Adds a test that passes to each file of tests that the command may run, so that a run that ends early lacks it. */
function markTests(folder: string, command: string): Promise<Prepared[]> {
  return prepareTests(folder, command, (path, before, name) => {
    const text = PASSING.find(({ files }) => files.test(path))?.text(before, name);
    return text === undefined ? null : { text, changed: 0 };
  });
}

async function prepareTests(
  folder: string,
  command: string,
  prepare: (path: string, before: string, name: string) => { text: string; changed: number } | null,
): Promise<Prepared[]> {
  const room = { root: folder, hiddenPaths: [] };
  const prepared: Prepared[] = [];
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
  /\b(test|it|describe|suite|t\.\w+|expect|assert\w*)(\.\w+)*\s*[(!`]|\bdef test_|\bassert\b|^\s*exit\b/m;

/** Programs that only look at files, such as those of tests. */
const LOOKS_ONLY =
  /^\s*!?\s*(\[(?=\s)|(?:test|grep|egrep|rg|cat|ls|find|wc|head|tail|sed|awk|cut|sort|uniq|tr|diff|cmp|jq|stat|file|echo|printf|true|cd|git|mkdir|rm|cp|mv)\b)/;

/** Whether a command runs tests, by its words and by those of the scripts that it runs. */
export function runsTests(command: string, manifest: string | null): boolean {
  return [command, ...scriptsRunBy(command, manifest)].some((script) =>
    script.split(/&&|\|\||[;|\n]/).some((part) => RUNS_TESTS.test(part) && !LOOKS_ONLY.test(part)),
  );
}

function scriptsRunBy(command: string, manifest: string | null): string[] {
  const scripts = scriptsIn(manifest);
  const found = new Set<string>();
  const add = (text: string) => {
    for (const [, name = ""] of text.matchAll(RUNS_SCRIPT)) {
      for (const stage of [`pre${name}`, name, `post${name}`]) {
        const script = scripts[stage];
        if (script === undefined || found.has(script)) continue;
        found.add(script);
        add(script);
      }
    }
  };
  add(command);
  return [...found];
}

async function codeIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path, kind } of walk(folder, [], { skip: SKIPPED_FOLDERS }))
    if (kind === "file" && BROKEN.some(({ files }) => files.test(path)) && !isPackage(path)) found.push(path);
  return found;
}

/** How a command ended. */
export interface Held {
  holds: boolean;
  /** The tests that it reported; null for none. */
  counts: Counts | null;
}

/**
 * Breaks the tests in the folder and runs the command. Returns what it did not notice as a sentence's end; null where it
 * noticed all, or runs no tests. `good`: how it ended with the tests as they were.
 */
export async function unnoticed(
  folder: string,
  command: string,
  good: Held,
  run: () => Promise<Held>,
): Promise<string | null> {
  const prepared = await breakTests(folder, command);
  if (prepared.length === 0) return null;
  const broken = await run();
  if (broken.holds)
    return "also passes with a test that must fail: the code may end the run early or replace assertions, or the tests do not run";
  if (!good.counts || !broken.counts) return null;
  // One test was added to each file that ran. A runner that stops at the first failure does not report the others.
  const ran = totalOf(broken.counts) - totalOf(good.counts);
  if (ran <= 0) return null;
  const { failing, failed } = broken.counts;
  const seen = prepared.filter(({ name }) => failing.some((test) => test.includes(name)));
  // A command may run a part of the files. Without names nobody knows which.
  const changed = seen.length === ran ? sumOf(seen) : ran === prepared.length ? sumOf(prepared) : 0;
  const due = ran + changed;
  if (failed >= due) return null;
  return `fails for only ${failed} of ${due} tests that must fail: the code may make comparisons hold, or read the answers from the tests`;
}

/**
 * Adds passing tests in the folder and runs the command. Returns what is wrong with the run as a sentence's end; null
 * where nothing is, where it does not hold, and for a command that runs no tests or tells of none. `held` is null when
 * the run shows nothing, because the added lines make something other than a test fail.
 */
export async function endedEarly(
  folder: string,
  command: string,
  good: Held,
  run: () => Promise<Held>,
): Promise<{ held: Held | null; fault: string | null }> {
  const prepared = await markTests(folder, command);
  const held = await run();
  // No test fails, but another check of the command, such as that of the format, does not like the line that was added.
  if (prepared.length > 0 && !held.holds && (held.counts?.failed ?? 0) === 0 && (await looksAtText(folder, command)))
    return { held: null, fault: null };
  if (prepared.length === 0 || !held.holds || !good.counts || !held.counts) return { held, fault: null };
  if (totalOf(held.counts) > totalOf(good.counts)) return { held, fault: null };
  return {
    held,
    fault: "does not report a test that was added to its tests: the code may end the run early, and print a report",
  };
}

/** Tools that judge the text of tests, too. */
const TEXT_TOOLS = /\b(tsc|eslint|biome|prettier|lint|format|typecheck|types|mypy|ruff|flake8|black|clippy|vet)\b/i;

async function looksAtText(folder: string, command: string): Promise<boolean> {
  const manifest = await readTextFile({ root: folder, hiddenPaths: [] }, "package.json").catch(() => null);
  return [command, ...scriptsRunBy(command, manifest)].some((script) => TEXT_TOOLS.test(script));
}

function sumOf(prepared: readonly Prepared[]): number {
  return prepared.reduce((sum, { changed }) => sum + changed, 0);
}

function totalOf({ passed, failed }: { passed: number; failed: number }): number {
  return passed + failed;
}
