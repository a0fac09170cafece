import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Message, Tree } from "@/core/shapes/shapes";
import { compareRows } from "@/db/log/rebuild";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { realTimers, type Timers } from "@/lib/time/timers";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  gate,
  logOf,
  requestsOf,
  responsesOf,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  unansweredCalls,
  until,
  whenTask,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent, worldToolFor } from "@/tests/agents/world-tool";
import { UserError } from "../../application";

const start = trialsOfThisFile();

async function seqOf(trial: Trial, taskId: string, which: (message: Message) => boolean): Promise<number> {
  const found = (await logOf(trial, taskId)).find(which);
  if (!found) throw new Error("There is no such message.");
  return found.seq;
}

const replyOfTurn = (turn: number) => (message: Message) => message.kind === "agent_response" && message.turn === turn;

/** Checks every fork: its rows match its logs, each call has one response, and it contains no id of the original. */
async function checkFork(trial: Trial, original: Tree, fork: Tree): Promise<void> {
  expect(compareRows(trial.runtime.store)).toEqual([]);
  expect(await unansweredCalls(trial, fork)).toEqual([]);
  const old = new Set([original.id, ...original.tasks.map((task) => task.id)]);
  for (const task of fork.tasks) {
    expect(old.has(task.id)).toBe(false);
    for (const message of await logOf(trial, task.id)) {
      if (message.content.type === "forked") continue;
      for (const id of old) expect(JSON.stringify(message.content).includes(id)).toBe(false);
    }
  }
}

test("a fork inside a turn begins with that turn: what ended before keeps its result, what comes after runs again", async () => {
  let isFork = false;
  const trial = await start({
    root: (request) =>
      [startSubtask(sub("first")), startSubtask(sub("second")), endTask(isFork ? "the other way" : "one way")][
        request.turn
      ] ?? endTask("more"),
    first: [endTask("first result")],
    second: () => endTask(isFork ? "second again" : "second"),
  });
  const original = await runRoot(trial);
  const asked = requestsOf(trial, "first").length;
  isFork = true;
  const at = await seqOf(trial, original.root_task_id, (message) => message.kind === "tool_call" && message.turn === 2);
  const fork = await trial.runtime.application.commands.fork({ id: original.root_task_id, at }, tester);
  expect(fork.forked_from).toMatchObject({ tree_id: original.id, turn: 2 });
  expect(fork.title).toBe("root, from turn 2");
  const ended = await trial.ended(fork.id);
  expect(ended.status).toBe("succeeded");
  // The first subtask is there with its result and was not run again; the second was restarted.
  expect(requestsOf(trial, "first").length).toBe(asked);
  expect(requestsOf(trial, "second").length).toBe(2);
  expect(titled(ended, "first").status).toBe("succeeded");
  const root = await trial.runtime.application.queries.getTask(ended.root_task_id);
  expect(root.result).toBe("the other way");
  expect((await trial.runtime.application.queries.getTask(original.root_task_id)).result).toBe("one way");
  expect(responsesOf(await logOf(trial, root.id))[0]).toContain("first result");
  expect(eventsOf(await logOf(trial, root.id))).toContain("forked");
  await checkFork(trial, original, ended);
});

test("a fork while subtasks run takes over their states: they go on in both trees, and each parent hears its own", async () => {
  const hold = gate();
  const trial = await start({
    root: [startSubtask(sub("quick"), sub("slow")), endTask("done")],
    quick: [endTask("quick")],
    slow: async (request) => {
      if (request.turn === 0) return call("list_agents", {});
      await hold.opened;
      return endTask(`slow ${request.task}`);
    },
  });
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "quick", (task) => task.status === "succeeded");
  await until(() => requestsOf(trial, "slow").length === 2, "the slow one is in its second turn");
  const before = await trial.runtime.application.queries.getTree(id);
  const slow = titled(before, "slow");
  const at = await seqOf(trial, slow.id, (message) => message.kind === "tool_response");
  const fork = await trial.runtime.application.commands.fork({ id: slow.id, at }, tester);
  expect(fork.forked_from).toMatchObject({ turn: 2, task: "slow" });
  expect(fork.title).toBe("root, from turn 2 of “slow”");
  const again = await trial.runtime.application.commands.fork({ id: fork.root_task_id }, tester);
  expect(again.title).toBe("root, from the start");
  hold.open();
  const [a, b] = [await trial.ended(id), await trial.ended(fork.id)];
  expect([a.status, b.status]).toEqual(["succeeded", "succeeded"]);
  const resultIn = async (tree: Tree) => responsesOf(await logOf(trial, tree.root_task_id)).join("\n");
  expect(await resultIn(a)).toContain(`slow ${slow.id}`);
  expect(await resultIn(b)).toContain(`slow ${titled(b, "slow").id}`);
  expect(await resultIn(b)).not.toContain(slow.id);
  expect(a.root_task_id).toBe(root_task_id);
  await checkFork(trial, a, b);
});

