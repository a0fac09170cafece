/** Every command with its arguments and flags. A command's code is loaded only when the command is called. */

import { Command } from "commander";
import { MODEL_FORM } from "@/lib/models/providers/table";
import type { Context, Flags } from "./context/context";

export type Handler = (context: Context, args: (string | undefined)[], flags: Flags) => Promise<number>;
type Load = () => Promise<Handler>;
/** Called with the command that the user gave, its arguments and its flags. */
export type Start = (load: Load, args: (string | undefined)[], flags: Flags) => Promise<void>;

const EPILOGUE = `
Exit status: 0 succeeded; 1 the task failed or was stopped; 2 wrong usage or configuration, with a sentence that says
what to do; 3 waiting for a person; 130 interrupted (the tree is kept and continues at the next start or with
\`resume\`). You can shorten an id to any unique prefix. With --json an error is printed as {"error": "…"} on standard
output and as a sentence on standard error. See docs/command-line.md for all commands.`;

export function createProgram(start: Start): Command {
  const program = new Command("banyan")
    .description("AI agents solve a task by splitting it into a tree of subtasks, while you watch and control them.")
    .addHelpText("after", EPILOGUE)
    .enablePositionalOptions()
    .showSuggestionAfterError();
  const define: Define = (usage, description, load, isHidden = false) => {
    const command = program
      .command(usage, { hidden: isHidden })
      .description(description)
      .allowExcessArguments(false)
      .option("--json", "print one JSON document (with --follow: one object per line)")
      .option("--data <dir>", "the data folder, which holds the database");
    return command.action(() => start(load, command.processedArgs, command.opts<Flags>()));
  };
  defineWork(define);
  defineLooks(define);
  defineActs(define);
  defineDecisions(define);
  defineConfiguration(define);
  defineModels(define);
  definePeople(define);
  defineSecurity(define);
  defineOperations(define);
  defineGates(define);
  defineReleases(define);
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
    'submit a task and follow it to the end; "-" or a pipe reads the task from standard input',
    async () => {
      return (await import("./commands/run")).run;
    },
  )
    .option("--agent <name>", "agent of the root task; default: agent_selector chooses one")
    .option("--runbook <name>", "follow this runbook, without a language model")
    .option("--workspace <dir>", "work in this folder, in place; default: a new folder")
    .option("--copy", "with --workspace: work in a copy of the folder, which itself stays as it is")
    .option("--repository <url>", "start in a new folder with a clone of this git repository")
    .option("--branch <name>", "branch of the repository; default: its default branch")
    .option("--model <model>", `${MODEL_FORM}; default: the setting BANYAN_MODEL`)
    .option("--priority <n>", "-100 to 100; higher runs first; default: 0")
    .option("--rights <list>", "any of read, write, network, host, change; default: read,write,network")
    .option("--confined", "subtasks get only tools that the first agent has")
    .option("--fixed-shares", "a subtask whose share of the grant runs out does not borrow more")
    .option("--stepping <mode>", "automatic, or manual: pause before each turn")
    .option("--max-cost-usd <x>", "limit for the whole tree, in dollars, or none; default: the cap that `caps` shows")
    .option("--max-tokens <n>", "limit for the whole tree, in tokens")
    .option("--max-depth <n>", "most levels of subtasks below the root")
    .option("--max-tasks <n>", "most tasks in the whole tree")
    .option("--max-minutes <m>", "most minutes that tasks of the tree may run")
    .option("--detach", "submit the task and do not follow it");
}

