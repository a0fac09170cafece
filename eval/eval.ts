/**
 * `npm run eval`: twenty small tasks for a model, through the real runtime. `--model provider/model`, `--only NAME`
 * (more than once), `--parallel N`, `--json`. Ends with 0 when every task that ran has passed. `--memory` runs goals
 * without and with lessons instead; see memory.ts.
 */
import { parseArgs } from "node:util";
import { isModelName, MODEL_FORM } from "@/lib/models/providers/table";
import { KINDS } from "@/tests/agents/memory-family/kinds";
import { compareMemory, memoryTable } from "./memory";
import { reportOf, tableOf } from "./report";
import { type Outcome, runTask } from "./run-task";
import { configuredAccess, type EvalRuntime, startEvalRuntime } from "./runtime";
import type { EvalTask } from "./task/task";
import { TASKS } from "./tasks/tasks";

const MOST_PARALLEL = 20;

export async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      model: { type: "string" },
      only: { type: "string", multiple: true },
      parallel: { type: "string" },
      json: { type: "boolean" },
      memory: { type: "boolean" },
    },
  });
  const parallel = Number(values.parallel ?? 1);
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > MOST_PARALLEL)
    return wrong(`--parallel cannot be "${values.parallel}": use a whole number from 1 to ${MOST_PARALLEL}.`);
  const names = (values.memory ? KINDS : TASKS).map(({ name }) => name);
  const unknown = values.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) return wrong(`There is no task ${unknown}. Tasks: ${names.join(", ")}.`);
  const tasks = TASKS.filter((task) => !values.only || values.only.includes(task.name));
  const access = await configuredAccess(process.env, process.cwd());
  const model = values.model ?? access.model;
  if (model === "" || model === "runbook")
    return wrong(
      "No language model is configured: set a provider's key, and name a model with --model provider/model.",
    );
  if (!isModelName(model)) return wrong(`--model cannot be "${model}": use ${MODEL_FORM}.`);
  const world = await startEvalRuntime({ ...access, model }, process.env, process.cwd());
  try {
    if (values.memory) {
      const memory = await compareMemory(world, values.only ?? names, (line) => console.error(line));
      console.log(values.json ? JSON.stringify(memory, null, 2) : `\n${memoryTable(memory)}`);
      return 0;
    }
    const outcomes = await runAll(world, tasks, parallel);
    const report = reportOf(model, outcomes);
    console.log(values.json ? JSON.stringify(report, null, 2) : `\n${tableOf(report)}`);
    return report.passed === report.of ? 0 : 1;
  } finally {
    await world.close();
  }
}

function wrong(sentence: string): number {
  console.error(sentence);
  return 2;
}

/** Returns the outcomes in the order of the tasks, and says on standard error how each ended. */
async function runAll(world: EvalRuntime, tasks: EvalTask[], parallel: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = [...tasks.entries()];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [at, task] = next;
      const outcome = await runTask(world, task);
      outcomes[at] = outcome;
      console.error(`${outcome.task}: ${outcome.outcome}${outcome.why ? ` (${outcome.why})` : ""}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return outcomes;
}
