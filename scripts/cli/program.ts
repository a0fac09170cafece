/** Every command with its arguments and flags; what a command does is loaded when it is called. */

import { Command } from "commander";
import { MODEL_FORM } from "@/lib/models/providers/table";
import type { Context, Flags } from "./context/context";

export type Handler = (context: Context, args: (string | undefined)[], flags: Flags) => Promise<number>;
type Load = () => Promise<Handler>;
/** Called with what the command line asks for. */
export type Start = (load: Load, args: (string | undefined)[], flags: Flags) => Promise<void>;

const EPILOGUE = `
Exit status: 0 done and succeeded; 1 the task failed or was stopped; 2 wrong usage or configuration, with one sentence
that says what to do; 3 it now waits for a person; 130 interrupted (the tree is kept and goes on at the next start or
with \`resume\`). Ids may be shortened to any unique prefix. With --json an error is {"error": "…"} on standard output
as well as a sentence on standard error. Everything is explained in docs/command-line.md.`;

export function createProgram(start: Start): Command {
  const program = new Command("banyan")
    .description("AI agents solve a task by growing a tree of subtasks, under a person's eye and control.")
    .addHelpText("after", EPILOGUE)
    .enablePositionalOptions()
    .showSuggestionAfterError();
  const define: Define = (usage, description, load, isHidden = false) => {
    const command = program
      .command(usage, { hidden: isHidden })
      .description(description)
      .allowExcessArguments(false)
      .option("--json", "print one JSON document (with --follow one object a line)")
      .option("--data <dir>", "the data folder, with the database in it");
    return command.action(() => start(load, command.processedArgs, command.opts<Flags>()));
  };
  defineWork(define);
  defineLooks(define);
  defineActs(define);
  defineDecisions(define);
  defineConfiguration(define);
  definePeople(define);
  defineSecurity(define);
  defineOperations(define);
  return program;
}

type Define = (usage: string, description: string, load: Load, isHidden?: boolean) => Command;

function defineWork(define: Define): void {
  define("serve", "start the server", async () => (await import("./commands/serve")).serve)
    .option("--port <n>", "port; default: the setting PORT")
    .option("--host <h>", "address to listen on; default: the setting HOST")
    .option("--role <role>", "all (web and worker), web or worker; default: all");
  define(
    "run [task]",
    'submit a task and follow it to the end; "-" or a pipe: the text from standard input',
    async () => {
      return (await import("./commands/run")).run;
    },
  )
    .option("--agent <name>", "the agent at the root; default: agent_selector chooses")
    .option("--runbook <name>", "follow this runbook, without a language model")
    .option("--workspace <dir>", "work in this folder, in place; default: a fresh one")
    .option("--repository <url>", "begin in a fresh folder with a copy of this git repository")
    .option("--branch <name>", "of the repository; default: its own")
    .option("--model <model>", `${MODEL_FORM}; default: the setting BANYAN_MODEL`)
    .option("--priority <n>", "-100 to 100; higher goes first; default: 0")
    .option("--rights <list>", "of read, write, network, host and change; default: read,write,network")
    .option("--confined", "no subtask gets a tool that the first agent lacks")
    .option("--stepping <mode>", "automatic, or manual: paused before each turn")
    .option("--max-cost-usd <x>", "cap of the whole tree, in dollars")
    .option("--max-tokens <n>", "cap of the whole tree, in tokens")
    .option("--max-depth <n>", "levels of subtasks below the root")
    .option("--max-tasks <n>", "tasks in the whole tree")
    .option("--max-minutes <m>", "time in which anything of the tree runs")
    .option("--detach", "submit only");
}

