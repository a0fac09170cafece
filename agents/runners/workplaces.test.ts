/** A tree that leaves its runner while a call works there. */
import { expect, test } from "vitest";
import type { CellLink } from "@/lib/nats/port";
import type { Workplaces } from "@/lib/workplace/port";
import type { RunnerPlaces } from "./places";
import { placedWorkplaces } from "./workplaces";

/** Returns the files of a call that began at the runner's place 1. `onBegin` runs when an operation begins. */
function callAt(onBegin: (place: { number: number }) => void) {
  const asked: number[] = [];
  const link = {
    packs: async () => ({}),
    call: async ({ place }: { place: number }) => {
      asked.push(place);
      return { state: "unreachable" };
    },
  } as unknown as CellLink;
  const place = { number: 1 };
  const places: Partial<RunnerPlaces> = {
    isPlaced: () => true,
    isAt: (_tree, number) => number === place.number,
    liveAt: (tree, { number, runner }) =>
      number === place.number ? { link, runner, bootId: "boot-1", number, tree } : null,
    link: () => link,
    async begin() {
      onBegin(place);
      return () => {};
    },
    heard: () => {},
  };
  const placed = placedWorkplaces({
    local: {} as Workplaces,
    places: places as RunnerPlaces,
    snapshots: {} as Parameters<typeof placedWorkplaces>[0]["snapshots"],
  });
  const { files } = placed.of({
    tree: "tree-1",
    task: "task-1",
    owner: null,
    root: "/workspaces/tree-1",
    cacheDir: "/cache/tree-1",
    hiddenPaths: [],
    call: { id: "call-1", place: { number: 1, runner: "linux-1" }, isResumed: false },
  });
  return { files, place, asked };
}

test("a tree that left between the look and the operation has done nothing there", async () => {
  const { files, asked } = callAt((place) => {
    place.number = 2;
  });
  await expect(files.isThere()).rejects.toMatchObject({
    mayHaveRun: false,
    message: expect.stringContaining("has left the runner linux-1, so nothing was done"),
  });
  expect(asked).toEqual([]);
});

test("an operation after the tree left in the middle of a call is not sent, and may not be said to be the first", async () => {
  const { files, place, asked } = callAt(() => {});
  await expect(files.isThere()).rejects.toThrow("cannot be reached");
  place.number = 2;
  await expect(files.isEmpty()).rejects.toMatchObject({
    mayHaveRun: true,
    message: expect.stringContaining("left the runner linux-1 in the middle of the call"),
  });
  expect(asked).toEqual([1]);
});
