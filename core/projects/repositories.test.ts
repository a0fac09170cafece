import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { circleIn, inMergeOrder, suggestedFolder, wholeCommand } from "./repositories";

const one = (folder: string, ...needs: string[]) => ({ folder, needs });
const foldersOf = (list: { folder: string }[]) => list.map(({ folder }) => folder);

test("each repository comes after those that it needs, and else as given", () => {
  expect(foldersOf(inMergeOrder([one("app", "ui", "core"), one("ui", "core"), one("core"), one("docs")]))).toEqual([
    "core",
    "ui",
    "app",
    "docs",
  ]);
  expect(foldersOf(inMergeOrder([one("app"), one("lib")]))).toEqual(["app", "lib"]);
  // A repository that was removed is waited for by none.
  expect(foldersOf(inMergeOrder([one("app", "gone"), one("lib")]))).toEqual(["app", "lib"]);
});

test("a circle is named with the way around it, and loses no repository where it stands", () => {
  const circle = [one("docs"), one("app", "ui"), one("ui", "core"), one("core", "app")];
  expect(circleIn(circle)).toEqual(["app", "ui", "core", "app"]);
  expect(foldersOf(inMergeOrder(circle)).toSorted()).toEqual(["app", "core", "docs", "ui"]);
  expect(circleIn([one("app", "app")])).toEqual(["app", "app"]);
  expect(circleIn([one("app", "ui", "core"), one("ui", "core"), one("core")])).toBeNull();
});

test("a folder is named as people call the repository, and each name is there once", () => {
  expect(suggestedFolder("https://github.com/acme/lib.git")).toBe("lib");
  expect(suggestedFolder("git@github.com:acme/lib", new Set(["lib", "lib-2"]))).toBe("lib-3");
  expect(suggestedFolder("/home/ann/..")).toBe("repository");
  expect(suggestedFolder("/home/ann/Größe & more")).toBe("Gro-e-more");
});

test("the commands of all repositories are one, each in its folder", () => {
  const commands = [
    { folder: "lib", command: "npm test" },
    { folder: "docs", command: null },
    { folder: "app", command: "make a && make b | tee log" },
  ];
  expect(wholeCommand(commands)).toBe("(cd lib && npm test) && (cd app && make a && make b | tee log)");
  expect(wholeCommand([{ folder: "docs", command: null }])).toBeNull();
});

test("a shell runs each in its folder, with comments and several steps, and nothing where a folder is gone", () => {
  const root = mkdtempSync(join(tmpdir(), "banyan-commands-"));
  try {
    execFileSync("mkdir", ["lib", "app"], { cwd: root });
    const run = (...commands: [string, string][]) => {
      const whole = wholeCommand(commands.map(([folder, command]) => ({ folder, command }))) ?? "";
      const { status, stdout } = spawnSync("bash", ["-c", whole], { cwd: root, encoding: "utf8" });
      return { passed: status === 0, said: stdout.split("\n").map((line) => line.replace(`${root}/`, "")) };
    };
    expect(run(["lib", "pwd # the library"], ["app", "false; pwd"])).toEqual({
      passed: true,
      said: ["lib", "app", ""],
    });
    for (const command of ["pwd", "false; pwd", "false || pwd", "true & pwd", "true\npwd"])
      expect(run(["gone", command], ["app", "pwd"])).toEqual({ passed: false, said: [""] });
    expect(run(["lib", "false"], ["app", "pwd"])).toEqual({ passed: false, said: [""] });
  } finally {
    rmSync(root, { recursive: true });
  }
});
