import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { digestOf, strangeIn } from "./candidate.mjs";

test("the digest of a release covers each file and link, and not what a link leads to, such as its packages", () => {
  const above = mkdtempSync(path.join(tmpdir(), "banyan-digest-"));
  onTestFinished(() => rmSync(above, { recursive: true, force: true }));
  const [folder, packages] = [path.join(above, "release"), path.join(above, "packages")];
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return digestOf(folder);
  };
  mkdirSync(folder);
  symlinkSync("../packages", path.join(folder, "node_modules"));
  const before = write(path.join(folder, "dist/server.mjs"), "one");
  expect(write(path.join(packages, "thing/index.js"), "of every release")).toBe(before);
  const seen = [before];
  for (const change of [
    () => write(path.join(folder, "dist/server.mjs"), "two"),
    () => write(path.join(folder, "dist/chunks/more.mjs"), ""),
    () => {
      rmSync(path.join(folder, "node_modules"));
      symlinkSync("../other", path.join(folder, "node_modules"));
      return digestOf(folder);
    },
  ]) {
    const after = change();
    expect(seen).not.toContain(after);
    seen.push(after);
  }
});

test("a build may hold only plain files and folders, and none of the launcher's names", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-built-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, "dist"));
  writeFileSync(path.join(folder, "dist/server.mjs"), "");
  const names = ["manifest.json", "node_modules"];
  expect(strangeIn(folder, names)).toBeUndefined();
  for (const [name, make, problem] of [
    ["dist/link", (at: string) => symlinkSync("server.mjs", at), 'holds "dist/link", which is neither'],
    ["dist/away", (at: string) => symlinkSync("/nowhere", at), 'holds "dist/away", which is neither'],
    ["dist/pipe", (at: string) => execFileSync("mkfifo", [at]), 'holds "dist/pipe", which is neither'],
    ["manifest.json", (at: string) => symlinkSync("/nowhere", at), "has a file or folder named manifest.json"],
    ["node_modules", (at: string) => mkdirSync(at), "has a file or folder named node_modules"],
  ] as const) {
    make(path.join(folder, name));
    expect(strangeIn(folder, names)).toContain(problem);
    rmSync(path.join(folder, name), { recursive: true });
  }
});
