import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folded, ignoresCase, isAtOrBelow, isDotGit, isSameFile } from "./spelling";

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-spelling-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("names are compared as file systems do that ignore case and how an accent is written", () => {
  expect(folded("Straße-CAFÉ")).toBe(folded("STRASSE-cafe\u0301"));
  expect(folded("\u212a.KEY")).toBe(folded("k.key"));
  expect(folded("data")).not.toBe(folded("date"));
});

test("Z9: each name that some file system takes for .git is one", () => {
  for (const name of [".git", ".GIT", ".g\u200cit", "GIT~1", ".git.", ".git ", ".Git::$INDEX_ALLOCATION"])
    expect([name, isDotGit(name)]).toEqual([name, true]);
  for (const name of [".gitignore", ".github", "git", "git~2", "a.git"])
    expect([name, isDotGit(name)]).toEqual([name, false]);
});

test("where case counts, another spelling is another folder, and two names of one file say nothing", () => {
  const folder = place();
  for (const name of ["data", "DATA"]) mkdirSync(join(folder, name));
  expect(isAtOrBelow(join(folder, "data"), join(folder, "data/a/b"))).toBe(true);
  expect(isAtOrBelow(join(folder, "data"), join(folder, "DATA/a"))).toBe(false);
  expect(isAtOrBelow(join(folder, "data"), join(folder, "data-of-others"))).toBe(false);
  expect(ignoresCase(folder)).toBe(false);
  const linked = place();
  writeFileSync(join(linked, "a"), "");
  linkSync(join(linked, "a"), join(linked, "A"));
  expect(isSameFile(join(linked, "a"), join(linked, "A"))).toBe(true);
  expect(ignoresCase(linked)).toBe(false);
  expect(ignoresCase(place())).toBe(false);
});
