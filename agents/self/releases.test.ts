import { expect, test } from "vitest";
import type { AgentsRelease } from "@/core/shapes/improving/self";
import { watchReleases } from "./releases";

/** Returns the items that the launcher is asked to release, when the launcher knows these releases. */
async function asked(known: Pick<AgentsRelease, "commit" | "item" | "state">[], reviews: string[]): Promise<string[]> {
  const approved = reviews.map((review) => ({ review, commit: "c1", base: "b1", decidedBy: "Ann" }));
  const sent: string[] = [];
  let look = () => {};
  watchReleases({
    store: {
      selfReleases: { status: () => ({ releases: known }) },
      proposals: { approvedCode: () => approved },
    },
    repository: { exists: () => true, permanent: async () => "b1" },
    power: { state: () => ({ off: null }) },
    channel: { release: ({ item }: { item: string }) => void sent.push(item) },
    isTrial: () => false,
    timers: {
      every: (_ms: number, run: () => void) => {
        look = run;
        return () => {};
      },
    },
    report: (message: string) => void sent.push(message),
  } as unknown as Parameters<typeof watchReleases>[0]);
  look();
  // The fakes answer at once.
  await new Promise((resolve) => setImmediate(resolve));
  return sent;
}

test("a dropped change is released only by another approval, and a bad or open one by none", async () => {
  expect(await asked([], ["i1"])).toEqual(["i1"]);
  expect(await asked([{ commit: "c1", item: "i1", state: "dropped" }], ["i1"])).toEqual([]);
  expect(await asked([{ commit: "c1", item: "i1", state: "dropped" }], ["i1", "i2"])).toEqual(["i2"]);
  expect(await asked([{ commit: "c1", item: "i1", state: "bad" }], ["i2"])).toEqual([]);
  expect(await asked([{ commit: "c1", item: "i1", state: "trial" }], ["i2"])).toEqual([]);
});
