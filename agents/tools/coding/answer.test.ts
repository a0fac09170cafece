/** What is told of a coding agent's work. It reports as many differences as it likes: each is computed once, and only for a time. */
import { expect, test, vi } from "vitest";
import { type WorkLog, workLog } from "@/lib/acp/work";
import { answerOf, type Ended, executorCall, show } from "./answer";
import { createPatches, type Patches, type PatchSources } from "./patches";

/** Takes its whole time for each difference. */
function slow(patch: string | null) {
  let nowMs = 0;
  const compute = vi.fn<PatchSources["compute"]>((_difference, timeoutMs) => {
    nowMs += timeoutMs;
    return patch;
  });
  return { compute, now: () => nowMs, spentMs: () => nowMs };
}

const edit = (id: string, count: number) => ({
  sessionUpdate: "tool_call",
  toolCallId: id,
  title: "Edit",
  status: "completed",
  content: Array.from({ length: count }, (_, at) => ({ type: "diff", path: `f${at}`, oldText: "a\n", newText: "b\n" })),
});

function endedWith(log: WorkLog, patches: Patches, isResumed = false): Ended {
  const told = { work: log.work(), session: "s", agent: null, stopReason: "end_turn", fault: null };
  return {
    executor: { name: "test", title: "Test" },
    told,
    way: { name: "acp", executable: { version: null } },
    missed: [],
    starts: 1,
    refused: [],
    patches,
    use: { requests: 0, tokensIn: 0, tokensOut: 0, microUsd: 0 },
    trouble: null,
    lack: null,
    taskId: "t",
    isWaiting: false,
    endedBy: null,
    isForgotten: false,
    isResumed,
    sharers: 1,
  } as unknown as Ended;
}

test("an answer says whether its usage is that of the whole call", () => {
  expect(answerOf(endedWith(workLog(), createPatches())).note).toBeUndefined();
  expect(answerOf(endedWith(workLog(), createPatches(), true)).note).toBe(
    "`usage` counts from where the call continued; the task has paid for what came before, too.",
  );
});

test("what a call changed is computed once, for those who watch, for the log and for the answer", () => {
  const sources = { compute: vi.fn<PatchSources["compute"]>(() => "-a\n+b\n"), now: () => 0 };
  const patches = createPatches(sources);
  const log = workLog();
  const shown: string[] = [];
  for (const id of ["1", "2"]) {
    const seen = log.take(edit(id, 3)) ?? expect.fail();
    show({ onOutput: (text) => shown.push(text) }, seen, patches);
    if (seen.type === "call") expect(executorCall(seen.call, patches).diff).toBe("-a\n+b\n\n-a\n+b\n\n-a\n+b\n");
  }
  expect(answerOf(endedWith(log, patches)).tool_calls).toMatchObject([{ diff: "-a\n+b\n\n-a\n+b\n\n-a\n+b\n" }, {}]);
  expect(shown.length).toBe(2);
  expect(sources.compute).toHaveBeenCalledTimes(6);
});

test("a call and a piece of work have a time, and what is beyond it is said to be too large", () => {
  const sources = slow(null);
  const patches = createPatches(sources);
  const log = workLog();
  for (let at = 0; at < 300; at += 1) log.take(edit(String(at), 20));
  const { calls } = log.work();
  const [first = expect.fail()] = calls;
  expect(patches.of(first).split("\n").length).toBe(20);
  expect(patches.of(first)).toContain("f19: the difference is too large to be shown.");
  expect([sources.compute.mock.calls.length, sources.spentMs()]).toEqual([2, 200]);
  for (const call of calls) patches.of(call);
  expect([sources.compute.mock.calls.length, sources.spentMs()]).toEqual([20, 2_000]);
});

test("nothing is computed that nobody is shown, and contents that are reported anew are", () => {
  const sources = { compute: vi.fn<PatchSources["compute"]>(() => "x".repeat(3_000)), now: () => 0 };
  const patches = createPatches(sources);
  const log = workLog();
  log.take(edit("1", 20));
  const [call = expect.fail()] = log.work().calls;
  expect(patches.of(call).length).toBe(4_001);
  expect(sources.compute).toHaveBeenCalledTimes(2);
  log.take(edit("1", 1));
  expect(patches.of(call).length).toBe(3_000);
});

test("two texts without a common line are computed no longer than their time", () => {
  const lines = (sign: string) => Array.from({ length: 20_000 }, (_, at) => `${sign}${at}`).join("\n");
  const call = { diffs: [{ path: "a", before: lines("a"), after: lines("b") }] };
  expect(createPatches().of(call)).toBe("a: the difference is too large to be shown.");
  const small = { diffs: [{ path: "a", before: "a\nb\n", after: "a\nc\n" }] };
  expect(createPatches().of(small)).toContain("-b\n+c\n");
});
