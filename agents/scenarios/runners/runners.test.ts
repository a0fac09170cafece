/** Trees whose folders are on runners: real NATS, runners in processes of their own, a real server with its database. */
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { treeText } from "@/core/words/trees";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { heardOf, type RunnerCell, type StartedRunner, startRunnerCell } from "@/tests/agents/runners/runners";
import {
  eventsOf,
  gate,
  logOf,
  responsesOf,
  sub,
  tester,
  titled,
  trialsOfThisFile,
  until,
} from "@/tests/agents/scenario";
import type { ScriptedRequest } from "@/tests/agents/services/script";
import type { Trial, TrialOptions } from "@/tests/agents/trial";

const begin = trialsOfThisFile();
type Commands = Trial["runtime"]["application"]["commands"];
const POOL = { pool: "linux", agent: "worker" };
const run = (command: string) => call("use_terminal", { command });
const write = (path: string, content: string) => call("write_file", { path, content });

/** Starts a server of the cell. It looks for its key when it starts, so the folder exists before. */
async function start(
  cell: RunnerCell,
  script: Parameters<typeof begin>[0],
  options: TrialOptions = {},
): Promise<Trial> {
  const first = await begin(null, { work: false });
  cell.giveKey(first.dataDir);
  return begin(script, { dataDir: first.dataDir, ...options, env: { ...cell.env, ...options.env } });
}

/** Resolves once the runner has a workspace in which the file is. */
const onRunner = (runner: StartedRunner, path: string) =>
  until(() => {
    const folder = join(runner.dataDir, "workspaces");
    return existsSync(folder) && readdirSync(folder).some((tree) => existsSync(join(folder, tree, path)));
  }, `${path} is on the runner`);

test("a tree of a pool works on a runner: files, commands, own folders, and snapshots on the server", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  const runner = await cell.start("linux-1");
  const trial = await start(cell, {
    root: [
      write("a.txt", "one\n"),
      run("cat a.txt; echo two > b.txt; hostname > /dev/null; echo done"),
      startSubtask(sub("child", { workspace: "own" })),
      call("wait_for_subtasks", {}),
      run("cat a.txt b.txt c.txt"),
      endTask("It is done.", { claims: [{ statement: "The file is there.", command: "cat a.txt" }] }),
    ],
    child: [write("c.txt", "three\n"), endTask("Written.")],
  });
  const { id } = await trial.submit({ task: "root", ...POOL });
  await onRunner(runner, "b.txt");
  const tree = await trial.ended(id);
  const log = await logOf(trial, titled(tree, "root").id);
  const texts = responsesOf(log);
  expect(texts.at(1)).toContain("one\\ndone\\n");
  expect(texts.at(4)).toContain("one\\ntwo\\nthree\\n");
  expect(titled(tree, "root").status).toBe("succeeded");
  expect(log.find(({ content }) => content.type === "claims_checked")?.content.runner).toBe("linux-1");
  expect((await trial.runtime.application.queries.getProof(id)).claims).toMatchObject([
    { mark: "shown", runner: "linux-1" },
  ]);
  expect(eventsOf(log).filter((type) => type === "placed")).toEqual(["placed"]);
  // Neither the server nor, after the end, the runner has the folder; the server has its snapshots.
  expect(existsSync(join(trial.dataDir, "workspaces", id))).toBe(false);
  await until(() => !existsSync(join(runner.dataDir, "workspaces", id)), "the runner has given the folder back");
  const newest = trial.runtime.store.loader.snapshotOf(trial.runtime.store.places.of(id)?.treeId ?? 0) ?? "";
  const files = await trial.runtime.world.snapshots.files(newest);
  expect(files.map(({ path }) => path)).toEqual(["a.txt", "b.txt", "c.txt"]);
  expect(trial.faults).toEqual([]);
}, 120_000);

test("a runner that dies in a command: the outcome is unknown, the tree goes on at another one, and is told what is gone", async () => {
  const cell = await startRunnerCell(["linux-1", "linux-2"]);
  const first = await cell.start("linux-1");
  const moved = gate();
  const trial = await start(cell, {
    root: async ({ turn }) => {
      if (turn === 0) return write("kept.txt", "kept\n");
      if (turn === 1) return run("echo lost > lost.txt; echo up; sleep 300");
      if (turn === 2) {
        await moved.opened;
        return run("ls");
      }
      return endTask("It is done.");
    },
  });
  const { id } = await trial.submit({ task: "root", ...POOL });
  await onRunner(first, "lost.txt");
  await first.kill();
  await cell.start("linux-2");
  moved.open();
  const tree = await trial.ended(id);
  const log = await logOf(trial, titled(tree, "root").id);
  const [, unknown = "", after = ""] = responsesOf(log);
  expect(unknown).toContain("The runner linux-1 went away while the call ran, so its outcome is unknown");
  expect(after).toContain("The runner linux-1 went away, and the folder was written anew from its newest snapshot.");
  expect(after).toContain("kept.txt");
  expect(after).not.toContain("lost.txt");
  const places = log.flatMap(({ content }) => (content.type === "placed" ? [content] : []));
  expect(places.map(({ runner }) => runner)).toEqual(["linux-1", "linux-2"]);
  expect(Number(places[1]?.number)).toBeGreaterThan(Number(places[0]?.number));
}, 180_000);