test("with another instruction, model or agent the task begins otherwise; later on it changes in the middle", async () => {
  const trial = await start({
    "*": (request) => (request.turn === 0 ? call("list_agents", {}) : endTask(request.model)),
  });
  const original = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  const { commands, queries } = trial.runtime.application;
  const anew = await commands.fork(
    { id: original.root_task_id, instruction: "Do it in French.", model: "openai/gpt-5.1", agent: "coder" },
    tester,
  );
  const first = await trial.ended(anew.id);
  expect(first.title).toBe("Do it in French, from the start");
  expect(titled(first, "Do it in French.")).toMatchObject({ agent: "coder", model: "openai/gpt-5.1" });
  expect((await queries.getTask(first.root_task_id)).instruction).toBe("Do it in French.");
  expect(eventsOf(await logOf(trial, first.root_task_id))).not.toContain("changed");
  const asked = requestsOf(trial, "Do it in French.");
  expect(asked.every((request) => request.provider === "openai" && request.agent === "coder")).toBe(true);
  expect(asked[0]?.instruction).toBe("Do it in French.");

  const at = await seqOf(trial, original.root_task_id, replyOfTurn(2));
  const later = await commands.fork({ id: original.root_task_id, at, model: "openai/gpt-5.1" }, tester);
  const second = await trial.ended(later.id);
  expect((await queries.getTask(second.root_task_id)).result).toBe("gpt-5.1");
  expect(eventsOf(await logOf(trial, second.root_task_id))).toContain("changed");
  await checkFork(trial, original, second);

  const { items: listed } = await queries.listForks(original.id);
  const where = { tree_id: original.id, task_id: original.root_task_id };
  expect(listed).toMatchObject([
    { id: second.id, from: { ...where, seq: at - 1 }, status: "succeeded" },
    { id: first.id, from: where },
  ]);
  // A fork lists its sibling forks, because people compare it with them.
  expect((await queries.listForks(first.id)).items.map((fork) => fork.id)).toEqual([second.id]);
  expect(await queries.listForks(anew.root_task_id).catch(() => "none")).toBe("none");
});

test("an edited message takes the place of the original one: a steer, and a tool's response", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) return call("list_agents", {});
      if (request.turn === 1) {
        await hold.opened;
        return call("list_agents", { again: true });
      }
      return endTask(toldIn(request).includes("Paint it red.") ? "red" : "blue");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 2, "the second call is in flight");
  await commands.steer({ id: root_task_id, text: "Paint it blue." }, tester);
  hold.open();
  const original = await trial.ended(id);
  const steer = await seqOf(trial, root_task_id, (message) => message.kind === "steer");
  const fork = await commands.fork({ id: root_task_id, at: steer, message: "Paint it red." }, tester);
  const ended = await trial.ended(fork.id);
  expect((await queries.getTask(original.root_task_id)).result).toBe("blue");
  expect((await queries.getTask(ended.root_task_id)).result).toBe("red");
  await checkFork(trial, original, ended);

  const response = await seqOf(trial, root_task_id, (message) => message.kind === "tool_response");
  const lied = await commands.fork({ id: root_task_id, at: response, message: "There are none." }, tester);
  await trial.ended(lied.id);
  expect(responsesOf(await logOf(trial, lied.root_task_id))[0]).toBe("There are none.");
});

test("a fork that cannot be made is refused with one sentence, and no tree appears", async () => {
  const trial = await start({ root: [startSubtask(sub("child")), endTask("done")], child: [endTask("child")] });
  const tree = await runRoot(trial);
  const { commands, queries } = trial.runtime.application;
  const child = titled(tree, "child").id;
  const refused = (id: string, request: Omit<Parameters<typeof commands.fork>[0], "id">) =>
    expect(commands.fork({ id, ...request }, tester)).rejects;
  await refused(tree.root_task_id, { at: 999_999 }).toThrow("The task has no message 999999");
  await refused(tree.root_task_id, { message: "x" }).toThrow("Name the message");
  await refused(tree.root_task_id, { instruction: "  " }).toThrow("The new instruction is empty");
  await refused(tree.root_task_id, { model: "nonsense" }).toThrow("There is no model nonsense");
  const reply = await seqOf(trial, child, replyOfTurn(1));
  await refused(child, { at: reply, message: "x" }).toThrow("can be edited");
  expect((await queries.listTrees()).items.length).toBe(1);
});

