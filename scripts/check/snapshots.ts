import type { Fault } from "./fault";
import type { SourceFile } from "./sources";

const META = "drizzle/meta";

/**
 * Finds snapshots of the schema that nobody reads. drizzle-kit compares `db/schema/` with the newest one only, and each
 * is as long as the whole schema.
 */
export function checkSnapshots(sources: SourceFile[]): Fault[] {
  const journal = sources.find(({ file }) => file === `${META}/_journal.json`);
  if (!journal) return [];
  const { entries } = JSON.parse(journal.text) as { entries: { tag: string }[] };
  const newest = `${META}/${entries.at(-1)?.tag.split("_")[0]}_snapshot.json`;
  const snapshots = sources.map(({ file }) => file).filter((file) => /^drizzle\/meta\/.*_snapshot\.json$/.test(file));
  const old = snapshots
    .filter((file) => file !== newest)
    .map((file) => ({ file, message: "is an old snapshot, and drizzle-kit reads only the newest: delete it" }));
  if (snapshots.includes(newest)) return old;
  return [
    ...old,
    { file: newest, message: "is missing, and drizzle-kit compares the schema with it: restore it from git" },
  ];
}
