import { expect, test } from "vitest";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask, passed, startSubtask } from "@/tests/agents/replies";
import { startTrial } from "@/tests/agents/trial";

/** English prose and JSON have about four characters per token. */
const CHARS_PER_TOKEN = 4;

test("a trivial task sends at most 12,000 tokens, and nobody documents an answer that took one reply", async () => {
  const trial = await startTrial({
    script: agentScript({
      agent_selector: [startSubtask({ instruction: "", agent: "worker" })],
      worker: [endTask("Hello.")],
      task_evaluator: [passed()],
    }),
  });
  const tree = await trial.ended((await trial.submit({ task: "Say hello." })).id);
  expect(tree.tasks.map((task) => [task.agent, task.status])).toEqual([
    ["agent_selector", "succeeded"],
    ["worker", "succeeded"],
    ["task_evaluator", "succeeded"],
  ]);
  const requests = trial.provider?.requests ?? [];
  const chars = requests.reduce((sum, request) => sum + request.rawBody.length, 0);
  expect(chars / CHARS_PER_TOKEN).toBeLessThanOrEqual(12_000);
  expect(trial.provider?.refusals).toEqual([]);
  await trial.close();
});
