import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { placesOf } from "./places-of";

const folder = mkdtempSync(path.join(tmpdir(), "banyan-places-"));
const [home, project, shell] = ["home", "project", "shell"].map((name) => path.join(folder, name)) as [
  string,
  string,
  string,
];

function program(...names: string[]): void {
  const place = path.join(folder, ...names);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, "#!/bin/sh\n");
  chmodSync(place, 0o755);
}

beforeAll(() => {
  program("home/.pyenv/versions/3.12.1/bin/checker");
  program("project/.venv/bin/checker");
  program("shell/checker");
  program("shell/other");
  writeFileSync(path.join(shell, "text"), "");
  mkdirSync(path.join(shell, "folder"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a program is found in the project, in the search path and where version managers put it", async () => {
  const where = { project, searchPath: `:relative:${shell}`, home };
  expect(await placesOf("checker", where)).toEqual([
    ".venv/bin/checker",
    path.join(shell, "checker"),
    "~/.pyenv/versions/3.12.1/bin/checker",
  ]);
  expect(await placesOf("other", { ...where, project: null })).toEqual([path.join(shell, "other")]);
});

test("only a file that can be run is a program, and only a name is looked for", async () => {
  const where = { project, searchPath: shell, home };
  for (const name of ["text", "folder", "nothing", "../shell/other", "a b", ""])
    expect(await placesOf(name, where)).toEqual([]);
});