function defineLooks(define: Define): void {
  const page = (command: Command) =>
    command
      .option("--limit <n>", "at most so many, 1 to 1000; default: 50")
      .option("--after <cursor>", "go on from there");
  page(define("trees", "list the trees, the newest first", async () => (await import("./commands/look")).trees));
  define("status", "how busy Banyan and its machine are, and what runs short", async () => {
    return (await import("./commands/status")).status;
  });
  define("tree <id>", "show a tree with its tasks", async () => (await import("./commands/look")).tree);
  define(
    "log <task>",
    "show the messages of a task, or of a tree",
    async () => (await import("./commands/log")).log,
  ).option("--follow", "go on with what is committed, until the task has ended");
  page(
    define("reviews [item]", "list what waits for a person and what was decided, or show one in full", async () => {
      return (await import("./commands/reviews")).reviews;
    }).option("--open", "only what waits"),
  );
  define("review <item>", "show a review item in full, with its evidence", async () => {
    return (await import("./commands/reviews")).review;
  });
  define(
    "next <task>",
    "say what a task would do next; nothing is done",
    async () => (await import("./commands/step")).next,
  );
  define("compare <tree> <other>", "put two trees side by side, such as a fork and its origin", async () => {
    return (await import("./commands/compare")).compare;
  }).option("--patch", "show how the files differ, line by line");
  define("interventions [tree]", "list what the supervisor found and did", async () => {
    return (await import("./commands/interventions")).interventions;
  }).option("--limit <n>", "at most so many, 1 to 1000; default: 50");
}

function defineActs(define: Define): void {
  define("steer <task> [message]", "send a task a message, read at its next turn", async () => {
    return (await import("./commands/act")).steer;
  });
  define(
    "pause <id>",
    "pause a tree, or a task with its branch",
    async () => (await import("./commands/act")).pause,
  ).option("--alone", "the task only; its subtasks go on");
  define("resume <id>", "take back a pause or go on after an interruption, and follow to the end", async () => {
    return (await import("./commands/resume")).resume;
  }).option("--detach", "do not follow");
  define("pause-everything", "cut every call and start nothing, in all trees, until it is resumed", async () => {
    return (await import("./commands/act")).pauseEverything;
  }).option("--reason <text>", "why, for whoever looks");
  define("resume-everything", "let everything go on from where it was cut", async () => {
    return (await import("./commands/act")).resumeEverything;
  });
  define("step <task>", "let a task take one turn, and say what it would do then", async () => {
    return (await import("./commands/step")).step;
  }).option("--detach", "do not wait for the turn");
  define(
    "stop <id>",
    "stop a tree, or a task with its branch",
    async () => (await import("./commands/act")).stop,
  ).option("--reason <text>", "why, for the log");
  define("retry <task>", "start a new attempt of an ended task", async () => (await import("./commands/act")).retry);
  define("change <task>", "another agent, model or priority from the task's next turn on", async () => {
    return (await import("./commands/act")).change;
  })
    .option("--agent <name>", "the agent that goes on with it")
    .option("--model <model>", MODEL_FORM)
    .option("--priority <n>", "-100 to 100; higher goes first; of its branch as well");
  define("fork <task>", "a new tree that goes on from a message of this one, followed to its end", async () => {
    return (await import("./commands/fork")).fork;
  })
    .option("--at <seq>", "the message, as `log` numbers them; default: the task's beginning")
    .option("--instruction <text>", "takes the place of the task's instruction")
    .option("--model <model>", "the model that goes on with the task")
    .option("--agent <name>", "the agent that goes on with the task")
    .option("--message <text>", "takes the place of the text of message --at")
    .option("--detach", "do not follow");
  define("grant <id>", "add to the grant of a tree, or of a task", async () => (await import("./commands/act")).grant)
    .option("--add-usd <X>", "dollars to add")
    .option("--add-tokens <N>", "tokens to add");
  define("delete <tree>", "delete a tree with everything that belongs to it", async () => {
    return (await import("./commands/act")).deleteTree;
  });
}

