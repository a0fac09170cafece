/**
 * Creates a data folder with ended goals of many rounds: `run-ts.mjs tests/put-long-goals.ts DATA ROUNDS…`. The runtime
 * itself makes them, with agents that answer at once; rounds above 60 are copies. Prints the tree of each goal on its
 * own line.
 */
import { instantGoalModel, instantGoalTools } from "@/tests/agents/goal-day/instant";
import { startTrial } from "@/tests/agents/trial";
import { lengthenGoal } from "./lengthen-goal";

const MOST_MADE = 60;
/** Rounds that really run in a goal that is then lengthened. */
const MADE = 12;

/** The score rises slowly, with rounds that are worse, and rounds that return to known files. */
const passedAfter = (round: number) => (round % 7 === 0 ? round - 2 : round % 5 === 0 ? round - 4 : round);

export async function main([dataDir = "", ...counts]: string[]): Promise<void> {
  for (const count of counts) {
    const rounds = Number(count);
    const tests = rounds * 1.25;
    const isWhole = rounds <= MOST_MADE;
    const trial = await startTrial({
      dataDir,
      env: { BANYAN_SYNCHRONOUS: "NORMAL", BANYAN_MAX_TASKS_PER_TREE: "100000", BANYAN_MAX_WIDTH: "100000" },
      runtime: {
        models: instantGoalModel({}, (round) => `Round ${round}.`),
        worldTools: instantGoalTools(tests, passedAfter),
      },
    });
    const goal = {
      validation_command: "npm test",
      max_iterations: isWhole ? rounds : MADE,
      max_minutes: 100_000,
      // Copies have no reviews of the strategy between them.
      ...(!isWhole && { reflect_every: 1_000 }),
    };
    const task = `Make the tests pass, in ${rounds} rounds`;
    const { id } = await trial.submit({ task, model: "ollama/instant", goal });
    await trial.ended(id);
    await trial.close();
    if (!isWhole) lengthenGoal(dataDir, id, rounds, { tests, passedAfter });
    console.log(id);
  }
}