test("files are as they were at the message, in a folder of the fork's own, and two forks can be compared", async () => {
  const write = (path: string, content: string) => call("write_file", { path, content });
  let version = "one";
  const trial = await start({
    root: (request) =>
      [
        write("a.txt", "first"),
        write("b.txt", version),
        call("read_file", { path: "a.txt" }),
        endTask(`wrote ${version}`),
      ][request.turn] ?? endTask("more"),
  });
  const { commands, queries } = trial.runtime.application;
  const original = await runRoot(trial);
  expect(readFileSync(join(original.workspace, "b.txt"), "utf8")).toBe("one");
  version = "two";
  const at = await seqOf(trial, original.root_task_id, replyOfTurn(2));
  const fork = await commands.fork({ id: original.root_task_id, at }, tester);
  const ended = await trial.ended(fork.id);
  expect(ended.workspace).not.toBe(original.workspace);
  expect(readFileSync(join(ended.workspace, "a.txt"), "utf8")).toBe("first");
  expect(readFileSync(join(ended.workspace, "b.txt"), "utf8")).toBe("two");
  expect(readFileSync(join(original.workspace, "b.txt"), "utf8")).toBe("one");
  const compared = await queries.compareTrees(original.id, fork.id);
  expect(compared.files).toEqual([{ path: "b.txt", change: "modified" }]);
  expect(compared.patch).toContain("+two");
  expect(compared.trees.map((tree) => tree.result)).toEqual(["wrote one", "wrote two"]);
  expect(compared.trees[1]).toMatchObject({ forked_from: { tree_id: original.id }, status: "succeeded" });
  expect(compared.trees[1].copied.tokens).toBeGreaterThan(0);
  expect(compared.trees[1].copied.tokens).toBeLessThan(compared.trees[1].tokens);
  const before = await seqOf(trial, original.root_task_id, replyOfTurn(1));
  const empty = await trial.ended((await commands.fork({ id: original.root_task_id, at: before }, tester)).id);
  const kept = (await logOf(trial, empty.root_task_id)).filter((message) => message.content.type === "files_saved");
  expect(kept.map((message) => message.content.changed)).toEqual([1, 1]);
  const again = await seqOf(trial, fork.root_task_id, (message) => message.content.type === "forked");
  const grandchild = await trial.ended((await commands.fork({ id: fork.root_task_id, at: again }, tester)).id);
  expect(readFileSync(join(grandchild.workspace, "a.txt"), "utf8")).toBe("first");
  // The fork survives the deletion of its source.
  await commands.deleteTree({ id: original.id }, tester);
  expect((await queries.compareTrees(fork.id, fork.id)).files).toEqual([]);
});

