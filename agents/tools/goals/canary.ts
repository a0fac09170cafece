/**
 * Whether a command notices a test that must fail. A command that passes with a broken test shows nothing: the code ends the
 * run early, replaces the assertions, or the tests do not run at all.
 */
import { isTestFile } from "@/lib/test-reports/test-side";
import { readTextFile, writeFileAtomically } from "@/lib/workspace/files";
import { SKIPPED_FOLDERS, walk } from "@/lib/workspace/walk";
import { isPackage, scriptsIn } from "./clean-room";

const WHAT = "This test of the host must fail.";

/** What makes a file of tests fail at its end, by the ending of its name. `it` and `test` are those that the file uses. */
const BROKEN: readonly { files: RegExp; text: (before: string) => string }[] = [
  {
    files: /\.[cm]?[jt]sx?$/,
    text: (before) => `${before}
;((run) => run(${JSON.stringify(WHAT)}, () => { throw new Error(${JSON.stringify(WHAT)}); }))(
  typeof it === "function" ? it : typeof test === "function" ? test : (_, fail) => fail(),
);
`,
  },
  {
    files: /\.py$/,
    text: (before) => {
      const main = before.search(/^if __name__\s*==/m);
      const failing = /\bunittest\b/.test(before)
        ? `\n\nclass BanyanCanary(__import__("unittest").TestCase):\n    def test_canary(self):\n        self.fail("${WHAT}")\n\n\n`
        : `\n\ndef test_banyan_canary():\n    assert False, "${WHAT}"\n\n\n`;
      return main < 0 ? before + failing : before.slice(0, main) + failing + before.slice(main);
    },
  },
  { files: /_test\.go$/, text: (before) => `${before}\nfunc TestBanyanCanary(t *testing.T) { t.Fatal("${WHAT}") }\n` },
  { files: /\.rs$/, text: (before) => `${before}\n#[test]\nfn banyan_canary() { panic!("${WHAT}"); }\n` },
  { files: /\.(ba)?sh$/, text: (before) => `${before}\necho "${WHAT}" >&2; exit 1\n` },
];

/** Commands, or scripts that they run, that look as if they ran tests. */
const RUNS_TESTS = /\b(tests?|vitest|jest|mocha|ava|tap|pytest|unittest|nose|tox|rspec|phpunit|check)\b/i;

/** Commands that run scripts of package.json. */
const RUNS_SCRIPTS = /\b(npm|pnpm|yarn|bun|node --run)\b/;

/** Breaks the tests in the folder that the command may run. Returns the files that were broken: none for a command without tests. */
export async function breakTests(folder: string, command: string): Promise<string[]> {
  const room = { root: folder, hiddenPaths: [] };
  const manifest = await readTextFile(room, "package.json").catch(() => null);
  const scripts = RUNS_SCRIPTS.test(command) ? scriptsIn(manifest) : [];
  if (![command, ...scripts].some((one) => RUNS_TESTS.test(one))) return [];
  const broken: string[] = [];
  for (const path of await testFilesIn(folder)) {
    const way = BROKEN.find(({ files }) => files.test(path));
    const before = way ? await readTextFile(room, path).catch(() => null) : null;
    if (!way || before === null) continue;
    await writeFileAtomically(room, path, way.text(before));
    broken.push(path);
  }
  return broken;
}

async function testFilesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path, kind } of walk(folder, [], { skip: SKIPPED_FOLDERS }))
    if (kind === "file" && isTestFile(path) && !isPackage(path)) found.push(path);
  return found;
}
