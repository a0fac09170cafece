import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "@/db/store";

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "banyan-log-"));
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

test("writes behind a write that the disk refused keep their order: no later write overtakes them", async () => {
  store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  const order: number[] = [];
  const full = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  // More than fit into one transaction, so some are still queued when the first is refused.
  const writes = Array.from({ length: 80 }, (_, index) =>
    store.log.write(() => {
      // The first failure repeats the batch one by one; there the second write meets the full disk alone.
      if (index === 0) throw new Error("refused");
      if (index === 1) throw full;
      order.push(index);
    }),
  );
  const outcomes = await Promise.allSettled(writes);
  expect(outcomes.filter((outcome) => outcome.status === "rejected")).toHaveLength(2);
  // A repeated batch runs its functions again, so only the last run of each counts.
  const last = [...new Set(order.toReversed())].toReversed();
  expect(last).toEqual(Array.from({ length: 80 }, (_, index) => index).filter((index) => index > 1));
});

test("the commits of both processes never fall when one of them starts again", () => {
  store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  const totals = [7, 12, 2, 5].map((reported) => {
    store.log.notePeerCommits(reported);
    return store.log.peerCommits();
  });
  // The first report adds nothing: who starts again must not count what the other one did before.
  expect(totals).toEqual([0, 5, 7, 10]);
});
