/** Copies of this checkout, which tests of the gates patch. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

export const ROOT = path.resolve(import.meta.dirname, "../../../..");

/** Returns a function that copies this checkout. The copies are removed after the tests of the file. */
export function copiesOfThisFile(): () => string {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(path.join(tmpdir(), "banyan-copy-"));
    folders.push(folder);
    for (const file of filesHere()) cpSync(path.join(ROOT, file), path.join(folder, file));
    symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    return folder;
  };
}

/** Returns the files that `.gitignore` does not name; without a repository too, as in an archive or in the gates' sandbox. */
function filesHere(): string[] {
  const repository = mkdtempSync(path.join(tmpdir(), "banyan-listing-"));
  const git = (...args: string[]) =>
    execFileSync("git", [`--git-dir=${repository}`, `--work-tree=${ROOT}`, ...args], { encoding: "utf8" });
  try {
    git("init", "-q");
    const listed = git("ls-files", "-z", "--others", "--exclude-standard").split("\0");
    return listed.filter((file) => file !== "" && !file.startsWith("docs/"));
  } finally {
    rmSync(repository, { recursive: true, force: true });
  }
}

/** Replaces a part of a file; fails when the file does not contain it. */
export function edit(folder: string, file: string, from: string, to: string): void {
  const text = readFileSync(path.join(folder, file), "utf8");
  if (!text.includes(from)) throw new Error(`${file} does not contain ${from}.`);
  writeFileSync(
    path.join(folder, file),
    text.replace(from, () => to),
  );
}

/** Adds a migration after all others. */
export function migrate(folder: string, sql: string): void {
  const name = "9999_change";
  writeFileSync(path.join(folder, `drizzle/${name}.sql`), sql);
  const file = path.join(folder, "drizzle/meta/_journal.json");
  const journal = JSON.parse(readFileSync(file, "utf8"));
  journal.entries.push({ idx: journal.entries.length, version: "6", when: 9e12, tag: name, breakpoints: true });
  writeFileSync(file, JSON.stringify(journal));
}
