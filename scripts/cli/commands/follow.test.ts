import { expect, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import {
  banyan,
  buildPrograms,
  dataFolder,
  judged,
  onlyTree,
  scripted,
  startBanyan,
  startWorkerProcess,
} from "@/scripts/testing/command-line";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";

buildPrograms();

test("an interrupt exits with 130 and keeps the tree; resume finishes it without repeating the first turn", async () => {
  const data = dataFolder();
  let asked = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const env = await scripted(
    agentScript({
      worker: async (request) => {
        asked += 1;
        if (request.turn === 0) await held;
        return request.turn === 0 ? call("list_directory", {}) : endTask("there");
      },
      ...judged,
    }),
  );
  const running = startBanyan(["run", "Look around", "--agent", "worker", "--data", data], { env });
  await running.says("started (worker)");
  await expect.poll(() => asked).toBe(1);
  running.child.kill("SIGINT");
  await running.says("Interrupted: waiting for calls");
  release();
  const interrupted = await running.done;
  expect(interrupted.status).toBe(130);
  const tree = await onlyTree(data);
  expect(tree.ended_at).toBeNull();
  expect(interrupted.stderr).toContain(`npx banyan resume ${tree.id.slice(0, 8)}`);
  const resumed = await banyan(["resume", tree.id, "--data", data], { env });
  expect([resumed.status, resumed.stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "there"]);
  expect(asked).toBe(2);
});

test("a second signal exits immediately", async () => {
  const data = dataFolder();
  let asked = 0;
  const env = await scripted(
    agentScript({
      worker: () => {
        asked += 1;
        return new Promise(() => {});
      },
    }),
  );
  const running = startBanyan(["run", "Never", "--agent", "worker", "--data", data], { env });
  await expect.poll(() => asked, { timeout: 120_000 }).toBe(1);
  running.child.kill("SIGINT");
  await running.says("Interrupted: waiting for calls");
  running.child.kill("SIGINT");
  expect((await running.done).status).toBe(130);
  expect((await onlyTree(data)).ended_at).toBeNull();
});

test("a command that follows a tree exits with 130 when its reader closes the pipe", async () => {
  let asked = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const env = await scripted(async () => {
    asked += 1;
    await held;
    return endTask("not a plan");
  });
  const goal = ["goal", "Go", "--criterion", "It is there", "--workspace", dataFolder(), "--data", dataFolder()];
  const running = startBanyan(goal, { env });
  await expect.poll(() => asked, { timeout: 120_000 }).toBe(1);
  running.child.stdout.destroy();
  release();
  expect((await running.done).status).toBe(130);
});

test("run only follows while a worker is alive, and takes the tree over when the worker is killed", async () => {
  const data = dataFolder();
  const turns: number[] = [];
  const env = await scripted(
    agentScript({
      worker: (request) => {
        turns.push(request.turn);
        // The first request for the second turn never ends: its worker dies meanwhile.
        if (request.turn === 1 && request.attempt === 0) return new Promise(() => {});
        return request.turn === 0 ? call("list_directory", {}) : endTask("taken over");
      },
      ...judged,
    }),
  );
  const worker = await startWorkerProcess(data, env);
  const running = startBanyan(["run", "Go", "--agent", "worker", "--data", data], { env });
  await expect.poll(() => turns, { timeout: 120_000 }).toEqual([0, 1]);
  const checks = JSON.parse((await banyan(["doctor", "--json", "--data", data], { env })).stdout).checks;
  const found = checks.find((check: { name: string }) => check.name === "Workers");
  expect(found.text).toBe(`worker, process ${worker.child.pid}; 1 task running.`);
  worker.child.kill("SIGKILL");
  const { status, stdout, stderr } = await running.done;
  expect(stderr).toBe("The server has stopped: this command now runs the tree.\n");
  expect([status, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "taken over"]);
  expect(turns).toEqual([0, 1, 1]);
});

test("under manual stepping each turn waits for a step from another process, and run keeps following", async () => {
  const data = dataFolder();
  const env = await scripted(agentScript({ worker: [call("list_directory", {}), endTask("by steps")], ...judged }));
  const args = ["run", "Step by step", "--agent", "worker", "--stepping", "manual", "--data", data];
  const running = startBanyan(args, { env });
  await running.says("The tree is paused");
  const { id } = await onlyTree(data);
  let steps = 0;
  while (running.output.status === null && steps < 12) {
    const tree = JSON.parse((await banyan(["tree", id, "--json", "--data", data])).stdout) as Tree;
    const paused = tree.tasks.filter((task) => task.status === "paused");
    for (const task of paused) await banyan(["step", task.id, "--data", data], { env });
    steps += paused.length;
  }
  const { status, stdout } = await running.done;
  expect([status, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "by steps"]);
  expect(steps).toBeGreaterThanOrEqual(2);
});
