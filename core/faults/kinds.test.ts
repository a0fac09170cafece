import { expect, test } from "vitest";
import { type Fault, isFault, kindOf, kindsOf, quoteOf, signatureOf } from "./kinds";

const fault = (more: Partial<Fault>): Fault => ({
  kind: "f1",
  agent: "coder",
  reason: "timeout",
  signature: "",
  quote: "It took too long.",
  tree: "t1",
  task: "k1",
  seq: 1,
  atMs: 0,
  ...more,
});

test("the same fault with other names, paths, numbers and addresses has one signature", () => {
  const first = signatureOf(
    "call_refused",
    "The file src/a.ts has 12 lines, “old” is not in it: see https://a.example/x1.",
  );
  const other = signatureOf(
    "call_refused",
    "The file lib/long/b.ts has 9,000 lines, “new text” is not in it: see http://b/.",
  );
  expect(first).toBe(other);
  expect(first).toContain("lines");
  expect(signatureOf("call_refused", "The folder is full.")).not.toBe(first);
});

test("free text does not split a kind, agents and reasons do", () => {
  expect(signatureOf("judged_failed", "One thing is missing.")).toBe(signatureOf("judged_failed", "Another thing."));
  expect(kindOf("coder", "timeout", "")).not.toBe(kindOf("worker", "timeout", ""));
  expect(kindOf("coder", "timeout", "")).not.toBe(kindOf("coder", "runaway", ""));
});

test("what a text of the configuration cannot cause is no fault", () => {
  expect(["timeout", "judged_failed", "by_agent"].every((reason) => isFault(reason as "timeout"))).toBe(true);
  expect(["by_person", "no_key", "model_error"].some((reason) => isFault(reason as "no_key"))).toBe(false);
});

test("a kind has its counts, its first and last time, and the newest quotations of different trees", () => {
  const faults = [
    fault({ task: "k1", tree: "t1", atMs: 1_000 }),
    fault({ task: "k2", tree: "t2", atMs: 2_000 }),
    fault({ task: "k3", tree: "t2", atMs: 3_000 }),
    fault({ task: "k4", tree: "t3", atMs: 4_000 }),
    fault({ kind: "f2", task: "k5", atMs: 5_000 }),
  ];
  const [first, second] = kindsOf(faults, 3_000);
  expect(first).toMatchObject({ id: "f1", count: 4, fresh: 2, first_at: new Date(1_000).toISOString() });
  expect(first?.last_at).toBe(new Date(4_000).toISOString());
  expect(first?.quotes.map(({ task }) => task)).toEqual(["k4", "k3", "k1"]);
  expect(second).toMatchObject({ id: "f2", count: 1, fresh: 1 });
});

test("a quotation is cut between two characters, never within one", () => {
  const cut = quoteOf("𝒜".repeat(1_000));
  expect([...cut].length).toBeLessThanOrEqual(400);
  expect(cut).toMatch(/^𝒜+…$/u);
  expect(quoteOf("  short ")).toBe("short");
});
