/** A service that was made, and the goal whose rounds finish it. */
import { z } from "zod";
import { cut } from "@/core/goals/facts/record";
import type { Goal, GoalCriterion } from "@/core/log/goal";
import { shown } from "@/core/services/document/parts";
import { OPENAPI_FILE, SPECIFICATION_FILE } from "@/core/specification/limits";
import { plural } from "@/core/words/figures";

const CHECK_KINDS = ["test", "contract", "load", "command", "judged"] as const;

/** What the tool that makes a service returns. */
export const Made = z.object({
  name: z.string(),
  folder: z.string(),
  setup: z.string(),
  check: z.string(),
  operations: z.number(),
  /** Operations that answer with an example. */
  to_write: z.array(z.string()),
  /** Tests that were made of the document. The work may not change them. */
  tests: z.array(z.string()),
  criteria: z.array(
    z.object({
      id: z.string().regex(/^C\d+$/),
      requirement: z.string(),
      text: z.string(),
      kind: z.enum(CHECK_KINDS),
      command: z.string().optional(),
    }),
  ),
  /** Of a service that was there before: what is different. */
  change: z
    .object({
      /** Requirements that were added, removed or changed, a line each. */
      lines: z.array(z.string()),
      /** What breaks clients, a line each. */
      breaking: z.array(z.string()),
      /** Files in which git has marked what both the service's people and Banyan changed. */
      conflicts: z.array(z.string()),
    })
    .optional(),
});
export type Made = z.infer<typeof Made>;

/** Tests are part of the work: each acceptance criterion gets its own. */
const SCOPE = ["**/*", "**/*.test.*", "**/*_test.*", "**/test_*", "test/**", "tests/**"];
const MOST_NAMED = 20;

export function goalOfMade(goal: Goal, made: Made): Goal {
  return {
    ...goal,
    // What a person chose for the project goes before what the blueprint says. A service that Banyan did not make has only that.
    validation_command: goal.validation_command ?? (made.check || null),
    setup_command: goal.setup_command ?? (made.setup || null),
    criteria: [...goal.criteria, ...criteriaOf(made)],
    scope: goal.scope ?? SCOPE,
    // What it has to do changes only with a person.
    protect: [...goal.protect, "spec/**", OPENAPI_FILE, ".banyan/**", ...made.tests],
  };
}

/** Criteria that need a running service are not checked here: an environment shows them. */
function criteriaOf({ criteria }: Made): GoalCriterion[] {
  const tested = criteria.filter(({ kind }) => kind === "test").map(({ id }) => id);
  const others = criteria.flatMap(({ id, requirement, text, kind, command }) => {
    const statement = cut(`${id} (${requirement}): ${text}`, 1_000);
    if (kind === "command" && command !== undefined) return [{ statement, command, weight: 1 }];
    return kind === "judged" ? [{ statement, weight: 1 }] : [];
  });
  if (tested.length === 0) return others;
  const statement = `A test names each acceptance criterion of ${SPECIFICATION_FILE} that a test shows: ${tested.join(", ")}`;
  return [{ statement, command: namedByTests(tested), weight: tested.length }, ...others];
}

/**
 * Ids are letters and digits, so none of them means something to the shell. The project's check runs the tests; this command only
 * looks for names, so nothing in it may look as if it ran tests, which would have to fail when the host breaks one.
 */
function namedByTests(ids: readonly string[]): string {
  const search = `grep -rqw --exclude-dir=node_modules --exclude-dir=.git --include='*[t]est*' "$id" .`;
  return `for id in ${ids.join(" ")}; do ${search} || { echo "Nothing names $id."; exit 1; }; done`;
}

/**
 * Returns what the rounds pursue; its first line becomes the title of the commit. The requirements themselves are in the file.
 * `asked`: what a person wants, or wants to be different.
 */
export function serviceText({ name, to_write, criteria, change }: Made, asked: string): string {
  const open = to_write.slice(0, MOST_NAMED).join(", ");
  const more = to_write.length > MOST_NAMED ? ` and ${to_write.length - MOST_NAMED} more` : "";
  const tested = criteria.some(({ kind }) => kind === "test");
  return [
    change ? `Change ${name}: ${shown(asked.trim().split("\n", 1)[0] ?? "")}` : `Finish the service ${name}`,
    `Everything in ${SPECIFICATION_FILE} holds in the end.`,
    ...(change ? [`What it has to do has changed:\n${change.lines.join("\n")}`] : []),
    ...(change && change.conflicts.length > 0
      ? [`Settle what git has marked in these files: ${change.conflicts.slice(0, MOST_NAMED).join(", ")}.`]
      : []),
    ...(open === "" ? [] : [`These operations still answer with an example: ${open}${more}.`]),
    ...(tested
      ? [
          "Write a test for each acceptance criterion whose check is a test, and begin its name with the id of the criterion.",
        ]
      : []),
    `${SPECIFICATION_FILE} and ${OPENAPI_FILE} stay as they are.`,
  ].join("\n\n");
}

/** Returns where everything is, for the result of the tree. */
export function whereText({ name, folder, operations, to_write, criteria, change }: Made): string {
  const running = criteria.filter(({ kind }) => kind === "contract" || kind === "load").map(({ id }) => id);
  return [
    ...(change
      ? [
          `The change of ${name} is in ${folder}: \`banyan service spec ${folder} --against HEAD~1\` shows what is different.`,
          change.breaking.length === 0
            ? "It breaks no client that keeps to the document."
            : `It breaks clients, which was agreed to: ${change.breaking.join(" ")}`,
        ]
      : [
          `The service ${name} is in ${folder}, which is the project ${name}. Its specification is ${SPECIFICATION_FILE}: \`banyan service spec ${folder}\` shows what carries each requirement.`,
          `It began with ${plural(operations, "operation")}, ${to_write.length} of them with an example as their answer.`,
        ]),
    ...(running.length > 0
      ? [`Only the running service shows ${running.join(", ")}: see \`banyan service contract\`.`]
      : []),
  ].join(" ");
}
