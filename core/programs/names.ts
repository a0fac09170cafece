/** Models that are programs: they take the place of a language model, cost nothing and pay no tokens. */
export const PROGRAMS = ["runbook", "goal", "iteration"] as const;

export function isProgram(model: string): boolean {
  return PROGRAMS.some((name) => name === model);
}

/** The program that pursues a goal. */
export const GOAL_MODEL = "goal";

/** Programs of a goal. Unlike a runbook, they start language models and need one. */
export function isOfGoal(model: string): boolean {
  return model === GOAL_MODEL || model === "iteration";
}
