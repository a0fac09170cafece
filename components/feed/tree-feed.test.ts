import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ActivityFrame } from "@/core/shapes/live";
import type { Message, Task, Tree } from "@/core/shapes/shapes";
import type { TreeBatch } from "@/core/shapes/wire";
import { lastLines } from "./activity";
import { fakeSocket } from "./testing/fake-socket";
import { reduceFeed, startFeed, type TreeFeed } from "./tree-feed";
import { followTree } from "./use-tree-feed";

const TASKS = ["a", "b"];
const task = (id: string, headline: string) => ({ id, headline, status: "running", role: "work" }) as Task;
const tree = { id: "t", title: "T", tasks: TASKS.map((id) => task(id, "")) } as Tree;
const message = (seq: number) =>
  ({
    seq,
    tree_id: "t",
    task_id: TASKS[seq % 2],
    turn: seq,
    kind: "event",
    content: { text: `${seq}` },
  }) as unknown as Message;

/** Batches of a log of `length` messages as one server sends them, cut at the given sizes. */
function batchesOf(length: number, sizes: number[], from = 0, mark = 1): TreeBatch[] {
  const batches: TreeBatch[] = [];
  for (let at = from, n = 0; at < length; n++) {
    const end = Math.min(length, at + (sizes[n % sizes.length] ?? 1));
    const messages = Array.from({ length: end - at }, (_, index) => message(at + index + 1));
    batches.push({
      treeId: "t",
      after: at === 0 ? "" : String(at),
      cursor: String(end),
      mark: mark + n,
      messages,
      tasks: TASKS.map((id) => task(id, `at ${end}`)),
      tree: { ...tree, tasks: [], headline: `at ${end}` },
      reviews: [],
    });
    at = end;
  }
  return batches;
}

const latest = (seqs: number[]) => ({ side: "latest", messages: seqs.map(message), more: false }) as const;
const start = () => startFeed(tree, [], "", "b");
const fold = (batches: TreeBatch[], from = start()) =>
  batches.reduce((state, batch) => reduceFeed(state, { type: "batch", batch }), from);
const seen = (state: TreeFeed) => ({
  cursor: state.cursor,
  log: state.log.map((one) => one.seq),
  rows: [...state.tasks.values()].map((one) => one.headline),
  headline: state.tree.headline,
});

describe("the feed of a tree", () => {
  test("counts pages of the log and many messages at once, which may be rendered later, but not a turn's messages", () => {
    const turns = fold(batchesOf(40, [4]));
    expect(turns.pages).toBe(0);
    expect(fold(batchesOf(140, [100], 40), turns).pages).toBe(1);
    expect(reduceFeed(turns, { type: "log", taskId: "b", page: latest([1, 3]) }).pages).toBe(1);
    expect(reduceFeed(turns, { type: "log", taskId: "a", page: latest([2]) }).pages).toBe(0);
  });

  test("is a prefix of the log, however batches are cut, repeated, or sent again after a reconnect", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
    const law = fc.property(
      fc.integer({ min: 1, max: 40 }),
      sizes,
      sizes,
      fc.nat(),
      fc.infiniteStream(fc.nat()),
      (length, first, second, cut, picks) => {
        const once = batchesOf(length, first);
        const expected = seen(fold(once));
        // Some batches of the first connection arrive in any order and with repeats.
        const early = once.slice(0, cut % (once.length + 1));
        const shuffled = early.flatMap((batch) => [batch, early[picks.next().value % early.length]!]);
        let state = fold(shuffled.sort(() => (picks.next().value % 2 ? 1 : -1)));
        // Then a new connection continues from the client's cursor, with other batch sizes and some old batches.
        const again = batchesOf(length, second, Number(state.cursor), 1_000);
        state = fold([...again, ...early], fold(early, state));
        const result = seen(state);
        expect(result.cursor).toBe(expected.cursor);
        expect(result.log).toEqual(expected.log);
        if (again.length > 0) expect(result).toEqual(expected);
      },
    );
    fc.assert(law, { numRuns: 300 });
  });

  test("rejects a batch that would leave a gap after its cursor", () => {
    const [first, , third] = batchesOf(6, [2]);
    const state = fold([first!, third!]);
    expect(state.cursor).toBe("2");
    expect(state.log.map((one) => one.seq)).toEqual([1]);
  });

  test("keeps rows of the latest read", () => {
    const [old, recent] = batchesOf(4, [2]);
    expect(seen(fold([old!, recent!, old!])).rows).toEqual(["at 4", "at 4"]);
  });

  test("merges the fetched log with messages that arrived meanwhile, without repeats", () => {
    let state = reduceFeed(start(), { type: "opened", taskId: "a" });
    state = fold(batchesOf(6, [3]), state);
    state = reduceFeed(state, { type: "log", taskId: "a", page: latest([2, 4]) });
    expect(state.log.map((one) => one.seq)).toEqual([2, 4, 6]);
    state = reduceFeed(state, { type: "log", taskId: "b", page: latest([1]) });
    expect(state.log.map((one) => one.seq)).toEqual([2, 4, 6]);
  });
});

