/** KPIs: each figure is recounted by a second program from an export of all tables. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Kpis } from "@/core/shapes/kpis";
import { backupDatabase } from "@/db/file/backup";
import { exportTables } from "@/tests/agents/kpis/export-tables";
import { putHistory } from "@/tests/agents/kpis/put-history";
import { recount } from "@/tests/agents/kpis/recount";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { putGateRuns } from "@/tests/put-gate-runs";

const DAY_MS = 86_400_000;

function exported({ runtime, dataDir }: Trial): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-kpis-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { file } = backupDatabase(runtime.store.client.sqlite, join(folder, "backup.db"));
  return exportTables(file, dataDir);
}

/** Compares each figure of the period, of the one before and of each week with the second count. */
function expectRecounted(kpis: Kpis, json: string): void {
  const { items, period, before, project } = kpis;
  const ms = (text: string) => Date.parse(text);
  const spans = [
    { fromMs: ms(period.from), untilMs: ms(period.until), figureOf: (kpi: Kpis["items"][number]) => kpi.value },
    { fromMs: ms(before.from), untilMs: ms(before.until), figureOf: (kpi: Kpis["items"][number]) => kpi.before },
    ...(items[0]?.weeks ?? []).map(({ from }, at) => ({
      fromMs: ms(from),
      untilMs: ms(from) + 7 * DAY_MS,
      figureOf: (kpi: Kpis["items"][number]) => kpi.weeks[at]?.value ?? null,
    })),
  ];
  for (const { fromMs, untilMs, figureOf } of spans) {
    const again = recount(json, { fromMs, untilMs, project });
    expect(Object.keys(again)).toEqual(items.map(({ id }) => id));
    for (const kpi of items) {
      const [first, second] = [figureOf(kpi), again[kpi.id] ?? null];
      const isEqual = first === null || second === null ? first === second : Math.abs(first - second) < 1e-9;
      expect([kpi.id, new Date(fromMs).toISOString(), first, isEqual || second]).toEqual([
        kpi.id,
        new Date(fromMs).toISOString(),
        first,
        true,
      ]);
    }
  }
}

test("each figure of three months is recounted by a second program, of all projects and of each", async () => {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const nowMs = Date.now();
  putHistory(trial.runtime.store.client.sqlite, nowMs);
  putGateRuns(trial.dataDir, 12, nowMs - DAY_MS);
  const json = exported(trial);
  const { queries } = trial.runtime.application;
  const until = new Date(nowMs + 1).toISOString();
  for (const project of [undefined, "shop", "docs"]) expectRecounted(await queries.getKpis({ until, project }), json);
  const all = await queries.getKpis({ until });
});
