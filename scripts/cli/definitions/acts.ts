/** The commands that act on trees and tasks. */
import { MODEL_FORM } from "@/lib/models/providers/table";
import { acting } from "@/scripts/cli/commands/acting";
import { type Define, of } from "@/scripts/cli/context/define";

const keep = acting((commands, [id = "", other = ""]) => commands.keepFiles({ id, instead_of: other }));
const pause = acting((commands, [id = ""], { alone }) =>
  commands.pause({ id, alone: alone === true ? true : undefined }),
);
const pauseEverything = acting((commands, _, { reason }) => commands.pauseEverything({ reason: String(reason ?? "") }));
const resumeEverything = acting((commands) => commands.resumeEverything(), { needsWorker: true });
const deleteTree = acting((commands, [id = ""]) => commands.deleteTree({ id }));

export function defineActs(define: Define): void {
  define("apply <tree>", "create a branch in a repository with what a tree changed", async () => {
    return (await import("@/scripts/cli/commands/files")).apply;
  })
    .option("--branch <name>", "name of the new branch; default: a name made of the task")
    .option("--repository <dir>", "the repository; default: the one that the tree worked in")
    .option("--from <task>", "only what this task and its subtasks changed");
  define("keep <tree> <other>", "write a tree's files into the folder that both trees began in", keep);
  define("steer <task> [message]", "send a task a message, which it reads at its next turn", async () => {
    return (await import("@/scripts/cli/commands/act")).steer;
  });
  define("pause <id>", "pause a tree, or a task and its subtasks", pause).option(
    "--alone",
    "pause the task only; its subtasks continue",
  );
  define("resume <id>", "resume after a pause or an interruption, and follow to the end", async () => {
    return (await import("@/scripts/cli/commands/resume")).resume;
  }).option("--detach", "do not follow");
  define(
    "pause-everything",
    "cut every call and start no new one, in all trees, until you resume",
    pauseEverything,
  ).option("--reason <text>", "why; everyone who looks sees it");
  define("self [verb]", "say whether agents may change Banyan itself, or switch it off or on", async () => {
    return (await import("@/scripts/cli/commands/self")).self;
  }).addOption(of(["off"], "--reason <text>", "why; everyone who looks sees it"));
  define("resume-everything", "resume all trees from where they were cut", resumeEverything);
  define("step <task>", "let a task take one turn, then show what it would do next", async () => {
    return (await import("@/scripts/cli/commands/step")).step;
  }).option("--detach", "do not wait for the turn to end");
  define(
    "stop <id>",
    "stop a tree, or a task and its subtasks",
    async () => (await import("@/scripts/cli/commands/act")).stop,
  ).option("--reason <text>", "why, for the log");
  defineContinuations(define);
  define("change <task>", "change a task's agent, model or priority from its next turn", async () => {
    return (await import("@/scripts/cli/commands/act")).change;
  })
    .option("--agent <name>", "the agent that continues the task")
    .option("--model <model>", MODEL_FORM)
    .option("--priority <n>", "-100 to 100; higher runs first; applies to its subtasks too")
    .option("--alike", "give the model also to the tree's other tasks that are parked because the same model is gone");
  define("fork <task>", "start a new tree from a message of this one, and follow it to the end", async () => {
    return (await import("@/scripts/cli/commands/fork")).fork;
  })
    .option("--at <seq>", "number of the message, as `log` shows it; default: the start of the task")
    .option("--instruction <text>", "replaces the task's instruction")
    .option("--model <model>", "the model that continues the task")
    .option("--agent <name>", "the agent that continues the task")
    .option("--message <text>", "replaces the text of message --at")
    .option("--with <versions>", "versions of agents and documents, such as agent:coder@3,document:style@2")
    .option("--lessons <which>", "with: those that fit; without: none; or ids: only these lessons")
    .option("--detach", "do not follow");
  define(
    "grant <id>",
    "add to the grant of a tree or a task",
    async () => (await import("@/scripts/cli/commands/act")).grant,
  )
    .option("--add-usd <X>", "dollars to add")
    .option("--add-tokens <N>", "tokens to add")
    .option("--add-minutes <m>", "minutes to add, where the time is capped");
  define("delete <tree>", "delete a tree and everything that belongs to it", deleteTree);
}

/** Commands that continue an ended task. */
function defineContinuations(define: Define): void {
  const goesOn = (command: ReturnType<Define>) =>
    command
      .option("--add-usd <X>", "dollars to add to its grant")
      .option("--add-tokens <N>", "tokens to add to its grant")
      .option("--add-minutes <m>", "minutes to add to its grant, where the time is capped")
      .option("--agent <name>", "the agent that continues the task")
      .option("--model <model>", MODEL_FORM);
  goesOn(
    define("continue <task> [message]", "go on with an ended task by a message, and follow it to the end", async () => {
      return (await import("@/scripts/cli/commands/continue")).continueTask;
    }),
  ).option("--detach", "do not follow");
  goesOn(
    define("retry <task> [message]", "start a new attempt of an ended task, with a new conversation", async () => {
      return (await import("@/scripts/cli/commands/act")).retry;
    }),
  );
}