test("a fork of a tree that works in a person's folder has files of its own, as they were before the first change", async () => {
  const trial = await start({
    root: [call("write_file", { path: "notes.txt", content: "changed" }), endTask("done")],
  });
  const folder = join(trial.dataDir, "..", `own-${trial.dataDir.split("-").at(-1)}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "notes.txt"), "as it was");
  const original = await runRoot(trial, { workspace: folder });
  expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("changed");
  const { commands } = trial.runtime.application;
  const hold = await commands.fork({ id: original.root_task_id }, tester);
  expect(hold.workspace).not.toBe(original.workspace);
  expect(existsSync(hold.workspace)).toBe(false);
  const ended = await trial.ended(hold.id);
  expect(ended.status).toBe("succeeded");
  expect(readFileSync(join(ended.workspace, "notes.txt"), "utf8")).toBe("changed");
  const first = (await logOf(trial, original.root_task_id)).find((message) => message.content.type === "files_saved");
  const snapshots = trial.runtime.world.snapshots as SnapshotStore;
  const shown = join(trial.dataDir, "shown");
  await snapshots.checkOut(String(first?.content.commit), shown);
  expect(readFileSync(join(shown, "notes.txt"), "utf8")).toBe("as it was");
  // It is compared with what was there before, also once its origin is gone.
  const changes = () => trial.runtime.application.queries.listChanges(hold.id);
  expect((await changes()).items).toMatchObject([{ path: "notes.txt", change: "modified" }]);
  await commands.deleteTree({ id: original.id }, tester);
  expect((await changes()).items).toMatchObject([{ path: "notes.txt", change: "modified" }]);
});

test("a fork of a tree that began with a copy has its files, also from before its first snapshot", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-shop-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "notes.txt"), "as it was");
  const read = call("read_file", { path: "notes.txt" });
  const write = call("write_file", { path: "notes.txt", content: "changed" });
  for (const work of [
    [read, write, endTask("done")],
    [read, endTask("done")],
  ]) {
    const trial = await start({ root: work });
    const { commands, queries } = trial.runtime.application;
    const original = await runRoot(trial, { workspace: folder, copy: true });
    const at = await seqOf(trial, original.root_task_id, replyOfTurn(1));
    const fork = await trial.ended((await commands.fork({ id: original.root_task_id, at }, tester)).id);
    const log = await logOf(trial, fork.root_task_id);
    expect(log.filter(({ kind }) => kind === "tool_response").map(({ content }) => content.text)[0]).toContain(
      "as it was",
    );
    const isChanged = work.includes(write);
    expect(readFileSync(join(fork.workspace, "notes.txt"), "utf8")).toBe(isChanged ? "changed" : "as it was");
    const { items } = await queries.listChanges(fork.id);
    expect(items.map(({ path, change }) => [path, change])).toEqual(isChanged ? [["notes.txt", "modified"]] : []);
  }
});

test("what was spent before is shown and not charged again, and the grant is as it was left then", async () => {
  const usage = { inputTokens: 1_000, outputTokens: 100 };
  const trial = await start({
    root: (request) => (request.turn < 3 ? { ...call("list_agents", { n: request.turn }), usage } : endTask("done")),
  });
  const original = await runRoot(trial, { grant: { tokens: 500_000 } });
  const sqlite = trial.runtime.store.client.sqlite;
  const today = () => sqlite.prepare("SELECT sum(tokens) FROM daily_spend").pluck().get() as number;
  const spentBefore = today();
  const at = await seqOf(trial, original.root_task_id, replyOfTurn(3));
  const { commands, queries } = trial.runtime.application;
  await commands.grant({ id: original.id, tokens: 1_000 }, tester);
  const fork = await commands.fork({ id: original.root_task_id, at }, tester);
  expect(today()).toBe(spentBefore);
  expect(fork.totals.tokens_in + fork.totals.tokens_out).toBe(2_200);
  expect(fork.grant.tokens).toBe(500_000);
  const ended = await trial.ended(fork.id);
  expect(today() - spentBefore).toBe(ended.totals.tokens_in + ended.totals.tokens_out - 2_200);
  expect((await queries.compareTrees(original.id, fork.id)).trees[1].copied.tokens).toBe(2_200);
});

test("open questions, and answers that nobody had read, are there in the fork too", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) return startSubtask(sub("asks"));
      const question = /"question":"(\w+)"/.exec(toldIn(request))?.[1];
      if (request.turn === 1) {
        await hold.opened;
        return call("pass_up", { question });
      }
      return request.turn === 2 ? { text: "I wait." } : endTask("done");
    },
    asks: (request) =>
      request.turn === 0
        ? call("ask", { question: "Which?" })
        : endTask(JSON.parse(request.lastToolResults[0]?.content ?? "{}").answer ?? "none"),
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 2, "the parent is asked");
  hold.open();
  await until(
    async () => (await queries.listReviews({ open: true, treeId: id })).items.length === 1,
    "it is passed up",
  );
  const at = await seqOf(trial, root_task_id, (message) => message.content.type === "question_closed");
  const fork = await commands.fork({ id: root_task_id, at: at + 1 }, tester);
  const open = await until(async () => {
    const { items } = await queries.listReviews({ open: true, treeId: fork.id });
    return items.length === 1 && items;
  }, "the fork's question is before a person");
  await commands.answer({ id: open[0]?.id ?? "", text: "This one." }, tester);
  const ended = await trial.ended(fork.id);
  expect((await queries.getTask(titled(ended, "asks").id)).result).toBe("This one.");
  const own = await queries.listReviews({ open: true, treeId: id });
  await commands.answer({ id: own.items[0]?.id ?? "", text: "That one." }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("a call in flight when the tree is forked counts as interrupted in the fork, and runs once in the original", async () => {
  const [begun, hold] = [gate(), gate()];
  const runs: string[] = [];
  const touch = worldToolFor("touch", "report_interrupted", async (input, context) => {
    runs.push(`${input.what} ${context.taskId}`);
    begun.open();
    await hold.opened;
  });
  const trial = await start(
    {
      root: [startSubtask(sub("works"), sub("other")), endTask("done")],
      works: [call("touch", { what: "it" }), endTask("worked")],
      other: async (request) => {
        await begun.opened;
        return request.turn === 0 ? call("list_agents", {}) : endTask("other");
      },
    },
    { runtime: { worldTools: [touch] } },
  );
  await changeAgent(trial, "worker", { tools: ["touch"] });
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => runs.length === 1, "the call runs");
  const other = await whenTask(trial, id, "other", (task) => task.turns > 0);
  const at = await until(async () => {
    const log = await logOf(trial, other.id);
    return log.find((message) => message.kind === "tool_response")?.seq;
  }, "the other task has its first result");
  const works = titled(await trial.runtime.application.queries.getTree(id), "works");
  expect(await seqOf(trial, works.id, (message) => message.content.type === "call_started")).toBeLessThan(at);
  const fork = await trial.runtime.application.commands.fork({ id: other.id, at }, tester);
  const ended = await trial.ended(fork.id);
  expect(responsesOf(await logOf(trial, titled(ended, "works").id))[0]).toMatch(/^This call was interrupted/);
  hold.open();
  await trial.ended(id);
  expect(runs.length).toBe(1);
});

test("a fork at the first message of one of several subtasks has them all", async () => {
  const trial = await start({
    root: [startSubtask(sub("one"), sub("two"), sub("three")), endTask("done")],
    one: [endTask("one")],
    two: [endTask("two")],
    three: [endTask("three")],
    otherwise: [endTask("otherwise")],
  });
  const original = await runRoot(trial);
  const fork = await trial.runtime.application.commands.fork(
    { id: titled(original, "one").id, instruction: "otherwise" },
    tester,
  );
  const ended = await trial.ended(fork.id);
  expect(ended.tasks.filter((task) => task.depth === 1 && task.role === "work").map((task) => task.status)).toEqual([
    "succeeded",
    "succeeded",
    "succeeded",
  ]);
  expect(requestsOf(trial, "otherwise").length).toBe(1);
  expect(requestsOf(trial, "two").length).toBe(2);
  await checkFork(trial, original, ended);
});

test("a fork at a message that came as subtasks began has them, also with its words edited", async () => {
  const hold = gate();
  const trial = await start({
    root: async (request) => {
      if (request.turn === 0) {
        await hold.opened;
        const write = { name: "write_file", input: { path: "a.txt", content: "a" } };
        return { calls: [write, { name: "start_subtask", input: sub("child") }] };
      }
      if (request.turn === 1) return call("wait_for_subtasks", {});
      return endTask(toldIn(request).includes("Paint it red.") ? "red" : "blue");
    },
    child: [call("list_agents", {}), endTask("child")],
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the first call is in flight");
  await commands.steer({ id: root_task_id, text: "Paint it blue." }, tester);
  hold.open();
  const original = await trial.ended(id);
  const log = await logOf(trial, root_task_id);
  const steer = log.findIndex((message) => message.kind === "steer");
  // The snapshot of the turn stands between the steer and the child's first messages, which the same record wrote.
  expect(log[steer + 1]?.content.type).toBe("files_saved");
  const at = log[steer]?.seq ?? 0;
  for (const message of [undefined, "Paint it red."]) {
    const fork = await commands.fork({ id: root_task_id, at, ...(message && { message }) }, tester);
    const ended = await trial.ended(fork.id);
    expect(titled(ended, "child").status).toBe("succeeded");
    expect((await queries.getTask(ended.root_task_id)).result).toBe(message ? "red" : "blue");
    await checkFork(trial, original, ended);
  }
});

test("the time that a fork's files take to appear is none of the first tool's", async () => {
  const checks = new Set<() => void>();
  const timers: Timers = {
    ...realTimers,
    every(ms, check) {
      checks.add(check);
      const end = realTimers.every(ms, check);
      return () => {
        checks.delete(check);
        end();
      };
    },
  };
  const trial = await start(
    {
      root: (request) =>
        [call("write_file", { path: "a.txt", content: "a" }), call("use_terminal", { command: "cat a.txt" })][
          request.turn
        ] ?? endTask("done"),
    },
    { runtime: { timers } },
  );
  await changeAgent(trial, "worker", { tools: ["write_file", "use_terminal"] });
  const original = await runRoot(trial);
  const snapshots = trial.runtime.world.snapshots as SnapshotStore;
  // During the checkout, every check for signs of life finds none.
  const checkOut = snapshots.checkOut;
  let checkouts = 0;
  snapshots.checkOut = async (...given) => {
    checkouts += 1;
    for (let round = 0; round < 10; round += 1) for (const check of checks) check();
    return checkOut(...given);
  };
  const at = await seqOf(trial, original.root_task_id, replyOfTurn(2));
  const { commands, queries } = trial.runtime.application;
  const fork = await trial.ended((await commands.fork({ id: original.root_task_id, at }, tester)).id);
  expect(checkouts).toBe(1);
  expect(responsesOf(await logOf(trial, fork.root_task_id))[1]).toContain('"stdout":"a"');
  expect(await queries.listInterventions()).toEqual([]);
});

test("a fork whose files are not kept any more, or whose tree is deleted meanwhile, is refused with one sentence", async () => {
  const trial = await start({ root: [call("write_file", { path: "a.txt", content: "a" }), endTask("done")] });
  const { commands, queries } = trial.runtime.application;
  const snapshots = trial.runtime.world.snapshots as SnapshotStore;
  const original = await runRoot(trial);
  const at = await seqOf(trial, original.root_task_id, replyOfTurn(2));
  const share = snapshots.share;
  snapshots.share = async (...given) => {
    await share(...given);
    await commands.deleteTree({ id: original.id }, tester);
  };
  await expect(commands.fork({ id: original.root_task_id, at }, tester)).rejects.toThrow(
    new UserError("conflict", "The tree was deleted while it was being forked."),
  );
  snapshots.share = share;
  expect((await queries.listTrees()).items).toEqual([]);
  const other = await runRoot(trial);
  await snapshots.drop(other.id);
  await snapshots.compact({ maxBytes: 1, droppable: (trees) => trees });
  const reply = await seqOf(trial, other.root_task_id, replyOfTurn(2));
  await expect(commands.fork({ id: other.root_task_id, at: reply }, tester)).rejects.toMatchObject({
    name: "UserError",
    message: expect.stringContaining("is no longer kept"),
  });
  expect((await queries.listTrees()).items.map((tree) => tree.id)).toEqual([other.id]);
});

test("what an interrupted call had written is kept with its turn", async () => {
  const hold = gate();
  const spill = worldToolFor("spill", "report_interrupted", async (_, { workplace }) => {
    writeFileSync(join(workplace?.folder.root ?? "", "spilt.txt"), "spilt");
    await hold.opened;
  });
  const trial = await start(
    { root: [call("spill", { what: "x" }), call("list_agents", {}), endTask("done")] },
    { runtime: { worldTools: [spill] } },
  );
  await changeAgent(trial, "worker", { tools: ["spill"] });
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  const { workspace } = await trial.runtime.application.queries.getTree(id);
  await until(() => existsSync(join(workspace, "spilt.txt")), "the call has begun");
  const { supervision } = trial.runtime.store;
  await supervision.freeLease(root_task_id, trial.worker?.id ?? 0, "Nothing was heard of it.");
  const original = await trial.ended(id);
  hold.open();
  const log = await logOf(trial, original.root_task_id);
  expect(responsesOf(log)[0]).toMatch(/^This call was interrupted/);
  const saved = log.find((message) => message.content.type === "files_saved");
  expect([saved?.turn, saved?.content.changed]).toEqual([1, 1]);
});

test("a folder of the tree's own that somebody deletes comes back as it was last kept", async () => {
  let workspace = "";
  const trial = await start({
    root: (request) => {
      // Between two turns: the first one's files have been kept.
      if (request.turn === 1) rmSync(workspace, { recursive: true });
      return (
        [call("write_file", { path: "a.txt", content: "kept" }), call("read_file", { path: "a.txt" }), endTask("done")][
          request.turn
        ] ?? endTask("more")
      );
    },
  });
  const tree = await trial.submit({ task: "root", agent: "worker" });
  workspace = tree.workspace;
  expect((await trial.ended(tree.id)).status).toBe("succeeded");
  expect(responsesOf(await logOf(trial, tree.root_task_id))[1]).toContain("kept");
});
