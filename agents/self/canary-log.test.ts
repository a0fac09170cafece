import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { addWholeBody } from "@/db/file/bodies";
import { trialsOfThisFile } from "@/tests/agents/scenario";
import { canaryOf } from "./canary-log";

const start = trialsOfThisFile();

test("a log that grows while it is read is no broken log", async () => {
  const trial = await start(null, { work: false });
  await trial.submit({ task: "nonce", runbook: "canary" });
  const file = join(trial.dataDir, "banyan.db");
  const [reading, writing] = [new Database(file, { readonly: true }), new Database(file)];
  for (const sqlite of [reading, writing]) {
    addWholeBody(sqlite);
    onTestFinished(() => void sqlite.close());
  }
  const columns = (writing.pragma("table_info(messages)") as { name: string }[])
    .map(({ name }) => name)
    .filter((name) => name !== "id");
  let grown = 0;
  const grow = writing.transaction(() => {
    grown += writing
      .prepare(
        `INSERT INTO messages (${columns.join(", ")}) SELECT ${columns.join(", ")} FROM messages
         WHERE task_id = (SELECT id FROM tasks WHERE title = 'nonce') ORDER BY id DESC LIMIT 1`,
      )
      .run().changes;
    writing.prepare("UPDATE tasks SET length = length + 1 WHERE title = 'nonce'").run();
  });
  // The worker writes between the two reads of the probe.
  const prepare = reading.prepare.bind(reading);
  reading.prepare = ((sql: string) => {
    const statement = prepare(sql);
    if (!sql.includes("task.title = ?")) return statement;
    const get = statement.get.bind(statement);
    statement.get = (...given: unknown[]) => {
      const row = get(...given);
      grow();
      return row;
    };
    return statement;
  }) as typeof reading.prepare;
  expect(canaryOf(reading, "nonce")).toMatchObject({ canary: "open", command: "none", approval: "none" });
  expect(grown).toBe(1);
});
