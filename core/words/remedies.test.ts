import { expect, test } from "vitest";
import type { Reason } from "@/core/log/reasons";
import type { Task } from "@/core/shapes/shapes";
import { adviceOn, REASON_WORDS } from "@/core/words/reasons";
import { lackingOf, lackingText, possibleRemedies, type Remedy, remediesOf, remedyText } from "./remedies";

const none = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };
const task = (fields: Partial<Task>): Task =>
  ({ id: "a", parent_id: "p", title: "A", status: "failed", grant: none, spent: none, ...fields }) as Task;
const parent = task({ id: "p", parent_id: null, title: "Parent", status: "running" });
const texts = (task: Task, ...others: Task[]) =>
  remediesOf(task, new Map([task, parent, ...others].map((each) => [each.id, each]))).map(remedyText);

test("every reason of the closed list has a remedy that can be pressed", () => {
  for (const reason of Object.keys(REASON_WORDS) as Reason[])
    expect([reason, texts(task({ reason })).length > 0]).toEqual([reason, true]);
  expect(texts(task({ reason: null }))).toEqual(["Retry"]);
  expect(texts(task({ status: "succeeded" }))).toEqual([]);
});

/** What a word of an advice asks for, and the remedies that do it. */
const DOES: readonly [RegExp, readonly Remedy["kind"][]][] = [
  [/\bretry with a message/i, ["message"]],
  [/\bretry\b/i, ["retry", "grant", "message", "open"]],
  [/\bgrant more/i, ["grant", "retry"]],
  [/\bfork it at its last turn/i, ["fork_last"]],
  [/\bfork\b/i, ["fork", "fork_last"]],
  [/\bsubmit\b/i, ["fork", "new"]],
  [/\bset (the key|ANTHROPIC)/i, ["key"]],
];

test.each(Object.keys(REASON_WORDS) as Reason[])("the advice on %s has its button, whatever can be done", (reason) => {
  const failed = task({ reason, grant: { ...none, cost_usd: 1 }, spent: { ...none, cost_usd: 1 } });
  const both = [true, false];
  const cases = both.flatMap((retry) =>
    both.flatMap((message) => both.map((lastTurn) => ({ retry, message, lastTurn, isOver: false }))),
  );
  for (const possible of cases) {
    const kinds = possibleRemedies(
      failed,
      new Map([
        ["a", failed],
        ["p", parent],
      ]),
      possible,
    ).map(({ kind }) => kind);
    const advice = adviceOn(reason, possible);
    const asked = DOES.filter(([word]) => word.test(advice)).map(([word, ways]) => [
      String(word),
      ways.some((way) => kinds.includes(way)),
    ]);
    expect([advice, kinds, ...asked]).toEqual([advice, kinds, ...asked.map(([word]) => [word, true])]);
    expect(kinds.length).toBeGreaterThan(0);
    if (!possible.message) expect(advice, advice).not.toMatch(/with a message/i);
    if (!possible.retry) expect(advice).not.toMatch(/\bretry\b|\bcontinue it/i);
    if (!possible.retry) expect(kinds.filter((kind) => ["retry", "grant", "message"].includes(kind))).toEqual([]);
  }
});

test("out of grant asks for as much again, of what ran out", () => {
  const grant = { ...none, cost_usd: 0.6, tokens: 50_000 };
  const of = (cost_usd: number, tokens: number) =>
    texts(task({ reason: "out_of_grant", grant, spent: { ...none, cost_usd, tokens } }))[0];
  expect(of(0.6, 100)).toBe("Retry with $0.60 more");
  expect(of(0.1, 50_000)).toBe("Retry with 50,000 tokens more");
  const tiny = task({
    reason: "out_of_grant",
    grant: { ...none, cost_usd: 0.0004 },
    spent: { ...none, cost_usd: 0.0004 },
  });
  expect(texts(tiny)[0]).toBe("Retry with $0.50 more");
});

test("a task whose next request is known to need more gets at least that, and as much again of a larger grant", () => {
  const lacks = (grant: object, needed: Task["grant_needed"]) =>
    lackingOf(task({ reason: "out_of_grant", grant: { ...none, ...grant }, grant_needed: needed }));
  expect(lacks({ cost_usd: 0.1 }, { cost_usd: 2.003, tokens: null })).toEqual({ usd: 1.91 });
  expect(lacks({ cost_usd: 0.1 }, { cost_usd: 0.2, tokens: null })).toEqual({ usd: 0.5 });
  expect(lacks({ cost_usd: 20 }, { cost_usd: 20.1, tokens: null })).toEqual({ usd: 20 });
  expect(lacks({ tokens: 9_000 }, { cost_usd: null, tokens: 190_000 })).toEqual({ tokens: 181_000 });
  expect(lacks({ cost_usd: 1, tokens: 100 }, { cost_usd: 2, tokens: 200 })).toEqual({ usd: 1, tokens: 50_000 });
  // A person has granted more since.
  expect(lacks({ cost_usd: 3 }, { cost_usd: 2.003, tokens: null })).toBeNull();
});

test("where another task is to blame, the way leads there", () => {
  const failed = task({ id: "b", title: "Before", reason: "internal" });
  expect(texts(task({ status: "stopped", reason: "dependency_failed" }), failed)).toEqual(["Open “Before”"]);
  expect(texts(task({ status: "stopped", reason: "by_parent" }))[0]).toBe("Open “Parent”");
});

test("a task goes on with what is left of its grant, and says what to add once that does not suffice", () => {
  const grant = { ...none, cost_usd: 0.6 };
  const spent = (cost_usd: number) => ({ ...none, cost_usd });
  expect(lackingOf(task({ status: "succeeded", grant, spent: spent(0.5) }))).toBeNull();
  // Its first call did not fit: nothing is spent, and only money is capped.
  const unspent = { ...none, cost_usd: 0 };
  expect(lackingOf(task({ reason: "out_of_grant", grant: { ...none, cost_usd: 0.02 }, spent: unspent }))).toEqual({
    usd: 0.5,
  });
  expect(lackingOf(task({ status: "succeeded", spent: spent(900) }))).toBeNull();
  const over = task({ status: "succeeded", grant, spent: spent(0.6) });
  expect(lackingOf(over)).toEqual({ usd: 0.6 });
  expect(lackingText(over, { usd: 0.6 })).toBe("Its grant of $0.60 does not suffice: add $0.60 to continue.");
  // Its next call would not have fitted into what is left, unless a person has granted more since.
  expect(lackingOf(task({ reason: "out_of_grant", grant, spent: spent(0.4) }))).toEqual({ usd: 0.6 });
  const small = { ...none, cost_usd: 0.02 };
  expect(lackingOf(task({ reason: "out_of_grant", grant: small, spent: spent(0.008) }))).toEqual({ usd: 0.5 });
  expect(lackingOf(task({ reason: "out_of_grant", grant: { ...none, cost_usd: 1.2 }, spent: spent(0.4) }))).toBeNull();
});

test("time is asked for only where the time that counts has run out, whatever else has passed", () => {
  const grant = { ...none, cost_usd: 1, seconds: 1_800 };
  const of = (active_seconds: number, cost_usd: number) =>
    lackingOf(task({ reason: "out_of_grant", grant, active_seconds, spent: { ...none, cost_usd, seconds: 86_400 } }));
  expect(of(60, 1)).toEqual({ usd: 1 });
  expect(of(1_800, 0.1)).toEqual({ seconds: 1_800 });
});
