/** A snapshot store without files. Each snapshot is a new name when something may have changed. */
import type { SnapshotStore } from "@/lib/snapshots/port";

export function simulatedSnapshots(): SnapshotStore {
  let taken = 0;
  const none = async () => {};
  return {
    async take({ tree }) {
      taken += 1;
      return { commit: `${tree}-${taken}`, changed: 1, paths: [], files: 1, bytes: 1, skipped: [], torn: [] };
    },
    checkOut: none,
    diff: async () => ({ added: [], modified: [], deleted: [], patch: "", lines: new Map(), truncated: false }),
    list: async () => [],
    find: async () => null,
    files: async () => [],
    async *contents() {},
    changedPaths: async (pairs) => pairs.map(() => []),
    changes: async () => [],
    withObjects: (work) => work(""),
    merge: async () => ({ conflicts: [] }),
    apply: async () => [],
    copy: none,
    share: none,
    pack: async () => null,
    packPart: () => Promise.reject(new Error("There are no packs in the simulation.")),
    missing: async () => [],
    unpack: none,
    drop: none,
    trees: async () => [],
    compact: async () => ({ bytes: 0 }),
    sizeBytes: () => 0,
    close: none,
  };
}
