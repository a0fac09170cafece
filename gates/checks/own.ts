/** The repository's own gates: commands that the settings name. */
import { z } from "zod";
import { Finding } from "@/core/shapes/improving/gates";
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
import { type Command, ownGates, type Settings } from "@/gates/model/settings";
import type { FileTree } from "@/gates/model/tree";
import { addedLines } from "@/gates/source/lines";
import { withoutFile } from "@/gates/source/trees";
import { suiteOf } from "@/gates/suite/suite";
import { endingFault, endingOf, failsOnBase } from "./commands";

const MOST_NAMED = 20;

const Found = z.array(Finding.partial({ path: true, line: true, test: true }));

/** Returns the gates that the settings add, in their order. */
export function gatesOfOwn(settings: Settings): Gate[] {
  return ownGates(settings).map((name) => ({
    name,
    needsSandbox: true,
    off: () => null,
    judge: (context) => {
      const command = context.settings.commands[name];
      if (!command) throw new Error(`There is no command for ${name}.`);
      return command.same_lines === undefined
        ? judged(context, command)
        : compared(context, command, command.same_lines);
    },
  }));
}

/** A command that sees the base judges for itself; otherwise it runs as the base's tests do. */
async function judged(context: GateContext, command: Command): Promise<Verdict> {
  const { base, head } = context.change;
  const tree = command.with_base ? head : suiteOf(context).oldTree;
  const result = await run(context, command, "head", tree);
  const found = foundBy(command, result);
  const ended = endingOf(result);
  if (endedWell(result) && found !== null)
    return measured(found.some(({ kind }) => kind === "fault") ? "Found faults." : ended, found);
  const before = await run(context, command, "base", base);
  if (!endedWell(before)) return failsOnBase(before);
  if (endedWell(result))
    return foundBy(command, before) === null
      ? notMeasured("On the base too the command ends without its file of findings.")
      : measured(ended, [fault("The command ended with 0 without its file of findings.")]);
  const faults = found?.filter(({ kind }) => kind === "fault") ?? [];
  return measured(ended, [...(faults.length > 0 ? [] : [endingFault(result)]), ...(found ?? [])]);
}

/** Compares what the command writes on the base with what it writes on the change, both with the base's tests. */
async function compared(context: GateContext, command: Command, file: string): Promise<Verdict> {
  const before = await run(context, command, "base", context.change.base);
  if (!endedWell(before)) return failsOnBase(before);
  const wanted = before.files[file] ?? null;
  if (wanted === null) return notMeasured(`The command wrote no ${file} on the base.`);
  const result = await run(context, command, "head", suiteOf(context).oldTree);
  if (!endedWell(result)) return measured(endingOf(result), [endingFault(result)]);
  const given = result.files[file] ?? null;
  if (given === null) return measured("Nothing to compare.", [fault(`The command wrote no ${file} on the change.`)]);
  const [gone, added] = [addedLines(given, wanted), addedLines(wanted, given)];
  const counts = { lines: wanted.split("\n").length - 1, gone: gone.length, added: added.length };
  if (gone.length + added.length === 0) return measured(`The same ${counts.lines} lines.`, [], counts);
  // Output that differs from run to run says nothing about the change.
  const again = await run(context, command, "base-again", context.change.base);
  if (again.files[file] !== wanted) return notMeasured(`Two runs on the base write different lines to ${file}.`);
  const shown = [
    ...gone.map(({ text }) => fault(`Gone: ${text}`)),
    ...added.map(({ text }) => flag(`New: ${text}`)),
  ].slice(0, MOST_NAMED);
  const more = gone.length + added.length - shown.length;
  return measured(
    `${gone.length} of ${counts.lines} lines are gone, ${added.length} are new.`,
    more > 0 ? [...shown, flag(`${more} more lines differ.`)] : shown,
    counts,
  );
}

function run(context: GateContext, command: Command, name: string, tree: FileTree): Promise<CommandResult> {
  const file = command.same_lines ?? command.findings;
  return context.runner.run({
    name,
    // A file that is already there would be read instead of a new one.
    tree: file === undefined ? tree : withoutFile(tree, file),
    command: command.run,
    timeoutMs: command.timeout_minutes * 60_000,
    ...(file !== undefined && { reads: [file] }),
    ...(command.with_base && { base: context.change.base }),
  });
}

/** Returns null when the command left no list of findings where the settings want one. */
function foundBy({ findings }: Command, { files }: CommandResult): Finding[] | null {
  if (findings === undefined) return [];
  try {
    const read = Found.safeParse(JSON.parse(files[findings] ?? ""));
    return read.success ? read.data.map((finding) => ({ path: null, line: null, test: null, ...finding })) : null;
  } catch {
    return null;
  }
}
