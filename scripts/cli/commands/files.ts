/** `files`, `diff` and `apply`: shows the files of a tree and its changes, and passes them on. */
import { createWriteStream, existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Queries } from "@/agents/application";
import type { TreeFile } from "@/core/shapes/files";
import { plural, bytes as sizeText } from "@/core/words/figures";
import { looksBinary } from "@/lib/workspace/text-form";
import { zipStream } from "@/lib/zip/zip-stream";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { paint, print, printJson, UsageError } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";
import { type Arguments, act } from "./act";

const MARKS = { added: ["green", "+"], modified: ["yellow", "~"], deleted: ["red", "-"] } as const;
const PAGE = 1_000;

/** Lists the files of a tree, prints one, or writes them to a folder or a zip. */
export async function files(context: Context, [tree = "", path]: Arguments, flags: Flags): Promise<number> {
  const at = textFlag(flags, "at");
  const [zip, out] = [textFlag(flags, "zip"), textFlag(flags, "out")];
  if (zip !== undefined && (out !== undefined || path !== undefined))
    throw new UsageError("--zip writes all files into one archive: leave out --out and the path.");
  if (context.json && path !== undefined && out === undefined)
    throw new UsageError("--json lists files; one file is printed as it is: leave out --json, or write it with --out.");
  const changedOnly = flags.changed === true;
  return withReadRuntime(context, async ({ queries }) => {
    if (zip !== undefined) {
      const archive = await queries.openArchive(tree, { at, changedOnly });
      await save(zipStream(archive.read()), freeFile(resolve(context.cwd, zip)));
      return said(context, { file: zip, files: archive.files }, `Wrote ${plural(archive.files, "file")} to ${zip}.`);
    }
    if (path !== undefined) return copyFile(context, queries, { tree, path, at, out });
    if (out !== undefined) return toFolder(context, queries, { tree, at, changedOnly, out });
    const items = (await listed(queries, tree, at)).filter(({ changed }) => !changedOnly || changed !== null);
    if (context.json) printJson({ items, next: null });
    else for (const line of linesOf(items)) print(line);
    return 0;
  });
}

async function listed(queries: Queries, tree: string, at: string | undefined): Promise<TreeFile[]> {
  const items: TreeFile[] = [];
  for (let after: string | undefined; ; ) {
    const page = await queries.listFiles(tree, { at, after, limit: PAGE });
    items.push(...page.items);
    if (page.next === null) return items;
    after = page.next;
  }
}

function linesOf(items: readonly TreeFile[]): string[] {
  if (items.length === 0) return ["No files."];
  return items.map(({ path, bytes, changed }) => {
    const [style, mark] = changed === null ? (["dim", " "] as const) : MARKS[changed];
    const size = bytes === null ? "deleted" : sizeText(bytes);
    return `${paint(style, mark)} ${size.padStart(9)}  ${oneLine(path)}`;
  });
}

interface Wanted {
  tree: string;
  at: string | undefined;
}

async function copyFile(
  context: Context,
  queries: Queries,
  { tree, path, at, out }: Wanted & { path: string; out: string | undefined },
): Promise<number> {
  const file = await queries.openFile(tree, path, { at });
  if (out !== undefined) {
    const target = freeFile(join(resolve(context.cwd, out), file.name));
    await save(file.read(), target);
    return said(context, { file: target, bytes: file.bytes }, `Wrote ${target}.`);
  }
  return toStdout(file.read());
}

async function toFolder(
  context: Context,
  queries: Queries,
  { tree, at, changedOnly, out }: Wanted & { changedOnly: boolean; out: string },
): Promise<number> {
  const folder = resolve(context.cwd, out);
  if (existsSync(folder)) throw new UsageError(`${out} exists already: name a folder that does not, for --out.`);
  const archive = await queries.openArchive(tree, { at, changedOnly });
  for await (const { path, content, isExecutable } of archive.read())
    await save(content, join(folder, path), isExecutable);
  return said(context, { folder, files: archive.files }, `Wrote ${plural(archive.files, "file")} to ${out}.`);
}

/** Writes bytes unchanged to a file or another program; to a terminal only text, without control characters. */
async function toStdout(content: AsyncIterable<Buffer>): Promise<number> {
  if (!process.stdout.isTTY) {
    await pipeline(Readable.from(content, { objectMode: false }), process.stdout, { end: false });
    return 0;
  }
  const decoder = new TextDecoder();
  for await (const chunk of content) {
    if (looksBinary(chunk)) throw new UsageError("It is not text: write it to a file, with --out or with >.");
    process.stdout.write(clean(decoder.decode(chunk, { stream: true })));
  }
  return 0;
}

function freeFile(file: string): string {
  if (existsSync(file)) throw new UsageError(`${file} exists already: remove it, or choose another name.`);
  return file;
}

async function save(content: AsyncIterable<Uint8Array>, file: string, isExecutable = false): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const target = createWriteStream(file, { flags: "wx", mode: isExecutable ? 0o755 : 0o644 });
  await pipeline(Readable.from(content, { objectMode: false }), target);
}

function said(context: Context, facts: object, sentence: string): number {
  if (context.json) printJson(facts);
  else print(sentence);
  return 0;
}

/** Prints what the tree, or one of its tasks, changed, as a patch for `git apply`. */
export async function diff(context: Context, [tree = ""]: Arguments, flags: Flags): Promise<number> {
  const task = textFlag(flags, "from");
  return withReadRuntime(context, async ({ queries }) => {
    if (context.json) {
      printJson(await queries.listChanges(tree, { task }));
      return 0;
    }
    const patch = await queries.openPatch(tree, { task });
    return toStdout(patch.read());
  });
}

export const apply = (context: Context, [tree = ""]: Arguments, flags: Flags) => {
  const given = textFlag(flags, "repository");
  const repository = given === undefined ? undefined : resolve(context.cwd, given);
  const options = { branch: textFlag(flags, "branch"), repository, task: textFlag(flags, "from") };
  return act(context, ({ application }) => application.commands.applyAsBranch({ id: tree, ...options }), {
    lines: async ({ look, undo }) => [`Look at it:  ${look}`, `Undo:        ${undo}`],
  });
};