function defineLooks(define: Define): void {
  const page = (command: Command) =>
    command
      .option("--limit <n>", "most items to list, 1 to 1000; default: 50")
      .option("--after <cursor>", "continue the list after this cursor");
  page(define("trees", "list the trees, newest first", async () => (await import("./commands/look")).trees));
  define("status", "show how busy Banyan and its machine are, and what runs short", async () => {
    return (await import("./commands/status")).status;
  });
  define("tree <id>", "show a tree with its tasks", async () => (await import("./commands/look")).tree);
  define(
    "log <task>",
    "show the messages of a task, or of a tree",
    async () => (await import("./commands/log")).log,
  ).option("--follow", "print new messages until the task ends");
  page(
    define("reviews [item]", "list open and decided review items, or show one item with its details", async () => {
      return (await import("./commands/reviews")).reviews;
    }).option("--open", "open items only"),
  );
  define("review <item>", "show a review item with its details and evidence", async () => {
    return (await import("./commands/reviews")).review;
  });
  define(
    "next <task>",
    "show what a task would do next, without doing it",
    async () => (await import("./commands/step")).next,
  );
  define("compare <tree> <other>", "compare two trees side by side, such as a fork and its origin", async () => {
    return (await import("./commands/compare")).compare;
  }).option("--patch", "show the differences of the files, line by line");
  define("files <tree> [path]", "list the files of a tree, print one, or save them", async () => {
    return (await import("./commands/files")).files;
  })
    .option("--at <moment>", "now, start, or the number of a snapshot's message; default: now")
    .option("--changed", "only files that the tree changed")
    .option("--out <dir>", "save into this folder: all files into a new one, or the named file")
    .option("--zip <file>", "save all files as a zip");
  define("diff <tree>", "print what a tree changed, as a patch for `git apply`", async () => {
    return (await import("./commands/files")).diff;
  }).option("--from <task>", "only what this task and its subtasks changed");
  define("interventions [tree]", "list what the supervisor found and did", async () => {
    return (await import("./commands/interventions")).interventions;
  }).option("--limit <n>", "most items to list, 1 to 1000; default: 50");
}

function defineActs(define: Define): void {
  define("apply <tree>", "create a branch in a repository with what a tree changed", async () => {
    return (await import("./commands/files")).apply;
  })
    .option("--branch <name>", "name of the new branch; default: a name made of the task")
    .option("--repository <dir>", "the repository; default: the one that the tree worked in")
    .option("--from <task>", "only what this task and its subtasks changed");
  define("keep <tree> <other>", "write a tree's files into the folder that both trees began in", async () => {
    return (await import("./commands/files")).keep;
  });
  define("steer <task> [message]", "send a task a message, which it reads at its next turn", async () => {
    return (await import("./commands/act")).steer;
  });
  define(
    "pause <id>",
    "pause a tree, or a task and its subtasks",
    async () => (await import("./commands/act")).pause,
  ).option("--alone", "pause the task only; its subtasks continue");
  define("resume <id>", "resume after a pause or an interruption, and follow to the end", async () => {
    return (await import("./commands/resume")).resume;
  }).option("--detach", "do not follow");
  define("pause-everything", "cut every call and start no new one, in all trees, until you resume", async () => {
    return (await import("./commands/act")).pauseEverything;
  }).option("--reason <text>", "why; everyone who looks sees it");
  define("self [verb]", "say whether agents may change Banyan itself, or switch it off or on", async () => {
    return (await import("./commands/self")).self;
  }).option("--reason <text>", "off: why; everyone who looks sees it");
  define("resume-everything", "resume all trees from where they were cut", async () => {
    return (await import("./commands/act")).resumeEverything;
  });
  define("step <task>", "let a task take one turn, then show what it would do next", async () => {
    return (await import("./commands/step")).step;
  }).option("--detach", "do not wait for the turn to end");
  define(
    "stop <id>",
    "stop a tree, or a task and its subtasks",
    async () => (await import("./commands/act")).stop,
  ).option("--reason <text>", "why, for the log");
  defineContinuations(define);
  define("change <task>", "change a task's agent, model or priority from its next turn", async () => {
    return (await import("./commands/act")).change;
  })
    .option("--agent <name>", "the agent that continues the task")
    .option("--model <model>", MODEL_FORM)
    .option("--priority <n>", "-100 to 100; higher runs first; applies to its subtasks too")
    .option("--alike", "give the model also to the tree's other tasks that are parked because the same model is gone");
  define("fork <task>", "start a new tree from a message of this one, and follow it to the end", async () => {
    return (await import("./commands/fork")).fork;
  })
    .option("--at <seq>", "number of the message, as `log` shows it; default: the start of the task")
    .option("--instruction <text>", "replaces the task's instruction")
    .option("--model <model>", "the model that continues the task")
    .option("--agent <name>", "the agent that continues the task")
    .option("--message <text>", "replaces the text of message --at")
    .option("--detach", "do not follow");
  define("grant <id>", "add to the grant of a tree or a task", async () => (await import("./commands/act")).grant)
    .option("--add-usd <X>", "dollars to add")
    .option("--add-tokens <N>", "tokens to add");
  define("delete <tree>", "delete a tree and everything that belongs to it", async () => {
    return (await import("./commands/act")).deleteTree;
  });
}

