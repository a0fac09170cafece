import { expect, test } from "vitest";
import { areAlike, type Wanted } from "./alike";

const LONG = Array.from({ length: 40 }, (_, at) => `Rule number ${at}: keep every word of this line.`).join("\n");
const wants = (body: string, more: Partial<Wanted> = {}): Wanted => ({
  kind: "document",
  name: "rules",
  before: { body: LONG },
  after: { body: `${LONG}\n${body}` },
  ...more,
});

test("the same addition in slightly other words is alike", () => {
  const wanted = wants("Read the file before you edit it, always.");
  expect(areAlike(wanted, wants("Always read the file before you edit it!"))).toBe(true);
  expect(areAlike(wanted, wanted)).toBe(true);
});

test("another addition to the same long text is not alike, nor is the same one elsewhere", () => {
  const wanted = wants("Read the file before you edit it.");
  expect(areAlike(wanted, wants("End a command that prints nothing for a minute."))).toBe(false);
  expect(areAlike(wanted, wants("Read the file before you edit it.", { name: "other" }))).toBe(false);
  expect(areAlike(wanted, wants("Read the file before you edit it.", { kind: "agent" }))).toBe(false);
});

test("a new entry under another name is alike", () => {
  const before = null;
  const [a, b] = ["a", "b"].map((name) => wants("Read it first.", { name, before }));
  expect(areAlike(a as Wanted, b as Wanted)).toBe(true);
});
