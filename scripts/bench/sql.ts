/** SQL over one tree of some 10,000 messages: a snapshot made from nothing, and a question when nothing has changed. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createSqlSnapshots } from "@/db/sql-snapshot";
import { giveToTools } from "@/lib/sandbox/identity";
import { createSqlReaders } from "@/lib/sql/readers";
import { type Row, row } from "./row";
import { median } from "./statistics";
import { startBenchTrial } from "./trial";

/** 1 + 27 + 972 tasks. */
const THOUSAND = { turns: 1, spread: [27, 36] };
const ROUNDS = 7;
const SQL = "SELECT kind, count(*) FROM messages GROUP BY kind";

export async function sqlRows(): Promise<Row[]> {
  const trial = await startBenchTrial();
  await trial.work();
  const id = await trial.submit(THOUSAND);
  await trial.ended([id]);
  await trial.rest();
  const { store, world } = trial.runtime;
  const snapshots = createSqlSnapshots(store.client, giveToTools);
  const readers = createSqlReaders(world.sandbox, process.cwd());
  const limits = { maxRows: 200, maxBytes: 65_536, timeoutMs: 60_000, signal: new AbortController().signal };
  const times = { first: [] as number[], cached: [] as number[] };
  const timed = async (list: number[], work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await work();
    list.push(performance.now() - startedAt);
  };
  const folder = join(world.cacheDirOf(id), "sql");
  for (let round = 0; round < ROUNDS; round += 1) {
    rmSync(folder, { recursive: true, force: true });
    await timed(times.first, () => snapshots.take(id, folder));
  }
  await readers.query(await snapshots.take(id, folder), SQL, limits);
  for (let round = 0; round < ROUNDS; round += 1)
    await timed(times.cached, async () => readers.query(await snapshots.take(id, folder), "SELECT 1", limits));
  const count = store.client.sqlite.prepare("SELECT count(*) FROM messages").pluck().get();
  await readers.close();
  await trial.close();
  const note = `a tree of ${count} messages; median of ${ROUNDS}`;
  return [
    row("SQL over 10,000 messages", "snapshot, first", median(times.first), "ms", 150, note),
    row("SQL over 10,000 messages", "query, cached", median(times.cached), "ms", 5, note),
  ];
}
