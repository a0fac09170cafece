/** Q2: what a tree reads of other trees and of the configuration, and what people must have set before. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Level } from "@/core/log/entries";
import { ownerCalled } from "@/core/rules/roles";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, taskScript, tester, until } from "@/tests/agents/scenario";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const FOREIGN = "canary-of-another-tree";
const SECRET = "canary-of-a-secret";
const EMAIL = "anna@example.com";

let trial: Trial;
let foreign: string;

beforeAll(async () => {
  const wide = (sql: string, trees?: string[]) => call("query_trees", { sql, ...(trees && { trees }) });
  trial = await startTrial({
    script: taskScript({
      [FOREIGN]: [endTask(`${FOREIGN} for ${EMAIL}`)],
      // The other tree's id is known only later.
      reads: ({ turn }) => (turn === 0 ? wide("SELECT result FROM tasks WHERE depth = 0", [foreign]) : endTask("done")),
      lists: [
        wide(
          "SELECT (SELECT group_concat(id || title) FROM trees) || (SELECT group_concat(name || level) FROM tools) || (SELECT sum(length(body)) FROM agents) || (SELECT sum(length(body)) FROM documents)",
        ),
        wide("SELECT * FROM secrets"),
        wide("SELECT 1", ["no-such-tree"]),
        endTask("done"),
      ],
    }),
  });
  foreign = (await trial.submit({ task: FOREIGN, agent: "worker" })).id;
  await trial.ended(foreign);
  await changeAgent(trial, "worker", { tools: ["query_trees"] });
  const { sqlite } = trial.runtime.store.client;
  const bytes = Buffer.from(SECRET);
  sqlite.prepare("INSERT INTO secrets VALUES (?, ?, ?, ?, ?, ?, ?)").run("key", "k1", bytes, bytes, SECRET, SECRET, 1);
  sqlite.prepare("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?)").run(1, SECRET, EMAIL, SECRET, "admin", 1, null);
});
afterAll(() => trial.close());

/** Runs a task, approves whatever it asks for, and returns the answers of its calls. */
async function answers(task: string, rights: Level[]): Promise<{ texts: string[]; asked: number; id: string }> {
  const { queries, commands } = trial.runtime.application;
  const { id } = await trial.submit({ task, agent: "worker", rights });
  let asked = 0;
  const tree = await until(async () => {
    const { items } = await queries.listReviews({ open: true, treeId: id });
    for (const item of items) {
      asked += 1;
      await commands.decide({ id: item.id, decision: "approved", reason: "" }, ownerCalled("somebody else"));
    }
    const found = await queries.getTree(id);
    return found.ended_at !== null && found;
  }, `${task} has ended`);
  const log = await logOf(trial, tree.root_task_id);
  const responses = log.filter(({ kind, tool }) => kind === "tool_response" && tool === "query_trees");
  return { texts: responses.map(({ content }) => String(content.text)), asked, id };
}

test("without the right no other tree is read, nor with the right under the default policy", async () => {
  expect((await answers("reads", ["read", "write"])).texts.join()).toMatch(/needs the right “host”/);
  const { texts, asked } = await answers("reads", ["read", "host"]);
  expect([texts.join().includes(FOREIGN), asked]).toEqual([false, 0]);
  expect(texts.join()).toMatch(/polic/);
});

test("with the right and a person's approval it reads another tree, without addresses, and is tainted", async () => {
  await trial.runtime.application.commands.setPolicy({ levels: { host: "ask" } }, tester);
  const { texts, asked, id } = await answers("reads", ["read", "host"]);
  expect(asked).toBe(1);
  expect(texts[0]).toContain(`${FOREIGN} for [person]`);
  const log = await logOf(trial, (await trial.runtime.application.queries.getTree(id)).root_task_id);
  expect(log.some(({ kind, content }) => kind === "tool_response" && content.outside === true)).toBe(true);
  expect(fs.readdirSync(path.join(trial.runtime.world.cacheDirOf(id), "sql-wide"))).toEqual([]);
});

test("it reads the configuration and the list of trees, never secrets or people", async () => {
  await trial.runtime.application.commands.setPolicy({ levels: { host: "ask" } }, tester);
  const { texts } = await answers("lists", ["read", "host"]);
  expect(texts[0]).toContain(foreign);
  expect(texts[0]).toContain("query_trees");
  expect(texts[1]).toMatch(/no such table: secrets/);
  expect(texts[2]).toBe("There is no tree no-such-tree. The table trees lists those that there are.");
  for (const canary of [SECRET, EMAIL]) expect(texts.join()).not.toContain(canary);
});
