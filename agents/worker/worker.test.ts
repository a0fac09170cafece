import { expect, test } from "vitest";
import { z } from "zod";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { createStateCache } from "@/agents/turn/open-task";
import { fold } from "@/core/evolve";
import type { ModelPort, ModelReply, ModelRequest } from "@/core/log/model";
import { ownerCalled } from "@/core/rules/roles";
import { task } from "@/tests/agents/specification";
import { startTrial } from "@/tests/agents/trial";

const PERSON = ownerCalled("tester");

const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
let ids = 0;

function calls(name: string, input: unknown): ModelReply {
  ids += 1;
  const id = `c${ids}`;
  return { parts: [{ type: "call", id }], calls: [{ id, name, input }], usage, stopReason: "tool_calls" };
}

function signalled() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Answers with the replies in turn; `ready` resolves when the first call has come, and it waits for `go`. */
function gatedModel(...replies: ModelReply[]) {
  const requests: ModelRequest[] = [];
  const gate = signalled();
  const asked = signalled();
  const port: ModelPort = {
    async respond(request) {
      requests.push(structuredClone(request));
      asked.resolve();
      await gate.promise;
      return replies[requests.length - 1] ?? calls("end_task", { status: "failure", result: "over" });
    },
  };
  return { port, requests, asked: asked.promise, go: gate.resolve };
}

/** A tool that must run only once; with `hangs` it hangs until it is aborted. */
function onceTool(hangs: boolean) {
  const began = signalled();
  const runs: unknown[] = [];
  const tool = worldTool({
    name: "use_terminal",
    description: "Runs.",
    input: z.object({ command: z.string() }),
    level: "write",
    afterCrash: "report_interrupted",
    async run(input, { signal }) {
      runs.push(input);
      began.resolve();
      if (hangs) await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      return { content: "done" };
    },
  }) as WorldTool;
  return { tool, runs, began: began.promise };
}

test("a pause that comes while the model writes lets a marked call run: it does not count as interrupted", async () => {
  const model = gatedModel(calls("use_terminal", { command: "x" }));
  const { tool, runs } = onceTool(false);
  const trial = await startTrial({ runtime: { models: model.port, worldTools: [tool] } });
  const tree = await trial.submit({ task: "Do it", agent: "worker", model: "anthropic/test" });
  const { commands, queries } = trial.runtime.application;
  await model.asked;
  await commands.pause({ id: tree.id }, PERSON);
  model.go();
  await expect.poll(async () => (await queries.getTask(tree.root_task_id)).status).toBe("paused");
  await expect.poll(() => trial.worker?.active()).toBe(0);
  await commands.resume({ id: tree.id }, PERSON);
  await trial.ended(tree.id);
  expect(runs).toEqual([{ command: "x" }]);
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: "tool", content: "done", isError: false });
  expect(trial.faults).toEqual([]);
  await trial.close();
});

test("a server that stops does not begin a call again because a message lies there", async () => {
  const model = gatedModel(calls("use_terminal", { command: "x" }));
  const { tool, runs, began } = onceTool(true);
  const trial = await startTrial({ runtime: { models: model.port, worldTools: [tool] } });
  const tree = await trial.submit({ task: "Do it", agent: "worker", model: "anthropic/test" });
  model.go();
  await began;
  await trial.runtime.application.commands.steer({ id: tree.root_task_id, text: "Faster." }, PERSON);
  await trial.worker?.stop(1);
  expect(runs).toHaveLength(1);
  await trial.close();
});

test("a worker starts beside another, and one that was taken for dead begins anew", async () => {
  const model = gatedModel();
  const trial = await startTrial({ runtime: { models: model.port, worldTools: [] } });
  const second = await trial.runtime.startWorker({ role: "worker", pollMs: 20, heartbeatMs: 20 });
  const before = second.id;
  await trial.runtime.store.workers.remove(before);
  await expect.poll(() => second.id).not.toBe(before);
  expect(trial.runtime.store.workers.list().map((worker) => worker.id)).toContain(second.id);
  model.go();
  await trial.ended((await trial.submit({ task: "Do it", agent: "worker", model: "anthropic/test" })).id);
  expect(trial.faults).toEqual([]);
  await second.stop(1_000);
  await trial.close();
});

test("a kept state belongs to one task and one length of its log", () => {
  const cache = createStateCache();
  cache.keep("one", fold(task()));
  expect(cache.take("other", 2)).toBeNull();
  expect(cache.take("one", 3)).toBeNull();
  cache.keep("one", fold(task()));
  expect(cache.take("one", 2)?.length).toBe(2);
  expect(cache.take("one", 2)).toBeNull();
});
