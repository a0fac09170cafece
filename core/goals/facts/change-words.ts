/** A person's change of a goal, as a sentence. */
import type { GoalChange, GoalCriterion } from "@/core/log/goal";
import { plural } from "@/core/words/figures";

type Field = keyof Required<GoalChange>;
type WordsOf = { [Name in Field]: (value: Required<GoalChange>[Name]) => string };

const WORDS: WordsOf = {
  executor: (name) => `the agent that does the work is ${name}`,
  validation_command: (command) => commandWords("validation command", command),
  setup_command: (command) => commandWords("setup command", command),
  criteria: (all) =>
    all.length === 0 ? "it has no criteria" : `the criteria are ${all.map(criterionWords).join("; ")}`,
  success_threshold: (share) => `it counts as reached from ${Math.round(share * 10_000) / 100} % on`,
  max_iterations: (count) => `it has at most ${plural(count, "round")}`,
  max_minutes: (count) => `it has at most ${plural(count, "minute")}`,
  protect: (globs) => (globs.length === 0 ? "no more files are protected" : `protected are ${globs.join(", ")}`),
  scope: (globs) =>
    globs === null ? "its scope is as the host proposes it" : `the work may change ${globs.join(", ") || "nothing"}`,
  may_change: (globs) =>
    globs.length === 0 ? "nothing is added to its scope" : `added to its scope: ${globs.join(", ")}`,
  hidden: (globs) => (globs.length === 0 ? "no tests are hidden" : `agents do not see ${globs.join(", ")}`),
  hidden_share: (share) => `agents do not see ${Math.round(share * 1_000) / 10} % of the tests`,
  reflect_every: (count) => `its strategy is looked at every ${plural(count, "round")}`,
  ask: (asks) => (asks ? "it asks a person when it makes no progress" : "it asks nobody when it makes no progress"),
  ask_every: (count) => `a person is asked every ${plural(count, "round")}`,
  on_success: (delivery) => `its delivery is ${delivery.replace("_", " ")}`,
  delivery_command: (command) => commandWords("delivery command", command),
};

function commandWords(what: string, command: string | null): string {
  return command === null ? `it has no ${what}` : `the ${what} is \`${command}\``;
}

function criterionWords({ statement, command, expect }: GoalCriterion): string {
  const shown = command === undefined ? "" : ` (\`${command}\`${expect === undefined ? "" : `, expects ${expect}`})`;
  return `“${statement}”${shown}`;
}

export function goalChangeSentence(by: string, fields: GoalChange): string {
  const words = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [(WORDS[name as Field] as (value: unknown) => string)(value)],
  );
  return `${by} changed the goal. From the next round on: ${words.join("; ")}.`;
}
