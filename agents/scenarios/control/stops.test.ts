/** A stop ends a tree wherever it stands, and what goes on after it goes on. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, requestsOf, sub, tester, titled, trialsOfThisFile, until, whenTask } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

test("a tree in a person's folder stops at once after a command has run there, and its subtasks with it", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-stops-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "notes.txt"), "notes");
  const never = gate();
  const trial = await start({
    root: async ({ turn }) => {
      if (turn === 0) return call("use_terminal", { command: "git init -q planted" });
      if (turn === 1) return startSubtask(sub("below"));
      await never.opened;
      return endTask("done");
    },
    below: async () => {
      await never.opened;
      return endTask("done");
    },
  });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker", workspace: folder });
  await until(() => requestsOf(trial, "below").length > 0, "the subtask is at work");
  await commands.stop({ id, reason: "" }, tester);
  const tree = await trial.ended(id);
  expect(titled(tree, "root")).toMatchObject({ status: "stopped", reason: "by_person" });
  expect((await whenTask(trial, id, "below", (task) => task.ended_at !== null)).status).toBe("stopped");
  // Not broken off and claimed again.
  const leases = trial.runtime.store.client.sqlite.prepare("SELECT fruitless_leases FROM tasks WHERE uid = ?").pluck();
  expect(leases.get(root_task_id)).toBe(0);
  expect(trial.faults).toEqual([]);
});

test("a task that was paused when it was stopped goes on when a person continues it", async () => {
  const held = gate();
  const trial = await start({
    root: async ({ turn, attempt }) => {
      if (attempt === 0 && turn === 0) await held.opened;
      return endTask("done");
    },
  });
  const { commands } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length > 0, "it is at work");
  await commands.pause({ id }, tester);
  await commands.stop({ id, reason: "" }, tester);
  held.open();
  expect((await trial.ended(id)).status).toBe("stopped");
  await commands.continueTask({ id, text: "Go on." }, tester);
  await until(
    async () => (await trial.runtime.application.queries.getTree(id)).status === "succeeded",
    "it has gone on",
  );
});
