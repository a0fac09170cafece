/** `kpis` and `report`: the command line, the HTTP API, the query of the page and a second program say the same. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { Kpis, MonthlyReport } from "@/core/shapes/kpis";
import { backupDatabase } from "@/db/file/backup";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";
import { handleApi } from "@/server/http/v1/handle";
import { exportTables } from "@/tests/agents/kpis/export-tables";
import { putHistory } from "@/tests/agents/kpis/put-history";
import { recount } from "@/tests/agents/kpis/recount";
import { startTrial } from "@/tests/agents/trial";
import { putGateRuns } from "@/tests/put-gate-runs";

buildPrograms();

test("the same figures on the command line, over HTTP, for the page, and by the second program", async () => {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const { sqlite } = trial.runtime.store.client;
  const nowMs = Date.now();
  putHistory(sqlite, nowMs);
  putGateRuns(trial.dataDir, 3, nowMs - 3_600_000);
  const folder = mkdtempSync(join(tmpdir(), "banyan-kpis-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const json = exportTables(backupDatabase(sqlite, join(folder, "backup.db")).file, trial.dataDir);
  const config = dataFolder();
  const call = (...args: string[]) => banyan([...args, "--data", trial.dataDir], { env: { XDG_CONFIG_HOME: config } });

  const [from, until] = [new Date(nowMs - 60 * 86_400_000).toISOString(), new Date(nowMs + 1).toISOString()];
  const period = ["--from", from, "--until", until, "--project", "shop"];
  const ran = await call("kpis", ...period, "--json");
  const onCommandLine = JSON.parse(ran.stdout) as Kpis;
  const app = guarded(trial.runtime.application, ownerCalled("anna"));
  const query = new URLSearchParams({ from, until, project: "shop" });
  const overHttp = await handleApi(app, { method: "GET", path: ["kpis"], query, body: undefined });
  expect(overHttp).toMatchObject({ status: 200, body: JSON.parse(ran.stdout) });
  expect(await app.queries.getKpis({ from, until, project: "shop" })).toEqual(onCommandLine);
  const again = recount(json, { fromMs: Date.parse(from), untilMs: Date.parse(until), project: "shop" });
  for (const { id, value } of onCommandLine.items) {
    if (value === null) expect([id, again[id]]).toEqual([id, null]);
    else expect(value, id).toBeCloseTo(again[id] ?? Number.NaN, 9);
  }
  const shown = (await call("kpis", ...period)).stdout;
  expect(shown).toContain("project shop.");
  expect(shown.indexOf("Not measured:")).toBeLessThan(shown.indexOf("Cycles that succeed"));
  expect(shown).toContain(
    "- Requirement to running service: No project reached production for the first time in this period.",
  );
  expect(shown).toMatch(/Cycles that succeed +\d+(\.\d)? % +above 85 %: (Met|Missed)/);
  expect((await call("kpis", "--project", "nothing")).stderr).toContain("There is no project");
});

test("the report of a month is printed as Markdown, written into a new file, and read as JSON", async () => {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  putHistory(trial.runtime.store.client.sqlite, Date.UTC(2026, 9, 28));
  const config = dataFolder();
  const call = (...args: string[]) => banyan([...args, "--data", trial.dataDir], { env: { XDG_CONFIG_HOME: config } });
  const report = JSON.parse((await call("report", "2026-10", "--json")).stdout) as MonthlyReport;
  expect(report).toMatchObject({
    month: "2026-10",
    is_over: true,
    kpis: {
      period: { from: "2026-10-01T00:00:00.000Z", until: "2026-11-01T00:00:00.000Z" },
      before: { from: "2026-09-01T00:00:00.000Z", until: "2026-10-01T00:00:00.000Z" },
    },
  });
  const text = (await call("report", "2026-10")).stdout;
  expect(text).toMatch(/^# October 2026\n\nMonthly report of Banyan, all projects, 2026-10-01 to 2026-10-31\./);
  expect(text).toContain("\n## Not measured\n\n- ");
  expect(text).toMatch(
    /\n\| Cycles that succeed \| [^|]+ \| [^|]+ \| [^|]+ \| above 85 % \| (Met|Missed) \| \d+ ÷ \d+ cycles \|\n/,
  );
  const file = join(trial.dataDir, "october.md");
  expect((await call("report", "2026-10", "--out", file)).stdout).toBe(`Wrote the report to ${file}.\n`);
  expect(readFileSync(file, "utf8")).toContain("# October 2026");
  expect((await call("report", "2026-10", "--out", file)).status).toBe(2);
  const second = await call("report", "2026-10", "--out", `${file}.md`, "--json");
  expect([JSON.parse(second.stdout), readFileSync(`${file}.md`, "utf8")]).toEqual([
    { file: `${file}.md` },
    expect.stringContaining("# October 2026"),
  ]);
  const wrong = await call("report", "2026-13");
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("Name a month such as 2026-11.")]);
});
