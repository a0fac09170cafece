import { expect, test } from "vitest";
import { runsTests } from "./runs-tests";
import { outsideOf, proposedScope, scopeOf } from "./scope";
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

/** Layouts of repositories: the command, files that an honest work changes, and files that decide about it. */
const LAYOUTS: Record<string, { command?: string; work: string[]; fixed: string[] }> = {
  "Solidity, tested in TypeScript": {
    work: ["contracts/Coin.sol", "scripts/Deploy.s.sol"],
    fixed: ["test/Coin.ts", "hardhat.config.ts", "foundry.toml", "package.json"],
  },
  "Zig, tested by a script in Python": {
    work: ["src/root.zig", "src/main.zig"],
    fixed: ["build.zig", "build.zig.zon", "tests/run.py"],
  },
  "OCaml with programs in bin": {
    work: ["bin/main.ml", "lib/parser.ml", "docs/site.js"],
    fixed: ["bin/dune", "dune-project", "test/test_parser.ml", "coin.opam"],
  },
  "Clojure with a page": {
    work: ["src/app/core.clj", "resources/public/index.html"],
    fixed: ["test/app/core_test.clj", "project.clj"],
  },
  "R with C++": { work: ["R/fit.R", "src/fit.cpp", "man/fit.Rd"], fixed: ["tests/testthat/test-fit.R"] },
  "Terraform, tested in Go": {
    work: ["main.tf", "modules/vpc/main.tf", "env/prod.tfvars"],
    fixed: ["test/main_test.go", ".terraform.lock.hcl", "go.mod"],
  },
  Julia: { work: ["src/Pkg.jl", "docs/make.jl"], fixed: ["test/runtests.jl", "Project.toml", "Manifest.toml"] },
  Nix: { command: "python3 check.py", work: ["flake.nix", "modules/a.nix"], fixed: ["flake.lock", "check.py"] },
  Fortran: { work: ["src/solve.f90"], fixed: ["test/check.py", "CMakeLists.txt"] },
  "translations, templates and schemas": {
    work: ["src/app.ts", "locales/en.json", "templates/mail.jinja", "prisma/schema.prisma", "proto/api.proto"],
    fixed: ["tests/app.test.ts", "package.json", "package-lock.json"],
  },
  "a game in Godot": {
    work: ["project.godot", "scenes/main.tscn", "scripts/player.gd", "art/tree.png"],
    fixed: ["test/unit/test_player.gd", ".github/workflows/ci.yml"],
  },
  "notebooks and data": {
    work: ["analysis.ipynb", "data/rivers.csv", "pipeline/clean.py"],
    fixed: ["tests/test_clean.py", "requirements.txt", "environment.yml"],
  },
  "documents alone": { work: ["guide/intro.adoc", "guide/img/a.svg", "README.md"], fixed: [".github/lint.yml"] },
  "a specification": { work: ["spec/openapi.yaml", "spec/parts/order.yaml", "README.md"], fixed: ["package.json"] },
  "Maven with product names like tests": {
    work: ["src/main/java/load/LoadTest.java", "src/main/java/app/spec/Rule.java", "src/main/resources/a.properties"],
    fixed: ["src/test/java/app/RuleTest.java", "pom.xml"],
  },
  "a library for tests in TypeScript": {
    work: ["src/testing/render.ts", "src/test-runner.ts", "src/index.ts", "src/app/app.config.ts"],
    fixed: ["src/index.test.ts", "vitest.config.ts", "src/__tests__/render.ts"],
  },
  "Rails with models of sports": {
    work: ["app/models/fixture.rb", "app/models/test.rb", "lib/spec.rb", "db/schema.rb"],
    fixed: ["spec/models/fixture_spec.rb", "spec/factories/teams.rb", "Gemfile.lock", "bin/rails"],
  },
  "Go with packages named like tests": {
    work: ["spec.go", "internal/testing/clock.go", "cmd/ab-test/main.go"],
    fixed: ["spec_test.go", "testdata/a.txt", "go.sum"],
  },
  "C++ with the type expected": { work: ["include/tl/expected.hpp"], fixed: ["tests/expected.cpp", "CMakeLists.txt"] },
  "hooks of React at the top": {
    work: ["hooks/useCart.ts", "app/[slug]/page.tsx"],
    fixed: ["hooks/pre-commit", "next.config.js"],
  },
  "a command-line tool in bin": {
    work: ["bin/cli.js", "lib/run.js"],
    fixed: ["test/cli.test.js", "bin/release.sh"],
  },
  "a program in bin that the command runs": {
    command: "node bin/run.js",
    work: ["lib/run.js"],
    fixed: ["bin/run.js", "bin/cases.js"],
  },
  "a library of shell scripts": { command: "bats test", work: ["lib/log.sh", "install.sh"], fixed: ["test/log.bats"] },
  "shell scripts of which a command runs one": {
    command: "bash run.sh",
    work: ["notes.md"],
    fixed: ["run.sh", "lib/assert.sh"],
  },
  "a monorepo": {
    work: ["packages/core/src/a.ts", "apps/web/public/logo.svg", "crates/engine/src/lib.rs", "services/mail/main.go"],
    fixed: [
      "packages/core/test/a.ts",
      "packages/core/package.json",
      "pnpm-lock.yaml",
      "turbo.json",
      "crates/engine/Cargo.toml",
    ],
  },
  "Python with a package that is called testing": {
    work: ["shop/testing/fakes.py", "shop/__init__.py", "shop/speedtest.py"],
    fixed: ["shop/tests/test_fakes.py", "shop/conftest.py", "pyproject.toml", "tests/test_all.py"],
  },
};

test.each(Object.entries(LAYOUTS))(
  "the proposed scope holds the work and nothing that decides about it: %s",
  (_, of) => {
    const rules = { protect: [], commands: [of.command ?? "npm test"] };
    const scope = proposedScope([...of.work, ...of.fixed], rules);
    const isInScope = scopeOf({ ...rules, scope });
    expect([of.work.filter((path) => !isInScope(path)), of.fixed.filter(isInScope)]).toEqual([[], []]);
  },
);

test("files that may be the work and are outside the scope are told", () => {
  const rules = { protect: [], commands: ["sh check.sh"] };
  const files = ["Dockerfile", "web/Dockerfile", "compose.yml", "notes.md", "test/a.bats", "package.json"];
  const paths = ["Dockerfile", "web/Dockerfile", "compose.yml"];
  expect(outsideOf(files, proposedScope(files, rules), rules)).toEqual({ paths, of: 4 });
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

test("scripts of a repository of shell scripts may change although its tests run them", () => {
  const files = ".gitignore README.md books.tsv index.sh search.sh queries/a.txt tests/finds.sh".split(" ");
  const rules = {
    protect: [],
    commands: ["bash tests/finds.sh"],
    decides: ["tests/finds.sh", "index.sh", "search.sh", "books.tsv"],
  };
  const may = scopeOf({ ...rules, scope: proposedScope(files, rules) });
  expect(files.filter(may)).toEqual(["README.md", "index.sh", "search.sh", "queries/a.txt"]);
});
