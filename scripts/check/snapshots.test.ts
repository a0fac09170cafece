import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { faultLine } from "./fault";
import { checkSnapshots } from "./snapshots";
import { readSources } from "./sources";

/** Checks a project with two migrations and these snapshots. */
function check(...snapshots: string[]): string[] {
  const entries = [{ tag: "0000_first" }, { tag: "0001_second" }];
  const files = Object.fromEntries(snapshots.map((name) => [`drizzle/meta/${name}_snapshot.json`, "{}\n"]));
  const project = fixture({ "drizzle/meta/_journal.json": JSON.stringify({ entries }), ...files });
  return checkSnapshots(readSources(project)).map(faultLine);
}

const OLD = "drizzle/meta/0000_snapshot.json: is an old snapshot, and drizzle-kit reads only the newest: delete it";

test("only the newest snapshot of the schema stays", () => {
  expect(check("0001")).toEqual([]);
  expect(check("0000", "0001")).toEqual([OLD]);
});

test("the newest snapshot must be there", () => {
  expect(check("0000")).toEqual([
    OLD,
    "drizzle/meta/0001_snapshot.json: is missing, and drizzle-kit compares the schema with it: restore it from git",
  ]);
});

test("a project without migrations has no snapshots", () => {
  expect(checkSnapshots(readSources(fixture({ "lib/a.ts": "export {};\n" })))).toEqual([]);
});
