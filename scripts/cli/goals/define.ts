/** The commands of goals. */
import type { Command } from "commander";
import { type Define, many } from "@/scripts/cli/context/define";
import { submissionFlags } from "@/scripts/cli/context/submission-flags";

/** Adds the flags of a goal, except its time: `--max-minutes` means something else for other commands. */
export function goalFlags(command: Command): Command {
  return command
    .option("--check <command>", "shows with exit status 0 that the goal is reached, such as npm test")
    .option("--criterion <text>", '"STATEMENT :: COMMAND", or a statement that a judge decides; repeatable', many)
    .option("--mode <mode>", "autonomous, supervised, debug or single; default: autonomous")
    .option("--executor <agent>", "agent that does the work; default: coder")
    .option("--setup <command>", "installs packages in the clean copy, when the work has changed them")
    .option("--threshold <x>", "score from which on the goal is reached, up to 1; default: 0.95")
    .option("--max-iterations <n>", "most rounds; default: 50")
    .option(
      "--scope <glob>",
      "what the work may change; repeatable; default: sources that are no tests or settings",
      many,
    )
    .option("--hidden <glob>", "tests that agents do not see and only the host runs; repeatable", many)
    .option("--hidden-share <x>", "hide this share of the tests, chosen by hash; below 1; default: 0")
    .option("--protect <glob>", "files that are put back before each check; repeatable", many)
    .option("--may-change <glob>", "adds to the scope, such as a test; repeatable", many)
    .option("--reflect-every <n>", "look at the strategy after so many rounds; default: 5")
    .option("--ask", "ask a person when the goal makes no progress")
    .option("--ask-every <n>", "with --mode supervised: ask before each nth round; default: 1")
    .option("--on-success <what>", "nothing, commit, branch, pull_request or command; default: nothing")
    .option("--delivery <command>", "with --on-success command: the command")
    .option("--file <file>", "read the goal from this file; other flags replace what it says");
}

export function defineGoals(define: Define): void {
  const command = define(
    "goal [goal]",
    "pursue a goal in rounds until its checks pass, and follow it to the end; without a text it reads .banyan/goal.yaml",
    async () => (await import("./goal")).goal,
  );
  goalFlags(submissionFlags(command))
    .option("--max-minutes <m>", "most minutes that its rounds work, checked between rounds; default: 60")
    .option("--detach", "submit the goal and do not follow it");
  define("goals", "list the goals, newest first", async () => (await import("./show")).goals)
    .option("--limit <n>", "most items to list, 1 to 1000; default: 50")
    .option("--after <cursor>", "continue the list after this cursor");
  define(
    "rounds <tree>",
    "list the rounds of a goal, with the newest plan",
    async () => (await import("./show")).rounds,
  )
    .option("--mermaid", "print only the plan, as a Mermaid flowchart")
    .option("--round <n>", "the plan of this round; default: the round that runs, else the last");
}
