import { expect, test } from "vitest";
import type { SubtaskResult, TaskEvent } from "@/core/log/entries";
import { eventLine } from "./events";

const RESULT: SubtaskResult = {
  task: "s1",
  title: "Part",
  status: "succeeded",
  reason: null,
  summary: "Found 3.",
  verdict: null,
};
const SUBTASK = { call: "c", title: "Part", agent: "worker", role: "work", purpose: null, task: "s1" } as const;
const EVENTS: [TaskEvent, string][] = [
  [
    {
      type: "unconfirmed",
      tokens: 1_902,
      microUsd: 5_700,
      why: "The worker ended during the call. Its input is charged.",
    },
    "Unconfirmed cost|The worker ended during the call. Its input is charged. Charged: 1902 tokens, $0.0057.",
  ],
  [
    { type: "too_long", message: "Input and output are too long.", asked: 16_000 },
    "Too long|Input and output are too long. The next call asks for a shorter reply.",
  ],
  [{ type: "subtasks_started", subtasks: [SUBTASK] }, "Subtasks started|1 subtask:|Part"],
  [
    { type: "subtasks_started", subtasks: [{ ...SUBTASK, role: "finishing", agent: "summary_agent" }] },
    "Finishing|The result is judged and documented by|summary_agent",
  ],
  [{ type: "subtask_ended", result: RESULT, text: "" }, "Subtask ended||Part, succeeded|Found 3."],
  [{ type: "predecessors_ended", results: [RESULT], text: "" }, "Predecessors ended||Part, succeeded|Found 3."],
  [{ type: "correction", text: "x" }, "Corrected|The reply had no tool call. The agent was told to make one."],
  [
    { type: "question", review: "r", task: "s1", words: "Which?", text: "{}" },
    "Question|A subtask asks:|Open the subtask|Which?",
  ],
  [
    { type: "answered", review: "r", by: "Mara", text: 'Your question was answered.\n{"question":"r","answer":"No"}' },
    "Answered|By Mara:|No",
  ],
  [{ type: "answered", review: "r", by: "Mara", text: "{}", answer: "Yes" }, "Answered|By Mara:|Yes"],
  [{ type: "note", text: "Looked." }, "Note||Looked."],
  [{ type: "grant_low", last: false, text: "Low." }, "Grant nearly used up|Low."],
  [{ type: "grant_low", last: false, of: "seconds", text: "Low." }, "Time nearly used up|Low."],
  [{ type: "grant_low", last: true, of: "turns", text: "Last." }, "Last turn|Last."],
  [{ type: "choice", what: "repository-survey", why: "It fits." }, "Chosen|repository-survey. It fits."],
  [{ type: "choice", what: "none", why: "No runbook fits." }, "Nothing chosen|No runbook fits."],
  [
    { type: "model_failed", kind: "retry", message: "Too busy.", tries: 2, untilMs: 0, parks: true },
    "Model failed|Too busy. Try 2. Parked until|1970-01-01T00:00:00.000Z",
  ],
  [
    { type: "model_failed", kind: "no_key", message: "No key", tries: 1, untilMs: 0, parks: false },
    "Model failed|No key.",
  ],
  [
    { type: "too_long", message: "200k at most." },
    "Too long|200k at most. The oldest part of the conversation is summarized.",
  ],
  [
    {
      type: "compacted",
      summary: "S",
      dropped: 2,
      text: "",
      microUsd: 0,
      usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
    },
    "Compacted|A summary replaces the oldest 2 messages of the conversation:|S",
  ],
  [{ type: "tools_changed", tools: ["a", "b"] }, "Tools added|From the next turn: a, b."],
  [
    { type: "configured", tools: ["a__b"], servers: [{ name: "a", version: 1 }], by: "Mara", text: "You have a__b." },
    "Approved|By Mara:|You have a__b.",
  ],
  [
    { type: "sent_back", call: "c", reasons: ["No test."] },
    "Sent back|The result was not accepted. The task continues with these reasons:|- No test.",
  ],
  [{ type: "stepping", mode: "manual", by: "Mara" }, "Stepping|Mara turned stepping on: it pauses before each turn."],
  [
    { type: "retried", attempt: 2, by: "Mara", text: "" },
    "Retried|By Mara. The conversation starts over; the entries above are kept.",
  ],
  [
    {
      type: "ended",
      status: "failed",
      reason: "by_agent",
      detail: null,
      result: null,
      summary: "",
      verdict: null,
    },
    "Failed|The agent ended the task as a failure and says why in its result.",
  ],
];