test("a server that stops in the middle of a command: the next one gets its outcome, and the command ran once", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  const runner = await cell.start("linux-1");
  const script = { root: [run("echo ran >> runs.txt; sleep 4; cat runs.txt"), endTask("It is done.")] };
  const first = await start(cell, script);
  const { id } = await first.submit({ task: "root", ...POOL });
  await onRunner(runner, "runs.txt");
  await first.worker?.stop(0);
  await first.runtime.close();
  const second = await begin(script, {
    dataDir: first.dataDir,
    env: cell.env,
    ...(first.provider && { provider: first.provider }),
  });
  const tree = await second.ended(id);
  const log = await logOf(second, titled(tree, "root").id);
  expect(responsesOf(log)[0]).toContain('"stdout":"ran\\n"');
  expect(titled(tree, "root").status).toBe("succeeded");
}, 120_000);

test("a server that starts again while a command runs on a drained runner: the tree stays until the command has ended", async () => {
  const cell = await startRunnerCell(["linux-1", "linux-2"]);
  const runner = await cell.start("linux-1");
  const script = {
    root: [run("echo ran >> runs.txt; sleep 12; cat runs.txt"), run("cat runs.txt"), endTask("It is done.")],
  };
  const first = await start(cell, script);
  const { id } = await first.submit({ task: "root", ...POOL });
  await onRunner(runner, "runs.txt");
  await cell.start("linux-2");
  await first.runtime.application.commands.drainRunner({ id: "linux-1" }, tester);
  await first.worker?.stop(0);
  await first.runtime.close();
  const second = await begin(script, {
    dataDir: first.dataDir,
    env: cell.env,
    ...(first.provider && { provider: first.provider }),
  });
  const tree = await second.ended(id);
  const log = await logOf(second, titled(tree, "root").id);
  const [own, after] = responsesOf(log);
  expect(own).toContain('"stdout":"ran\\n"');
  expect(after).toContain('"stdout":"ran\\n"');
  const places = log.flatMap(({ content }) => (content.type === "placed" ? [[content.runner, content.lost]] : []));
  expect(places).toEqual([
    ["linux-1", null],
    ["linux-2", null],
  ]);
}, 120_000);

test.each([
  ["Stop", (commands: Commands, id: string) => commands.stop({ id }, tester)],
  ["Pause everything", (commands: Commands) => commands.pauseEverything({}, tester)],
])(
  "%s ends the command that a former process of the server left on a full runner",
  async (_, act) => {
    const cell = await startRunnerCell(["linux-1"]);
    const runner = await cell.start("linux-1", { slots: 1 });
    const script = { root: [run("echo ran >> runs.txt; sleep 300"), endTask("It is done.")] };
    const first = await start(cell, script);
    const { id } = await first.submit({ task: "root", ...POOL });
    await onRunner(runner, "runs.txt");
    await first.worker?.stop(0);
    await first.runtime.close();
    const second = await begin(script, { dataDir: first.dataDir, env: cell.env });
    await until(() => !second.runtime.world.places.isWithout(id), "the runner is heard again");
    await act(second.runtime.application.commands, id);
    const free = async () => (await second.runtime.application.queries.getRunners()).runners[0]?.free === 1;
    await until(free, "the command has ended");
  },
  120_000,
);

test("a fork works on the pool of its origin, also where another pool is usual", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  await cell.start("linux-1");
  const script = { root: [run("cat a.txt || echo one > a.txt"), endTask("It is done.")] };
  const trial = await start(cell, script, { env: { BANYAN_POOL: "arm" } });
  const { application } = trial.runtime;
  const { id } = await trial.submit({ task: "root", ...POOL });
  const origin = titled(await trial.ended(id), "root");
  const fork = await application.commands.fork({ id: origin.id }, tester);
  expect(fork.place).toMatchObject({ pool: "linux" });
  const ended = await trial.ended(fork.id);
  expect(titled(ended, "root").status).toBe("succeeded");
  expect(eventsOf(await logOf(trial, titled(ended, "root").id))).toContain("placed");
}, 120_000);

