/**
 * Creates a data folder with ended goals of many rounds, by the runtime itself with agents that answer at once:
 * `run-ts.mjs tests/put-long-goals.ts DATA ROUNDS…`. Prints the tree of each, a line each.
 */
import { instantGoalModel, instantGoalTools } from "@/agents/testing/goal-day/instant";
import { startTrial } from "@/agents/testing/trial";

/** Rises slowly, with rounds that are worse, and rounds that come back to known files. */
const passedAfter = (round: number) => (round % 7 === 0 ? round - 2 : round % 5 === 0 ? round - 4 : round);

export async function main([dataDir = "", ...counts]: string[]): Promise<void> {
  for (const count of counts) {
    const rounds = Number(count);
    const trial = await startTrial({
      dataDir,
      env: { BANYAN_SYNCHRONOUS: "NORMAL", BANYAN_MAX_TASKS_PER_TREE: "100000", BANYAN_MAX_WIDTH: "100000" },
      runtime: {
        models: instantGoalModel({}, (round) => `Round ${round}.`),
        worldTools: instantGoalTools(rounds * 1.25, passedAfter),
      },
    });
    const goal = { validation_command: "npm test", max_iterations: rounds, max_minutes: 100_000 };
    const { id } = await trial.submit({
      task: `Make the tests pass, in ${rounds} rounds`,
      model: "ollama/instant",
      goal,
    });
    await trial.ended(id, 1_800_000);
    await trial.close();
    console.log(id);
  }
}