/** Commands that let an ended task go on. */
function defineContinuations(define: Define): void {
  const goesOn = (command: ReturnType<Define>) =>
    command
      .option("--add-usd <X>", "dollars to add to its grant")
      .option("--add-tokens <N>", "tokens to add to its grant")
      .option("--agent <name>", "the agent that continues the task")
      .option("--model <model>", MODEL_FORM);
  goesOn(
    define("continue <task> [message]", "go on with an ended task by a message, and follow it to the end", async () => {
      return (await import("./commands/continue")).continueTask;
    }),
  ).option("--detach", "do not follow");
  goesOn(
    define("retry <task> [message]", "start a new attempt of an ended task, with a new conversation", async () => {
      return (await import("./commands/act")).retry;
    }),
  );
}

function defineDecisions(define: Define): void {
  define("answer <item> [text]", "answer a question", async () => (await import("./commands/decide")).answer);
  const decision = (command: Command) =>
    command
      .option("--reason <text>", "why; the task reads it")
      .option("--alike", "decide every identical open item too");
  decision(
    define("approve <item>", "allow a call, or close a flag as resolved", async () => {
      return (await import("./commands/decide")).approve;
    }),
  );
  decision(
    define("reject <item>", "refuse a call, or close a flag as harmless", async () => {
      return (await import("./commands/decide")).reject;
    }),
  );
  define("rules [verb] [id]", "list the rules that approve calls automatically, add one, or revoke ID", async () => {
    return (await import("./commands/rules")).rules;
  })
    .option("--tool <name>", "add: every call of this tool")
    .option("--item <item>", "add: calls identical to this approval, decided or open")
    .option("--any-arguments", "add, with --item: the same call with any arguments")
    .option("--agent <name>", "add: only calls by this agent")
    .option("--hours <n>", "add: until it expires, at most a year; default: 24")
    .option("--why <text>", "add: why no person has to approve; shown with the rule");
}

function defineConfiguration(define: Define): void {
  for (const family of ["agents", "documents"] as const) {
    const what = `list the ${family}, show NAME, import or add FILE ("-": standard input), or export [NAME]`;
    define(`${family} [verb] [name]`, what, async () => {
      const { configuration } = await import("@/scripts/cli/settings/configuration");
      return (context, args) => configuration(context, family, args);
    });
  }
  define(
    "tools [verb] [name] [policy]",
    'list the tools, show NAME, add servers from FILE ("-": standard input), test, signin or remove NAME, export [NAME], or set the policy of NAME to auto, ask, deny or inherit',
    async () => (await import("@/scripts/cli/settings/tools")).tools,
  ).option("--accept", "test: approve what the server has changed since it was approved");
  define(
    "policy [level] [policy]",
    "show the policy for each level of calls, or set LEVEL to auto, ask or deny",
    async () => (await import("@/scripts/cli/settings/policy")).policy,
  )
    .option("--allow <hosts>", "hosts that no longer need approval, separated by commas")
    .option("--disallow <hosts>", "hosts that need approval again, separated by commas");
  define(
    "caps",
    "show the caps on money of a day and of a tree, or change them",
    async () => (await import("@/scripts/cli/settings/policy")).caps,
  )
    .option("--day <usd>", "all trees together in a day, in dollars, or none")
    .option("--tree <usd>", "a tree submitted without its own cap, in dollars, or none");
}

function defineModels(define: Define): void {
  define(
    "models [verb] [name]",
    "list the models with limits, price and retirement, show NAME, set its limits and prices, or remove what was set",
    async () => (await import("@/scripts/cli/settings/models")).models,
  )
    .option("--provider <name>", "list: only models of this provider")
    .option("--refresh", "list: ask the providers for their lists first")
    .option("--context <n>", "set: context length in tokens, input and output together")
    .option("--output <n>", "set: longest answer in tokens")
    .option("--input-price <x>", "set: US dollars per million tokens of input")
    .option("--output-price <x>", "set: US dollars per million tokens of output")
    .option(
      "--cache-read-price <x>",
      "set: US dollars per million tokens read from the cache; default: the input price",
    )
    .option("--cache-write-price <x>", "set: US dollars per million tokens written to it; default: the input price");
}

