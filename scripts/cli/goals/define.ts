/** The commands of goals. */
import type { Define } from "@/scripts/cli/context/define";
import { submissionFlags } from "@/scripts/cli/context/submission-flags";

const many = (value: string, before: readonly string[] = []) => [...before, value];

export function defineGoals(define: Define): void {
  submissionFlags(
    define(
      "goal [goal]",
      "pursue a goal in rounds until its checks pass, and follow it to the end; without a text it reads .banyan/goal.yaml",
      async () => (await import("./goal")).goal,
    ),
  )
    .option("--check <command>", "shows with exit status 0 that the goal is reached, such as npm test")
    .option("--criterion <text>", '"STATEMENT :: COMMAND", or a statement that a judge decides; repeatable', many)
    .option("--mode <mode>", "autonomous, supervised, debug or single; default: autonomous")
    .option("--executor <agent>", "agent that does the work; default: coder")
    .option("--setup <command>", "installs packages in the clean copy, when the work has changed them")
    .option("--threshold <x>", "score from which on the goal is reached, up to 1; default: 0.95")
    .option("--max-iterations <n>", "most rounds; default: 50")
    .option("--max-minutes <m>", "most minutes from the first check; default: 60")
    .option("--protect <glob>", "files that are put back before each check; repeatable", many)
    .option("--may-change <glob>", "tests that the work may change; repeatable", many)
    .option("--reflect-every <n>", "look at the strategy after so many rounds; default: 5")
    .option("--ask", "ask a person when the goal makes no progress")
    .option("--ask-every <n>", "with --mode supervised: ask before each nth round; default: 1")
    .option("--on-success <what>", "nothing, commit, branch, pull_request or command; default: nothing")
    .option("--delivery <command>", "with --on-success command: the command")
    .option("--detach", "submit the goal and do not follow it")
    .option("--file <file>", "read the goal from this file; other flags replace what it says");
  define("goals", "list the goals, newest first", async () => (await import("./look")).goals)
    .option("--limit <n>", "most items to list, 1 to 1000; default: 50")
    .option("--after <cursor>", "continue the list after this cursor");
  define("rounds <tree>", "list the rounds of a goal", async () => (await import("./look")).rounds);
}
