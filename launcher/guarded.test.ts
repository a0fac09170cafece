import { expect, test } from "vitest";
import { guardedFilesIn, guardOf } from "./guarded.mjs";

const marks = (given: Record<string, string>) => Object.entries(given);
const guarded = (given: Record<string, string>, files: string[]) => files.filter(guardOf(marks(given)));

test("a mark guards everything below its folder, itself included, and nothing outside", () => {
  const files = ["core/rules/a.ts", "core/rules/b/c.ts", "core/rules/GUARDED", "core/rulesX/a.ts", "core/a.ts"];
  expect(guarded({ "core/rules/GUARDED": "Because.\n" }, files)).toEqual(files.slice(0, 3));
});

test("a mark that names files guards these, and each file of its folder that fits a name with a star", () => {
  const text = "Why - it is so.\n- next.config.ts\n-  *.mjs \r\n- app/[id]/(a)+.ts\n";
  const files = ["next.config.ts", "a.mjs", "app/[id]/(a)+.ts", "nextXconfig.ts", "b/a.mjs", "app/i/a.ts", "a.ts"];
  expect(guarded({ GUARDED: text }, files)).toEqual(files.slice(0, 3));
  expect(guarded({ "server/GUARDED": "- *\n" }, ["server/a.ts", "server/b/c.ts"])).toEqual(["server/a.ts"]);
});

test("a mark with anything but plain names guards the whole folder, and is read quickly", () => {
  for (const line of ["- ", "-", `- ${"*a".repeat(50)}`, "- **"])
    expect([line, guarded({ "a/GUARDED": line }, [`a/${"a".repeat(5_000)}`, "b"])]).toEqual([
      line,
      [`a/${"a".repeat(5_000)}`],
    ]);
});

test("marks of both sides count, so a change cannot free a file by removing a mark, by a list, or by its own mark", () => {
  const files = ["lib/auth/a.ts", "lib/b.ts", "lib/auth/GUARDED"];
  const before = marks({ "lib/auth/GUARDED": "Sign-in.\n" });
  for (const after of [[], marks({ "lib/auth/GUARDED": "- none\n" }), marks({ "lib/auth/b/GUARDED": "- x\n" })])
    expect(guardedFilesIn(files, { before, after })).toEqual(["lib/auth/a.ts", "lib/auth/GUARDED"]);
  expect(guardedFilesIn(files, { before, after: marks({ "lib/GUARDED": "More.\n" }) })).toEqual(files);
});

test("in a release from before the marks each file is guarded", () => {
  expect(guardedFilesIn(["README.md"], { before: [], after: marks({ "lib/GUARDED": "- none\n" }) })).toEqual([
    "README.md",
  ]);
});
