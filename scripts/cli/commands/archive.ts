/** `archive`: writes ended trees into one file, lists what such a file holds, or reads its trees. */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { keepArchive } from "@/agents/archives/keep";
import { taken } from "@/agents/archives/names";
import type { ArchiveListing } from "@/core/shapes/archives";
import { bytes, money, plural } from "@/core/words/figures";
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

export async function archive(context: Context, args: (string | undefined)[], flags: Flags): Promise<number> {
  const trees = args.flat().filter((arg) => arg !== undefined);
  const [list, read] = [textFlag(flags, "list"), textFlag(flags, "read")];
  const wanted = [trees.length > 0, list !== undefined, read !== undefined].filter(Boolean).length;
  if (wanted !== 1) throw new UsageError("Name the trees to archive, or a file with --list or --read: one of these.");
  if (list !== undefined) return listed(context, resolve(context.cwd, list));
  if (read !== undefined) return readFrom(context, resolve(context.cwd, read));
  return write(context, trees, flags);
}

async function write(context: Context, trees: string[], flags: Flags): Promise<number> {
  return withActing(context, async ({ application }) => {
    const opened = await application.commands.archiveTrees({ trees });
    const file = targetOf(context, textFlag(flags, "out"), opened.name);
    const overwrites = flags.force === true;
    // Checked before the work, and again when the file gets its name.
    if (!overwrites && existsSync(file)) throw taken(file);
    const size_bytes = await keepArchive(opened, file, { overwrites });
    if (context.json) printJson({ file, size_bytes, trees: opened.trees });
    else print(`Archived ${plural(opened.trees.length, "tree")} in ${oneLine(file)} (${bytes(size_bytes)}).`);
    return 0;
  });
}

/** An existing folder keeps the name that says what the archive holds. */
function targetOf(context: Context, out: string | undefined, name: string): string {
  const given = resolve(context.cwd, out ?? name);
  return statSync(given, { throwIfNoEntry: false })?.isDirectory() ? join(given, name) : given;
}

async function listed(context: Context, file: string): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getArchive({ file });
    if (context.json) printJson(found);
    else for (const line of linesOf(found)) print(line);
    return 0;
  });
}

function linesOf({ trees, made_at, banyan }: ArchiveListing): string[] {
  const lines = trees.map(({ id, title, status, ended_at, tasks, cost_usd }) => {
    const figures = `${plural(tasks, "task")}, ${money(cost_usd)}`;
    return `${id}  ${ended_at.slice(0, 10)}  ${status}  ${oneLine(title)}  (${figures})`;
  });
  return [
    ...lines,
    `${plural(trees.length, "tree")}, archived on ${made_at.slice(0, 10)} by Banyan ${oneLine(banyan)}.`,
  ];
}

async function readFrom(context: Context, file: string): Promise<number> {
  return withActing(context, async ({ application }) => {
    const done = await application.commands.readArchiveFile({ file });
    if (context.json) printJson(done);
    else print(done.sentence);
    return 0;
  });
}
