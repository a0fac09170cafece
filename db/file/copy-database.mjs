/**
 * Copies the database in a separate thread, started by live-backup.ts. Takes the copy in one read transaction, while
 * others write, then reads the whole copy as a check.
 */
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";

const { from, to } = /** @type {import("./live-backup").CopyOrder} */ (workerData);

/** @param {import("./live-backup").CopyNews} news */
function tell(news) {
  parentPort?.postMessage(news);
}

const source = new Database(from, { readonly: true });
try {
  source.prepare("VACUUM INTO ?").run(to);
} finally {
  source.close();
}
tell("copied");
const copy = new Database(to, { readonly: true });
try {
  const verdict = String(copy.pragma("integrity_check(1)", { simple: true }));
  if (verdict !== "ok") throw new Error(`the copy is damaged: ${verdict}`);
  const messages = Number(copy.prepare("SELECT count(*) FROM messages").pluck().get());
  tell({ messages });
} finally {
  copy.close();
}
