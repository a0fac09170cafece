import { expect, test } from "vitest";
import { findTests } from "./found-tests";

const found = (files: Record<string, string>) =>
  findTests({ paths: Object.keys(files), read: (path) => files[path] ?? null });
const script = (text: unknown) => ({ "package.json": JSON.stringify({ scripts: { test: text } }) });

test.each([
  ["vitest run", "npm test -- --run --reporter=json --outputFile=.banyan-tests.json", "vitest"],
  ["vitest --run", "npm test -- --reporter=json --outputFile=.banyan-tests.json", "vitest"],
  ["jest --ci", "npm test -- --json --outputFile=.banyan-tests.json", "jest"],
  ["node --test test/", "node --test --test-reporter=tap test/", "tap"],
  ["vitest run && eslint .", "npm test", undefined],
  ["node --test --test-reporter=spec", "npm test", undefined],
  ["mocha", "npm test", undefined],
])("package.json with %s", (text, run, format) => {
  const tests = found(script(text));
  expect([tests?.from, tests?.run, tests?.report?.format]).toEqual(["package.json", run, format]);
});

test.each([
  ["Cargo.toml", "[package]", "cargo test --offline"],
  ["go.mod", "module example.org/a", "go test ./..."],
  ["pytest.ini", "[pytest]", "python3 -m pytest -q --junitxml=.banyan-tests.xml"],
  ["pyproject.toml", "[tool.pytest.ini_options]", "python3 -m pytest -q --junitxml=.banyan-tests.xml"],
  ["tests/test_sum.py", "def test_sum(): pass", "python3 -m pytest -q --junitxml=.banyan-tests.xml"],
  ["pom.xml", "<project/>", "mvn --offline --quiet test"],
  ["Makefile", "all:\n\ttrue\ntest: all\n\t./run\n", "make --always-make test"],
])("%s", (file, text, run) => {
  expect(found({ [file]: text })).toMatchObject({ from: file, run });
});

test.each([
  ["nothing", {}],
  ["npm's placeholder", script('echo "Error: no test specified" && exit 1')],
  ["a package without scripts", { "package.json": "{}" }],
  ["a damaged package", { "package.json": "{" }],
  ["a script that is no text", script(["a"])],
  ["a Makefile without the target", { Makefile: "test := 1\ntests:\n\ttrue\n" }],
  ["a Python project without tests", { "pyproject.toml": "[project]" }],
])("%s shows no tests", (_what, files) => {
  expect(found(files)).toBeNull();
});

test("a placeholder in package.json does not hide the tests of a Makefile", () => {
  expect(found({ ...script("echo no test specified"), Makefile: "test:\n\ttrue\n" })?.run).toBe(
    "make --always-make test",
  );
});
