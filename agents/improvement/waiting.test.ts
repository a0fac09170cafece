/** Looks of the review agent that were stored when the model went away: they wait for one. */
import { expect, test } from "vitest";
import { REVIEWER } from "@/db/improvement/looks";
import { realTimers } from "@/lib/time/timers";
import { type FlagWatchOptions, startFlagWatch } from "./flags";
import { type LookSources, openTree } from "./look";

const withoutModel = { configuration: { agents: () => [{ name: REVIEWER, model: "inherit" }] } };

test("a look at flags keeps its flags, and is thrown away when none is left", async () => {
  const told: string[] = [];
  let flags = [{ review: "f" }];
  const options = {
    ...withoutModel,
    store: {
      flagLooks: {
        current: () => ({ tree: "look", about: "t", reviews: ["f"], isOpened: false }),
        hasTree: () => false,
        treeOf: () => ({ uid: "t" }),
        flagsOf: () => flags,
        tell: async (tree: string) => void told.push(tree),
      },
    },
    timers: realTimers,
    leads: () => true,
    report: (message: string, error: unknown) => told.push(`${message} ${error}`),
    now: () => 0,
    defaultModel: () => "runbook",
  } as unknown as FlagWatchOptions;
  const watch = startFlagWatch(options);
  await watch.check();
  expect(told).toEqual([]);
  flags = [];
  await watch.check();
  expect(told).toEqual(["look"]);
  await watch.stop();
});

test("a look at faults is not closed", async () => {
  const done: string[] = [];
  const looks = { closed: async () => void done.push("closed"), opened: async () => void done.push("opened") };
  const sources = { ...withoutModel, store: { looks }, defaultModel: () => "runbook" } as unknown as LookSources;
  await openTree(sources, {
    uid: "l",
    cause: "faults",
    by: null,
    atMs: 0,
    kinds: [],
    tree: "t",
    note: null,
    isOpened: false,
  });
  expect(done).toEqual([]);
});
