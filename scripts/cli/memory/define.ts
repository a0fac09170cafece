/** The commands of memory. */
import type { Define } from "@/scripts/cli/context/define";

export function defineMemory(define: Define): void {
  define("memory [verb]", "say whether lessons help, and switch memory off or on", async () => {
    return (await import("./memory")).memory;
  }).option("--holdout <n>", "one goal in so many runs without memory, 0 to 100; 0: none");
  define(
    "lessons [verb] [target]",
    "what tasks have taught: those that fit NEED in words, or list, show, graph, ask, add, approve, edit, retire, merge, wrong, export or import",
    async () => (await import("./lessons")).lessons,
  )
    .option("--project <name>", "list, NEED: only lessons for this project's repository")
    .option("--status <status>", "list: only candidate, live or retired lessons")
    .option("--find <words>", "list: only lessons with all these words")
    .option("--limit <n>", "list: most lessons, 1 to 500; default: 50")
    .option("--after <cursor>", "list: continue after this cursor")
    .option("--task <task>", "list: those that a task was shown; wrong: the task in which it was wrong")
    .option("--kind <kind>", "add, edit: approach, error_fix, optimisation, fact, recovery or time")
    .option("--for <words>", "add, edit: words of the tasks that it is for")
    .option("--error <signature>", "add: the signature of the error that it is for")
    .option("--repository <place>", "add, approve, edit: only in the repository with this address or folder")
    .option("--agent <name>", "add, approve, edit: only for this agent")
    .option("--everywhere", "add, approve, edit: in every repository, for every agent")
    .option("--advice <text>", "edit: the new advice")
    .option("--into <id>", "merge: the lesson that stays")
    .option("--why <text>", "retire, wrong: the reason");
  define(
    "learn <tree>",
    "say what a tree teaches, and make candidates for lessons of it when it has ended",
    async () => {
      return (await import("./lessons")).learn;
    },
  );
}
