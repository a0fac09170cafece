/** How many programs a store starts: each start stops everything else in the process until the program runs. */
import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { createTrial, endTrial } from "./testing/trial";

/** Returns the programs that the work starts, git's by their commands. */
async function programsOf(work: () => Promise<unknown>): Promise<string[]> {
  const started: ChildProcess[] = [];
  const see = (message: unknown) => void started.push((message as { process: ChildProcess }).process);
  subscribe("child_process", see);
  await work().finally(() => unsubscribe("child_process", see));
  return started.map(({ spawnfile, spawnargs }) => {
    const words = spawnargs.slice(spawnargs.indexOf("git") + 1);
    const at = words.findIndex((word, index) => word !== "-c" && words[index - 1] !== "-c");
    return spawnargs.includes("git") ? (words[at] ?? "") : (spawnfile.split("/").at(-1) ?? "");
  });
}

test("the snapshot of a runner's turn takes few programs to check and to store", async () => {
  const here = createTrial();
  const there = createTrial();
  here.put("a.txt", "one");
  const first = await here.take(null);
  const send = async (snapshot: { label: string; commit: string }, without: string | null) => {
    const pack = await here.store.packPart({ snapshot, without, differences: true });
    expect(await there.store.missing([snapshot.commit])).toEqual([snapshot.commit]);
    const request = { tree: "tree", snapshots: [snapshot], pack: Readable.from(pack.read()), mostBytes: 1e6, without };
    const programs = await programsOf(() => there.store.unpack(request));
    pack.close();
    return programs;
  };
  await send({ label: "one", commit: first.commit }, null);
  here.put("a.txt", "two");
  const second = await here.take(first.commit);
  expect(await programsOf(() => there.store.missing([second.commit]))).toEqual(["cat-file"]);
  const unpacking = await send({ label: "two", commit: second.commit }, first.commit);
  expect(unpacking).toEqual(["flock", "index-pack", "cat-file", "rev-list", "ls-tree", "update-ref"]);
  await endTrial(here);
  await endTrial(there);
});
