import { expect, test } from "vitest";
import type { MustSeePart } from "@/components/ui/must-see";
import { isLoading, type Looked, markOf, seenOf } from "./seen";

const file = (isSeen: boolean): MustSeePart => ({ kind: "file", isSeen });
const looked = (parts: Record<string, MustSeePart>, more: Partial<Looked> = {}): Looked => {
  const all = new Map(Object.entries(parts));
  return { parts: all, endAt: markOf(all), isRested: true, wasSeen: false, ...more };
};

test("a decision wakes when the end of its evidence was on the screen", () => {
  expect(seenOf(looked({}))).toEqual({ isSeen: true, isAwake: true, sentence: "You have seen all of it" });
  expect(seenOf(looked({}, { endAt: null }))).toEqual({
    isSeen: false,
    isAwake: false,
    sentence: "Read to the end to decide",
  });
});

test("each folded file must be opened, and then the end be seen again", () => {
  const folded = looked({ a: file(true), b: file(false), c: file(false) });
  expect(seenOf(folded)).toEqual({ isSeen: false, isAwake: false, sentence: "2 of 3 files not opened yet" });
  const opened = new Map([...folded.parts.keys()].map((id) => [id, file(true)]));
  expect(seenOf({ ...folded, parts: opened })).toEqual({
    isSeen: false,
    isAwake: false,
    sentence: "Read to the end to decide",
  });
  expect(seenOf({ ...folded, parts: opened, endAt: markOf(opened) }).isAwake).toBe(true);
});

test("while a part loads or is cut, the decision sleeps", () => {
  const loading = looked({ diff: { kind: "loading", isSeen: false } });
  expect(isLoading(loading.parts)).toBe(true);
  expect(seenOf(loading).isAwake).toBe(false);
  expect(seenOf(looked({ text: { kind: "text", isSeen: false } })).sentence).toBe("Read to the end to decide");
});

test("an item that has just appeared sleeps, also one that was seen before", () => {
  expect(seenOf(looked({}, { isRested: false }))).toMatchObject({ isSeen: true, isAwake: false });
  expect(seenOf(looked({}, { endAt: null, wasSeen: true, isRested: false })).isAwake).toBe(false);
  expect(seenOf(looked({ a: file(false) }, { endAt: null, wasSeen: true })).isAwake).toBe(true);
});
