/** Trees and schedules whose folder is refused now: an earlier version accepted it, or a setting has changed since. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Actor } from "@/core/rules/roles";
import type { Task } from "@/core/shapes/shapes";
import { taskSentence } from "@/core/words/tasks";
import { endTask } from "@/tests/agents/replies";
import { gate, requestsOf, tester, trialsOfThisFile, until, whenTask } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const write = (path: string) => ({ calls: [{ name: "write_file", input: { path, content: "made\n" } }] });

function makePlace(): string {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "banyan-place-")));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  for (const name of ["shop", "shed"]) mkdirSync(join(place, name));
  return place;
}

/** The next process on the same data, with other settings. */
const restarted = ({ dataDir, provider }: Trial, env: Record<string, string>) =>
  start(null, { dataDir, ...(provider && { provider }), env });

const said = (task: Task) => {
  const { text, rest = "" } = taskSentence(task, new Map([[task.id, task]]), []);
  return `${text}${rest}`;
};

test("after a restart a tree in a refused folder pauses at its next step and its schedule at once; put right, both go on", async () => {
  const place = makePlace();
  const shop = join(place, "shop");
  const held = gate();
  const first = await start({
    root: async (request) => {
      if (request.turn === 0) return write("a.txt");
      await held.opened;
      return endTask("done");
    },
    other: async () => {
      await held.opened;
      return endTask("done");
    },
  });
  const tree = await first.submit({ task: "root", agent: "worker", workspace: shop });
  const stopped = await first.submit({ task: "other", agent: "worker", workspace: join(place, "shed") });
  const { id: schedule } = await first.runtime.application.commands.addSchedule(
    { cron: "0 0 1 1 *", submission: { task: "root", agent: "worker", workspace: shop } },
    tester,
  );
  const { id: elsewhere } = await first.runtime.application.commands.addSchedule(
    { cron: "0 0 1 1 *", submission: { task: "root", agent: "worker" } },
    tester,
  );
  await until(() => existsSync(join(shop, "a.txt")) && requestsOf(first, "other")[0], "both are at work");
  await until(() => requestsOf(first, "root")[1], "the second turn has begun");
  await first.worker?.stop(0);
  held.open();

  const asked = requestsOf(first, "root").length;
  const second = await restarted(first, { BANYAN_HOME: place });
  const { commands, queries } = second.runtime.application;
  const paused = await whenTask(second, tree.id, "root", ({ status }) => status === "paused");
  expect(paused.paused_by).toMatchObject({ name: "Banyan", is_stepping: false });
  expect(said(paused)).toMatch(
    /^Paused by Banyan at\. Start a new tree in another folder, because this one cannot go on\. .* belongs to Banyan itself/,
  );
  await expect(commands.resume({ id: tree.id }, tester)).rejects.toThrow("Start a new tree in another folder");
  expect(requestsOf(first, "root")).toHaveLength(asked);
  expect(readFileSync(join(shop, "a.txt"), "utf8")).toBe("made\n");
  const pausedSchedule = await until(async () => (await queries.getSchedule(schedule)).paused, "the schedule pauses");
  expect(pausedSchedule).toMatchObject({ by: null, sentence: expect.stringContaining("belongs to Banyan itself") });
  expect((await queries.getSchedule(elsewhere)).paused).toBeNull();
  await commands.stop({ id: stopped.id, reason: "Not here." }, tester);
  expect((await second.ended(stopped.id)).status).toBe("stopped");
  expect(second.faults.splice(0).join("\n")).toMatch(/is paused.*belongs to Banyan itself/);
  await second.worker?.stop(1_000);

  const third = await restarted(first, { BANYAN_HOME: join(place, "home") });
  const { commands: again, queries: latest } = third.runtime.application;
  const still = await latest.getTask(tree.root_task_id);
  expect(said(still)).toBe("Paused by Banyan at. Its work is kept; resume it at any time.");
  await again.resume({ id: tree.id }, tester);
  expect((await third.ended(tree.id)).status).toBe("succeeded");
  await again.resumeSchedule({ id: schedule }, tester);
  expect((await latest.getSchedule(schedule)).paused).toBeNull();
});

test("a folder that becomes refused during the work stops the tree at its next turn", async () => {
  const place = makePlace();
  const home = join(place, "shop", "home");
  const trial = await start({ root: [write("home/state.json"), endTask("done")] }, { env: { BANYAN_HOME: home } });
  const tree = await trial.submit({ task: "root", agent: "worker", workspace: join(place, "shop") });
  const paused = await whenTask(trial, tree.id, "root", ({ status }) => status === "paused");
  expect(said(paused)).toContain("which belongs to Banyan itself and stays hidden");
  expect(requestsOf(trial, "root")).toHaveLength(1);
  expect(trial.faults.splice(0)).toHaveLength(1);
});

test("a schedule whose maker may no longer name its folder pauses as soon as the setting says so", async () => {
  const place = makePlace();
  const shop = join(place, "shop");
  const first = await start({}, { work: false, env: { BANYAN_WORKSPACE_ROOTS: shop } });
  const { commands } = first.runtime.application;
  const email = "eve@example.org";
  await commands.addUser({ email, role: "operator" }, tester);
  const user = (await first.runtime.application.queries.listUsers()).find((user) => user.email === email);
  const maker: Actor = { id: `user:${user?.id}`, name: email, role: "operator" };
  const submission = { task: "root", agent: "worker", workspace: shop };
  const { id } = await commands.addSchedule({ cron: "0 0 1 1 *", submission }, maker);
  const second = await start(null, { dataDir: first.dataDir });
  const { queries } = second.runtime.application;
  const paused = await until(async () => (await queries.getSchedule(id)).paused, "the schedule pauses");
  expect(paused).toMatchObject({ by: null, sentence: expect.stringContaining("BANYAN_WORKSPACE_ROOTS") });
});
