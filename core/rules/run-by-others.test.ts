import { expect, test } from "vitest";
import { runBy } from "./run-by-others";

test("recognizes files that other programs run, at any depth and in any case", () => {
  const known = [
    ".envrc",
    "sub/.envrc",
    ".vscode/tasks.json",
    "a/b/.VSCode/Tasks.json",
    "package.json",
    "x/package.json",
    "binding.gyp",
    "x/common.gypi",
  ];
  const others = [".npmrc", ".husky/pre-commit", ".github/workflows/a.yml", "setup.py", "build.rs", ".idea/x.xml"];
  for (const path of [...known, ...others, ".devcontainer/devcontainer.json", ".mcp.json", ".gitattributes"])
    expect(runBy(path), path).toEqual(expect.any(String));
  expect(runBy(".envrc")).toBe("direnv, when somebody enters the folder");
});

test("ignores files that are only read", () => {
  for (const path of [
    "readme.md",
    "src/envrc.ts",
    "package.json.md",
    "my.package.json.ts",
    "docs/.vscode.md",
    "github/workflows/a",
  ])
    expect(runBy(path), path).toBeNull();
});
