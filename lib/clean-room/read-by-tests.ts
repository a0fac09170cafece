/** Data that the tests of the start read: what a test compares with decides, whatever its name. */
import type { SnapshotFile, SnapshotStore } from "@/lib/snapshots/port";
import { isTestFile } from "@/lib/test-reports/test-side";
import { isPackage } from "./packages";

/** Files that hold values. */
export const DATA = /\.(txt|csv|tsv|jsonc?|jsonl|ya?ml|xml|out|in|dat|ini|conf|toml|html|svg|bin|log|sql)$/i;
/** Folders whose data a product is made of, by custom: tests read them as they read its code. */
const OF_PRODUCT =
  /(^|\/)(locales?|i18n|l10n|lang|langs|languages|translations|messages|public|static|assets|templates|views|migrations|prisma|protos?|schemas?|graphql|content|docs?|resources|config|styles)\//i;
/** Code of tests; their data names nothing. */
const CODE = /\.(?!txt$|csv$|json$|ya?ml$|snap$|out$|md$)[a-z]\w*$/i;
const [MOST_TESTS, LARGEST_TEST] = [500, 200_000];

/** Returns the data that tests name, and all data of folders of data alone that tests name. */
export async function readByTests(
  snapshots: Pick<SnapshotStore, "contents">,
  files: readonly SnapshotFile[],
): Promise<string[]> {
  const data = files.map(({ path }) => path).filter((path) => isData(path));
  if (data.length === 0) return [];
  const byName = new Map<string, string[]>();
  for (const path of data) byName.set(nameOf(path), [...(byName.get(nameOf(path)) ?? []), path]);
  const folders = foldersOfData(data, files);
  const read = new Set<string>();
  for (const text of await textsOf(snapshots, files)) {
    for (const [word] of text.matchAll(/[\w@+-][\w.@+-]{0,100}\.\w{1,5}\b/g))
      for (const path of named(word, byName, text)) read.add(path);
    for (const [, folder = ""] of text.matchAll(/["'`/]([\w.@+-]{1,100})\/?["'`]/g))
      for (const path of folders.get(folder) ?? []) read.add(path);
  }
  return [...read];
}

function isData(path: string): boolean {
  return DATA.test(path) && !isTestFile(path) && !isPackage(path) && !OF_PRODUCT.test(path);
}

/** Of several files of one name, those whose folder the test names too; all of them where it names none. */
function named(word: string, byName: ReadonlyMap<string, string[]>, text: string): string[] {
  const paths = byName.get(word) ?? [];
  const near = paths.filter((path) => path.includes("/") && text.includes(path.split("/").at(-2) ?? ""));
  return near.length > 0 ? near : paths;
}

/** Returns the data of each folder that holds data alone, by the folder's name. */
function foldersOfData(data: readonly string[], files: readonly SnapshotFile[]): Map<string, string[]> {
  const mixed = new Set(files.filter(({ path }) => !DATA.test(path)).map(({ path }) => folderOf(path)));
  const folders = new Map<string, string[]>();
  for (const path of data) {
    const folder = folderOf(path);
    if (folder === "" || mixed.has(folder)) continue;
    folders.set(nameOf(folder), [...(folders.get(nameOf(folder)) ?? []), path]);
  }
  return folders;
}

async function textsOf(snapshots: Pick<SnapshotStore, "contents">, files: readonly SnapshotFile[]): Promise<string[]> {
  const tests = files
    .filter(
      ({ path, kind, sizeBytes }) =>
        kind === "file" && sizeBytes <= LARGEST_TEST && CODE.test(path) && isTestFile(path),
    )
    .filter(({ path }) => !isPackage(path))
    .slice(0, MOST_TESTS);
  const texts: string[] = [];
  for await (const content of snapshots.contents(tests)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    texts.push(Buffer.concat(chunks).toString("utf8"));
  }
  return texts;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
