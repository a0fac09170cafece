/** A release takes over from another: from an earlier launch of the same launcher, and from one that was ahead of it. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { ownIdentity } from "@/lib/process/identity";
import { call, endTask } from "@/tests/agents/replies";
import { gate, logOf, trialsOfThisFile, until } from "@/tests/agents/scenario";
import { startTrial } from "@/tests/agents/trial";

const start = trialsOfThisFile();

const launch = (number: number) => ({ home: "/home/of/this/launcher", number, release: 1 });

test("tasks of a server that was killed in another pid namespace go on as soon as the next launch starts", async () => {
  const held = gate();
  onTestFinished(held.open);
  const before = await start(
    {
      async task({ attempt }) {
        if (attempt === 0) await held.opened;
        return endTask("done");
      },
    },
    { work: false },
  );
  // As the kernel names it from inside: the process id 2 of a namespace that is gone.
  const inside = { ...ownIdentity(), pid: 2, processStart: "1", pidNamespace: "pid:[4026530000]" };
  const killed = await before.runtime.startWorker({ role: "all", identity: { ...inside, launch: launch(7) } });
  const { id } = await before.submit({ task: "task", agent: "worker" });
  await until(() => before.runtime.store.workers.holds(killed.id).leases === 1, "it works on the task");

  const after = await startTrial({ provider: before.provider ?? undefined, dataDir: before.dataDir, work: false });
  onTestFinished(() => after.close());
  const stranger = await after.runtime.startWorker({ role: "worker", identity: { ...ownIdentity(), launch: null } });
  expect(after.runtime.store.workers.list().map((worker) => worker.id)).toContain(killed.id);
  await stranger.stop(0);

  await after.runtime.startWorker({ role: "all", identity: { ...ownIdentity(), launch: launch(8) } });
  expect(after.runtime.store.workers.list().map((worker) => worker.id)).not.toContain(killed.id);
  const tree = await after.ended(id);
  expect(tree.status).toBe("succeeded");
  await killed.stop(0);
});

/** Leaves a database as a release of the next level might: more tables and columns, entries of new kinds, its level. */
function asNewerRelease(file: string, task: string): void {
  const sqlite = new Database(file);
  sqlite.exec(`
    CREATE TABLE dreams (id INTEGER PRIMARY KEY) STRICT;
    ALTER TABLE tasks ADD dream TEXT;
    INSERT INTO migrations (name, hash, applied_at_ms) VALUES ('9000_dreams', 'ab12', 0);
    INSERT INTO facts (name, value) VALUES ('data_level', '2')
      ON CONFLICT (name) DO UPDATE SET value = excluded.value`);
  const insert = sqlite.prepare(`
    INSERT INTO messages (tree_id, task_id, turn, kind, body, created_at_ms)
    SELECT tree_id, id, turns, ?, ?, 0 FROM tasks WHERE uid = ?`);
  for (const [kind, body] of [
    [6, { type: "dreamt", text: "Of a later version." }],
    [9, { of: "a later version" }],
  ] as const)
    insert.run(kind, JSON.stringify(body), task);
  sqlite.prepare("UPDATE tasks SET length = length + 2 WHERE uid = ?").run(task);
  sqlite.close();
}

test("a database that a newer release has used, one level ahead, opens here and its trees finish", async () => {
  const held = gate();
  onTestFinished(held.open);
  const before = await start({
    async root({ turn, attempt }) {
      if (turn === 0) return call("list_agents", {});
      if (attempt === 0) await held.opened;
      return endTask("done");
    },
  });
  const { id, root_task_id: root } = await before.submit({ task: "root", agent: "worker" });
  await until(() => (before.provider?.requests.length ?? 0) > 1, "the second turn asks its model");
  await before.worker?.stop(0);
  asNewerRelease(join(before.dataDir, "banyan.db"), root);

  const after = await startTrial({ provider: before.provider ?? undefined, dataDir: before.dataDir });
  onTestFinished(() => after.close());
  expect((await after.ended(id)).status).toBe("succeeded");
  const log = await logOf(after, root);
  expect(
    log.filter(({ created_at }) => created_at.startsWith("1970")).map(({ kind, content }) => [kind, content]),
  ).toEqual([
    ["event", { type: "dreamt", text: "Of a later version." }],
    ["event", { type: "unknown", of: "kind 9" }],
  ]);
});
