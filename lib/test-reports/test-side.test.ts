import { expect, test } from "vitest";
import { hasOwnTests } from "./own-tests";
import { foldersEntered, isSetting, isTestFile, manifestWith, namedIn, testSideOf } from "./test-side";

const words = (text: string) => text.trim().split(/\s+/);

const TESTS = words(`
  sum-test.js test-sum.mjs sum.test.ts sum.spec.js sum.test.helper.ts sum.test-d.ts sum.cy.ts sum.e2e.ts app.e2e-spec.ts
  test.js tests.js spec.js sum_test.go test_sum.py sum_test.py sum_tests.py tests.py test_sum2.py conftest.py a/conftest.py
  sumTest.java SumTests.cs SumSpec.scala SumSpec.hs SumTestCase.php TestSum.java HTTPTest.java SumIT.java testSum.js
  sum_spec.rb spec_helper.rb sum_test.exs sum_test.dart sum_test.cc sum_unittest.cc sum.test.tsx sum.test.mts
  src/setupTests.ts run-tests.sh test.sh sum.bats sum.feature sum.t sum.snap sum.golden expected.golden.json
  a.approved.txt user.fixture.ts api.mock.ts
  test/sum.js tests/data/one.json spec/models/user.rb packages/a/test/helper.js src/tests/README.md src/__tests__/sum.js
  src/__mocks__/fs.js src/__snapshots__/a.snap pkg/testdata/in.txt a/fixtures/b.json golden/a.txt golden_files/a.txt
  src/goldens/x.png e2e/login.ts my-app-e2e/src/a.ts integration-test/a.js integration_tests/a.py unit-tests/a.js
  cypress/support/commands.js Tests/SumTests.swift TEST/a.c MyApp.Tests/A.cs MyApp.UnitTests/A.cs AppUITests/A.swift
  src/androidTest/a.kt src/commonTest/b.kt src/testFixtures/c.java src/test/java/Sum.java test-data/a.csv test_utils/a.py
  agents/testing/fake.ts pkg/testutil/db.go testing.go spec/cassettes/a.yml tests a/fixtures __snapshots__ src/__image_snapshots__/a.png
`);
const NO_TESTS = words(`
  src/latest.js contest.py attestation.ts src/testimony/x.ts protest.js greatest.go fastest.rs testament.py
  src/testimonials/page.tsx inspect.ts spectrum.js specification.md src/special/a.ts aspect.java perspective.css
  index.js src/sum.ts main.go lib.rs app.py README.md docs/testing.md test-plan.md LATEST.md docs/test-strategy.rst
  openapi-spec.json openapi.spec.yaml spec.json package.spec PodSpec.podspec lib/snapshots/store.ts src/mocks.ts
  gates/attested.ts contests/a.py src/contest/b.ts lib/test-reports/report.ts latest/a.js src/goldenrod.css
  test2json.go pretest/a.ts detest.c ab/testify.go features/cart.ts fix.ts UNIT.java IT.kt WAIT.java edit.java
`);

test.each(TESTS)("%s belongs to tests", (path) => expect(isTestFile(path)).toBe(true));
test.each(NO_TESTS)("%s is no test", (path) => expect(isTestFile(path)).toBe(false));

/** Settings that decide how tests run. */
const RUNS = words(`
  Makefile a/makefile GNUmakefile rules.mk build/inner.mk justfile Rakefile CMakeLists.txt cmake/a.cmake build.rs
  binding.gyp a/common.gypi
  tox.ini setup.py setup.cfg pyproject.toml noxfile.py pytest.ini mypy.ini .flake8 .coveragerc ruff.toml
  sitecustomize.py src/sitecustomize.py usercustomize.py pytest.py unittest/mock.py src/_pytest/a.py hooks.pth
  .npmrc packages/a/.npmrc .yarnrc .yarnrc.yml .pnp.cjs .pnp.loader.mjs .pnpmfile.cjs .python-version .nvmrc
  .env .env.local .env-test a/.env.test Cargo.toml crates/a/Cargo.toml Cargo.lock .cargo/config.toml go.mod go.sum
  go.work build.gradle build.gradle.kts settings.gradle pom.xml app.csproj Directory.Build.props Gemfile.lock
  vite.config.ts next.config.mjs app.config.json vitest.config.ts vitest.setup.ts jest.config.js setup-jest.js
  playwright.config.ts karma.conf.js .babelrc .babelrc.json .eslintrc.cjs .mocharc.yml tsconfig.json tsconfig.build.json
  jsconfig.json biome.json requirements.txt requirements-dev.txt phpunit.xml .rspec node_modules/a/index.js
  node_modules/.bin/vitest node_modules a/node_modules .venv/bin/python .yarn/releases/yarn.cjs deno.json
`);
/** Settings with which tests run only where a command names them. */
const BUILDS = words(`
  .husky/pre-commit .github/workflows/ci.yml .gitlab-ci.yml Dockerfile Dockerfile.dev web.dockerfile docker-compose.yml
  docker-compose.override.yaml compose.yaml scripts/build.js packages/a/scripts/build.mjs tools/gen.py bin/cli
  deploy.sh a/b/run.sh run.ps1 package-lock.json yarn.lock pnpm-lock.yaml Jenkinsfile .pre-commit-config.yaml
  .banyan/gates.yaml
`);
const NO_SETTINGS = words(`
  src/index.ts package.json src/config.ts src/config/index.ts .env.example .env.local.sample agents/tools/read.ts
  src/bin.rs src/bin/main.rs src/scripts/a.ts README.md docs/a.md main.go lib/environment.ts src/make.ts a.json
  data/rc.json src/process.env.ts src/coverage.ts app/coverage.py lib/setup/first.ts src/composer.tsx .gitignore
`);

