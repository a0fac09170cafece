import { UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import { changeText } from "@/core/goals/changed";
import { GOAL_DEFAULTS, type Goal, type GoalFields } from "@/core/log/goal";
import { isProgram } from "@/core/programs/names";
import type { Submission } from "@/core/shapes/shapes";

/** Returns what a goal is given, with the defaults; null for a plain task. Throws UserError. */
export function goalOf(
  { configuration }: { configuration: Pick<Configuration, "agents"> },
  { goal, agent, runbook, criteria }: Submission,
): Goal | null {
  if (!goal) return null;
  if (agent || runbook)
    throw new UserError("invalid", "A goal has an executor instead of an agent or a runbook: name it with `executor`.");
  if (criteria !== undefined)
    throw new UserError("invalid", "A goal has a list of criteria of its own: give them in `goal.criteria`.");
  const { mode, criteria: list, validation_command, ...rest } = goal;
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Partial<Goal>;
  const made: Goal = {
    ...GOAL_DEFAULTS,
    ...set,
    mode: mode === "iterative" ? "supervised" : mode === "single" ? "autonomous" : (mode ?? GOAL_DEFAULTS.mode),
    validation_command: validation_command ?? null,
    criteria: (list ?? []).map((one) => ({ ...one, weight: one.weight ?? 1 })),
  };
  refuseUnknownExecutor(configuration, made.executor);
  if (made.on_success === "command" && made.delivery_command === null)
    throw new UserError("invalid", "Name the command that delivers the result with `delivery_command`.");
  if (made.criteria.some(({ command, expect }) => command === undefined && expect !== undefined))
    throw new UserError("invalid", "A criterion with `expect` needs the command whose output is meant.");
  return made;
}

/** What cannot be changed while a goal is pursued. */
const FIXED = ["mode"] as const;

/** Returns the message that changes a goal. Throws UserError for fields that are wrong, or that cannot change. */
export function goalChange(sources: Parameters<typeof goalOf>[0], fields: GoalFields): string {
  const given = Object.keys(fields).filter((name) => fields[name as keyof GoalFields] !== undefined);
  if (given.length === 0) throw new UserError("invalid", "Name what changes: criteria, a limit, or what is protected.");
  const fixed = FIXED.find((name) => given.includes(name));
  if (fixed) throw new UserError("invalid", `The ${fixed} of a goal cannot change: fork it, or submit it again.`);
  const made = goalOf(sources, { task: "", goal: fields });
  const changed = Object.fromEntries(given.map((name) => [name, made?.[name as keyof Goal]]));
  return changeText(changed);
}

function refuseUnknownExecutor(configuration: Pick<Configuration, "agents">, executor: string): void {
  const names = configuration.agents().map(({ name }) => name);
  if (names.includes(executor)) return;
  throw new UserError("not_found", `There is no agent ${executor} to do the work. Agents: ${names.join(", ")}.`);
}

/** Returns the model of the tasks below a goal. Throws UserError for a program. */
export function languageModel(model: string): string {
  if (!isProgram(model)) return model;
  throw new UserError(
    "invalid",
    "A goal needs a language model: set one up on the settings page, or name it with the task.",
  );
}
