import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, runRoot, tester, toldIn, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

test("a fork at the last response of a turn has that turn's files, even with an edited text", async () => {
  const trial = await start({
    root: (request) =>
      [call("write_file", { path: "a.txt", content: "a" }), call("read_file", { path: "a.txt" })][request.turn] ??
      endTask(
        request.messages.some((message) => message.role === "tool" && message.content === "edited")
          ? "edited"
          : "plain",
      ),
  });
  const { commands, queries } = trial.runtime.application;
  const original = await runRoot(trial);
  const log = await logOf(trial, original.root_task_id);
  const at = log.find((message) => message.kind === "tool_response")?.seq;
  for (const [request, result] of [
    [{ at }, "plain"],
    [{ at, message: "edited" }, "edited"],
  ] as const) {
    const fork = await trial.ended((await commands.fork({ id: original.id, ...request }, tester)).id);
    expect((await queries.getTask(fork.root_task_id)).result).toBe(result);
    expect(existsSync(fork.workspace) && readFileSync(join(fork.workspace, "a.txt"), "utf8")).toBe("a");
  }
});

test("a fork at the answer to the last end_task ends anew, instead of going on after it was told that it had ended", async () => {
  const trial = await start({ root: (request) => endTask(toldIn(request).includes("ended") ? "twice" : "once") });
  const original = await runRoot(trial);
  const log = await logOf(trial, original.root_task_id);
  const answer = log.findLast((message) => message.kind === "tool_response");
  const { id } = await trial.runtime.application.commands.fork({ id: original.id, at: answer?.seq }, tester);
  const fork = await trial.ended(id);
  const turns = (await logOf(trial, fork.root_task_id)).filter((message) => message.kind === "agent_response");
  expect(turns.length).toBe(1);
});

test("a fork whose checkout was killed leaves nothing behind when it is deleted", async () => {
  const trial = await start({ root: endTask("done") });
  const { id, workspace } = await runRoot(trial);
  mkdirSync(`${workspace}.banyan-0123456789ab.tmp`);
  await trial.runtime.application.commands.deleteTree({ id }, tester);
  expect(readdirSync(join(trial.dataDir, "workspaces"))).toEqual([]);
});

test("a fork that is asked for again because its answer was lost is one tree", async () => {
  const trial = await start({ root: endTask("done") });
  const { commands, queries } = trial.runtime.application;
  const original = await runRoot(trial);
  const ask = (once?: string) => commands.fork({ id: original.id, once }, tester);
  const both = await Promise.all([ask("key"), ask("key")]);
  const ended = await trial.ended(both[0].id);
  const again = await ask("key");
  expect(new Set([...both, ended, again].map(({ id }) => id)).size).toBe(1);
  const others = [await ask("other key"), await ask(), await ask()];
  expect(new Set([again, ...others].map(({ id }) => id)).size).toBe(4);
  expect((await queries.listForks(original.id)).items.length).toBe(4);
});

test("what a fork adds to the log has the time of the fork, and what it copies keeps its own", async () => {
  const trial = await start({ root: endTask("done") });
  const { commands } = trial.runtime.application;
  const original = await runRoot(trial);
  trial.runtime.store.client.sqlite.exec("UPDATE messages SET created_at_ms = created_at_ms - 600000");
  const { id } = await commands.fork({ id: original.id }, tester);
  const fork = await trial.ended(id);
  const log = await logOf(trial, fork.root_task_id);
  const isEarlier = log.map(({ created_at: at }) => Date.parse(at) < Date.parse(original.created_at));
  const forked = log.findIndex(({ content }) => content.type === "forked");
  expect(forked).toBeGreaterThan(0);
  expect(isEarlier).toEqual(log.map((_, index) => index < forked));
});
