/** Reads texts of snapshots. */
import type { SnapshotFile, SnapshotStore } from "@/lib/snapshots/port";
import { manifestIn } from "@/lib/test-reports/test-side";

const LARGEST_TEXT = 1_000_000;

/** Returns the contents of files of a snapshot; null for a path that is no file there, and for a large file. */
export async function textsAt(
  snapshots: Pick<SnapshotStore, "find" | "contents">,
  commit: string,
  paths: readonly string[],
): Promise<(string | null)[]> {
  const found: (SnapshotFile | null)[] = [];
  for (const path of paths) found.push(await snapshots.find(commit, path));
  const files = found.filter((file) => file?.kind === "file" && file.sizeBytes <= LARGEST_TEXT) as SnapshotFile[];
  const texts = new Map<SnapshotFile, string>();
  for await (const content of snapshots.contents(files)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(Buffer.from(chunk));
    texts.set(files[texts.size] as SnapshotFile, Buffer.concat(chunks).toString("utf8"));
  }
  return found.map((file) => (file && texts.get(file)) ?? null);
}

export async function textAt(
  snapshots: Pick<SnapshotStore, "find" | "contents">,
  commit: string,
  path: string,
): Promise<string | null> {
  const [text = null] = await textsAt(snapshots, commit, [path]);
  return text;
}

/** Returns the scripts of a package.json by their name. */
export function scriptsIn(manifest: string | null): Readonly<Record<string, string>> {
  const scripts: Record<string, unknown> = Object(manifestIn(manifest)?.scripts);
  return Object.fromEntries(
    Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
