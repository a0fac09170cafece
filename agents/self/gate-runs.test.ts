import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { putGateRuns } from "@/tests/put-gate-runs";
import { createGateRuns, newRun } from "./gate-runs";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "banyan-gate-runs-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("finished runs are listed, the newest first, with what each gate found", () => {
  expect(createGateRuns(dataDir).list()).toEqual([]);
  const ids = putGateRuns(dataDir, 4);
  const runs = createGateRuns(dataDir);
  expect(runs.list().map(({ id }) => id)).toEqual(ids);
  const [newest, , third] = runs.list();
  expect(newest).toMatchObject({
    outcome: "failed",
    quick: false,
    head: expect.stringMatching(/^[0-9a-f]{40}$/),
    base: "b".repeat(40),
  });
  expect(newest?.gates.find(({ gate }) => gate === "replay")).toMatchObject({ outcome: "failed", flags: 1, faults: 1 });
  expect(third?.quick).toBe(true);
  expect(runs.report(ids[0] ?? "")?.gates.map(({ gate }) => gate)).toContain("replay");
});

test("a run that was cut, another file and a name that leads elsewhere are no runs", () => {
  const [id = ""] = putGateRuns(dataDir, 1);
  const evidence = join(dataDir, "self", "evidence");
  mkdirSync(join(evidence, "begun"));
  mkdirSync(join(evidence, "broken"));
  writeFileSync(join(evidence, "broken", "report.json"), '{"version": 1');
  writeFileSync(join(evidence, "note.txt"), "");
  const runs = createGateRuns(dataDir);
  expect(runs.list().map((run) => run.id)).toEqual([id]);
  for (const name of ["begun", "broken", "note.txt", "nothing", "..", `../evidence/${id}`, ""])
    expect([name, runs.report(name)]).toEqual([name, null]);
});

test("a run that ends or is removed later is noticed", () => {
  const runs = createGateRuns(dataDir);
  const ids = putGateRuns(dataDir, 2);
  expect(runs.list().map(({ id }) => id)).toEqual(ids);
  rmSync(join(dataDir, "self", "evidence", ids[0] ?? ""), { recursive: true });
  expect(runs.list().map(({ id }) => id)).toEqual(ids.slice(1));
});

test("of quick runs the newest hundred are kept, and every full one", () => {
  const commit = "a".repeat(40);
  const made = Array.from({ length: 130 }, (_, index) => {
    const isQuick = index % 13 !== 0;
    const folder = newRun(dataDir, commit, isQuick);
    mkdirSync(folder);
    utimesSync(folder, index, index);
    return { name: basename(folder), isQuick };
  });
  const quick = made.filter(({ isQuick }) => isQuick).slice(-100);
  const full = made.filter(({ isQuick }) => !isQuick);
  expect(full).toHaveLength(10);
  expect(readdirSync(join(dataDir, "self", "evidence")).sort()).toEqual(
    [...quick, ...full].map(({ name }) => name).sort(),
  );
});
