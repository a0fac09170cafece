/** Makes the data for measuring pages: a tree of 111 tasks, a running tree of 10,000 tasks, and a log of 30,000 entries. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { messageAddress } from "@/components/trees/message-address";
import { benchFolder, startBenchTrial } from "./trial";

const SMALL = { turns: 3, spread: [10, 10] };
/** 1 + 99 + 9,900. */
const LARGE = { turns: 1, spread: [99, 100] };
const LARGE_TASKS = 10_000;
const LONG_TURNS = 100;
/** How far from the end the opened message is. */
const FROM_END = 20;
export const LONG_ENTRIES = 30_000;

export interface WebData {
  dataDir: string;
  small: string;
  large: string;
  /** Address of a message near the end of a long log, in a tree of one task: an ended task shows its result, and its log on request. */
  long: string;
}

export async function prepareWebData(): Promise<WebData> {
  const dataDir = mkdtempSync(join(benchFolder(), "web-"));
  const first = await startBenchTrial({ dataDir, seeded: false, synchronous: "NORMAL" });
  await first.work();
  const [small, long] = [await first.submit(SMALL), await first.submit({ turns: LONG_TURNS })];
  await first.ended([small, long]);
  await first.leave();
  const deep = lengthen(join(dataDir, "banyan.db"), long);
  // The leaves wait for a silent model, because the page folds finished tasks but not running ones.
  const second = await startBenchTrial({ dataDir, synchronous: "NORMAL", model: { silentLeaves: true } });
  await second.work();
  const large = await second.submit(LARGE);
  await second.grown(large, LARGE_TASKS);
  await second.leave();
  return { dataDir, small, large, long: `/trees/${long}${deep}` };
}

/** Fills a log by copying its turns, which is faster than running them. The task's end stays in place, among the copies. Returns the address of a message near the end. */
function lengthen(file: string, tree: string): string {
  const sqlite = new Database(file);
  const columns = "tree_id, task_id, turn, kind, tool, call_id, body, blob_id, created_at_ms";
  const at = sqlite.prepare("SELECT id FROM trees WHERE uid = ?").pluck().get(tree);
  const ids = sqlite.prepare("SELECT id FROM messages WHERE tree_id = ? ORDER BY id").pluck().all(at) as number[];
  const [from, to] = [ids[Math.floor(ids.length / 4)], ids[Math.floor((ids.length * 3) / 4)]];
  const copy = sqlite.prepare(
    `INSERT INTO messages (${columns}) SELECT ${columns} FROM messages WHERE tree_id = ? AND id BETWEEN ? AND ? ORDER BY id LIMIT ?`,
  );
  sqlite.transaction(() => {
    for (let left = LONG_ENTRIES - ids.length; left > 0; left -= copy.run(at, from, to, left).changes);
  })();
  const last = sqlite.prepare("SELECT max(id) FROM messages WHERE tree_id = ?").pluck().get(at) as number;
  const task = sqlite.prepare("SELECT uid FROM tasks WHERE tree_id = ?").pluck().get(at) as string;
  sqlite.close();
  return messageAddress(task, last - FROM_END);
}
