/** The first part of the gates: tests that the change can reach run at once, all others with the whole gates. */
import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type { GatesReport } from "@/core/shapes/improving/gates";
import { tableLines } from "./print/table";
import { createWithFirst, WITH_FIRST, WITH_SENTINELS } from "./testing/first-fixture";
import { type Fixture, failedIn, found, gateIn } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture.end());

function ranIn({ evidence }: GatesReport): string[] {
  const { runs } = JSON.parse(fs.readFileSync(path.join(evidence, "old_tests.json"), "utf8"));
  return runs.map(({ name }: { name: string }) => name);
}

test("the nearest tests run, slow gates are left for later, and the digest covers that", async () => {
  fixture = createWithFirst(WITH_SENTINELS);
  fixture.edit("src/near.mjs", "answer = () =>", "answer = (/* nothing */) =>");
  const report = await fixture.judge({ first: true });
  expect(failedIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(gateIn(report, "old_tests")).toMatchObject({
    later: true,
    counts: { tests: 2, passed: 2, files: 2, files_reached: 4 },
  });
  expect(found(report, "old_tests", "note")).toEqual([
    "null: 2 of the 4 files of tests that the change can reach ran, the nearest first. The others run with the whole gates.",
  ]);
  expect(JSON.parse(fs.readFileSync(path.join(report.evidence, "old_tests.json"), "utf8"))).toMatchObject({
    later: true,
  });
  expect(gateIn(report, "sentinels")).toMatchObject({ outcome: "off", later: true });
  const said = tableLines(report, (_, text) => text).join("\n");
  expect(said).toContain("Later, with the whole gates: sentinels.");
  expect(said).toContain("Passed so far: this is the first part of the gates.");
});

test("a fault in code that the change can reach is found at once", async () => {
  fixture = createWithFirst(WITH_FIRST);
  fixture.edit("src/near.mjs", '"near"', '"else"');
  const report = await fixture.judge({ first: true });
  expect(failedIn(report)).toEqual(["old_tests", "new_tests"]);
  expect(found(report, "old_tests", "fault")).toHaveLength(2);
});

test("a sentence that no test reads runs no test, and says so", async () => {
  fixture = createWithFirst(WITH_FIRST);
  fixture.put("docs/guide.md", "A better sentence.\n");
  const report = await fixture.judge({ first: true });
  expect(report.outcome).toBe("passed");
  expect(ranIn(report)).toEqual([]);
  expect(found(report, "old_tests", "note")).toEqual([
    "null: No file of tests imports or names what changed. The others run with the whole gates.",
  ]);
  expect(found(report, "old_tests", "flag")).toEqual([]);
});

test("the first part and a choice of gates exclude each other", async () => {
  fixture = createWithFirst(WITH_FIRST);
  await expect(fixture.judge({ first: true, only: ["scope"] })).rejects.toThrow("leave out which gates run");
});
