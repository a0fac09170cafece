import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type { GatesReport } from "@/core/shapes/improving/gates";
import { readJunit } from "@/lib/test-reports/junit";
import { junitOf } from "./print/junit";
import { sarifOf } from "./print/sarif";
import { tableLines } from "./print/table";
import { createFixture, type Fixture, failedIn, found, gateIn } from "./testing/fixture";
import { REPOSITORIES, type Repository } from "./testing/repositories";
import { tryCommand } from "./try";

let fixture: Fixture;
afterEach(() => fixture?.end());

/** After the form of osv.dev. */
const KNOWN = {
  id: "RUSTSEC-2021-0003",
  modified: "2023-06-13T13:10:24Z",
  aliases: ["CVE-2021-25900"],
  summary: "Buffer overflow in SmallVec::insert_many",
  affected: [
    {
      package: { ecosystem: "crates.io", name: "smallvec", purl: "pkg:cargo/smallvec" },
      ranges: [
        {
          type: "SEMVER",
          events: [{ introduced: "0.6.3" }, { fixed: "0.6.14" }, { introduced: "1.0.0" }, { fixed: "1.6.1" }],
        },
      ],
    },
  ],
};

async function judged({ files }: Repository, change: Record<string, string>): Promise<GatesReport> {
  fixture?.end();
  fixture = createFixture(files, {});
  fs.mkdirSync(path.join(fixture.base, "osv"));
  fs.writeFileSync(path.join(fixture.base, "osv", `${KNOWN.id}.json`), JSON.stringify(KNOWN));
  for (const [file, text] of Object.entries(change)) fixture.put(file, text);
  return fixture.judge();
}

/** Whether a program is there in the sandbox. */
async function isInstalled(command: string): Promise<boolean> {
  const { exitStatus } = await tryCommand({ folder: fixture.folder, command, onOutput: () => undefined });
  return exitStatus === 0;
}

test("there are twelve", () => {
  expect(Object.keys(REPOSITORIES)).toHaveLength(12);
});

test.each(Object.entries(REPOSITORIES))("%s: the fault is named, and nothing else is", async (_name, repository) => {
  const { faulty, fine, gate, fault, also = [], tools = {}, unmeasured = {} } = repository;
  const hasTool = new Map<string, boolean>();
  const report = await judged(repository, faulty);
  for (const [name, command] of Object.entries(tools)) hasTool.set(name, await isInstalled(command));
  // A gate whose only tool is missing cannot name the fault, and must not pass either.
  const isBlind = hasTool.get(gate) === false;
  expect(failedIn(report)).toEqual(isBlind ? [] : [gate, ...also]);
  if (isBlind) expect(gateIn(report, gate).outcome).toBe("not_measured");
  else {
    expect(found(report, gate, "fault")).toEqual([expect.stringMatching(fault)]);
    expect(report.outcome).toBe("failed");
  }
  for (const [name, isThere] of hasTool) if (!isThere) expect(gateIn(report, name).outcome).toBe("not_measured");
  for (const [name, summary] of Object.entries(unmeasured))
    expect(gateIn(report, name)).toMatchObject({ outcome: "not_measured", summary: expect.stringMatching(summary) });
  expectHonest(report);

  const passing = await judged(repository, fine);
  expect(failedIn(passing)).toEqual([]);
  expectHonest(passing);
});

/** Nothing that was not measured reads as passed, for people and for programs. */
function expectHonest(report: GatesReport): void {
  const headline = tableLines(report, (_, text) => text).at(-2) ?? "";
  const isOpen = report.gates.some(({ outcome, required }) => outcome === "not_measured" && required);
  if (isOpen) expect(headline).toMatch(/^(Not measured|Failed): /);
  const cases = new Map(readJunit(junitOf(report)).map(({ name, status }) => [name, status]));
  const [{ invocations, results }] = JSON.parse(sarifOf(report)).runs;
  expect(invocations[0].executionSuccessful).toBe(report.outcome !== "not_measured");
  for (const { gate, outcome, findings } of report.gates) {
    if (outcome !== "passed") expect(cases.get(`banyan gates ${gate.replaceAll("_", " ")}`)).not.toBe("passed");
    const errors = results.filter(
      ({ ruleId, level }: { ruleId: string; level: string }) => ruleId === gate && level === "error",
    );
    expect(errors).toHaveLength(findings.filter(({ kind }) => kind === "fault").length);
  }
}
