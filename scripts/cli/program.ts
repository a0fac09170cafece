/** Every command with its arguments and flags. A command's code is loaded only when the command is called. */
import { Command } from "commander";
import type { Flags } from "./context/context";
import { type Define, type Load, many, of, onlyOf, page, refuseOtherVerbs } from "./context/define";
import { editorFlags, runFlags } from "./context/submission-flags";
import { defineActs } from "./definitions/acts";
import { defineRetention } from "./definitions/retention";
import { defineReviews } from "./definitions/reviews";
import { defineEvolution } from "./evolution/define";
import { defineGoals } from "./goals/define";
import { defineKpis } from "./kpis/define";
import { defineMemory } from "./memory/define";
import { UsageError } from "./print/output";
import { defineProjects } from "./projects/define";
import { defineGates, defineReleases } from "./releases/define";
import { defineRunners } from "./runners/define";
import { defineSchedules } from "./schedules/define";
import { defineServices } from "./services/define";
import { defineOutside } from "./settings/define-outside";
import { defineSecurity } from "./settings/define-security";

/** Called with the command that the user gave, its arguments and its flags. */
export type Start = (load: Load, args: (string | undefined)[], flags: Flags) => Promise<void>;

const EPILOGUE = `
Exit status: 0 succeeded; 1 the task failed or was stopped; 2 wrong usage or configuration, with a sentence that says
what to do; 3 waiting for a person; 130 interrupted (the tree is kept and continues at the next start or with
\`resume\`). You can shorten an id to any unique prefix. With --json an error is printed as {"error": "…"} on standard
output and as a sentence on standard error. See docs/command-line.md for all commands.`;

export function createProgram(start: Start, version = ""): Command {
  const program = new Command("banyan")
    .version(version, "--version", "print the version of Banyan")
    .description("AI agents solve a task by splitting it into a tree of subtasks, while you watch and control them.")
    .addHelpText("after", EPILOGUE)
    .enablePositionalOptions()
    .showSuggestionAfterError();
  const below =
    (parent: Command): Define =>
    (usage, description, load, isHidden = false) => {
      const command = parent
        .command(usage, { hidden: isHidden })
        .description(description)
        .allowExcessArguments(false)
        .option("--json", "print one JSON document (with --follow: one object per line)")
        .option("--data <dir>", "the data folder, which holds the database");
      return command.action(() => {
        refuseStray(parent, command);
        refuseOtherVerbs(command);
        return start(load, command.processedArgs, command.opts<Flags>());
      });
    };
  const define = below(program);
  defineWork(define);
  defineSchedules(define);
  defineReads(define);
  defineReviews(define);
  defineActs(define);
  defineDecisions(define);
  defineConfiguration(define);
  defineOutside(define);
  defineModels(define);
  definePeople(define);
  defineSecurity(define);
  defineOperations(define);
  defineMemory(define);
  defineProjects(define);
  defineEvolution(define);
  defineKpis(define);
  defineGates(define);
  defineReleases(define);
  defineServices(
    define,
    below(program.command("service").description("make services, run them in the sandbox, and check what they answer")),
  );
  defineRunners(define, below);
  return program;
}

/** What stands before the name of a command in a group is read by the group, and the command would go on without it. */
function refuseStray(group: Command, command: Command): void {
  const [stray] = group.options.filter((option) => group.getOptionValueSource(option.attributeName()) === "cli");
  if (stray !== undefined)
    throw new UsageError(
      `Write ${stray.long} after the command: npx banyan ${group.name()} ${command.name()} … ${stray.flags}.`,
    );
}

function defineWork(define: Define): void {
  define(
    "open [folder]",
    "open the pages in a browser with this folder chosen; starts the server when none runs",
    async () => (await import("./opening/open")).open,
  ).option("--no-browser", "only print the address");
  define("serve", "start the server", async () => (await import("./commands/serve")).serve)
    .option("--port <n>", "port; default: the setting PORT")
    .option("--host <h>", "address to listen on; default: the setting HOST")
    .option("--role <role>", "all (web and worker), web or worker; default: all")
    .option("--stop", "end the server of this data folder when its running turns have ended");
  define(
    "demo",
    "show Banyan at work without a key, with a scripted model and data of its own; Ctrl-C ends it",
    async () => (await import("./demo/demo")).demo,
  ).option("--pace <ms>", "how long the scripted model takes for a reply, in milliseconds; default: 1200");
  runFlags(
    define(
      "run [task]",
      'submit a task and follow it to the end; "-" or a pipe reads the task from standard input',
      async () => {
        return (await import("./commands/run")).run;
      },
    ),
  ).option("--detach", "submit the task and do not follow it");
  defineGoals(define);
}

