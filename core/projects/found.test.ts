import { expect, test } from "vitest";
import { foundIn } from "./found";

function found(files: Record<string, string>) {
  const { checks, kinds } = foundIn({ paths: new Set(Object.keys(files)), read: (path) => files[path] ?? null });
  return { kinds, commands: checks.map(({ command }) => command), from: checks.map(({ from }) => from) };
}

const commands = (files: Record<string, string>) => found(files).commands;
const tested = (script = "vitest run", more: object = {}) => JSON.stringify({ scripts: { test: script }, ...more });

test("npm: the test script, by the manager that the manifest or the lock file names", () => {
  expect(found({ "package.json": tested(), "package-lock.json": "{}" })).toEqual({
    kinds: ["npm"],
    commands: ["npm test"],
    from: ["package.json"],
  });
  expect(commands({ "package.json": tested(), "pnpm-lock.yaml": "" })).toEqual(["pnpm test"]);
  expect(commands({ "package.json": tested(), "yarn.lock": "" })).toEqual(["yarn test"]);
  expect(commands({ "package.json": tested(), "bun.lock": "" })).toEqual(["bun run test"]);
  const named = tested("jest", { packageManager: "pnpm@10.1.0" });
  expect(commands({ "package.json": named, "package-lock.json": "{}" })).toEqual(["pnpm test"]);
});

test("a workspace: the top's own test script, else the tests of all its packages", () => {
  const top = JSON.stringify({ private: true, workspaces: ["packages/*"] });
  const member = { "packages/a/package.json": tested() };
  expect(found({ "package.json": "{}", "pnpm-workspace.yaml": "packages: [packages/*]", ...member })).toEqual({
    kinds: ["npm"],
    commands: ["pnpm --recursive test"],
    from: ["pnpm-workspace.yaml"],
  });
  expect(commands({ "package.json": top, ...member })).toEqual(["npm test --workspaces --if-present"]);
  expect(commands({ "package.json": top, "yarn.lock": "", ...member })).toEqual(["yarn workspaces run test"]);
  expect(commands({ "package.json": top, "yarn.lock": "", ".yarnrc.yml": "", ...member })).toEqual([
    "yarn workspaces foreach --all run test",
  ]);
  expect(commands({ "package.json": tested("turbo test", { workspaces: ["packages/*"] }), ...member })).toEqual([
    "npm test",
  ]);
  expect(commands({ "package.json": top, "packages/a/package.json": "{}" })).toEqual([]);
});

test("Python: pytest where a file says so or tests use it, unittest where all tests use that, in the lock file's environment", () => {
  expect(found({ "pyproject.toml": "[tool.pytest.ini_options]\n" })).toEqual({
    kinds: ["Python"],
    commands: ["python3 -m pytest -q"],
    from: ["pyproject.toml"],
  });
  expect(commands({ "pyproject.toml": 'dev = ["pytest>=8"]', "uv.lock": "" })).toEqual(["uv run pytest -q"]);
  expect(commands({ "pyproject.toml": 'pytest = "^8"', "poetry.lock": "" })).toEqual(["poetry run pytest -q"]);
  expect(commands({ "setup.py": "", "tests/test_a.py": "import unittest\n" })).toEqual([
    "python3 -m unittest discover",
  ]);
  expect(commands({ "requirements.txt": "flask\n", "tests/test_a.py": "def test_a(): pass\n" })).toEqual([
    "python3 -m pytest -q",
  ]);
  expect(commands({ "tox.ini": "[tox]\n", "setup.py": "" })).toEqual(["tox"]);
  expect(found({ "sums.py": "", "test_sums.py": "import unittest" })).toMatchObject({ kinds: ["Python"] });
  expect(commands({ "requirements.txt": "flask\n", "app.py": "" })).toEqual([]);
});

