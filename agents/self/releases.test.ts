import { expect, test } from "vitest";
import type { AgentsRelease } from "@/core/shapes/improving/self";
import type { ApprovedCode, ReplacedCode } from "@/db/configuration/code-proposals";
import type { ApprovedRelease } from "@/lib/process/launcher-channel";
import type { Approved } from "./carry";
import { watchReleases } from "./releases";

type Known = Pick<AgentsRelease, "commit" | "item" | "state" | "stale" | "needs_approval"> & Partial<AgentsRelease>;
type Carry = () => Promise<{ commit: string; base: string } | string | null>;

interface Watched {
  known: Known[];
  approved: Partial<ApprovedCode>[];
  carry?: Carry;
  isOff?: boolean;
}

/** Returns a look, and what it does, when the launcher knows these releases. */
function watched({ known, approved, carry = async () => null, isOff = false }: Watched) {
  const sent: ApprovedRelease[] = [];
  const asked: string[] = [];
  const carried: Approved[] = [];
  const replaced: ReplacedCode[] = [];
  const reported: unknown[] = [];
  let check = () => {};
  const rows = approved.map((change) => ({
    review: "i1",
    commit: "c1",
    base: "b1",
    decidedBy: "Ann",
    carriedFrom: null,
    notCarried: null,
    ...change,
  }));
  const end = watchReleases({
    store: {
      selfReleases: { status: () => ({ releases: known }) },
      proposals: {
        approvedCode: () => rows,
        of: (review: string) => ({ review, hash: "before", body: { title: "T", carried: { from: "c1" } } }),
        replaceCode: async (replacedCode: ReplacedCode) => replaced.push(replacedCode) > 0,
      },
    },
    repository: { exists: () => true, permanent: async () => "b1", gitDir: "/nonexistent" },
    power: { state: () => ({ off: isOff ? { by: "Ann" } : null }) },
    channel: { release: (release: ApprovedRelease) => sent.push(release), ask: (what: string) => asked.push(what) },
    carryOver: (change: Approved) => {
      carried.push(change);
      return carry();
    },
    isTrial: () => false,
    timers: {
      every: (_ms: number, run: () => void) => {
        check = run;
        return () => {};
      },
    },
    report: (_message: string, error: unknown) => reported.push(error),
  } as unknown as Parameters<typeof watchReleases>[0]);
  const checked = async () => {
    check();
    // The fakes answer at once.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { looked: checked, end, sent, asked, carried, replaced, reported };
}

/** Returns the items that the launcher is asked to release. */
async function released(known: Known[], approved: Partial<ApprovedCode>[]): Promise<string[]> {
  const { looked: checked, sent } = watched({ known, approved });
  await checked();
  return sent.map(({ item }) => item);
}

const item = (review: string) => ({ review });
const dropped = (more: Partial<Known> = {}): Known => ({ commit: "c1", item: "i1", state: "dropped", ...more });

test("a dropped change is released only by another approval, and a bad or open one by none", async () => {
  expect(await released([], [item("i1")])).toEqual(["i1"]);
  expect(await released([dropped()], [item("i1")])).toEqual([]);
  expect(await released([dropped()], [item("i1"), item("i2")])).toEqual(["i2"]);
  expect(await released([dropped({ state: "bad" })], [item("i2")])).toEqual([]);
  expect(await released([dropped({ state: "trial" })], [item("i2")])).toEqual([]);
});

test("what was carried over is released as such until the launcher has it, and with another approval as it is", async () => {
  const carried = { commit: "c2", carriedFrom: "c1" };
  const { looked: checked, sent, replaced } = watched({ known: [dropped({ stale: true })], approved: [carried] });
  await checked();
  expect(sent).toEqual([expect.objectContaining({ item: "i1", commit: "c2", by: "Ann", carried: "c1" })]);
  expect(replaced).toEqual([]);
  const refused = dropped({ commit: "c2", needs_approval: true });
  expect(await released([refused], [carried])).toEqual([]);
  expect(await released([refused], [{ commit: "c2" }])).toEqual(["i1"]);
  expect(await released([refused, dropped({ commit: "c2", state: "approved" })], [{ commit: "c2" }])).toEqual([]);
});

test("what the launcher found to be another change is opened for another approval, as no carried one", async () => {
  const refused = dropped({ commit: "c2", needs_approval: true });
  const { looked: checked, replaced } = watched({ known: [refused], approved: [{ commit: "c2", carriedFrom: "c1" }] });
  await checked();
  expect(replaced).toEqual([expect.objectContaining({ review: "i1", before: "before", isOpen: true })]);
  expect(replaced[0]?.body).toEqual({ title: "T" });
});

test("the one that waits longest is carried over, one at a time, and nothing while another is released or the switch is off", async () => {
  const stale = [dropped({ commit: "c0", item: "i0", stale: true }), dropped({ stale: true })];
  const approved = [
    { review: "i1", commit: "c2", carriedFrom: "c1", base: "b0" },
    { review: "i0", commit: "c0", base: "b0" },
  ];
  const watch = watched({ known: stale, approved, carry: () => new Promise(() => {}) });
  await watch.looked();
  await watch.looked();
  expect(watch.carried.map(({ from, approvedBy }) => [from, approvedBy])).toEqual([["c0", "Ann"]]);
  // A release came while it was carried over: it begins anew from what the launcher knows.
  const second = watched({ known: stale.slice(1), approved });
  await second.looked();
  expect(second.carried.map(({ from }) => from)).toEqual(["c1"]);
  const busy = watched({ known: [...stale, dropped({ commit: "c9", item: "i9", state: "approved" })], approved });
  const stopped = watched({
    known: stale,
    approved: approved.map((each) => ({ ...each, notCarried: "It conflicts." })),
  });
  const off = watched({ known: stale, approved, isOff: true });
  for (const each of [busy, stopped, off]) {
    await each.looked();
    expect(each.carried).toEqual([]);
  }
  expect(off.asked).toEqual(["halt"]);
  const unconfirmed = dropped({ commit: "c9", item: "i9", state: "approved", needs_confirmation: true });
  const free = watched({ known: [...stale, unconfirmed], approved });
  await free.looked();
  expect(free.carried.map(({ from }) => from)).toEqual(["c0"]);
  const rejected = watched({ known: stale, approved: [] });
  await rejected.looked();
  expect(rejected.carried).toEqual([]);
});

test("gates that cannot be run three times stop it, and the end of the process does not", async () => {
  const known = [dropped({ stale: true })];
  const approved = [{ base: "b0" }];
  const lost = watched({ known, approved, carry: () => Promise.reject(new Error("They ended.")) });
  for (const count of [1, 2, 2]) {
    await lost.looked();
    expect(lost.reported).toHaveLength(count);
  }
  expect(lost.replaced).toEqual([expect.objectContaining({ isOpen: false, by: "Banyan" })]);
  expect(lost.replaced[0]?.body).toMatchObject({ not_carried: "It was tried 3 times: They ended." });
  expect(lost.replaced[0]?.comment).toMatch(/could not be carried over .*from c1, approved by Ann.* They ended\./);
  const ended = watched({ known, approved, carry: () => Promise.reject(new Error("They ended.")) });
  const checking = ended.looked();
  ended.end();
  await checking;
  expect([ended.reported, ended.replaced]).toEqual([[], []]);
});
