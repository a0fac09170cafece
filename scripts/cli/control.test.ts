import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { AgentBody, ToolBody } from "@/core/rules/configuration";
import type { Comparison } from "@/core/shapes/comparison";
import type { LessonList } from "@/core/shapes/memory";
import type { ApprovalRule, Review, Tree } from "@/core/shapes/shapes";
import { openStore } from "@/db/store";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  banyan,
  buildPrograms,
  dataFolder,
  json,
  judged,
  onlyTree,
  ROOT,
  scripted,
  withTree,
} from "../testing/command-line";

buildPrograms();

/** Makes a data folder in which every `write_file` needs approval. */
async function askingFolder(): Promise<string> {
  const data = dataFolder();
  await json(["seed", "--data", data]);
  const store = openStore(path.join(data, "banyan.db"), { migrations: path.join(ROOT, "drizzle") });
  const entry = store.configuration.live().find(({ kind, name }) => kind === "tool" && name === "write_file");
  const body: ToolBody = { ...(entry?.body as ToolBody), policy: "ask" };
  await store.configuration.put({ kind: "tool", name: "write_file", description: "", body }, "anna", "for a test");
  await store.close();
  return data;
}

const writes = (file: string) => call("write_file", { path: file, content: "hello" });

test("a call that needs approval exits with 3 and prints the commands that decide; --alike settles all identical calls", async () => {
  const data = await askingFolder();
  const at = ["--data", data];
  const write = { name: "write_file", input: { path: "a.txt", content: "hello" } };
  const env = await scripted(agentScript({ worker: [{ calls: [write, write] }, endTask("written")], ...judged }));
  const run = (task: string) => banyan(["run", task, "--agent", "worker", ...at], { env });
  const first = await run("One");
  const { items } = (await json(["reviews", "--open", ...at])) as { items: Review[] };
  const item = items[0]?.id.slice(0, 8) ?? "";
  expect(first.status).toBe(3);
  expect(first.stderr).toContain('\n  write_file {"path":"a.txt","content":"hello"}\n');
  expect(first.stderr).toContain(`npx banyan approve ${item}, or npx banyan reject ${item} --reason "…"`);
  const list = (await banyan(["reviews", ...at])).stdout;
  expect(list).toMatch(new RegExp(`${item} {2}◆ open +\\d+ approval tree \\w+ {2}Write a\\.txt`));
  expect(list).toContain("Blocks task");
  expect(list).not.toContain("If ignored");
  expect(list).toContain("2 alike");
  const shown = await banyan(["review", item.slice(0, 6), ...at]);
  expect(shown.stdout).toContain('"path": "a.txt"');
  expect(shown).toEqual(await banyan(["reviews", item, ...at]));
  expect(await json(["review", item, ...at])).toMatchObject({ id: items[0]?.id, alike: 2 });

  const approved = await banyan(["approve", item, "--alike", ...at]);
  expect(approved.stdout).toMatch(/^2 equal items are closed: allowed\. No worker is running.*\n( {2}\w{8} .*\n){2}$/);
  const { id } = await onlyTree(data);
  expect(await banyan(["resume", id, ...at], { env })).toMatchObject({ status: 0 });
  expect(await banyan(["approve", item, ...at])).toMatchObject({ status: 2, stdout: "" });
});

test("a rule approves later calls until it is revoked", async () => {
  const data = await askingFolder();
  const at = ["--data", data];
  const env = await scripted(
    agentScript({ worker: (request) => (request.turn === 0 ? writes("a.txt") : endTask("written")), ...judged }),
  );
  const run = (task: string) => banyan(["run", task, "--agent", "worker", ...at], { env });
  await run("One");
  const { items } = (await json(["reviews", ...at])) as { items: Review[] };
  const why = ["--why", "harmless", "--hours", "2"];
  const added = await json(["rules", "add", "--item", items[0]?.id ?? "", ...why, ...at]);
  expect(added).toMatchObject({ decided: [items[0]?.id], worker: false });
  expect((await run("Two")).status).toBe(0);
  const [rule] = ((await json(["rules", ...at])) as { items: ApprovalRule[] }).items;
  expect(rule).toMatchObject({ tool: "write_file", exact: true, why: "harmless", uses: 2 });
  expect((await banyan(["rules", "list", ...at])).stdout).toContain(
    "open     write_file with the same arguments, until",
  );
  const revoked = await banyan(["rules", "revoke", rule?.id.slice(0, 6) ?? "", ...at]);
  expect(revoked.stdout).toMatch(/^The rule is off\. It had approved 2 calls;.*\n( {2}\w{8} .*\n){2}$/);
  expect((await run("Three")).status).toBe(3);
});

