import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Driven, drive, expectSameAtEveryPrefix, type FakeTool, seededRunbook } from "./testing";

const PACKAGE = {
  name: "sample",
  scripts: { postinstall: "node setup.js", test: "true" },
  dependencies: { exact: "1.2.3", loose: "^1.0.0", "@scope/any": "*", local: "file:../x" },
  devDependencies: { tagged: "latest" },
};
const LOCK = {
  name: "sample",
  lockfileVersion: 3,
  packages: {
    "": { name: "sample" },
    "node_modules/exact": { version: "1.2.3", license: "MIT", integrity: "sha512-a" },
    "node_modules/loose": { version: "1.4.0", license: "MIT", integrity: "sha512-b", hasInstallScript: true },
    "node_modules/loose/node_modules/exact": { version: "0.9.0", license: "ISC", integrity: "sha512-c", dev: true },
    "node_modules/@scope/any": { version: "3.0.0", integrity: "sha512-d" },
    "node_modules/local": { resolved: "../x", link: true },
    "node_modules/tagged": { version: "2.0.0", license: "Apache-2.0", dev: true },
  },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-dependency-check-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A terminal without a sandbox, because the commands are the runbook's own. `only` names the one program on the PATH
 * beside the usual ones.
 */
function terminal(only?: string): FakeTool {
  const bin = join(folder, ".bin");
  if (only !== undefined) {
    mkdirSync(bin);
    for (const name of ["grep", "cat", ...(only ? [only] : [])]) {
      // A link is not enough, because a program may be a script that looks for other files beside it.
      const script = `#!/bin/sh\nPATH='${process.env.PATH}' exec '${whereIs(name)}' "$@"\n`;
      writeFileSync(join(bin, name), script, { mode: 0o755 });
    }
  }
  return ({ command }) => {
    // Bash also reads its start-up file when its input is a socket, as here, and that file may change PATH.
    const env = { ...process.env, ...(only !== undefined && { PATH: bin }) };
    const ran = spawnSync("/bin/bash", ["--norc", "-c", String(command)], { cwd: folder, env, encoding: "utf8" });
    return { exit_status: ran.status, duration_ms: 1, stdout: ran.stdout, stderr: ran.stderr };
  };
}

function whereIs(program: string): string {
  if (program === "node") return process.execPath;
  return spawnSync("/bin/bash", ["--norc", "-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
}

function write(name: string, content: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(content, null, 2));
}

function run(useTerminal: FakeTool, instruction = "Check the dependencies"): Driven {
  const driven = drive(seededRunbook("dependency-check"), instruction, {
    tools: {
      use_terminal: useTerminal,
      write_file: ({ path, content }) => {
        writeFileSync(join(folder, String(path)), String(content));
        return `Created ${path}.`;
      },
      read_file: ({ path }) => readFileSync(join(folder, String(path)), "utf8"),
    },
  });
  expectSameAtEveryPrefix(driven);
  return driven;
}

const PROGRAMS = ["node", ...(whereIs("python3") ? ["python3"] : [])];

describe("dependency-check", () => {
  test.each(PROGRAMS)("with %s: the findings are in the report, and the count is checked another way", (program) => {
    write("package.json", PACKAGE);
    write("package-lock.json", LOCK);
    const driven = run(terminal(program));
    expect(driven.status, driven.result).toBe("success");
    expect(driven.checks).toMatchObject([
      { passed: true, evidence: "6 read, 6 found" },
      { passed: true, statement: expect.stringMatching(/^The report is in the workspace/) },
    ]);
    const report = readFileSync(join(folder, "dependency-check.md"), "utf8");
    expect(report).toContain("# Dependency check of `sample`");
    expect(report).toContain("| Direct dependencies | 5 |\n| of these, without an exact version | 3 |");
    expect(report).toContain("| Packages in the lock file | 5 |\n| of these, for development only | 2 |");
    expect(report).toContain("- `loose@1.4.0`");
    expect(report).toContain("- `postinstall`: `node setup.js`");
    expect(report).toContain(
      "| `loose` | `^1.0.0` | dependencies |\n| `@scope/any` | `*` | dependencies |\n| `tagged` | `latest` |",
    );
    expect(report).toContain("| `exact` | 0.9.0, 1.2.3 |");
    expect(report).toContain("| MIT | 2 |\n| (not stated) | 1 |");
    expect(report).toContain("Not stated for: `@scope/any@3.0.0`.");
    expect(report).toContain(`with ${program}; nothing was installed`);
    expect(report).not.toMatch(/undefined|\[object|NaN|\{\{|\n\n\n/);
  });

  test("without a lock file only package.json is checked", () => {
    write("package.json", PACKAGE);
    const driven = run(terminal());
    expect(driven.result).toContain("**There is no lock file**");
    expect(driven.checks).toHaveLength(1);
  });

  test("a lock file of npm 6 is reported, not interpreted", () => {
    write("package.json", PACKAGE);
    write("package-lock.json", { lockfileVersion: 1, dependencies: { exact: { version: "1.2.3" } } });
    expect(run(terminal()).result).toContain("its version is 1");
  });

  test("in another folder, whose name has spaces", () => {
    mkdirSync(join(folder, "a b $HOME"));
    write("a b $HOME/package.json", PACKAGE);
    const driven = run(terminal(), 'Follow the runbook dependency-check with {"path":"a b $HOME"}');
    expect(driven.status).toBe("success");
  });

  test.each([
    ["no package.json", ".", /`\.` could not be read: there is no package\.json/],
    ["no such folder", "missing", /could not be read: .*missing: No such file/],
    ["a folder that would leave its quotes", "x'; touch made; '", /single quote, which this runbook does not handle/],
  ])("%s", (_case, path, reason) => {
    const driven = run(terminal(), `Follow the runbook dependency-check with ${JSON.stringify({ path })}`);
    expect(driven).toMatchObject({ status: "failure", result: expect.stringMatching(reason) });
    expect(() => readFileSync(join(folder, "made"))).toThrow();
  });

  test.each(PROGRAMS)("with %s: a package.json that is no JSON, or no object, is reported in one line", (program) => {
    const useTerminal = terminal(program);
    for (const [text, says] of [
      ["{broken", /could not be read: package\.json is not valid JSON \([^\n]*\)\.$/],
      ["[1, 2]", /could not be read: package\.json contains no JSON object\.$/],
    ] as const) {
      writeFileSync(join(folder, "package.json"), text);
      expect(run(useTerminal)).toMatchObject({ status: "failure", result: expect.stringMatching(says) });
    }
  });

  test.each(PROGRAMS)("with %s: a dependency that is asked for twice is named, with a lock in one line", (program) => {
    write("package.json", { ...PACKAGE, devDependencies: { loose: "~1.4.0" } });
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify(LOCK));
    const driven = run(terminal(program));
    expect(driven.status, driven.result).toBe("success");
    expect(driven.checks[0]).toMatchObject({ passed: true, evidence: "6 read, 6 found" });
    expect(driven.result).toContain("| Listed in several places | 1 |");
    expect(driven.result).toContain("| `loose` | dependencies, devDependencies |");
    expect(driven.result).not.toMatch(/\n\n\n/);
  });

  test("neither node nor python3", () => {
    expect(run(terminal(""))).toMatchObject({
      status: "failure",
      result: expect.stringMatching(/neither node nor python3/),
    });
  });

  test("no sandbox, so no terminal", () => {
    const off: FakeTool = () => {
      throw new Error("The terminal is off: bubblewrap is not installed.");
    };
    expect(run(off)).toMatchObject({
      status: "failure",
      result: expect.stringMatching(
        /“Find something to read JSON with”, failed: use_terminal answered: The terminal is off/,
      ),
    });
  });
});
