/** Reads the rules of `.gitignore` in a snapshot. */
import type { SnapshotFile, SnapshotStore } from "../snapshots/port";
import { IGNORE_FILE_MAX_BYTES, IgnoreRules } from "../workspace/ignore-rules";

/** Rules of a larger file do not count, nor those that are deepest when all have more than `together`. */
export const MOST_RULES_BYTES = { ofFile: IGNORE_FILE_MAX_BYTES, together: 16 * 1024 * 1024 };

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
  const files = withinLimits(
    all
      .filter(({ path, kind }) => kind === "file" && /(^|\/)\.gitignore$/.test(path) && above.has(folderOf(path)))
      // Rules of a folder are limited together with those above it, so these come first.
      .sort((a, b) => a.path.length - b.path.length),
  );
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

function withinLimits(files: readonly SnapshotFile[]): SnapshotFile[] {
  const small = files.filter(({ sizeBytes }) => sizeBytes <= MOST_RULES_BYTES.ofFile);
  let bytes = 0;
  const end = small.findIndex(({ sizeBytes }) => {
    bytes += sizeBytes;
    return bytes > MOST_RULES_BYTES.together;
  });
  return end < 0 ? small : small.slice(0, end);
}

/** Returns the content of one file of a snapshot, which is in memory as a whole: ask for its size first. */
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
