/** Build, types, lint and rules: commands that end with 0. */
import type { Finding } from "@/core/shapes/improving/gates";
import {
  type CommandResult,
  endedWell,
  fault,
  flag,
  type Gate,
  type GateContext,
  measured,
  notMeasured,
  type Verdict,
} from "@/gates/model/gate";
import { lastLineOf } from "@/gates/model/log";
import { COMMAND_GATES } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";
import { suiteOf } from "@/gates/suite/suite";

type CommandName = (typeof COMMAND_GATES)[number];

/** Exit statuses of a shell that could not start a program. */
const NOT_STARTED = [126, 127];

export const commands: readonly Gate[] = COMMAND_GATES.map(commandGate);

function commandGate(name: CommandName): Gate {
  return {
    name,
    needsSandbox: true,
    off: ({ settings }) => (settings.commands[name] ? null : `The settings name no command for ${name}.`),
    judge: (context) => judge(context, name),
  };
}

/** The base's settings of linter and compiler count, so that a change cannot weaken them for itself. */
async function judge(context: GateContext, name: CommandName): Promise<Verdict> {
  const { oldTree, hasOtherTests } = suiteOf(context);
  const { head, base } = context.change;
  const strict = await run(context, name, "head-with-settings-of-base", oldTree);
  if (endedWell(strict)) {
    const own = hasOtherTests ? await run(context, name, "head", head) : strict;
    if (endedWell(own)) return measured(`Ended with 0 after ${Math.round(own.seconds)} s.`, []);
    return failed(context, name, own, base);
  }
  if (hasOtherTests && endedWell(await run(context, name, "head", head)))
    return measured("Passes with the change's own settings or tests.", [
      flag("It fails with the settings and tests of the base, and passes with those of the change."),
    ]);
  return failed(context, name, strict, base);
}

async function failed(
  context: GateContext,
  name: CommandName,
  result: CommandResult,
  base: FileTree,
): Promise<Verdict> {
  const before = await run(context, name, "base", base);
  return endedWell(before) ? measured(endingOf(result), [endingFault(result)]) : failsOnBase(before);
}

/** A command that also fails without the change says nothing about it. */
export function failsOnBase(before: CommandResult): Verdict {
  if (NOT_STARTED.includes(before.exitStatus ?? 0))
    return notMeasured(`The command could not be started in the sandbox. ${saidIn(before)}`.trim());
  return notMeasured(`It fails on the base too. ${endingOf(before)}`, [
    flag(`Left out: the command fails on the base too. ${saidIn(before)}`.trim()),
  ]);
}

function run(context: GateContext, gate: CommandName, name: string, tree: FileTree): Promise<CommandResult> {
  const command = context.settings.commands[gate];
  if (!command) throw new Error(`There is no command for ${gate}.`);
  return context.runner.run({ name, tree, command: command.run, timeoutMs: command.timeout_minutes * 60_000 });
}

/** Returns how a command ended, as a sentence. */
export function endingOf({ exitStatus, endedBy, problem, seconds }: CommandResult): string {
  if (endedBy === "timeout") return `A time-out ended the command after ${Math.round(seconds)} s.`;
  if (endedBy === "limit") return `A limit ended the command: ${problem}`;
  return `Ended with ${exitStatus}.`;
}

/** The fault that a command did not end well, with the last line of its log. */
export function endingFault(result: CommandResult): Finding {
  return fault(`${endingOf(result)} ${saidIn(result)}`.trim());
}

/** Returns the last line of a command's log, as a sentence; "" when there is none. */
function saidIn({ log }: CommandResult): string {
  const line = lastLineOf(log);
  return line && `The log's ${line}`;
}
