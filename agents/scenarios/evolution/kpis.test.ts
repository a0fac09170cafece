/** KPIs: each figure is recounted by a second program from an export of all tables. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Kpis } from "@/core/shapes/kpis";
import { backupDatabase } from "@/db/file/backup";
import { exportTables } from "@/tests/agents/kpis/export-tables";
import { putHistory, putPromotions } from "@/tests/agents/kpis/put-history";
import { recount } from "@/tests/agents/kpis/recount";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester, until } from "@/tests/agents/scenario";
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
  putPromotions(trial.runtime.store.client.sqlite, nowMs);
  putGateRuns(trial.dataDir, 12, nowMs - DAY_MS);
  const json = exported(trial);
  const { queries } = trial.runtime.application;
  const end = new Date(nowMs + 1).toISOString();
  for (const project of [undefined, "shop", "docs"])
    expectRecounted(await queries.getKpis({ until: end, project }), json);
  const { items } = await queries.getKpis({ until: end });
  expect(items.find(({ id }) => id === "time_to_service")).toMatchObject({ basis: { of: 1, noun: "project" } });
});

const FILES = {
  "package.json": '{"type":"module","scripts":{"test":"node --test"}}\n',
  "sum.js": "export const sum = (a, b) => a - b;\n",
  "test/sum.test.js": `import assert from "node:assert";
import test from "node:test";
import { sum } from "../sum.js";
test("adds", () => assert.equal(sum(1, 2), 3));
`,
};
const RIGHT = "export const sum = (a, b) => a + b;\n";

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-kpis-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("a real history is recounted: goals that succeed and fail, a person's steps, answers, and failures", async () => {
  let isRight = true;
  const plan = endTask(JSON.stringify({ plan: "Swap it", steps: [{ title: "Swap it", instruction: "Swap it" }] }));
  const pick = ({ turn, instruction }: ScriptedRequest): Reply => {
    if (instruction.startsWith("wrong")) return turn === 0 ? call("no_such_tool", {}) : endTask("done");
    if (instruction.startsWith("asks")) return turn === 0 ? call("ask", { question: "Which?" }) : endTask("done");
    return call("end_task", { status: "failure", result: "I cannot." });
  };
  const trial = await startTrial({
    script: agentScript({
      goal_planner: () => plan,
      coder: ({ turn }) =>
        turn === 0
          ? call("write_file", { path: "sum.js", content: isRight ? RIGHT : "export const sum = 1;\n" })
          : endTask("done"),
      task_evaluator: () => endTask('{"outcome":"pass","reasons":["It looks right."]}'),
      worker: pick,
      "*": endTask("noted"),
    }),
  });
  onTestFinished(() => trial.close());
  const { commands, queries } = trial.runtime.application;
  const folder = folderWith(FILES);
  await commands.addProject({ address: folder, name: "shop", check: "npm test" }, tester);
  const pursue = async () => {
    writeFileSync(join(folder, "sum.js"), FILES["sum.js"]);
    const goal = { validation_command: "npm test", max_iterations: 1 };
    const { id } = await trial.submit({ task: "Make the tests pass", workspace: folder, goal });
    return trial.ended(id);
  };
  expect((await pursue()).status).toBe("succeeded");
  isRight = false;
  const failed = await pursue();
  expect(failed.status).toBe("failed");
  isRight = true;
  // A person lets the failed goal go on, and it succeeds.
  writeFileSync(join(folder, "sum.js"), FILES["sum.js"]);
  await commands.retry({ id: failed.root_task_id }, tester);
  expect((await trial.ended(failed.id)).status).toBe("succeeded");
  for (const task of ["wrong", "gives up"]) await trial.ended((await trial.submit({ task, agent: "worker" })).id);
  const asking = await trial.submit({ task: "asks", agent: "worker" });
  const asked = await until(async () => (await queries.listReviews({ open: true })).items[0], "it asks");
  await commands.answer({ id: asked.id, text: "The first." }, tester);
  await trial.ended(asking.id);
  await trial.worker?.lessons.check();
  await trial.worker?.failures.check();
  const json = exported(trial);
  const end = new Date(Date.now() + 1).toISOString();
  const all = await queries.getKpis({ until: end });
  expectRecounted(all, json);
  expectRecounted(await queries.getKpis({ until: end, project: "shop" }), json);
  const value = (id: string) => all.items.find((kpi) => kpi.id === id)?.value;
  expect([value("cycles_succeeded"), value("cycles_with_person"), value("steps_per_cycle")]).toEqual([1, 0.5, 0.5]);
  expect([value("quality_gain"), value("decided_by_people")]).toEqual([1, 1]);
  expect(value("attempts_again")).toBeGreaterThan(0);
  // Two goals are too few to say whether a target is met, and what is not measured is never 0.
  const few = all.items.find(({ id }) => id === "cycles_succeeded");
  expect([few?.verdict, few?.basis]).toEqual(["few", { amount: 2, unit: "number", of: 2, noun: "cycle" }]);
  const gates = all.items.find(({ id }) => id === "gates_passed");
  expect([gates?.value, gates?.not_measured]).toEqual([
    null,
    { code: "no_gate_run", sentence: "No whole run of the gates began." },
  ]);
  expect(trial.faults).toEqual([]);
});

test("nothing has happened: every figure says why it is missing, and wrong periods are refused", async () => {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const { queries } = trial.runtime.application;
  const { items, backlog, tables } = await queries.getKpis();
  expect(items.filter(({ value, not_measured }) => value !== null || not_measured === null)).toEqual([]);
  expect([backlog, tables.projects, tables.models]).toEqual([[], [], []]);
  await expect(queries.getKpis({ from: "soon" })).rejects.toThrow('"from" must be a date or a time');
  await expect(queries.getKpis({ from: "2026-11-02", until: "2026-11-01" })).rejects.toThrow("ends before it begins");
  await expect(queries.getKpis({ from: "2020-01-01" })).rejects.toThrow("more than 366 days");
  await expect(queries.getKpis({ project: "shop" })).rejects.toThrow("There is no project");
  await expect(queries.getReport("November")).rejects.toThrow("Name a month such as 2026-11.");
  await expect(queries.getReport("2999-01")).rejects.toThrow("has not begun");
});

test("what a task of a fork goes on to spend counts once, where it was spent", async () => {
  const trial = await startTrial({
    script: agentScript({
      worker: ({ turn }) => (turn < 4 ? call("list_agents", {}) : endTask("done")),
      "*": endTask("noted"),
    }),
  });
  onTestFinished(() => trial.close());
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "Four looks", agent: "worker", model: "anthropic/claude-sonnet-4-5" });
  const original = await trial.ended(id);
  const { items: log } = await queries.listMessages({ taskId: original.root_task_id });
  const at = log.filter(({ kind }) => kind === "agent_response")[2]?.seq ?? 0;
  const forked = await commands.fork({ id: original.root_task_id, at }, tester);
  expect((await trial.ended(forked.id)).status).toBe("succeeded");

  const end = new Date(Date.now() + 1).toISOString();
  const kpis = await queries.getKpis({ until: end });
  const usage = await queries.getUsage({ from: `${end.slice(0, 8)}01` });
  const shown = kpis.items.find((kpi) => kpi.id === "cost_per_day");
  expect(usage.total.cost_usd).toBeGreaterThan(original.totals.cost_usd ?? 0);
  expect(shown?.basis?.amount).toBeCloseTo(usage.total.cost_usd, 9);
  expect(usage.tasks.ended).toBe(original.totals.tasks + 1);
  const sum = (field: "tokens_in" | "tokens_out") => usage.models.reduce((all, row) => all + row[field], 0);
  const { micro_usd, ...figures } = trial.runtime.store.queries.status.figures();
  expect(micro_usd / 1e6).toBeCloseTo(usage.total.cost_usd, 9);
  expect(figures).toMatchObject({ tokens_in: sum("tokens_in"), tokens_out: sum("tokens_out") });
  expectRecounted(kpis, exported(trial));
});
