/** What was used, for a bill: the same figures as on the trees, by command line and HTTP, also after a tree was removed. */
import { expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import type { InstallationUsage } from "@/core/usage/shapes";
import { banyan, buildPrograms } from "@/scripts/testing/command-line";
import { handleApi } from "@/server/http/v1/handle";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { runRoot, sub, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

buildPrograms();
const start = trialsOfThisFile();
const SONNET = "anthropic/claude-sonnet-4-5";
const GPT = "openai/gpt-5";

const asAnna = (trial: Trial) => guarded(trial.runtime.application, ownerCalled("anna"));

test("a bill has the calls, money and hours of the trees, and what a removed tree spent", async () => {
  const trial = await start({
    root: ({ turn }) => (turn === 0 ? startSubtask(sub("a")) : endTask("whole")),
    a: endTask("part"),
  });
  const app = asAnna(trial);
  const first = await runRoot(trial, { model: SONNET });
  const second = await runRoot(trial, { model: GPT });

  const usage = await app.queries.getUsage();
  const spent = (trees: (typeof first)[]) => trees.reduce((sum, { totals }) => sum + (totals.cost_usd ?? 0), 0);
  expect(usage.total.cost_usd).toBeCloseTo(spent([first, second]), 9);
  expect(usage.total.cost_usd).toBeGreaterThan(0);
  expect(usage.removed).toEqual({ tokens: 0, cost_usd: 0 });
  expect(usage.models.map(({ model }) => model).sort()).toEqual([SONNET, GPT]);
  const used = await Promise.all([first, second].map(({ id }) => app.queries.getModelUse(id)));
  expect(usage.models.reduce((sum, { calls }) => sum + calls, 0)).toBe(used.reduce((sum, { calls }) => sum + calls, 0));
  expect(usage.projects).toMatchObject([{ project: null, trees: 2 }]);
  expect(usage.tasks).toEqual({ started: first.totals.tasks + second.totals.tasks, ended: usage.tasks.started });
  expect(usage.agent_seconds).toBeGreaterThanOrEqual(0);

  const overHttp = await handleApi(app, {
    method: "GET",
    path: ["usage"],
    query: new URLSearchParams(),
    body: undefined,
  });
  const stable = ({ made_at: _, agent_seconds: __, storage: ___, installation: ____, ...rest }: InstallationUsage) => ({
    ...rest,
    projects: rest.projects.map(({ agent_seconds: _____, ...project }) => project),
  });
  expect(stable(overHttp.body as InstallationUsage)).toEqual(stable(usage));
  const called = await banyan(["usage", "--json", "--data", trial.dataDir]);
  expect(stable(JSON.parse(called.stdout))).toEqual(stable(usage));
  const shown = await banyan(["usage", "--data", trial.dataDir], { env: { BANYAN_URL: "https://one.example.org" } });
  expect(shown.stdout).toMatch(
    /^Usage of https:\/\/one\.example\.org, \d{4}-\d\d-01 to .+ \(UTC\), which is not over yet\.\n/,
  );
  expect(shown.stdout).toMatch(/\nProjects\n +project +trees +tokens +hours +cost\n +\(no project\) +2 /);

  await app.commands.deleteTree({ id: first.id });
  const after = await app.queries.getUsage();
  expect(after.total).toEqual(usage.total);
  expect(after.removed.cost_usd).toBeCloseTo(spent([first]), 9);
  expect(after.models.map(({ model }) => model)).toEqual([GPT]);
  expect(after.not_measured[0]).toMatchObject({ what: "removed" });

  const before = await app.queries.getUsage({ from: "2020-01-01", to: "2020-01-31" });
  expect(before).toMatchObject({
    is_over: true,
    total: { tokens: 0, cost_usd: 0 },
    days: [],
    models: [],
    projects: [],
  });
  await expect(app.queries.getUsage({ from: "2026-02-30" })).rejects.toThrow("Name days such as 2026-11-01");
  await expect(app.queries.getUsage({ from: "2026-02-02", to: "2026-02-01" })).rejects.toThrow("ends before it begins");
  await expect(app.queries.getUsage({ from: "2020-02-02", to: "2026-02-01" })).rejects.toThrow("more than 366 days");
});

test("a task that changed its model is billed by the model that was called", async () => {
  let change = async () => {};
  const trial = await start({
    root: async ({ turn }) => {
      if (turn > 0) return endTask("whole");
      await change();
      return call("list_agents", {});
    },
  });
  const { commands, queries } = asAnna(trial);
  change = async () => {
    const [tree] = (await queries.listTrees()).items;
    await commands.change({ id: tree?.root_task_id ?? "", model: GPT });
  };
  const tree = await runRoot(trial, { model: SONNET });
  expect((await queries.getTask(tree.root_task_id)).model).toBe(GPT);
  const { models } = await queries.getUsage();
  expect(models.map(({ model }) => model).sort()).toEqual([SONNET, GPT]);
  expect(models.find(({ model }) => model === SONNET)?.calls).toBe(1);
});
