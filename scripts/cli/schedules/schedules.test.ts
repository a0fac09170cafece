import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

test("a schedule is added, listed, changed, started, paused, resumed and removed; errors are one sentence", async () => {
  const data = dataFolder();
  const call = (...args: string[]) => banyan([...args, "--data", data], { env: { XDG_CONFIG_HOME: dataFolder() } });
  const survey = ["--runbook", "repository-folder", "--zone", "Europe/Berlin"];
  expect((await call("migrate")).status).toBe(0);
  expect((await call("seed")).status).toBe(0);
  expect((await call("schedules")).stdout).toContain("There are no schedules");
  const added = await call("schedule", "Count the files", "--cron", "30 2 * * *", "--name", "Nightly", ...survey);
  expect([added.status, added.stdout]).toEqual([0, expect.stringMatching(/^Added the schedule “Nightly”\. Next: /)]);
  const second = await call(
    "schedule",
    "add",
    "Other",
    "--cron",
    "@daily",
    "--overlap",
    "beside",
    "--no-pool",
    ...survey,
  );
  expect(second.status).toBe(0);
  const { items } = JSON.parse((await call("schedule", "list", "--json")).stdout) as {
    items: { id: string; name: string }[];
  };
  expect(items).toMatchObject([
    {
      name: "Nightly",
      cron: "30 2 * * *",
      zone: "Europe/Berlin",
      overlap: "skip",
      submission: { task: "Count the files" },
    },
    { name: "Other", overlap: "beside", submission: { pool: null } },
  ]);
  const id = items[0]?.id ?? "";
  expect((await call("schedules")).stdout).toMatch(/Nightly\n {2}At 02:30 \(Europe\/Berlin\)\n {2}Next: /);
  expect((await call("schedule", "change", id, "--cron", "0 9 * * 1-5", "--task", "Count")).stdout).toContain("Saved");
  const shown = (await call("schedule", "show", id)).stdout;
  expect(shown).toMatch(/At 09:00, Monday through Friday \(Europe\/Berlin\)/);
  expect(shown).toContain("\nCount\n");
  const ran = JSON.parse((await call("schedule", "run", id, "--json")).stdout) as { tree: string };
  expect((await call("schedule", "show", id)).stdout).toContain(`tree ${ran.tree}`);
  expect((await call("tree", ran.tree)).stdout).toContain("Nightly");
  expect((await call("schedule", "pause", id)).stdout).toMatch(/^Paused: nothing begins/);
  expect((await call("schedules")).stdout).toContain("Paused by ");
  expect((await call("schedule", "resume", id)).stdout).toMatch(/^Resumed\. Next: /);
  // Paused as Banyan does it.
  const sqlite = new Database(join(data, "banyan.db"));
  sqlite.prepare("UPDATE schedules SET paused_at_ms = 1, paused_why = 'Ann left.' WHERE uid = ?").run(id);
  sqlite.close();
  const needs = `! Banyan paused the schedule “Nightly”. Ann left. Resume it with \`npx banyan schedule resume ${id.slice(0, 8)}\`.`;
  expect((await call("status")).stdout.split("\n")).toContain(needs);
  expect((await call("reviews", "--open")).stdout.split("\n").slice(0, 2)).toEqual([needs, "Nothing to review."]);
  expect(JSON.parse((await call("status", "--json")).stdout).paused_schedules).toMatchObject([{ id, name: "Nightly" }]);
  expect((await call("schedule", "remove", id)).stdout).toContain("Its trees stay.");
  for (const [args, words] of [
    [["add", "Task"], "Say at which times"],
    [["add", "Task", "--cron", "0 25 * * *"], "The hour “25” is not valid"],
    [["add", "Task", "--cron", "@daily", "--zone", "Mars"], "There is no time zone “Mars”"],
    [["add", "Task", "--cron", "@daily", "--overlap", "queue"], 'cannot be "queue"'],
    [["add", "Task", "--cron", "@daily", "--pool", "linux"], "This server has no runners"],
    [["pause"], "Say which schedule"],
    [["remove", "nobody"], "There is no schedule nobody"],
    [["change", "x"], "Say what to change"],
    [["sing"], "use list, add TASK --cron EXPRESSION"],
  ] as const) {
    const { status, stderr } = await call("schedule", ...args);
    expect([args, status, stderr.trim().split("\n").length]).toEqual([args, 2, 1]);
    expect(stderr).toContain(words);
  }
});

test("a schedule holds a goal: its flags are those of goal, and each tree pursues it", async () => {
  const data = dataFolder();
  const env = { XDG_CONFIG_HOME: dataFolder(), ANTHROPIC_API_KEY: "test-key" };
  const call = (...args: string[]) => banyan([...args, "--data", data], { env });
  await call("migrate");
  await call("seed");
  const flags = [
    "--check",
    "npm test",
    "--criterion",
    "It adds :: true",
    "--max-iterations",
    "7",
    "--max-minutes",
    "20",
  ];
  const added = await call("schedule", "add", "Make the tests pass", "--cron", "@daily", "--json", ...flags);
  expect(added.status).toBe(0);
  const { id } = JSON.parse(added.stdout) as { id: string };
  const submitted = async () => JSON.parse((await call("schedule", "show", id, "--json")).stdout).submission;
  const goal = {
    validation_command: "npm test",
    max_iterations: 7,
    max_minutes: 20,
    criteria: [{ statement: "It adds", command: "true" }],
  };
  expect(await submitted()).toEqual({ task: "Make the tests pass", goal });
  expect((await call("schedule", "show", id)).stdout).toMatch(/Check: npm test\n {2}Criterion: It adds :: true/);

  expect((await call("schedule", "change", id, "--max-minutes", "30", "--mode", "supervised")).status).toBe(0);
  expect(await submitted()).toMatchObject({ goal: { ...goal, max_minutes: 30, mode: "supervised" } });
  const { tree } = JSON.parse((await call("schedule", "run", id, "--json")).stdout) as { tree: string };
  const goals = JSON.parse((await call("goals", "--json")).stdout) as { items: { tree_id: string }[] };
  expect(goals.items.map(({ tree_id }) => tree_id)).toEqual([tree]);
  const plain = await call("schedule", "add", "Tidy", "--cron", "@daily", "--goal", "--agent", "worker");
  expect([plain.status, plain.stderr]).toEqual([2, expect.stringContaining("executor")]);
});
