/** Fills the log of the newest task with turns of three messages each: `run-ts.mjs tests/fill-log.ts DATA TURNS`. */
import { join } from "node:path";
import Database from "better-sqlite3";

export function main([dataDir = "", turns = "0"]: string[]): void {
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.pragma("busy_timeout = 10000");
  // Kinds 2, 3 and 4 of `db/file/rows.ts`: a reply, its call, and the response to the call.
  sqlite
    .prepare(`
      WITH RECURSIVE
        task AS (SELECT id, tree_id, turns, ended_at_ms AS atMs FROM tasks WHERE role = 'work' ORDER BY id DESC LIMIT 1),
        turn (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < @turns),
        part (kind) AS (VALUES (2), (3), (4))
      INSERT INTO messages (tree_id, task_id, turn, kind, tool, call_id, body, created_at_ms)
      SELECT tree_id, id, turns + n, kind, iif(kind = 2, NULL, 'find_files'), iif(kind = 2, NULL, 'filled_' || n),
        CASE kind
          WHEN 2 THEN json_object('parts', json_array(json_object('type', 'text', 'text',
            'Look **' || n || '** of many, with \`code\` and' || char(10) || char(10) || '- a list' || char(10) || '- of two')),
            'stopReason', 'tool_use', 'valid', json('true'), 'u', json_array(100, 0, 0, 10, 50))
          WHEN 3 THEN json_object('input', json_object('pattern', '*.' || n), 'mode', 'repeat')
          ELSE json_object('text', 'No file is called so.', 'isError', json('false')) END,
        atMs + n
      FROM task, turn, part ORDER BY n, kind`)
    .run({ turns: Number(turns) });
  sqlite.close();
}