test.each(RUNS)("%s decides how tests run", (path) => {
  expect([isSetting(path), testSideOf([], [])(path)]).toEqual([true, true]);
});
test.each(BUILDS)("%s is a setting, and on the test side where a command names it", (path) => {
  expect([isSetting(path), testSideOf([], [])(path), testSideOf([`sh ./${path}`], [])(path)]).toEqual([
    true,
    false,
    true,
  ]);
});
test.each(NO_SETTINGS)("%s is no setting", (path) => {
  expect([isSetting(path), testSideOf([], [])(path)]).toEqual([false, false]);
});

test("exceptions take names from the test side, and neither globs nor what a command names", () => {
  const isOnSide = testSideOf(["node src/run-tests.js"], ["checks/**"], ["src/*-tests.js", "checks/**"]);
  expect(["src/old-tests.js", "src/run-tests.js", "checks/a.js", "a-tests.js"].map(isOnSide)).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

test("files with tests in their text", () => {
  const inside: [string, string][] = [
    ["src/lib.rs", "fn a() {}\n\n#[cfg(test)]\nmod tests {}\n"],
    ["src/lib.rs", "#[cfg(all(test, unix))]\nmod tests;\n"],
    ["src/lib.rs", "#[tokio::test]\nasync fn works() {}\n"],
    ["src/lib.rs", "/// ```\n/// assert_eq!(sum(1, 2), 3);\n/// ```\n"],
    ["sum.py", 'def sum(a, b):\n    """\n    >>> sum(1, 2)\n    3\n    """\n'],
    ["sum.ts", "if (import.meta.vitest) {\n}\n"],
    ["sum.ex", '  @doc """\n      iex> Sum.sum(1, 2)\n  """\n'],
    ["sum.zig", 'test "sums" {\n}\n'],
  ];
  expect(inside.filter(([path, text]) => !hasOwnTests(path, text))).toEqual([]);
  const none: [string, string][] = [
    ["src/lib.rs", "fn test() {}\n#[cfg(unix)]\nfn a() {}\n"],
    ["sum.py", "a = b >> c\nprint('>>>')\n"],
    ["sum.ts", "// import.meta.env\nconst test = 1;\n"],
    ["README.md", ">>> sum(1, 2)\n#[cfg(test)]\n"],
  ];
  expect(none.filter(([path, text]) => hasOwnTests(path, text))).toEqual([]);
});

/** Patterns that began again at each place took minutes to hours for these. */
test("a megabyte of anything is looked through for tests", () => {
  const full = (piece: string) => piece.repeat(1_000_000 / piece.length);
  for (const name of ["lib.rs", "a.py", "a.ts", "a.exs", "a.zig", "a.d"])
    for (const piece of ["\n", " ", "#[cfg(", "#[::", 'test "', "test\n", ">"])
      expect([name, piece, hasOwnTests(name, full(piece))]).toEqual([name, piece, false]);
  expect(hasOwnTests("a.py", `${full("\n")}    >>> 1 + 1\n`)).toBe(true);
  expect(hasOwnTests("a.d", `${full(" ")}unittest {}`)).toBe(true);
});

test("what a command names is known in the folders that it enters too", () => {
  expect(foldersEntered("(cd lib && npm test) && (cd ./app/ || exit 1; make -C web)")).toEqual([
    "lib",
    "app",
    "web",
    "lib/app",
    "lib/web",
    "app/web",
  ]);
  expect(foldersEntered("cd .. && cd /tmp && cd - && cat cd")).toEqual([]);
  // A pattern that began again at each slash took minutes for it.
  expect(foldersEntered(`cd a${"/".repeat(1_000_000)}b && cd c//`)[1]).toBe("c");
  const named = namedIn(["(cd lib && ./check.sh) && diff expected.txt out"]);
  expect(["check.sh", "lib/check.sh", "expected.txt", "lib/expected.txt"].every((path) => named.has(path))).toBe(true);
  expect(named.has("app/check.sh")).toBe(false);
});

test.each(
  words(`
  scripts config wireit nx jest vitest mocha ava tap c8 nyc babel eslintConfig eslintIgnore prettier xo standard semistandard
  stylelint remarkConfig cspell knip husky lint-staged imports
`),
)("%s in package.json comes from the base", (key) => {
  const shown = (own: object, base: object) => manifestWith(JSON.stringify(own), JSON.stringify(base));
  const [own, base] = [
    { [key]: { off: true }, dependencies: { a: "2" } },
    { [key]: { off: false }, dependencies: {} },
  ];
  expect(JSON.parse(shown(own, base) ?? "")).toEqual({ [key]: { off: false }, dependencies: { a: "2" } });
  expect(JSON.parse(shown(own, {}) ?? "")).toEqual({ dependencies: { a: "2" } });
});