test("fork follows to the end and compares with its origin; trees and tree show the origin", async () => {
  const data = dataFolder();
  const at = ["--data", data];
  const env = await scripted(
    agentScript({
      worker: (request) => {
        const isFork = request.instruction.includes("otherwise");
        return request.turn === 0 ? writes(isFork ? "b.txt" : "a.txt") : endTask(isFork ? "other" : "one");
      },
      ...judged,
    }),
  );
  await banyan(["run", "Write", "--agent", "worker", ...at], { env });
  const tree = await onlyTree(data);
  const forked = await banyan(["fork", tree.id.slice(0, 6), "--instruction", "Write otherwise", ...at], { env });
  expect([forked.status, forked.stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "other"]);
  const fork = await onlyTree(data);
  const [a, b] = [tree.id.slice(0, 8), fork.id.slice(0, 8)];
  expect(forked.stderr).toContain(`npx banyan compare ${a} ${b}`);
  expect((await banyan(["trees", ...at])).stdout).toContain(`Write otherwise, from the start (forked from ${a})`);
  expect((await banyan(["tree", b, ...at])).stdout).toContain(`(forked from ${a})`);
  const compared = (await json(["compare", a, b, ...at])) as Comparison;
  expect(compared.trees.map((side) => side.result)).toEqual(["one", "other"]);
  const table = (await banyan(["compare", a, b, "--patch", ...at])).stdout;
  expect(table).toMatch(/^Result +one +other$/m);
  expect(table).toContain("- a.txt\n+ b.txt\n");
  expect(table).toContain("+hello");
  expect((await banyan(["compare", a, b, ...at])).stdout).not.toContain("+hello");

  const later = await json(["fork", tree.id, "--at", String(fork.forked_from?.seq), "--detach", ...at]).catch(String);
  expect(later).toContain("No worker is running");
  expect(await onlyTree(data)).toMatchObject({ status: "running", forked_from: { tree_id: tree.id } });
});

test("fork takes versions of agents and documents, and lessons, and compare names them", async () => {
  const data = dataFolder();
  const at = ["--data", data];
  const env = await scripted(agentScript({ worker: [endTask("done")], ...judged }));
  await banyan(["run", "Write", "--agent", "worker", ...at], { env });
  const tree = await onlyTree(data);
  const store = openStore(path.join(data, "banyan.db"), { migrations: path.join(ROOT, "drizzle") });
  const worker = store.configuration.live().find(({ kind, name }) => kind === "agent" && name === "worker");
  const body: AgentBody = { ...(worker?.body as AgentBody), description: "Changed." };
  await store.configuration.put({ kind: "agent", name: "worker", description: "", body }, "anna", "for a test");
  await store.close();
  const added = await banyan(["lessons", "add", "Look twice.", "--for", "look", ...at]);
  const { items } = (await json(["lessons", ...at])) as LessonList;
  expect([added.status, items.map(({ advice }) => advice)]).toEqual([0, expect.arrayContaining(["Look twice."])]);
  const lesson = items.find(({ advice }) => advice === "Look twice.")?.id ?? "";
  const forkWith = async (...flags: string[]) => {
    expect(await banyan(["fork", tree.id, ...flags, ...at], { env })).toMatchObject({ status: 0 });
    return (await banyan(["compare", tree.id, (await onlyTree(data)).id, ...at])).stdout;
  };
  const older = await forkWith("--with", "agent:worker@2,document:system_overview@1", "--lessons", "without");
  expect(older).toMatch(/^Agents used .*worker v1 .*worker v2$/m);
  expect(older).toMatch(/^Lessons +none shown +none: it runs without lessons$/m);
  expect(older).toMatch(/^The same in both: .*documents used/m);
  const named = await forkWith("--lessons", lesson.slice(0, 8));
  expect(named).toMatch(/^Lessons +none shown +only (“Look twice\.”|named ones, none shown yet)$/m);
});

