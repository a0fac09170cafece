import { expect, test } from "vitest";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask, passed, startSubtask } from "@/tests/agents/replies";
import { startTrial } from "@/tests/agents/trial";

test("a task is selected, broken into parallel subtasks, judged, and ends with the chosen task's result", async () => {
  const trial = await startTrial({
    script: agentScript({
      agent_selector: [startSubtask({ instruction: "", agent: "worker" })],
      worker: (request) =>
        request.instruction === "Please do it" && request.turn === 0
          ? startSubtask(...[1, 2, 3].map((part) => ({ instruction: `part ${part}`, agent: "worker" })))
          : endTask(`done: ${request.instruction}`),
      task_evaluator: [passed()],
      "*": [endTask("noted")],
    }),
  });
  const tree = await trial.ended((await trial.submit({ task: "Please do it" })).id);
  expect(tree.status).toBe("succeeded");
  expect(tree.tasks.map((task) => [task.agent, task.depth, task.role, task.status])).toEqual([
    ["agent_selector", 0, "work", "succeeded"],
    ["worker", 1, "work", "succeeded"],
    ["worker", 2, "work", "succeeded"],
    ["worker", 2, "work", "succeeded"],
    ["worker", 2, "work", "succeeded"],
    ["task_evaluator", 2, "finishing", "succeeded"],
    ["documentation_agent", 2, "finishing", "succeeded"],
  ]);
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.result).toBe("done: Please do it");
  expect(root.verdict).toEqual({ outcome: "pass", reasons: ["It holds."], claims: [] });
  expect(trial.provider?.refusals).toEqual([]);
  expect(trial.faults).toEqual([]);
  await trial.close();
});