test.each(EVENTS)("an event is a plain sentence: %s", (event, expected) => {
  const line = eventLine(event);
  const said = [line?.title, line?.text, line?.at, line?.tasks?.map((task) => task.title).join(), line?.body];
  expect(said.filter((text) => text !== undefined).join("|")).toBe(expected);
});

test("what another entry shows already has no line of its own", () => {
  const hidden: TaskEvent[] = [
    { type: "call_started", call: "c", lease: 1 },
    { type: "asked", call: "c", review: "r" },
    { type: "question_closed", review: "r" },
    { type: "ending", call: "c", status: "success", claims: [], result: "" },
  ];
  expect(hidden.map(eventLine)).toEqual([null, null, null, null]);
});

test("what people and rules decide, caps, circles, changes, forks and kept files read as sentences", () => {
  const decided = { type: "approval_decided", call: "c", review: "r" } as const;
  expect(eventLine({ ...decided, approved: true, by: "Mara" })?.text).toBe("By Mara: the call runs.");
  expect(eventLine({ ...decided, approved: true, by: "rule abc", rule: "abc" })?.text).toBe(
    "By a rule: the call runs.",
  );
  expect(eventLine({ ...decided, approved: false, by: "Mara" })).toMatchObject({ title: "Rejected", look: "bad" });
  const message = "Today's cap of $0.50 for all trees together is reached: less is left than one more call may cost.";
  const capped = eventLine({ type: "daily_cap", message, untilMs: 0 });
  expect(capped?.text).toMatch(/^Today's cap of \$0\.50 for all trees together is reached: .* Parked until$/);
  expect(capped?.cause).toBeDefined();
  expect(eventLine({ type: "repeated", tool: "read_file", text: "Do something else." })).toMatchObject({
    body: "Do something else.",
    text: "Calls of read_file returned the same result again and again. The agent was told:",
  });
  const fork = { type: "forked", from: "t1", seq: 3, by: "you", what: "as it was" } as const;
  expect(eventLine({ ...fork, files: null })).toMatchObject({
    text: "By you, as it was, with an empty folder. The entries above were copied from tree t1.",
    link: { href: "/trees/t1" },
  });
  const lent = { type: "borrowed", from: "t1", tokens: 5, microUsd: 0, tasks: 0 } as const;
  expect(eventLine({ ...lent, by: "you" })?.text).toBe("5 tokens more. Asked for by you. Lent by");
  const merged = { type: "files_merged", into: null, commit: "c", theirs: "d", changed: 2, copies: null } as const;
  expect(eventLine({ ...merged, conflicts: [] })?.text).toBe(
    "2 changes from its own folder merged into its parent's folder.",
  );
  expect(eventLine({ ...merged, changed: 0, skipped: 1, conflicts: [] })?.text).toBe(
    "It changed nothing. 1 file could not be copied.",
  );
  // Newer logs record whether git's own files changed; the others are guessed from what was merged.
  expect(eventLine({ ...merged, changed: 0, git: true, skipped: 1, conflicts: [] })?.text).toBe(
    "Its git repository merged into its parent's folder. 1 file could not be copied.",
  );
  expect(eventLine({ ...merged, changed: 0, git: false, conflicts: [] })?.text).toBe("It changed nothing.");
  const failed = { ...merged, changed: 0, commit: null, theirs: null, conflicts: [], problem: "the disk is full" };
  expect(eventLine(failed)?.text).toBe("Its changes stayed in its own folder. The disk is full.");
  expect(eventLine({ ...merged, changed: 0, conflicts: [] })?.text).toBe(
    "Its git repository merged into its parent's folder.",
  );
  expect(eventLine({ ...merged, changed: 0, commit: null, theirs: null, conflicts: [] })?.text).toBe(
    "It changed nothing.",
  );
  const conflicting = { ...merged, conflicts: ["a.txt"], copies: ".banyan-conflicts/x" };
  expect(eventLine(conflicting)).toMatchObject({
    text: "2 changes stayed in its own folder. Its versions are in .banyan-conflicts/x.",
    body: "- a.txt",
    look: "bad",
  });
  expect(eventLine({ ...merged, conflicts: [], problem: "the disk is full" })).toMatchObject({
    title: "Files not merged",
    text: "2 changes stayed in its own folder. The disk is full.",
  });
  const saved = { type: "files_saved", commit: "c", changed: 1, skipped: 0 } as const;
  expect(eventLine(saved)?.text).toMatch(/^1 file changed since the last snapshot\./);
  expect(eventLine({ ...saved, problem: "too many files" })).toMatchObject({
    text: "Too many files. The task continues.",
  });
});