test("step takes one turn without a server, and shows the step after it", async () => {
  const data = dataFolder();
  const at = ["--data", data];
  const env = await scripted(
    agentScript({
      worker: [startSubtask({ instruction: "part", agent: "coder" }), endTask("whole")],
      coder: [endTask("piece")],
      ...judged,
    }),
  );
  await banyan(["run", "Go", "--agent", "worker", "--stepping", "manual", "--detach", ...at], { env });
  const { id, root_task_id } = await onlyTree(data);
  expect(await json(["next", id, ...at])).toEqual({ sentence: expect.stringContaining("for turn 1") });
  const { status, stdout, stderr } = await banyan(["step", root_task_id.slice(0, 6), ...at], { env });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^It takes one turn, then pauses\.\nWaiting\. Next: It waits for subtasks\.\nAlso paused: part \(/,
  );
  const [, child] = ((await json(["tree", id, ...at])) as Tree).tasks;
  expect(child).toMatchObject({ status: "paused", turns: 0 });
  expect((await banyan(["next", child?.id ?? "", ...at], { env })).stdout).toContain("for turn 1");
});

test("pause --alone, change and interventions say their effect, in text and in JSON", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  expect(await json(["pause", tree.id, "--alone", ...at])).toMatchObject({
    sentence: expect.stringMatching(/^Paused: this task only/),
  });
  expect(await json(["change", tree.id, "--priority", "7", ...at])).toMatchObject({
    sentence: "Changed: the priority to 7. From its next turn.",
  });
  expect((await onlyTree(data)).priority).toBe(7);
  expect(await json(["interventions", tree.id, ...at])).toEqual({ items: [], next: null });
  expect((await banyan(["interventions", ...at])).stdout).toBe("No interventions yet.\n");
});

test("after a question times out, resume continues with the default answer", async () => {
  const at = ["--data", dataFolder()];
  const worker = (request: { turn: number; lastToolResults: { content: string }[] }) =>
    request.turn === 0 ? call("ask", { question: "Which?" }) : endTask(`It is ${request.lastToolResults[0]?.content}`);
  const env = await scripted(agentScript({ worker, ...judged }));
  const limits = { ASK_TIMEOUT_SECONDS: "1", ASK_TIMEOUT_ANSWER: "the red one" };
  const asked = await banyan(["run", "Choose", "--agent", "worker", ...at], { env: { ...env, ...limits } });
  expect(asked.status).toBe(3);
  const { items } = (await json(["reviews", "--open", ...at])) as { items: Review[] };
  const untilMs = Date.parse(items[0]?.created_at ?? "") + 1_000;
  await expect.poll(() => Date.now() > untilMs, { timeout: 120_000 }).toBe(true);
  const resumed = await banyan(["resume", (await onlyTree(at[1] ?? "")).id, ...at], { env });
  expect([resumed.status, resumed.stdout.trimEnd().split("\n").at(-1)]).toEqual([
    0,
    expect.stringContaining("the red one"),
  ]);
});

test("commands refuse a task with a damaged log in one sentence, without a stack trace", async () => {
  const { data, tree } = await withTree();
  new Database(path.join(data, "banyan.db")).exec("UPDATE messages SET body = '{' WHERE kind = 1").close();
  for (const command of ["next", "fork"]) {
    const { status, stdout, stderr } = await banyan([command, tree.id, "--data", data]);
    expect([command, status, stdout, stderr]).toEqual([
      command,
      1,
      "",
      expect.stringMatching(/^The task's log is damaged.*\.\n$/),
    ]);
  }
});