function defineReleases(define: Define): void {
  define(
    "upgrade",
    "pull the newest version of the checkout, build it, and let the server hand over to it",
    async () => {
      return (await import("./releases/upgrade")).upgrade;
    },
  );
  define("releases", "list the releases of Banyan that the launcher keeps, and which one serves", async () => {
    return (await import("./releases/releases")).releases;
  });
  define(
    "launcher <verb>",
    "install: put the checkout's launcher into its folder; the next start uses it",
    async () => {
      return (await import("./releases/releases")).launcher;
    },
  );
}

function definePeople(define: Define): void {
  define("signin", "print a new link that signs in once, when the one that the server printed is lost", async () => {
    return (await import("./commands/signin")).signin;
  });
  define("token [verb] [id]", "list the API tokens, create one, or revoke ID", async () => {
    return (await import("@/scripts/cli/settings/people")).token;
  })
    .option("--role <role>", "create: viewer, operator, reviewer or admin")
    .option("--name <name>", "create: what the token is for; the audit names it with each action")
    .option("--days <n>", "create: days until it expires; default: 90")
    .option("--task <task>", "create: the token sees only this task and its subtasks");
  define("users [verb] [who] [role]", "list the users, add EMAIL, change the role of WHO, or remove WHO", async () => {
    return (await import("@/scripts/cli/settings/people")).users;
  })
    .option("--role <role>", "add: viewer, operator, reviewer or admin")
    .option("--name <name>", "add: the name that others see");
}

function defineSecurity(define: Define): void {
  define(
    "webhooks [verb] [target]",
    "list the webhooks, add URL, change ID, rotate the secret of ID, remove ID, or send ID a test message",
    async () => {
      return (await import("@/scripts/cli/settings/webhooks")).webhooks;
    },
  )
    .option("--url <url>", "change: the new address")
    .option("--events <list>", "add, change: any of needs_you, tree_ended, tree_failed; default of add: all");
  define("secrets [verb] [name]", "list the secrets, set or remove NAME, or rotate their key", async () => {
    return (await import("@/scripts/cli/settings/secrets")).secrets;
  });
  define(
    "audit [verb]",
    "list who did what, verify that nobody changed the record, or accept it as it is",
    async () => {
      return (await import("./commands/audit")).audit;
    },
  )
    .option("--limit <n>", "list: most rows, 1 to 1000; default: 50")
    .option("--after <cursor>", "list: continue after this cursor")
    .option("--actor <name>", "list: only actions of this person, program or agent")
    .option("--action <name>", "list: only this action, such as decide")
    .option("--tree <tree>", "list: only rows of this tree");
}

function defineGates(define: Define): void {
  define("gates <folder>", "judge a change of a git repository: tests, build, secrets, packages and more", async () => {
    return (await import("./commands/gates")).gates;
  })
    .option("--base <ref>", "judge against this commit; default: HEAD, or the parent of --head")
    .option("--head <ref>", "judge this commit; default: the files in the folder")
    .option("--only <gates>", "only these gates, separated by commas")
    .option("--markdown <file>", "also write the report as Markdown")
    .option("--evidence <dir>", "a new folder for what the gates saw; default: below ~/.local/state/banyan/gates")
    .option("--seed <text>", "draw the same mutants as the run with this seed")
    .option("--progress", "print each gate as it begins, also where standard error is no terminal")
    .option("--fail-on-flags", "exit with 1 also when a person has to look at something");
}

function defineOperations(define: Define): void {
  define("seed", "import the agents, documents, tools and runbooks of seeds/", async () => {
    return (await import("./commands/seed")).seed;
  });
  define(
    "migrate",
    "create the database, or migrate it to this version",
    async () => (await import("./commands/migrate")).migrate,
  );
  define(
    "backup [file]",
    "copy the database while it is in use, or set how often the server does",
    async () => (await import("./commands/backup")).backup,
  )
    .option("--every <interval>", "let the server make backups: 24h, 30m, 7d or off")
    .option("--keep <n>", "how many scheduled backups stay, 1 to 1000");
  define(
    "restore <file>",
    "check a backup and replace the database by it",
    async () => (await import("./commands/restore")).restore,
  ).option("--check", "only check the backup");
  define(
    "doctor",
    "check what Banyan needs, and say how to fix it",
    async () => (await import("./doctor/doctor")).doctor,
  );
}