test("a tree that has only read its files on a runner shows them, and its fork has them", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  await cell.start("linux-1");
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-read-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "a.txt"), "one\n");
  const isToRead = ({ turn, rawBody }: ScriptedRequest) => turn === 0 || (turn === 1 && rawBody.includes("Again."));
  const trial = await start(cell, {
    root: (request) => (isToRead(request) ? call("read_file", { path: "a.txt" }) : endTask("It is read.")),
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", workspace: folder, copy: true, ...POOL });
  const origin = titled(await trial.ended(id), "root");
  expect(existsSync(join(trial.dataDir, "workspaces", id))).toBe(false);
  expect((await queries.listFiles(id)).items.map(({ path }) => path)).toEqual(["a.txt"]);
  expect(await queries.listChanges(id)).toMatchObject({ items: [] });
  const fork = await trial.ended((await commands.fork({ id: origin.id, steer: "Again." }, tester)).id);
  const texts = responsesOf(await logOf(trial, titled(fork, "root").id));
  expect(texts.filter((text) => text.includes("one"))).toHaveLength(2);
}, 120_000);

test("a pool without a runner: its tasks wait, and say for what; they start when a runner comes", async () => {
  const cell = await startRunnerCell(["linux-1"]);
  const trial = await start(cell, { root: [run("echo here"), endTask("It is done.")], local: endTask("Here.") });
  const { id } = await trial.submit({ task: "root", ...POOL });
  // A tree of the server's machine is not held.
  await trial.ended((await trial.submit({ task: "local", agent: "worker" })).id);
  const { queries } = trial.runtime.application;
  const held = await until(async () => {
    const tree = await queries.getTree(id);
    return tree.place?.is_held ? tree : null;
  }, "the tree says that it waits");
  expect(titled(held, "root").status).toBe("ready");
  expect(treeText(held)).toBe("Waits for a runner of the pool linux with a free slot");
  const before = await queries.getRunners();
  expect(before.pools).toMatchObject([{ name: "linux", slots: 0, trees: 1, ready: 1, held_since: expect.any(String) }]);
  await cell.start("linux-1");
  expect(titled(await trial.ended(id), "root").status).toBe("succeeded");
}, 120_000);

test("a runner that a person drains gives its tree away, with what its turn has changed so far", async () => {
  const cell = await startRunnerCell(["linux-1", "linux-2"]);
  const first = await cell.start("linux-1");
  const trial = await start(cell, {
    root: {
      calls: [
        { name: "write_file", input: { path: "early.txt", content: "early\n" } },
        {
          name: "use_terminal",
          input: {
            command: "cat early.txt; echo late >> early.txt; truncate -s 100M big; until [ -e go ]; do sleep 0.1; done",
          },
        },
        { name: "read_file", input: { path: "early.txt" } },
        { name: "end_task", input: { status: "success", result: "It is done." } },
      ],
    },
  });
  const { id } = await trial.submit({ task: "root", ...POOL });
  // Its command runs: a tree moves between two calls, too.
  await onRunner(first, "big");
  await cell.start("linux-2");
  const { queries, commands } = trial.runtime.application;
  await heardOf(queries, "linux-2");
  await expect(commands.drainRunner({ id: "linux-9" }, tester)).rejects.toThrow("There is no runner linux-9.");
  const { sentence } = await commands.drainRunner({ id: "linux-1" }, tester);
  expect(sentence).toContain("The runner linux-1 gets nothing new.");
  const { runners } = await queries.getRunners();
  expect(runners.find(({ name }) => name === "linux-1")).toMatchObject({
    state: "drained",
    drained: { by: "tester" },
    trees: [{ id }],
  });
  writeFileSync(join(first.dataDir, "workspaces", id, "go"), "");
  const tree = await trial.ended(id);
  const log = await logOf(trial, titled(tree, "root").id);
  const [, , after = ""] = responsesOf(log);
  expect(after).toContain("early\nlate\n");
  // A snapshot leaves such a file out, so it could not come along.
  expect(after).toContain("so they are gone or as an earlier snapshot had them: big (most of it is empty space).");
  expect(titled(tree, "root").status).toBe("succeeded");
  const places = log.flatMap(({ content }) => (content.type === "placed" ? [[content.runner, content.lost]] : []));
  expect(places).toEqual([
    ["linux-1", null],
    ["linux-2", expect.stringContaining("big (most of it is empty space)")],
  ]);
  await expect(commands.resumeRunner({ id: "linux-2" }, tester)).rejects.toThrow("is not drained");
  await commands.resumeRunner({ id: "linux-1" }, tester);
}, 120_000);
