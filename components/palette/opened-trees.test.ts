import { expect, test } from "vitest";
import { keepOpened, openedBy } from "./opened-trees";

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test("the last opened trees of a person come first, each once, and not those of somebody else", () => {
  const kept = storage();
  for (const id of ["a", "b", "c", "d", "e", "f", "g", "b"]) keepOpened("mara", id, kept);
  keepOpened("jonas", "z", kept);
  expect(openedBy("mara", kept)).toEqual(["b", "g", "f", "e", "d", "c"]);
  expect(openedBy("jonas", kept)).toEqual(["z"]);
});

test("a broken or missing storage keeps nothing", () => {
  expect(openedBy("mara", { ...storage(), getItem: () => "{" })).toEqual([]);
  expect(openedBy("mara", null)).toEqual([]);
  keepOpened("mara", "a", null);
});
