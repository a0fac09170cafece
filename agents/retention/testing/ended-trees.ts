/** A store with ended trees, for tests of retention. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStore, type Store } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

export const DAY = 86_400_000;
export const NOW = Date.now();

/** A store with ended trees, each with a workspace. A number says how many days ago a tree ended. */
export async function installation(trees: Record<string, number | null>) {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-retention-"));
  const clock = { ms: NOW };
  const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle", now: () => clock.ms });
  onTestFinished(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  for (const [uid, days] of Object.entries(trees)) {
    const workspace = join(dataDir, "workspaces", uid);
    mkdirSync(workspace, { recursive: true });
    writeFileSync(join(workspace, "result.txt"), uid);
    await insertSmallTree(store, { uid, instruction: uid, workspace });
    if (days !== null) end(store, uid, NOW - days * DAY);
  }
  const sources = { store, dataDir, now: () => clock.ms, snapshots: { drop: async () => {}, trees: async () => [] } };
  const names = () => store.client.sqlite.prepare("SELECT uid FROM trees ORDER BY id").pluck().all() as string[];
  const hasFolder = (uid: string) => existsSync(join(dataDir, "workspaces", uid));
  return { store, dataDir, clock, sources, names, hasFolder, run: (sql: string) => store.client.sqlite.exec(sql) };
}

export function end({ client: { sqlite } }: Store, uid: string, atMs: number): void {
  sqlite.prepare("UPDATE trees SET ended_at_ms = ? WHERE uid = ?").run(atMs, uid);
  sqlite.prepare("UPDATE tasks SET status = 'succeeded', ended_at_ms = ? WHERE uid = ?").run(atMs, `${uid}-root`);
}
