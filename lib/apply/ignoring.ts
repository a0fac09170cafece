/** Reads the rules of `.gitignore` in a snapshot. */
import type { SnapshotFile, SnapshotStore } from "../snapshots/port";
import { IgnoreRules } from "../workspace/ignore-rules";

/** The rules of one folder, as `.gitignore` writes them. */
export interface Rules {
  names: readonly string[];
  text: string;
}

/** Returns the rules that concern these paths. `rulesAbove` are the first to be read, so that a folder's own decide. */
export async function rulesOf(
  snapshots: Pick<SnapshotStore, "contents">,
  all: readonly SnapshotFile[],
  paths: readonly string[],
  { prefix, rulesAbove }: { prefix: readonly string[]; rulesAbove: readonly Rules[] },
): Promise<IgnoreRules> {
  const above = new Set(paths.flatMap(foldersAbove));
  const files = all
    .filter(({ path, kind }) => kind === "file" && /(^|\/)\.gitignore$/.test(path) && above.has(folderOf(path)))
    // Rules of a folder are limited together with those above it, so these come first.
    .sort((a, b) => a.path.length - b.path.length);
  // The rules of one folder are one text, in which the last rule that fits decides.
  const texts = new Map<string, string[]>();
  const add = (names: readonly string[], text: string) =>
    texts.set(names.join("/"), [...(texts.get(names.join("/")) ?? []), text]);
  for (const { names, text } of rulesAbove) add(names, text);
  let at = 0;
  for await (const content of snapshots.contents(files)) {
    const folder = folderOf(files[at++]?.path ?? "");
    add([...prefix, ...folder.split("/").filter(Boolean)], (await joined(content)).toString("utf8"));
  }
  const rules = new IgnoreRules();
  for (const [names, parts] of texts) rules.addGitIgnore(names === "" ? [] : names.split("/"), parts.join("\n"));
  return rules;
}

/** Returns the content of one file of a snapshot. */
export async function bytesOf(snapshots: Pick<SnapshotStore, "contents">, file: SnapshotFile): Promise<Buffer> {
  for await (const content of snapshots.contents([file])) return joined(content);
  return Buffer.alloc(0);
}

async function joined(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Returns the folders around a path, from the top, which is "". */
function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return ["", ...names.map((_, index) => names.slice(0, index + 1).join("/"))];
}
