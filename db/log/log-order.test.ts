import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openStore, type Store } from "@/db/store";

const folder = mkdtempSync(join(tmpdir(), "banyan-log-"));
let store: Store;

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