describe("what the open task does now", () => {
  const frame = (start: number, text: string, more: Partial<ActivityFrame> = {}): ActivityFrame => ({
    task_id: "b",
    number: 1,
    turn: 3,
    since: "2026-01-01T00:00:00.000Z",
    call: null,
    line: null,
    lost: false,
    channels: { text: { start, text } },
    ...more,
  });
  const shownBy = (...frames: ActivityFrame[]) =>
    frames.reduce((state, one) => reduceFeed(state, { type: "activity", frame: one }), start());

  test("a reply grows, applies each frame once, and keeps its reasoning apart", () => {
    const reasoning = frame(0, "", { channels: { reasoning: { start: 0, text: "Why" } } });
    const state = shownBy(frame(0, "Hello "), reasoning, frame(6, "wor"), frame(6, "wor"), frame(0, "Hello world"));
    expect([state.draft?.text.text, state.draft?.reasoning.text]).toEqual(["Hello world", "Why"]);
  });

  test("a reply begins again after a gap and with a later activity, and goes when it broke off", () => {
    expect(shownBy(frame(0, "Hello "), frame(20, "later")).draft?.text).toEqual({ start: 20, text: "later" });
    const second = shownBy(frame(0, "Hello "), frame(0, "Again", { number: 2 }), frame(6, "old"));
    expect(second.draft?.text.text).toBe("Again");
    const lost = (number: number) => frame(0, "", { number, turn: 0, lost: true, channels: {} });
    expect(reduceFeed(second, { type: "activity", frame: lost(1) }).draft).not.toBeNull();
    expect(reduceFeed(second, { type: "activity", frame: lost(2) }).draft).toBeNull();
  });

  test("a running call shows its progress and the end of its output, and leaves the reply until it is committed", () => {
    const call = { id: "c1", tool: "use_terminal", about: "npm test" };
    const running = (first: number, text: string, line: string | null = null) =>
      frame(0, "", { number: 2, call, line, channels: { output: { start: first, text } } });
    const state = shownBy(frame(0, "Hello"), running(0, "one\n"), running(4, "two\n", "2 of 3"));
    expect(state.running).toMatchObject({ key: "3:c1", line: "2 of 3", output: { start: 0, text: "one\ntwo\n" } });
    expect(state.draft?.text.text).toBe("Hello");
    expect(shownBy(running(0, "one\n"), frame(0, "Next", { number: 3, turn: 4 })).running).toBeNull();
    expect(reduceFeed(state, { type: "opened", taskId: "a" })).toMatchObject({ running: null, draft: null });
  });

  test("after a new connection nothing runs until it is sent again, also from a server that counts anew", () => {
    const call = { id: "c1", tool: "use_terminal", about: "npm test" };
    const output = { output: { start: 0, text: "one" } };
    const state = shownBy(frame(0, "Hello", { number: 7 }), frame(0, "", { number: 8, call, channels: output }));
    expect([state.draft?.number, state.running?.number]).toEqual([7, 8]);
    const joined = reduceFeed(state, { type: "joined" });
    expect(joined).toMatchObject({ draft: null, running: null, now: [] });
    const again = reduceFeed(joined, { type: "activity", frame: frame(0, "Again", { number: 1 }) });
    expect(again.draft?.text.text).toBe("Again");
  });

  test("a reply is replaced by the committed message, and late frames are ignored", () => {
    const response = { ...message(1), kind: "agent_response", turn: 3 } as Message;
    const batch = { ...batchesOf(1, [1])[0]!, messages: [response] };
    let state = reduceFeed(shownBy(frame(0, "Hello")), { type: "batch", batch });
    expect(state.draft).toBeNull();
    state = reduceFeed(state, { type: "activity", frame: frame(5, " late") });
    expect(state.draft).toBeNull();
  });

  test("the last lines are cut from the end", () => {
    expect(lastLines({ start: 0, text: "1\n2\n3\n" }, 2)).toEqual({ text: "2\n3", isCut: true });
    expect(lastLines({ start: 0, text: "1\n2" }, 2)).toEqual({ text: "1\n2", isCut: false });
    expect(lastLines({ start: 0, text: "\n\n" }, 2)).toEqual({ text: "", isCut: false });
    // A pattern that began again at each empty line took minutes for it.
    expect(lastLines({ start: 0, text: `${"\n".repeat(800_000)}x\n` }, 2)).toEqual({ text: "\nx", isCut: true });
  });
});

test.each([
  ["that loads asks for changes since its cursor", false],
  ["that a person goes back to asks for all rows, because some may have changed without a message", true],
])("a page %s", (_, isLater) => {
  const { socket, sent, hear } = fakeSocket(isLater);
  const leave = followTree(socket, "t", { isLater, cursor: () => "4", dispatch: () => {}, lose: () => {} });
  if (!isLater) hear("connect");
  expect(sent).toEqual([["tree:join", { treeId: "t", cursor: "4", again: isLater }]]);
  hear("connect");
  expect(sent.at(-1)).toEqual(["tree:join", { treeId: "t", cursor: "4", again: true }]);
  leave();
  expect(sent.at(-1)).toEqual(["tree:leave", { treeId: "t" }]);
});
