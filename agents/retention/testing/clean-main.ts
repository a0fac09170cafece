/** A process that makes the daily run and kills itself in it, as a test says: `DATA KILL_AT MOMENT`. Without a kill it ends. */
import { join } from "node:path";
import { openStore } from "@/db/store";
import { cleanIfDue } from "../watch";

/** `rows`: the tree's rows are gone, and all its files are there. `files`: while its files go. */
export type Moment = "rows" | "files";

export async function main([dataDir = "", killAt, moment]: string[]): Promise<void> {
  const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle" });
  let removals = 0;
  const kill = () => process.kill(process.pid, "SIGKILL");
  await cleanIfDue({
    store,
    dataDir,
    now: Date.now,
    retentionSettings: { days: 30, megabytes: null, keepsGoals: null },
    isTrial: () => false,
    report: (sentence) => console.error(sentence),
    snapshots: {
      async drop() {
        removals += 1;
        if (String(removals) !== killAt) return;
        if (moment === "rows") kill();
        else setImmediate(kill);
      },
    },
  });
  await store.close();
}
