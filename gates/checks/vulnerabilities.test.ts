import { expect, test } from "vitest";
import type { CommandRun, GateContext } from "../model/gate";
import { readSettings } from "../model/settings";
import { treeOf } from "../model/tree";
import { vulnerabilities } from "./vulnerabilities";

/** npm's output for one side. */
const audit = (...names: string[]) => {
  const rows = names.map((name) => [name, { name, severity: "high", range: "<1.2.6", via: [], effects: [] }]);
  return JSON.stringify({ auditReportVersion: 2, vulnerabilities: Object.fromEntries(rows), metadata: {} });
};

function judge(base: string, head: string, lock = "package-lock.json") {
  const tree = treeOf([
    ["package-lock.json", { kind: "file", oid: "1" }],
    [lock, { kind: "file", oid: "1" }],
    [".npmrc", { kind: "file", oid: "2" }],
  ]);
  const runs: CommandRun[] = [];
  const context = {
    change: { base: tree, head: tree },
    settings: readSettings("vulnerabilities: { hosts: [registry.example.org] }", "the base"),
    runner: {
      run: async (run: CommandRun) => {
        runs.push(run);
        return { stdout: run.name === "base" ? base : head };
      },
    },
  } as unknown as GateContext;
  return { verdict: vulnerabilities.judge(context), runs };
}

test("a vulnerability that the base lacks is a fault, and one that it has is a note", async () => {
  const { verdict, runs } = judge(audit("left"), audit("left", "right"));
  expect(await verdict).toMatchObject({
    outcome: "failed",
    summary: "2 packages at high or above.",
    findings: [
      { kind: "note", text: "left <1.2.6 has a known vulnerability (high). The base has it too." },
      { kind: "fault", text: "right <1.2.6 has a known vulnerability (high)." },
    ],
  });
  expect((await judge(audit(), audit()).verdict).outcome).toBe("passed");
  const shrunk = judge(audit(), audit(), "npm-shrinkwrap.json");
  await shrunk.verdict;
  expect([...(shrunk.runs[0]?.tree.files.keys() ?? [])]).toEqual(["npm-shrinkwrap.json"]);
  // Settings of the repository cannot lead npm elsewhere.
  expect(runs.map(({ tree, hosts }) => [[...tree.files.keys()], hosts])).toEqual([
    [["package-lock.json"], ["registry.example.org"]],
    [["package-lock.json"], ["registry.example.org"]],
  ]);
});

test("an error of npm is not measured", async () => {
  const answer = JSON.stringify({ message: "403 Forbidden", statusCode: 403, error: { summary: "", detail: "" } });
  expect((await judge(audit(), answer).verdict).outcome).toBe("not_measured");
});

test("no answer for the base is not measured where something is found, because the base may have it too", async () => {
  const refused = JSON.stringify({ message: "403 Forbidden" });
  expect(await judge(refused, audit("left")).verdict).toMatchObject({
    outcome: "not_measured",
    summary: "1 package at high or above, and npm audit got no answer for the base.",
    findings: [],
  });
  expect((await judge(refused, audit()).verdict).outcome).toBe("passed");
});
