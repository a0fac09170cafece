/** What a fork takes along that stands in no log: what is asked at its cut, what was answered, and what may be spent. */
import { expect, test } from "vitest";
import { event, given, reply, response, started, task } from "@/tests/agents/specification";
import { type ForkedTask, grantsOf, inFlightAt, type SourceReview } from "./fork";
import type { Entry } from "./log/entries";

const terminal = { id: "a", tool: "run_coding_agent", mode: "once" as const, resumes: true as const };
const forked = (uid: string, parentUid: string | null, ...entries: (Entry | Entry[])[]): ForkedTask => ({
  uid,
  parentUid,
  state: given(...entries).state(),
});
const review = (more: Partial<SourceReview>): SourceReview => ({
  uid: "review-1",
  taskUid: "child",
  kind: "question",
  status: "open",
  answer: null,
  decidedBy: null,
  decidedAtMs: null,
  title: "Which?",
  detail: "Which one?",
  ...more,
});
const root = forked("root", null, task(), reply(1, { id: "s", tool: "start_subtask" }), started(1, "s", "child"));

test("a person is asked in the fork, too, what a running call had asked", () => {
  const log = [
    task({}, { depth: 1 }),
    reply(1, terminal),
    event(1, { type: "call_started", call: "a", lease: 7 }),
    event(1, { type: "call_asked", call: "a", review: "review-1", key: "k", what: "permission", untilMs: null }),
    event(1, { type: "call_set_aside", call: "a" }),
  ];
  const child = forked("child", "root", ...log);
  for (const kind of ["approval", "question"] as const) {
    expect(inFlightAt([root, child], [review({ kind })], 1_000)).toEqual({
      reviews: [{ uid: "review-1", addressee: null, isOpen: true }],
      letters: [],
    });
  }
  const withdrawn = review({ status: "withdrawn", decidedAtMs: 1_000 });
  expect(inFlightAt([root, child], [withdrawn], 1_000).reviews).toMatchObject([{ isOpen: true }]);
  const decided = { kind: "approval", status: "approved", decidedBy: "anna", decidedAtMs: 900 } as const;
  expect(inFlightAt([root, child], [review(decided)], 1_000)).toEqual({
    reviews: [{ uid: "review-1", addressee: null, isOpen: false }],
    letters: [{ to: "child", body: { kind: "approval", review: "review-1", approved: true, by: "anna", reason: "" } }],
  });
  const read = event(1, { type: "call_answered", review: "review-1", approved: true, by: "anna", answer: null });
  expect(inFlightAt([root, forked("child", "root", ...log, read)], [review(decided)], 1_000).letters).toEqual([]);
});

test("questions and answers on their way keep what they have read from outside", () => {
  const asked = [
    task({}, { depth: 1, tainted: true }),
    reply(1, { id: "q", tool: "ask" }),
    event(1, { type: "asked", call: "q", review: "review-1" }),
  ];
  const child = forked("child", "root", ...asked);
  const { letters } = inFlightAt([root, child], [review({})], 1_000);
  expect(letters).toMatchObject([{ to: "root", body: { kind: "question", review: "review-1", tainted: true } }]);

  const clean = forked("child", "root", task({}, { depth: 1 }), ...asked.slice(1));
  const question = { type: "question", review: "review-1", task: "child", words: "Which?", text: "Which?" } as const;
  const answering = (more: object) =>
    forked(
      "root",
      null,
      task({}, more),
      reply(1, { id: "s", tool: "start_subtask" }),
      started(1, "s", "child"),
      event(1, question),
    );
  const answered = review({ answer: "Blue.", status: "answered", decidedBy: "worker root", decidedAtMs: 900 });
  const body = { kind: "answer", review: "review-1", text: "Blue.", by: "worker root" };
  expect(inFlightAt([answering({ tainted: true }), clean], [answered], 1_000).letters).toEqual([
    { to: "child", body: { ...body, tainted: true } },
  ]);
  expect(inFlightAt([answering({}), clean], [answered], 1_000).letters).toEqual([{ to: "child", body }]);
});

test("a loan beyond the share stays with the task that has it", () => {
  const grant = { tokens: 100, microUsd: null, tasks: null, depth: null, seconds: null };
  const parent = forked(
    "root",
    null,
    task({}, { grant: { ...grant, tokens: 10_000 } }),
    reply(1, { id: "s", tool: "start_subtask" }),
    started(1, "s", "child"),
  );
  const child = forked(
    "child",
    "root",
    task({}, { depth: 1, grant }),
    event(0, { type: "borrowed", from: "root", tokens: 150, microUsd: 0, tasks: 0 }),
    reply(1, { id: "r", tool: "read_file" }),
    response(1, "r", "read_file"),
  );
  const grants = grantsOf([parent, child], new Map());
  expect(grants.get("child")?.cap.tokens).toBe(250);
  expect(grants.get("root")?.given.tokens).toBe(250);
});
