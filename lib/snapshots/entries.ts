import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Git, runGit } from "./git";
import type { Entries, Entry, Mode } from "./listing";
import { realPath } from "./names";

export function blobName(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

export const EMPTY_FOLDER: Readonly<Entry> = {
  mode: "100644",
  oid: blobName(Buffer.alloc(0)),
  sizeBytes: 0,
  signature: "",
};

/** Returns the entries of a snapshot; their signatures are not those of any folder. */
export async function storedEntries(git: Git, commit: string): Promise<Entries> {
  const known = git.listings.get(commit);
  if (known) return known.entries;
  const entries: Entries = new Map();
  const { output } = await runGit(git, ["ls-tree", "-r", "-l", "-z", "--full-tree", commit]);
  const pace = createPace();
  for (const line of output.split("\0")) {
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const [mode, , oid = "", size] = line.slice(0, tab).split(/ +/);
    entries.set(realPath(line.slice(tab + 1)), { mode: mode as Mode, oid, sizeBytes: Number(size), signature: "" });
    if (pace.isDue()) await pace.yield();
  }
  git.listings.keep(commit, { entries, held: null });
  return entries;
}

const LONGEST_TURN_MS = 4;

/** Lets long synchronous work yield to the event loop every few milliseconds. */
export function createPace(signal?: AbortSignal) {
  let sinceMs = performance.now();
  let calls = 0;
  return {
    isDue(): boolean {
      calls += 1;
      return calls % 16 === 0 && performance.now() - sinceMs > LONGEST_TURN_MS;
    },
    async yield(): Promise<void> {
      signal?.throwIfAborted();
      await nextTurn();
      sinceMs = performance.now();
    },
  };
}
