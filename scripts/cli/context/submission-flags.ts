/** The flags of all commands that submit a tree. */
import type { Command } from "commander";
import { MODEL_FORM } from "@/lib/models/providers/table";

/** Adds the flags that say where a tree works, with which model and within which limits. */
export function submissionFlags(command: Command): Command {
  return command
    .option("--project <name>", "work in this project's repository, with its agent, model and limit")
    .option("--workspace <dir>", "work in this folder, in place; default: a new folder")
    .option("--copy", "with --workspace or --project: work in a copy of the folder, which itself stays as it is")
    .option("--repository <url>", "start in a new folder with a clone of this git repository")
    .option("--branch <name>", "branch of the repository; default: its default branch")
    .option(
      "--pool <name>",
      "work on the runners of this pool; default: the setting BANYAN_POOL, else the server's machine",
    )
    .option("--no-pool", "work on the server's machine, whatever the setting BANYAN_POOL says")
    .option("--checks-pool <name>", "check claims and goals on the runners of this pool; default: where the tree works")
    .option("--model <model>", `${MODEL_FORM}; default: the setting BANYAN_MODEL`)
    .option("--priority <n>", "-100 to 100; higher runs first; default: 0")
    .option("--rights <list>", "any of read, write, network, host, change; default: read,write,network")
    .option("--confined", "subtasks get only tools that the first agent has")
    .option("--fixed-shares", "a subtask whose share of the grant runs out does not borrow more")
    .option("--stepping <mode>", "automatic, or manual: pause before each turn")
    .option("--max-cost-usd <x>", "limit for the whole tree, in dollars, or none; default: the cap that `caps` shows")
    .option("--max-tokens <n>", "limit for the whole tree, in tokens")
    .option("--max-depth <n>", "most levels of subtasks below the root")
    .option("--max-tasks <n>", "most tasks in the whole tree");
}

/** Adds the flags above, and those of a plain task. */
export function runFlags(command: Command): Command {
  return submissionFlags(command)
    .option("--agent <name>", "agent of the root task; default: agent_selector chooses one")
    .option("--runbook <name>", "follow this runbook, without a language model")
    .option("--max-minutes <m>", "most minutes that tasks of the tree may run");
}

/** Adds the flags that an editor sets for all its sessions. The editor itself names the folder. */
export function editorFlags(command: Command): Command {
  return command
    .option("--role <role>", "what the editor may do: viewer, operator, reviewer or admin; default: admin")
    .option("--agent <name>", "agent of the root task; default: agent_selector chooses one")
    .option("--model <model>", `${MODEL_FORM}; default: the setting BANYAN_MODEL`)
    .option("--copy", "work in a copy of the editor's folder, which itself stays as it is")
    .option("--rights <list>", "any of read, write, network, host, change; default: read,write,network")
    .option("--max-cost-usd <x>", "limit for a whole tree, in dollars, or none; default: the cap that `caps` shows")
    .option("--max-tokens <n>", "limit for a whole tree, in tokens")
    .option("--no-start", "start no server when none runs on the data folder");
}