function defineDecisions(define: Define): void {
  define("answer <item> [text]", "answer a question", async () => (await import("./commands/decide")).answer);
  const decision = (command: Command) =>
    command
      .option("--reason <text>", "why; the task reads it")
      .option("--alike", "also every open item that is equal to it");
  decision(
    define("approve <item>", "allow a call, or close a flag as dealt with", async () => {
      return (await import("./commands/decide")).approve;
    }),
  );
  decision(
    define("reject <item>", "do not allow a call, or close a flag as no problem", async () => {
      return (await import("./commands/decide")).reject;
    }),
  );
  define("rules [verb] [id]", "list the rules that approve calls by themselves, add one, or revoke ID", async () => {
    return (await import("./commands/rules")).rules;
  })
    .option("--tool <name>", "of add: every call of this tool")
    .option("--item <item>", "of add: calls equal to this approval, decided or not")
    .option("--any-arguments", "of add, with --item: whatever the arguments")
    .option("--agent <name>", "of add: only calls of this agent")
    .option("--hours <n>", "of add: how long it holds, up to a year; default: 24")
    .option("--why <text>", "of add: why no person is needed; it stands beside the rule");
}

function defineConfiguration(define: Define): void {
  for (const family of ["agents", "documents"] as const) {
    const what = `list the ${family}, show NAME, import or add FILE ("-": standard input), or export [NAME]`;
    define(`${family} [verb] [name]`, what, async () => {
      const { configuration } = await import("./commands/configuration");
      return (context, args) => configuration(context, family, args);
    });
  }
  define(
    "tools [verb] [name] [policy]",
    'list the tools, show NAME, add a FILE of servers ("-": standard input), test, signin or remove NAME, export [NAME], or set the policy of NAME to auto, ask, deny or inherit',
    async () => (await import("./commands/tools")).tools,
  ).option("--accept", "of test: what differs from what was approved becomes what is approved");
  define(
    "policy [level] [policy]",
    "show what calls of each level are allowed, or set LEVEL to auto, ask or deny",
    async () => (await import("./commands/policy")).policy,
  )
    .option("--allow <hosts>", "hosts that nobody is asked about from now on, separated by commas")
    .option("--disallow <hosts>", "hosts that somebody is asked about again");
}

function definePeople(define: Define): void {
  define("token [verb] [id]", "list the API tokens, create one, or revoke ID", async () => {
    return (await import("./commands/people")).token;
  })
    .option("--role <role>", "of create: viewer, operator, reviewer or admin")
    .option("--name <name>", "of create: what it is for; stands in the record of what it does")
    .option("--days <n>", "of create: until it expires; default: 90")
    .option("--task <task>", "of create: it sees this task and what is below it, and nothing else");
  define(
    "users [verb] [who] [role]",
    "list who may sign in, add EMAIL, give WHO another role, or remove WHO",
    async () => {
      return (await import("./commands/people")).users;
    },
  )
    .option("--role <role>", "of add: viewer, operator, reviewer or admin")
    .option("--name <name>", "of add: what others read");
}

function defineSecurity(define: Define): void {
  define("secrets [verb] [name]", "list the secrets, set or remove NAME, or rotate their key", async () => {
    return (await import("./commands/secrets")).secrets;
  });
  define("audit [verb]", "list who did what, verify that nobody changed it, or accept it as it is", async () => {
    return (await import("./commands/audit")).audit;
  })
    .option("--limit <n>", "of list: at most so many, 1 to 1000; default: 50")
    .option("--after <cursor>", "of list: go on from there")
    .option("--actor <name>", "of list: what this person, program or agent did")
    .option("--action <name>", "of list: only this, such as decide")
    .option("--tree <tree>", "of list: what belongs to this tree");
}

function defineOperations(define: Define): void {
  define("seed", "bring in the agents, documents, tools and runbooks of seeds/", async () => {
    return (await import("./commands/seed")).seed;
  });
  define(
    "migrate",
    "make the database, or bring it to this version",
    async () => (await import("./commands/migrate")).migrate,
  );
  define(
    "backup [file]",
    "copy the database while it is in use",
    async () => (await import("./commands/backup")).backup,
  );
  define(
    "restore <file>",
    "put a backup in the database's place",
    async () => (await import("./commands/backup")).restore,
  );
  define("doctor", "check what Banyan needs, and say what to do", async () => (await import("./doctor/doctor")).doctor);
}
