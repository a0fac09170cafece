import { expect, test } from "vitest";
import { GatesReport } from "@/core/shapes/improving/gates";
import { banyan, buildPrograms, dataFolder, json } from "@/scripts/testing/command-line";
import { putGateRuns } from "@/tests/put-gate-runs";

buildPrograms();

test("`gate-runs` lists the runs of the gates, and shows the report of one", async () => {
  const data = dataFolder();
  await banyan(["migrate", "--data", data]);
  const empty = await banyan(["gate-runs", "--data", data]);
  expect(empty).toMatchObject({ status: 0, stdout: "The gates have not run yet.\n" });

  const ids = putGateRuns(data, 3);
  const { stdout } = await banyan(["gate-runs", "--data", data]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.map((line) => line.split(/ +/)[1])).toEqual(ids);
  expect(lines[0]).toMatch(/ failed · replay · 2 flags$/);
  expect(lines[2]).toMatch(/ passed, quick \(tests not measured\) · 1 flag$/);
  expect(await json(["gate-runs", "--limit", "1", "--data", data])).toMatchObject({
    items: [{ id: ids[0], outcome: "failed" }],
  });

  const report = await banyan(["gate-runs", ids[0]?.slice(0, 6) ?? "", "--data", data]);
  expect(report.stdout).toContain("✗ Gone: row audit");
  expect(report.stdout).toMatch(/\nFailed: replay\. 2 flags need a person's look\.\n/);
  const read = await banyan(["gate-runs", ids[1] ?? "", "--json", "--data", data]);
  expect(GatesReport.parse(JSON.parse(read.stdout)).outcome).toBe("passed");
  expect(await banyan(["gate-runs", "nothing", "--data", data])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("There is no run of the gates nothing"),
  });
});