function defineReads(define: Define): void {
  page(define("trees", "list the trees, newest first", async () => (await import("./commands/show")).trees)).option(
    "--project <name>",
    "only trees that work in this project's repository",
  );
  define("status", "show how busy Banyan and its machine are, and what runs short", async () => {
    return (await import("./commands/status")).status;
  });
  define("tree <id>", "show a tree with its tasks", async () => (await import("./commands/show")).tree);
  define(
    "log <task>",
    "show the messages of a task, or of a tree",
    async () => (await import("./commands/log")).log,
  ).option("--follow", "print new messages until the task ends");
  define(
    "next <task>",
    "show what a task would do next, without doing it",
    async () => (await import("./commands/step")).next,
  );
  define("compare <tree> <other>", "compare two trees side by side, such as a fork and its origin", async () => {
    return (await import("./commands/compare")).compare;
  }).option("--patch", "show the differences of the files, line by line");
  define(
    "proof <id>",
    "print what was asked, shown, changed, spent and approved in an ended tree, as Markdown",
    async () => {
      return (await import("./commands/proof")).proof;
    },
  )
    .option("--no-output", "leave out the output of the commands, as for a pull request")
    .option("--out <file>", "write it into this new file")
    .option("--link <days>", "share it, as it is now, by a link that works for so many days, 1 to 90");
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
  define("failures", "show what went wrong in tasks, by kinds, and what you could do about it", async () => {
    return (await import("./commands/failures")).failures;
  }).option("--all", "also the kinds that did not happen in 30 days");
  page(
    define("interventions [tree]", "list what the supervisor found and did", async () => {
      return (await import("./commands/interventions")).interventions;
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
  define(
    "trials [verb] [id]",
    "list the trials of new versions of agents, documents and tools, show ID, take its version, or take it back",
    async () => (await import("@/scripts/cli/settings/trials")).trials,
  );
  define("verdict <tree> <outcome>", "say whether the result of an ended tree is right: pass or fail", async () => {
    return (await import("@/scripts/cli/settings/trials")).verdict;
  }).option("--reason <text>", "what is right or wrong");
  define("rules [verb] [id]", "list the rules that approve calls automatically, add one, or revoke ID", async () => {
    return (await import("./commands/rules")).rules;
  })
    .addOption(of(["add"], "--tool <name>", "every call of this tool"))
    .addOption(of(["add"], "--item <item>", "calls identical to this approval, decided or open"))
    .addOption(of(["add"], "--any-arguments", "with --item, the same call with any arguments"))
    .addOption(of(["add"], "--agent <name>", "only calls by this agent"))
    .addOption(of(["add"], "--hours <n>", "until it expires, at most a year; default: 24"))
    .addOption(of(["add"], "--why <text>", "why no person has to approve; shown with the rule"));
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
    'list the tools, show NAME, preview or add servers from FILE ("-": standard input), test, signin or remove NAME, export [NAME], or set the policy of NAME to auto, ask, deny or inherit',
    async () => (await import("@/scripts/cli/settings/tools")).tools,
  )
    .addOption(
      of(["test"], "--accept [listing]", "approve what the server has changed: the list of tools that a test printed"),
    )
    .addOption(of(["add", "import", "preview"], "--mend", "apply the first mend of everything that will not work"));
  define(
    "capabilities [need]",
    "list the tools, agents, runbooks, commands and APIs with their success, or those that fit NEED",
    async () => (await import("@/scripts/cli/settings/capabilities")).capabilities,
  )
    .option("--kind <kind>", "only this kind: tool, operation, agent, runbook, command or library")
    .option("--tree <tree>", "also the libraries of this tree's workspace");
  define(
    "policy [level] [policy]",
    "show the policy for each level of calls, or set LEVEL to auto, ask or deny",
    async () => (await import("@/scripts/cli/settings/policy")).policy,
  )
    .option("--allow <hosts>", "hosts that no longer need approval, separated by commas")
    .option("--disallow <hosts>", "hosts that need approval again, separated by commas");
  const improve = define(
    "improve [verb]",
    "show what goes wrong in tasks and what the review agent proposes; now, on or off",
    async () => {
      return (await import("@/scripts/cli/settings/improve")).improve;
    },
  )
    .option("--cap-usd <x>", "the most that looks may spend in a day, in dollars")
    .option("--hour <n>", "the hour of the nightly look, 0 to 23");
  onlyOf(improve, ["", "on", "off"]);
  define(
    "caps",
    "show the caps on money of a day and of a tree, or change them",
    async () => (await import("@/scripts/cli/settings/policy")).caps,
  )
    .option("--day <usd>", "all trees together in a day, in dollars, or none")
    .option("--tree <usd>", "a tree submitted without its own cap, in dollars, or none");
  define(
    "objectives",
    "show the service level objectives of this server, what was measured, and the error budgets",
    async () => (await import("@/scripts/cli/settings/objectives")).objectives,
  );
  define(
    "limits [verb] [name]",
    "show the limits of the machine and the installation, set that of NAME, or the emergency stop",
    async () => (await import("@/scripts/cli/settings/limits")).limits,
  )
    .addOption(of(["set"], "--max <n>", "the limit of NAME, in its unit, or none"))
    .addOption(of(["set"], "--action <action>", "what follows at the limit of NAME: alert, slow, hold or stop"))
    .addOption(of(["set"], "--violations <n>", "how many violations of one limit pause everything"))
    .addOption(of(["set"], "--within-minutes <n>", "within how many minutes"))
    .addOption(of(["set"], "--alert-from <level>", "the level from which alerts are sent: notice, warning or limit"));
}

function defineModels(define: Define): void {
  define(
    "models [verb] [name]",
    "list the models with limits, price and retirement, show NAME, set its limits and prices, or remove what was set",
    async () => (await import("@/scripts/cli/settings/models")).models,
  )
    .addOption(of(["list"], "--provider <name>", "only models of this provider"))
    .addOption(of(["list"], "--refresh", "ask the providers for their lists first"))
    .addOption(of(["set"], "--context <n>", "context length in tokens, input and output together"))
    .addOption(of(["set"], "--output <n>", "longest answer in tokens"))
    .addOption(of(["set"], "--reads <list>", "what it reads besides text: image, pdf, both with a comma, or nothing"))
    .addOption(of(["set"], "--input-price <x>", "US dollars per million tokens of input"))
    .addOption(of(["set"], "--output-price <x>", "US dollars per million tokens of output"))
    .addOption(
      of(
        ["set"],
        "--cache-read-price <x>",
        "US dollars per million tokens read from the cache; default: the input price",
      ),
    )
    .addOption(
      of(["set"], "--cache-write-price <x>", "US dollars per million tokens written to it; default: the input price"),
    );
}

function definePeople(define: Define): void {
  define("mcp", "serve MCP clients over standard input and output; starts the server if none runs", async () => {
    return (await import("./mcp/mcp")).mcp;
  })
    .option("--role <role>", "what the client may do: viewer, operator, reviewer or admin; default: operator")
    .option("--folder <path>", "a folder in which its tasks may work without a question; repeatable", many)
    .option("--names <names>", "claude: list the tools under the names claude_… too, for programs that know them")
    .option("--no-start", "start no server when none runs on the data folder");
  editorFlags(
    define("acp", "serve an editor as its agent over standard input and output (Agent Client Protocol)", async () => {
      return (await import("./acp/acp")).acp;
    }),
  );
  define("signin", "print a new link that signs in once, when the one that the server printed is lost", async () => {
    return (await import("./commands/signin")).signin;
  });
  define(
    "token [verb] [id] [folder]",
    "list the API tokens, create one, allow one a folder, or revoke ID",
    async () => {
      return (await import("@/scripts/cli/settings/people")).token;
    },
  )
    .addOption(of(["create"], "--role <role>", "viewer, operator, reviewer or admin"))
    .addOption(of(["create"], "--name <name>", "what the token is for; the audit names it with each action"))
    .addOption(of(["create"], "--folder <path>", "a folder in which its tasks may work; repeatable").argParser(many))
    .addOption(of(["create"], "--days <n>", "days until it expires; default: 90"))
    .addOption(of(["create"], "--task <task>", "the token sees only this task and its subtasks"));
  define("users [verb] [who] [role]", "list the users, add EMAIL, change the role of WHO, or remove WHO", async () => {
    return (await import("@/scripts/cli/settings/people")).users;
  })
    .addOption(of(["add"], "--role <role>", "viewer, operator, reviewer or admin"))
    .addOption(of(["add"], "--name <name>", "the name that others see"));
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
    .option("--keep <n>", "how many scheduled backups stay, 1 to 1000")
    .option("--list", "list the backups in the folder and in the bucket, and when one of these was last proven")
    .option("--upload", "make a backup, copy it to the bucket, and prove the copy by a test restore")
    .option("--prove", "copy the newest backup to the bucket if it is not there, and prove the copy")
    .option("--new-key", "print a new key for the backups in the bucket");
  defineRetention(define);
  define(
    "restore <file>",
    "check a backup and replace the database by it",
    async () => (await import("./commands/restore")).restore,
  )
    .option("--check", "only check the backup")
    .option("--from-bucket", "FILE is the name of a backup in the bucket, or newest")
    .option("--key-file <file>", "with --from-bucket: a file with the key, in place of BANYAN_BACKUP_KEY");
  define(
    "doctor",
    "check what Banyan needs, and say how to fix it",
    async () => (await import("./doctor/doctor")).doctor,
  );
}
