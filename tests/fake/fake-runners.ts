/** Pools and runners as the fake application shows them: a busy pool, one that waits, a silent runner and a drained one. */
import { runnersState } from "@/core/runners/state";
import type { FakeStore } from "./fake-store";

export function fakeRunners({ trees }: FakeStore) {
  const open = [...trees.values()].filter(({ ended_at }) => ended_at === null).slice(0, 3);
  const places = ["default-1", "default-1", "default-4"];
  return {
    getRunners: async () => {
      const nowMs = Date.now();
      const runner = (name: string, pool: string, slots: number, free: number) => {
        const rest = { architecture: "x64", version: "0.1.0", isNeighbour: true, goneSinceMs: null };
        return { runner: name, pool, slots, free, ...rest };
      };
      const state = runnersState({
        isSetUp: true,
        problem: null,
        seenAtMs: nowMs - 3_000,
        heard: [
          runner("default-1", "default", 4, 0),
          runner("default-2", "default", 4, 2),
          { ...runner("default-3", "default", 4, 0), goneSinceMs: nowMs - 21 * 60_000 },
          runner("default-4", "default", 4, 3),
          runner("gpu-1", "gpu", 1, 0),
        ],
        held: [{ pool: "gpu", sinceMs: nowMs - 8 * 60_000 }],
        drains: [{ runner: "default-4", by: "Mara Lind", atMs: nowMs - 7 * 60_000 }],
        trees: open.map(({ id, title }, at) => {
          return { id, title, pool: "default", runner: places[at] ?? null, number: at + 1, running: 1 };
        }),
        openTrees: new Map([["default", open.length]]),
        checks: open.slice(0, 1).map(({ id, title }) => ({ tree: id, title, runner: "default-2" })),
        ready: new Map([["gpu", 2]]),
      });
      return { ...state, items: state.runners, next: null };
    },
  };
}
