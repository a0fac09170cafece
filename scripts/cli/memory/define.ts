/** The commands of memory. */
import { type Define, firstWord, of, onlyOf } from "@/scripts/cli/context/define";
import { LESSON_VERBS } from "./verbs";

export function defineMemory(define: Define): void {
  const memory = define("memory [verb]", "say whether lessons help, and switch memory off or on", async () => {
    return (await import("./memory")).memory;
  }).option("--holdout <n>", "one goal in so many runs without memory, 0 to 100; 0: none");
  onlyOf(memory, ["", "on", "off"]);
  const lessons = define(
    "lessons [verb] [target]",
    "what tasks have taught: those that fit NEED in words, or list, show, graph, ask, add, approve, edit, retire, merge, wrong, export or import",
    async () => (await import("./lessons")).lessons,
  )
    .addOption(of(["list", "NEED"], "--project <name>", "only lessons for this project's repository"))
    .addOption(of(["list", "NEED"], "--status <status>", "only candidate, live or retired lessons"))
    .addOption(of(["list"], "--find <words>", "only lessons with all these words"))
    .addOption(of(["list", "NEED"], "--limit <n>", "most lessons, 1 to 500; default: 50"))
    .addOption(of(["list", "NEED"], "--after <cursor>", "continue after this cursor"))
    .addOption(
      of(["list", "wrong"], "--task <task>", "those that this task was shown, or the task in which it was wrong"),
    )
    .addOption(of(["add", "edit"], "--kind <kind>", "approach, error_fix, optimisation, fact, recovery or time"))
    .addOption(of(["add", "edit"], "--for <words>", "words of the tasks that it is for"))
    .addOption(of(["add"], "--error <signature>", "the signature of the error that it is for"))
    .addOption(
      of(["add", "approve", "edit"], "--repository <place>", "only in the repository with this address or folder"),
    )
    .addOption(of(["add", "approve", "edit"], "--agent <name>", "only for this agent"))
    .addOption(of(["add", "approve", "edit"], "--everywhere", "in every repository, for every agent"))
    .addOption(of(["edit"], "--advice <text>", "the new advice"))
    .addOption(of(["merge"], "--into <id>", "the lesson that stays"))
    .addOption(of(["retire", "wrong"], "--why <text>", "the reason"));
  firstWord(lessons, LESSON_VERBS, "NEED");
  define(
    "learn <tree>",
    "say what a tree teaches, and make candidates for lessons of it when it has ended",
    async () => {
      return (await import("./lessons")).learn;
    },
  );
}
