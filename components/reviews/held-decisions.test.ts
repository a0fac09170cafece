import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Answer, type Decision, HeldDecisions, HOLD_MS } from "./held-decisions";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const decision = (id: string, by = "mara"): Decision => {
  return { id, task: "k1", path: `reviews/${id}/approve`, body: { reason: "" }, words: "Approved", by };
};

function start(answers: (Answer | Error)[] = []) {
  const sent: string[] = [];
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const open = () =>
    new HeldDecisions({
      now: Date.now,
      storage,
      async send({ id }) {
        sent.push(id);
        const answer = answers.shift() ?? { ok: true, sentence: "The call is allowed." };
        if (answer instanceof Error) throw answer;
        return answer;
      },
    });
  return { held: open(), open, sent, kept };
}

test("a decision is held, can be undone, and is sent once when its time is up", async () => {
  const { held, sent } = start();
  held.hold([decision("r1")]);
  held.hold([decision("r1"), decision("r2")]);
  expect(sent).toEqual([]);
  expect(held.undo()).toEqual(["r2"]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(sent).toEqual(["r1"]);
  expect(held.snapshot().get("r1")).toMatchObject({ state: "done", sentence: "The call is allowed." });
  expect(held.undo()).toEqual([]);
});

test("decisions made together are undone together, or one by one", () => {
  const { held } = start();
  held.hold([decision("r1"), decision("r2"), decision("r3")]);
  expect(held.undo("r2")).toEqual(["r2"]);
  expect(held.undo()).toEqual(["r1", "r3"]);
});

test("leaving the page sends held decisions immediately, and the timers do not send them again", async () => {
  const { held, sent } = start();
  held.hold([decision("r1")]);
  held.flush();
  await vi.advanceTimersByTimeAsync(HOLD_MS * 2);
  expect(sent).toEqual(["r1"]);
});

test("leaving one part of a page keeps what the other parts hold and show; leaving the last one sends it", async () => {
  const { held, sent } = start();
  const [leaveCard, leavePane] = [held.enter("mara"), held.enter("mara")];
  held.hold([decision("r1")]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  held.hold([decision("r2")]);
  leaveCard();
  expect([...held.snapshot().values()].map(({ id, state }) => [id, state])).toEqual([
    ["r1", "done"],
    ["r2", "held"],
  ]);
  expect(sent).toEqual(["r1"]);
  leavePane();
  expect(sent).toEqual(["r1", "r2"]);
  expect(held.snapshot().has("r1")).toBe(false);
});

test("a decision is retried while the server does not answer; a lost answer does not make it late", async () => {
  const late = {
    ok: false,
    sentence: "It was decided already.",
    refusal: { code: "already_decided", by: "mara", status: "approved" } as const,
  };
  const { held, sent } = start([new Error("gone"), late]);
  held.hold([decision("r1")]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(held.snapshot().get("r1")?.sentence).toContain("not sent yet");
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(sent).toEqual(["r1", "r1"]);
  expect(held.snapshot().get("r1")).toMatchObject({ state: "done", sentence: "Approved." });
});

test("a decision that waits for the server can be taken back, and decided anew", async () => {
  const { held, sent } = start([new Error("gone"), new Error("gone")]);
  held.hold([decision("r1")]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(held.snapshot().get("r1")).toMatchObject({
    state: "waiting",
    sentence: "Approved, not sent yet: waits for the server.",
  });
  expect(held.undo("r1")).toEqual(["r1"]);
  await vi.advanceTimersByTimeAsync(500);
  held.hold([decision("r1")]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(sent).toEqual(["r1", "r1"]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(sent).toEqual(["r1", "r1", "r1"]);
  expect(held.snapshot().get("r1")?.state).toBe("done");
});

const decided = (status: "approved" | "rejected" | "answered"): Answer => ({
  ok: false,
  sentence: `You have already decided this: ${status}.`,
  refusal: { code: "already_decided", by: "mara", status },
});

test("a decision that arrived before it was taken back is not shown as the decision that follows it", async () => {
  const verbs = [
    ["approve", "reject", "approved"],
    ["approve-changed", "reject", "rejected"],
    ["answer", "answer", "answered"],
  ] as const;
  for (const [first, second, status] of verbs) {
    const { held, open } = start([new Error("killed"), new Error("gone"), decided(status), decided(status)]);
    const of = (verb: string) => ({ ...decision("r1"), path: `reviews/r1/${verb}`, words: verb });
    held.hold([of(first)]);
    await vi.advanceTimersByTimeAsync(HOLD_MS);
    held.undo("r1");
    await vi.advanceTimersByTimeAsync(500);
    held.hold([{ ...of(second), body: { text: "Another text." } }]);
    // The next page of the browser knows it, too.
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(HOLD_MS);
    expect(held.snapshot().get("r1")?.state).toBe("waiting");
    const next = open();
    next.sendLost("mara");
    await vi.advanceTimersByTimeAsync(HOLD_MS);
    for (const page of [held, next])
      expect(page.snapshot().get("r1")).toMatchObject({
        state: "failed",
        sentence: `You have already decided this: ${status}.`,
      });
  }
});

test("a retry or a lost decision counts as made only if the item has become what it says", async () => {
  const rejecting = { ...decision("r1"), path: "reviews/r1/reject", words: "Rejected" };
  const retried = start([new Error("gone"), decided("approved")]);
  retried.held.hold([rejecting]);
  await vi.advanceTimersByTimeAsync(HOLD_MS * 2);
  expect(retried.held.snapshot().get("r1")?.state).toBe("failed");

  const lost = start([decided("approved")]);
  lost.held.hold([rejecting]);
  vi.setSystemTime(Date.now() + 60_000);
  const next = lost.open();
  next.sendLost("mara");
  await vi.advanceTimersByTimeAsync(0);
  expect(next.snapshot().get("r1")?.state).toBe("failed");

  const changed = start([new Error("gone"), decided("rejected")]);
  changed.held.hold([{ ...decision("r1"), path: "reviews/r1/approve-changed", body: { arguments: "{}" } }]);
  await vi.advanceTimersByTimeAsync(HOLD_MS * 2);
  expect(changed.held.snapshot().get("r1")).toMatchObject({ state: "done", sentence: "Approved." });
});

test("a refused decision says who decided first, and the item can be decided again", async () => {
  const { held } = start([
    {
      ok: false,
      sentence: "It was decided already (rejected by jonas).",
      refusal: { code: "already_decided", by: "jonas" },
    },
  ]);
  held.hold([decision("r1")]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(held.snapshot().get("r1")).toMatchObject({
    state: "failed",
    sentence: "It was decided already (rejected by jonas).",
  });
});

test("the same decision of the same user in another tab counts as made; a text that was not sent does not", async () => {
  const refusal = { code: "already_decided", by: "mara", status: "approved" } as const;
  const late = { ok: false, sentence: "Already decided (approved by mara).", refusal };
  const { held } = start([late, late, late]);
  const edited = { ...decision("r2"), body: { edited: { body: "Mine." } } };
  const rejected = { ...decision("r3"), path: "reviews/r3/reject" };
  held.hold([decision("r1"), edited, rejected]);
  await vi.advanceTimersByTimeAsync(HOLD_MS);
  expect(held.snapshot().get("r1")).toMatchObject({ state: "done", sentence: "Approved." });
  expect(held.snapshot().get("r2")?.state).toBe("failed");
  expect(held.snapshot().get("r3")?.state).toBe("failed");
});

test("a lost decision that had arrived counts as made", async () => {
  const refusal = { code: "already_decided", by: "mara", status: "approved" } as const;
  const { held, open } = start([{ ok: false, sentence: "Already decided.", refusal }]);
  held.hold([decision("r1")]);
  vi.setSystemTime(Date.now() + 60_000);
  const next = open();
  next.sendLost("mara");
  await vi.advanceTimersByTimeAsync(0);
  expect(next.snapshot().get("r1")).toMatchObject({ state: "done", sentence: "Approved." });
});

test("a retry that a browser lost is sent; a stored address of another kind is not", async () => {
  const { held, open, sent, kept } = start();
  held.hold([{ ...decision("t1@now"), path: "trees/t1/retry" }, decision("r1")]);
  const stored = JSON.parse(kept.get("banyan.held") ?? "[]") as Decision[];
  kept.set(
    "banyan.held",
    JSON.stringify(stored.map((one) => (one.id === "r1" ? { ...one, path: "trees/t1/stop" } : one))),
  );
  vi.setSystemTime(Date.now() + 60_000);
  open().sendLost("mara");
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(["t1@now"]);
});

test("decisions that a browser lost are sent by the same user's next page, not by another user's", async () => {
  const { held, open, sent, kept } = start();
  held.hold([decision("r1")]);
  const next = open();
  next.sendLost("mara");
  expect(sent).toEqual([]);
  vi.setSystemTime(Date.now() + 60_000);
  next.sendLost("jonas");
  expect(sent).toEqual([]);
  next.sendLost("mara");
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(["r1"]);
  expect(JSON.parse(kept.get("banyan.held") ?? "")).toEqual([]);
});

test("a decision that one page takes back while another one retries it is sent by neither, and not by a third", async () => {
  for (const undone of ["first", "second"] as const) {
    const { held, open, sent } = start(Array.from({ length: 40 }, () => new Error("gone")));
    held.hold([decision("r1")]);
    await vi.advanceTimersByTimeAsync(HOLD_MS * 2);
    const next = open();
    next.sendLost("mara");
    await vi.advanceTimersByTimeAsync(0);
    for (const page of [held, next]) expect(page.snapshot().get("r1")?.state).toBe("waiting");
    const other = undone === "first" ? next : held;
    expect((undone === "first" ? held : next).undo("r1")).toEqual(["r1"]);
    const before = sent.length;
    // The other page stores all that it holds.
    other.hold([decision("r2")]);
    await vi.advanceTimersByTimeAsync(HOLD_MS * 2);
    open().sendLost("mara");
    await vi.advanceTimersByTimeAsync(0);
    expect(new Set(sent.slice(before))).toEqual(new Set(["r2"]));
    expect(other.snapshot().has("r1")).toBe(false);
    // Made anew, it is another decision.
    other.hold([decision("r1")]);
    other.flush();
    expect(sent.at(-1)).toBe("r1");
  }
});

test("a decision that another page took back while this one slept is not sent", async () => {
  const { held, open, sent } = start([new Error("gone")]);
  held.hold([decision("r1")]);
  vi.setSystemTime(Date.now() + 60_000);
  const next = open();
  next.sendLost("mara");
  await vi.advanceTimersByTimeAsync(0);
  next.undo("r1");
  await vi.advanceTimersByTimeAsync(HOLD_MS * 2);
  expect(sent).toEqual(["r1"]);
  expect(held.snapshot().size).toBe(0);
});
