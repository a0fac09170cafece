import { expect, test } from "vitest";
import { cannotRun, leftOut } from "./before-rounds";

const around = {
  files: new Set(["app.sh", "check.sh"]),
  isInScope: (path: string) => path === "app.sh" || path.startsWith("src/"),
  folder: null,
};

async function found(exitStatus: number | null, output: string) {
  const ran = { exitStatus, output, told: output, counts: null, refused: [] };
  const [one] = await cannotRun([{ command: "c", ran }], around);
  return one && [one.why, one.program];
}

test.each<[string, number | null, string, [string, string | null] | undefined]>([
  ["a shell", 127, "/bin/bash: line 1: pytest: command not found\n", ["not_found", "pytest"]],
  ["a script of npm", 127, "\n> test\n> vitest run\n\nsh: 1: vitest: not found\n", ["not_found", "vitest"]],
  ["env", 127, "/usr/bin/env: ‘bun’: No such file or directory\n", ["not_found", "bun"]],
  ["a script without its mark", 126, "/bin/bash: line 1: ./check.sh: Permission denied\n", ["not_run", "./check.sh"]],
  [
    "make",
    2,
    "make: pytest: No such file or directory\nmake: *** [Makefile:2: test] Error 127\n",
    ["not_found", "pytest"],
  ],
  ["a module of Python", 1, "/usr/bin/python3: No module named pytest\n", ["not_found", "pytest"]],
  ["a shell that says nothing", 127, "", ["not_found", null]],
  ["a test that fails", 1, "foo: command not found\n", undefined],
  ["a module that a test lacks", 1, "ModuleNotFoundError: No module named 'x'\n", undefined],
  ["a script that the work may mend", 127, "app.sh: line 3: helper: command not found\n", undefined],
  ["a script that decides", 127, "check.sh: line 3: helper: command not found\n", ["not_found", "helper"]],
  ["a program that the work has to write", 127, "/bin/bash: line 1: ./src/run: No such file or directory\n", undefined],
  ["a command that the host ended", null, "x: command not found\n", undefined],
])("a command that could not run is told from one that failed: %s", async (_, status, output, expected) => {
  expect(await found(status, output)).toEqual(expected);
});

test("a scope that leaves out most of the work is told", () => {
  expect(leftOut({ outside: { paths: ["a", "b"], of: 3 } })).toEqual({ files: ["a", "b"], count: 2, of: 3 });
  expect(leftOut({ outside: { paths: ["a", "b"], of: 4 } })).toBeNull();
  expect(leftOut({ outside: { paths: [], of: 0 } })).toBeNull();
});
