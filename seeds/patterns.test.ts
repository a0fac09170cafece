import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadPatterns, type Pattern } from "./patterns";

const all = await loadPatterns("seeds");

test("there are at least 50, of every kind, for every repository", () => {
  expect(all.length).toBeGreaterThanOrEqual(50);
  const count = (kind: Pattern["kind"]) => all.filter((pattern) => pattern.kind === kind).length;
  for (const kind of ["approach", "error_fix", "optimisation", "recovery"] as const)
    expect(count(kind)).toBeGreaterThanOrEqual(5);
});

test("no two say the same", () => {
  expect(new Set(all.map(({ advice }) => advice)).size).toBe(all.length);
  const words = ({ advice }: Pattern) => new Set(advice.toLowerCase().match(/[a-z]{4,}/g) ?? []);
  const alike = all.flatMap((a, at) =>
    all.slice(at + 1).filter((b) => {
      const [own, others] = [words(a), words(b)];
      const shared = [...own].filter((word) => others.has(word)).length;
      return shared / (own.size + others.size - shared) > 0.3;
    }),
  );
  expect(alike.map(({ trigger }) => trigger)).toEqual([]);
});

/** Words with which a text could steer an agent away from its task. */
const STEERING = /\b(ignore|disregard|forget) (all|any|the|your|previous|earlier)\b|\bsystem prompt\b|\byou are now\b/i;
const HOST = /\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|local|internal)\b|\blocalhost\b|\b\d{1,3}(?:\.\d{1,3}){3}\b/i;

describe("each is safe to quote in any prompt", () => {
  test.each(all.map((pattern) => [pattern.trigger, pattern] as const))("%s", (trigger, { advice }) => {
    const text = `${trigger}\n${advice}`;
    expect(text).not.toMatch(STEERING);
    expect(text).not.toMatch(HOST);
    expect(text).not.toMatch(/https?:|[^\x20-\x7e\n]/);
    expect(advice).toMatch(/^[A-Z].*\.$/s);
    // No key has words that a person would write.
    expect(text).not.toMatch(/[A-Za-z0-9_+/=-]{25,}/);
  });
});

describe("a wrong file is refused with its place", () => {
  const good = { kind: "approach", trigger: "Fix a bug in code", advice: "a".repeat(80), scope: "everywhere" };
  const refused: [string, string, RegExp][] = [
    ["no JSON", "[", /seeds-.*patterns\.json.*not valid JSON/],
    ["a long advice", JSON.stringify([{ ...good, advice: "a".repeat(601) }]), /0\.advice/],
    ["another scope", JSON.stringify([{ ...good, scope: "here" }]), /0\.scope/],
    ["an unknown key", JSON.stringify([{ ...good, confidence: 1 }]), /confidence/],
    ["a trigger twice", JSON.stringify([good, good]), /same trigger/],
  ];
  test.each(refused)("%s", async (_, text, sentence) => {
    const dir = mkdtempSync(join(tmpdir(), "seeds-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    writeFileSync(join(dir, "patterns.json"), text);
    await expect(loadPatterns(dir)).rejects.toThrow(sentence);
  });
});
