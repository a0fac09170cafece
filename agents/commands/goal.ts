import { aboutField, UserError, wrongField } from "@/agents/application";
import type { CommandSources } from "@/agents/commands/world/sources";
import type { Configuration } from "@/agents/configuration/configuration";
import { hostAgentRefusal } from "@/agents/tools/subtasks/host-agents";
import type { LetterBody } from "@/core/facts";
import { goalChangeSentence } from "@/core/goals/facts/change-words";
import { goalFields } from "@/core/goals/facts/fields";
import {
  type Delivery,
  GOAL_AGENTS,
  GOAL_DEFAULTS,
  type Goal,
  type GoalChange,
  type GoalFields,
} from "@/core/log/goal";
import { isProgram } from "@/core/programs/names";
import type { Tree } from "@/core/shapes/shapes";
import type { Submission } from "@/core/shapes/submission";
import { readHead } from "@/lib/git/head";
import { DEFAULT_RULES, requireAllowedBranch } from "@/lib/git/rules";
import { compileGlobs } from "@/lib/workspace/glob";
import { WorkspaceError } from "@/lib/workspace/path";

/** Returns the settings of a goal, with the defaults; null for a plain task. Throws UserError. */
export function goalOf(
  { configuration }: { configuration: Pick<Configuration, "agents"> },
  { goal, agent, runbook, criteria }: Submission,
): Goal | null {
  if (!goal) return null;
  if (agent || runbook)
    throw new UserError("invalid", "A goal has an executor instead of an agent or a runbook: name it with `executor`.");
  if (criteria !== undefined)
    throw new UserError("invalid", "A goal has a list of criteria of its own: give them in `goal.criteria`.");
  const { mode, criteria: list, validation_command, ...rest } = checkedFields(goal);
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Partial<Goal>;
  const made: Goal = {
    ...GOAL_DEFAULTS,
    ...set,
    mode: mode === "iterative" ? "supervised" : mode === "single" ? "autonomous" : (mode ?? GOAL_DEFAULTS.mode),
    validation_command: validation_command ?? null,
    criteria: (list ?? []).map((criterion) => ({ ...criterion, weight: criterion.weight ?? 1 })),
    typed_changes: true,
  };
  refuseUnknownExecutor(configuration, made.executor);
  if (made.on_success === "command" && made.delivery_command === null)
    throw new UserError("invalid", "Name the command that delivers the result with `delivery_command`.");
  if (made.criteria.some(({ command, expect }) => command === undefined && expect !== undefined))
    throw new UserError("invalid", "A criterion with `expect` needs the command whose output is meant.");
  return made;
}

/** Returns the fields, trimmed. Throws UserError for a wrong one: not all callers have checked them. */
function checkedFields(goal: GoalFields): GoalFields {
  const read = goalFields.safeParse(goal);
  // A field that is undefined counts as absent.
  if (read.success) {
    refuseWrongGlobs(read.data as GoalFields);
    return read.data as GoalFields;
  }
  const { path = [], message = "", ...issue } = read.error.issues[0] ?? {};
  const field = "keys" in issue ? ` has no field "${String(issue.keys)}"` : `: "${path.join(".")}" ${message}`;
  throw aboutField(path.join("."), new UserError("invalid", `The goal${field}.`));
}

/** Throws UserError for a glob that cannot be read. If only the check found it, every round would fail. */
function refuseWrongGlobs({ scope, may_change = [], hidden = [], protect = [] }: GoalFields): void {
  for (const [field, globs] of Object.entries({ scope: scope ?? [], may_change, hidden, protect })) {
    try {
      compileGlobs(globs);
    } catch (error) {
      throw error instanceof WorkspaceError ? wrongField(field, error.message) : error;
    }
  }
}

/** The fields that cannot be changed while a goal is pursued. */
const FIXED = ["mode"] as const;

/** The goal of the running round, against which a change is checked, with what people have changed for the next one. */
interface GoalNow {
  goal: Pick<Goal, "validation_command" | "criteria" | "on_success">;
  changes: readonly GoalChange[];
  tree: Pick<Tree, "id" | "workspace">;
}

type GoalSources = Parameters<typeof goalOf>[0] & Pick<CommandSources, "gitBranches" | "store">;

/** Returns the letter that changes a goal. Throws UserError for fields that are wrong, or that cannot change. */
export function goalChange(
  sources: GoalSources,
  { goal, changes, tree }: GoalNow,
  fields: GoalFields,
  by: string,
): Extract<LetterBody, { kind: "goal_change" }> {
  const given = Object.keys(fields).filter((name) => fields[name as keyof GoalFields] !== undefined);
  if (given.length === 0) throw new UserError("invalid", "Name what changes: criteria, a limit, or what is protected.");
  const fixed = FIXED.find((name) => given.includes(name));
  if (fixed) throw wrongField(fixed, `The ${fixed} of a goal cannot change: fork it, or submit it again.`);
  const made = goalOf(sources, { task: "", goal: fields });
  const changed: GoalChange = Object.fromEntries(given.map((name) => [name, made?.[name as keyof Goal]]));
  if (changed.on_success !== undefined) refuseDelivery(sources, tree, changed.on_success);
  const next: GoalNow["goal"] & GoalChange = Object.assign({ ...goal }, ...changes, changed);
  if (next.validation_command === null && next.criteria.length === 0)
    throw new UserError("invalid", "Then nothing would show that the goal is reached: keep a command or a criterion.");
  if (next.on_success === "command" && next.delivery_command === null)
    throw new UserError(
      "invalid",
      "The command delivers the result: change `on_success` too, or name another command.",
    );
  return { kind: "goal_change", by, fields: changed, text: goalChangeSentence(by, changed) };
}

/** Throws UserError for what a submission refuses as well. */
function refuseDelivery({ store, gitBranches }: GoalSources, tree: GoalNow["tree"], on_success: Delivery): void {
  if (store.queries.files.copiesOf(tree.id).length > 0) refuseCommitBeside(on_success);
  refuseProtectedBranch({ on_success }, tree.workspace, gitBranches);
}

/** Throws UserError when the result of a tree with several repositories is to be committed. */
export function refuseCommitBeside(on_success: Delivery | undefined): void {
  if (on_success !== "commit" && on_success !== "branch") return;
  throw wrongField(
    "on_success",
    "With several repositories nothing is committed at the end: apply the result as a branch of each, or let the project's forge deliver it.",
  );
}

/**
 * Throws UserError when the goal is to commit on a branch on which agents may not commit, so that people learn it
 * before the work.
 */
export function refuseProtectedBranch(
  { on_success }: Pick<Goal, "on_success">,
  folder: string,
  branches?: readonly string[],
): void {
  if (on_success !== "commit") return;
  const branch = readHead(folder)?.branch ?? null;
  if (branch === null) return;
  try {
    requireAllowedBranch(branch, { ...DEFAULT_RULES, ...(branches && { branches }) });
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    throw new UserError(
      "invalid",
      `The result cannot be committed on ${branch}, because agents may not change this branch: deliver it with on_success branch, or check out a branch such as banyan/work first.`,
    );
  }
}

function refuseUnknownExecutor(configuration: Pick<Configuration, "agents">, executor: string): void {
  const names = configuration.agents().map(({ name }) => name);
  const isProgramOfGoals = executor === GOAL_AGENTS.goal || executor === GOAL_AGENTS.iteration;
  const refusal = isProgramOfGoals ? hostAgentRefusal(executor) : null;
  if (refusal !== null) throw new UserError("invalid", refusal);
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