test("Go, Rust, Java, Ruby, PHP, .NET, Deno", () => {
  expect(found({ "go.mod": "module x\n", "a_test.go": "" })).toMatchObject({
    kinds: ["Go"],
    commands: ["go test ./..."],
  });
  expect(commands({ "go.work": "go 1.23\n\nuse (\n\t./api\n\t./cli tools\n)\nuse ./lib\n" })).toEqual([
    "go test ./api/... ./lib/...",
  ]);
  expect(found({ "Cargo.toml": "[package]\n" })).toMatchObject({ kinds: ["Rust"], commands: ["cargo test"] });
  expect(commands({ "Cargo.toml": '[workspace]\nmembers = ["a"]\n' })).toEqual(["cargo test --workspace"]);
  expect(commands({ "pom.xml": "", mvnw: "" })).toEqual(["./mvnw --quiet test"]);
  expect(commands({ "build.gradle.kts": "", gradlew: "" })).toEqual(["./gradlew test"]);
  expect(commands({ Gemfile: "", ".rspec": "" })).toEqual(["bundle exec rspec"]);
  expect(commands({ "composer.json": "{}", "phpunit.xml.dist": "" })).toEqual(["vendor/bin/phpunit"]);
  expect(commands({ "Shop.sln": "" })).toEqual(["dotnet test"]);
  expect(commands({ "deno.json": "{}" })).toEqual(["deno test"]);
});

test("a Makefile: its target test, else check; an assignment is no target", () => {
  expect(found({ Makefile: "build:\n\tcc a.c\ntest: build\n\t./a\n" })).toEqual({
    kinds: ["Make"],
    commands: ["make test"],
    from: ["Makefile"],
  });
  expect(commands({ Makefile: "check:\n\t./a\n" })).toEqual(["make check"]);
  expect(commands({ Makefile: "test := 1\nbuild:\n\tcc a.c\n" })).toEqual([]);
});

test("several ways at the top are all offered, because a person has to choose", () => {
  expect(found({ "package.json": tested(), "go.mod": "", Makefile: "test:\n" })).toEqual({
    kinds: ["Go", "Make", "npm"],
    commands: ["npm test", "go test ./...", "make test"],
    from: ["package.json", "go.mod", "Makefile"],
  });
});

test("a monorepo without a manifest at its top: all parts in a row, then each; examples and copies of others are no parts", () => {
  const files = {
    "README.md": "",
    "api/go.mod": "",
    "web app/package.json": tested(),
    "web app/packages/x/package.json": tested(),
    "examples/demo/package.json": tested(),
    "web app/node_modules/left-pad/package.json": tested(),
  };
  expect(found(files)).toEqual({
    kinds: ["Go", "npm"],
    commands: [
      "(cd api && go test ./...) && (cd 'web app' && npm test)",
      "(cd api && go test ./...)",
      "(cd 'web app' && npm test)",
    ],
    from: ["api/go.mod, web app/package.json", "api/go.mod", "web app/package.json"],
  });
  expect(commands({ "services/api/go.mod": "" })).toEqual(["(cd services/api && go test ./...)"]);
});

test("no tests, nothing at all, and files that say nonsense: no check, and no error", () => {
  expect(found({ "package.json": tested('echo "Error: no test specified" && exit 1') })).toEqual({
    kinds: ["npm"],
    commands: [],
    from: [],
  });
  expect(found({})).toEqual({ kinds: [], commands: [], from: [] });
  for (const text of ["", "{", "[]", "null", '{"scripts":null}', '{"scripts":{"test":7}}', '{"scripts":["test"]}'])
    expect(commands({ "package.json": text })).toEqual([]);
  expect(commands({ "go.work": "" })).toEqual([]);
  expect(found({ "README.md": "npm test" })).toEqual({ kinds: [], commands: [], from: [] });
});

/** Patterns that began again at each empty line took minutes for these. */
test("a megabyte of empty lines hides no check", () => {
  const empty = "\n".repeat(1_000_000);
  expect(commands({ "test_a.py": `${empty}  import unittest\n` })).toEqual(["python3 -m unittest discover"]);
  expect(commands({ "test_a.py": empty })).toEqual(["python3 -m pytest -q"]);
  expect(commands({ "go.work": `go 1.22\n${empty}use (\n\t./a\n)\nuse ./b\n` })).toEqual(["go test ./a/... ./b/..."]);
});
