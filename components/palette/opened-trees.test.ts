import { afterEach, expect, test, vi } from "vitest";
import { keepOpened, openedBy } from "./opened-trees";

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

afterEach(() => vi.unstubAllGlobals());

test("the last opened trees of a person come first, each once, and not those of somebody else", () => {
  vi.stubGlobal("localStorage", storage());
  for (const id of ["a", "b", "c", "d", "e", "f", "g", "b"]) keepOpened("mara", id);
  keepOpened("jonas", "z");
  expect(openedBy("mara")).toEqual(["b", "g", "f", "e", "d", "c"]);
  expect(openedBy("jonas")).toEqual(["z"]);
});

test("a broken or missing storage keeps nothing", () => {
  vi.stubGlobal("localStorage", { ...storage(), getItem: () => "{" });
  expect(openedBy("mara")).toEqual([]);
  vi.stubGlobal("localStorage", undefined);
  expect(openedBy("mara")).toEqual([]);
  keepOpened("mara", "a");
});
