import { expect, test } from "vitest";
import { runsTests } from "./runs-tests";
import { proposedScope, scopeOf } from "./scope";
import { setupFor } from "./setup";
import { shadowsModule } from "./shadows";

const NONE = { protect: [], commands: [] };

test.each<[string, string[], string[]]>([
  ["an empty folder", [], ["**"]],
  ["a folder with only a README", ["README.md", "LICENSE", ".gitignore"], ["**"]],
  [
    "sources at the top",
    ["sum.js", "test/sum.test.js"],
    ["*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,vue,svelte,astro,html,css,scss}", "*.md"],
  ],
  ["sources in folders", ["app/a.py", "tests/test_a.py", "pyproject.toml"], ["*.{py,pyi}", "app/**", "*.md"]],
  ["tests of code that is not there yet", ["tests/test_a.py"], ["*.{py,pyi}", "*.md"]],
  ["texts alone", ["notes.txt"], ["**/*"]],
])("the host proposes a scope: %s", (_, files, scope) => {
  expect(proposedScope(files, NONE)).toEqual(scope);
});

const inScope = (scope: string[], more: Partial<Parameters<typeof scopeOf>[0]> = {}) =>
  scopeOf({ ...NONE, scope, ...more });

test("a glob covers tests, settings, manifests and kept code only if it names them", () => {
  const is = inScope(["src/**", "*.ts"]);
  expect(["src/a.ts", "lib/b.ts", "src/data.json"].map(is)).toEqual([true, true, true]);
  const others = ["src/a.test.ts", "src/package.json", "src/tsconfig.json", "src/expected.txt", "node_modules/a/a.ts"];
  expect(others.map(is)).toEqual(others.map(() => false));
  expect(inScope(["src/**/*.test.ts"])("src/deep/a.test.ts")).toBe(true);
  expect(inScope(["vendor/**"])("vendor/a.go")).toBe(true);
  expect(inScope(["*.go"])("vendor/a.go")).toBe(false);
  expect(inScope(["package.json"])("package.json")).toBe(true);
});

test("everything is in the scope `**`, except for what is protected", () => {
  const is = inScope(["**"], { protect: ["limits.json"] });
  expect(["a.test.ts", "node_modules/a/a.js", ".npmrc", "limits.json"].map(is)).toEqual([true, true, true, false]);
});

test("what a command checks with is outside the scope, unless the scope names it", () => {
  const commands = ["node report.js | diff - expected.txt", "bash run.sh"];
  const is = inScope(["**/*"], { commands, decides: ["run.sh"] });
  expect(["report.js", "expected.txt", "run.sh"].map(is)).toEqual([true, false, false]);
  expect(inScope(["run.sh"], { commands, decides: ["run.sh"] })("run.sh")).toBe(true);
});

test("what a command checks with in a folder is outside the scope of that folder", () => {
  const commands = ["(cd lib && ./check.sh) && (cd app && node report.js | diff - expected.txt)"];
  const is = inScope(["lib/**", "app/**"], { commands });
  expect(["lib/add.js", "app/report.js"].map(is)).toEqual([true, true]);
  expect(["lib/check.sh", "app/expected.txt", "app/vendor/a.js"].map(is)).toEqual([false, false, false]);
});

test("a new file that Python would load instead of its own module is known", () => {
  const paths = ["random.py", "src/unittest.py", "pytest/__init__.py", "app/random.py", "sums.py", "random.js"];
  expect(paths.map(shadowsModule)).toEqual([true, true, true, false, false, false]);
});

test("a lock file names how packages are installed", () => {
  expect(setupFor(["package.json", "package-lock.json"])).toBe("npm ci");
  expect(setupFor(["package.json"])).toBeNull();
});

test.each<[string, boolean]>([
  ["npm test", true],
  ["npm run check", true],
  ["npm run lint", false],
  ["node --test", true],
  ["cd app && npx vitest run", true],
  ["python3 -m unittest", true],
  ["go test ./...", true],
  ["test -s public/index.html", false],
  ["[ -s test/a.js ]", false],
  ["grep -q restart test/*.js", false],
  ["cat test/a.js | wc -l", false],
  ["bash check.sh", false],
])("%s runs tests: %s", (command, runs) => {
  const manifest = '{"scripts":{"test":"node --test","lint":"eslint .","check":"eslint . && vitest run"}}';
  expect(runsTests(command, manifest)).toBe(runs);
});
