/** Models that are programs: they take the place of a language model, cost nothing and pay no tokens. */
export const PROGRAMS = ["runbook", "goal", "iteration", "executor"] as const;

const EXECUTOR = "executor/";

export function isProgram(model: string): boolean {
  return executorOf(model) !== null || PROGRAMS.some((name) => name === model);
}

/** Returns the coding agent that does the task, as in `executor/claude`; null for every other model. */
export function executorOf(model: string): string | null {
  return model.startsWith(EXECUTOR) && model.length > EXECUTOR.length ? model.slice(EXECUTOR.length) : null;
}

/** Whether the model is a program that needs a language model: for the tasks below it, or for its coding agent. */
export function needsModel(model: string): boolean {
  return isOfGoal(model) || executorOf(model) !== null;
}

/** The program that pursues a goal. */
export const GOAL_MODEL = "goal";

/** The program of one of its rounds. */
export const ROUND_MODEL = "iteration";

/** Programs of a goal. Unlike a runbook, they start language models and need one. */
export function isOfGoal(model: string): boolean {
  return model === GOAL_MODEL || model === ROUND_MODEL;
}

/** Whether nobody judges the program's result. A coding agent's result is judged like a model's. */
export function judgesItself(model: string): boolean {
  return isProgram(model) && executorOf(model) === null;
}
