/** The journal of starts and stops, with real processes. */
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { buildPrograms, dataFolder, startWorkerProcess } from "./testing/command-line";

buildPrograms();

test("a kill is found at the next start, and a signal is written down before the process ends", async () => {
  const data = dataFolder();
  const first = await startWorkerProcess(data);
  first.child.kill("SIGKILL");
  await first.done;
  const second = await startWorkerProcess(data);
  second.child.kill("SIGINT");
  await second.done;
  const sqlite = new Database(path.join(data, "banyan.db"), { readonly: true });
  const json = String(sqlite.prepare("SELECT value FROM facts WHERE name = 'starts'").pluck().get());
  sqlite.close();
  expect(JSON.parse(json)).toMatchObject([
    { role: "worker", process: { pid: second.child.pid }, end: { how: "signal", by: "SIGINT" } },
    { role: "worker", process: { pid: first.child.pid }, end: { how: "crashed", by: null } },
  ]);
});
