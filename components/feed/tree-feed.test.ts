import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message, Task, Tree } from "@/core/shapes/shapes";
import type { TreeBatch } from "@/core/shapes/wire";
import { reduceFeed, startFeed, type TreeFeed } from "./tree-feed";

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

describe("drafts", () => {
  const frame = (offset: number, text: string, turn = 3, lease = 1) => ({ task_id: "b", lease, turn, offset, text });
  const drafts = (...frames: ReturnType<typeof frame>[]) =>
    frames.reduce((state, one) => reduceFeed(state, { type: "draft", frame: one }), start());

  test("grow, and apply each frame once", () => {
    const state = drafts(frame(0, "Hello "), frame(6, "wor"), frame(6, "wor"), frame(3, "lo wor"), frame(8, "rld"));
    expect(state.draft?.text).toBe("Hello world");
  });

  test("show the progress of a call and keep their text", () => {
    const progress = { call: "call-1", line: "2 of 3" };
    const state = drafts(frame(0, "Hello"), { ...frame(0, ""), progress } as ReturnType<typeof frame>);
    expect(state.progress).toEqual({ key: "3:call-1", line: "2 of 3" });
    expect(state.draft?.text).toBe("Hello");
    expect(reduceFeed(state, { type: "opened", taskId: "a" }).progress).toBeNull();
  });

  test("continue after dropped frames, and start again with a new lease", () => {
    expect(drafts(frame(0, "Hello "), frame(20, "later"))!.draft).toMatchObject({ start: 20, text: "later" });
    expect(drafts(frame(0, "Hello "), frame(0, "Again", 3, 2), frame(6, "old"))!.draft?.text).toBe("Again");
  });

  test("are replaced by the committed message, and ignore late frames", () => {
    const response = { ...message(1), kind: "agent_response", turn: 3 } as Message;
    const batch = { ...batchesOf(1, [1])[0]!, messages: [response] };
    let state = reduceFeed(drafts(frame(0, "Hello")), { type: "batch", batch });
    expect(state.draft).toBeNull();
    state = reduceFeed(state, { type: "draft", frame: frame(5, " late") });
    expect(state.draft).toBeNull();
  });
});
