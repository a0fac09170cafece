import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { GUARDED, guardedFilesIn } from "./guarded.mjs";

test("the launcher and the gates guard the same files", () => {
  const { guarded } = parse(readFileSync(".banyan/gates.yaml", "utf8")) as { guarded: string[] };
  expect([...GUARDED].sort()).toEqual([...guarded].sort());
});

test("a pattern covers the files below a folder, and no other", () => {
  const files = [
    "launcher/main.mjs",
    "core/rules/a/b.ts",
    "core/rulesX/a.ts",
    "scripts/start.mjs",
    "scripts/cli/a.mjs",
  ];
  expect(guardedFilesIn(files)).toEqual(["launcher/main.mjs", "core/rules/a/b.ts", "scripts/start.mjs"]);
});
