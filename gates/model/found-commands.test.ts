import { expect, test } from "vitest";
import { findCommands } from "./found-commands";

const found = (files: Record<string, string>) =>
  findCommands({ paths: Object.keys(files), read: (path) => files[path] ?? null }).map(
    ({ gate, from, run }) => `${gate}: ${run} (${from})`,
  );
const manifest = (more: object) => JSON.stringify(more);

test.each<[string, Record<string, string>, string[]]>([
  [
    "scripts of package.json",
    { "package.json": manifest({ scripts: { build: "tsc", lint: "eslint .", "type-check": "tsc --noEmit" } }) },
    [
      "build: npm run build (package.json)",
      "types: npm run type-check (package.json)",
      "lint: npm run lint (package.json)",
    ],
  ],
  [
    "TypeScript without a script",
    { "package.json": manifest({ devDependencies: { typescript: "5" } }), "tsconfig.json": "{}" },
    ["types: node_modules/.bin/tsc --noEmit (tsconfig.json)"],
  ],
  ["a tsconfig.json of an editor", { "package.json": "{}", "tsconfig.json": "{}" }, []],
  [
    "coverage of Vitest",
    { "package.json": manifest({ scripts: { test: "vitest run" }, devDependencies: { "@vitest/coverage-v8": "4" } }) },
    [
      "coverage: npm test -- --run --coverage.enabled --coverage.reporter=json --coverage.reportsDirectory=.banyan-tests-coverage (package.json)",
    ],
  ],
  [
    "coverage of Vitest, which the script asks for already",
    {
      "package.json": manifest({
        scripts: { test: "vitest --run --coverage" },
        devDependencies: { "@vitest/coverage-v8": "4" },
      }),
    },
    [
      "coverage: npm test -- --coverage.reporter=json --coverage.reportsDirectory=.banyan-tests-coverage (package.json)",
    ],
  ],
  [
    "coverage of Jest",
    { "package.json": manifest({ scripts: { test: "jest" }, jest: { coverageThreshold: {} } }) },
    [
      "coverage: npm test -- --coverage --coverageReporters=json --coverageDirectory=.banyan-tests-coverage (package.json)",
    ],
  ],
  [
    "tools of Python",
    { "pyproject.toml": "[tool.mypy]\n[tool.ruff.lint]\n[tool.coverage.run]\n" },
    [
      "types: python3 -m mypy . (pyproject.toml)",
      "lint: ruff check . (pyproject.toml)",
      "coverage: python3 -m coverage run -m pytest -q && python3 -m coverage xml -o .banyan-tests-coverage.xml (pyproject.toml)",
    ],
  ],
  [
    "flake8",
    { "setup.cfg": "[flake8]\n[mypy]\n" },
    ["types: python3 -m mypy . (setup.cfg)", "lint: python3 -m flake8 (setup.cfg)"],
  ],
  [
    "Go",
    { "go.mod": "module a", ".golangci.yml": "" },
    [
      "build: go build ./... (go.mod)",
      "lint: golangci-lint run (.golangci.yml)",
      "coverage: go test -coverprofile=.banyan-tests-coverage.out ./... (go.mod)",
    ],
  ],
  [
    "Rust with clippy's settings",
    { "Cargo.toml": "[lints.clippy]\n" },
    ["lint: cargo clippy --offline -- -D warnings (Cargo.toml)"],
  ],
  ["Rust without them", { "Cargo.toml": "[package]\n" }, []],
  ["Maven", { "pom.xml": "<project/>" }, ["build: mvn --offline --quiet -DskipTests package (pom.xml)"]],
  [
    "make",
    { Makefile: "build:\n\ttrue\nlint: build\n\ttrue\n" },
    ["build: make --always-make build (Makefile)", "lint: make --always-make lint (Makefile)"],
  ],
  [
    "a script before a target",
    { "package.json": manifest({ scripts: { lint: "x" } }), Makefile: "lint:\n" },
    ["lint: npm run lint (package.json)"],
  ],
  ["nothing", { "package.json": manifest({ scripts: { build: "", lint: 1 } }), "pyproject.toml": "[project]\n" }, []],
  ["a damaged manifest", { "package.json": '{"scripts":' }, []],
  ["a manifest that is no object", { "package.json": "[1]" }, []],
])("%s", (_what, files, expected) => {
  expect(found(files)).toEqual(expected);
});
