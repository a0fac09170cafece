/** Tool servers that work in the folder of a tree on a runner: a package from a registry, real NATS, real sandboxes. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { notesServer } from "@/tests/agents/notes-server";
import { FILESYSTEM, type Registry, startRegistry } from "@/tests/agents/registry";
import { call, endTask } from "@/tests/agents/replies";
import { heardOf, startRunnerCell } from "@/tests/agents/runners/runners";
import { gate, logOf, responsesOf, tester, titled, trialsOfThisFile } from "@/tests/agents/scenario";
import { changeAgent } from "@/tests/agents/world-tool";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const begin = trialsOfThisFile();
const POOL = { pool: "linux", agent: "worker" };
const run = (command: string) => call("use_terminal", { command });
const write = (file: string, content: string) =>
  call("filesystem__write_file", { path: `/workspace/${file}`, content });
const read = (file: string) => call("filesystem__read_text_file", { path: `/workspace/${file}` });

async function started(script: Parameters<typeof begin>[0]) {
  const cell = await startRunnerCell(["linux-1", "linux-2"]);
  const runner = await cell.start("linux-1");
  const config = mkdtempSync(path.join(tmpdir(), "banyan-config-"));
  onTestFinished(() => rmSync(config, { recursive: true, force: true }));
  const first = await begin(null, { work: false });
  cell.giveKey(first.dataDir);
  const env = { ...cell.env, BANYAN_KEY_FILE: path.join(config, "keys.json") };
  const trial = await begin(script, { dataDir: first.dataDir, env });
  for (const [name, value] of Object.entries(registry.env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = { command: "npx", args: ["-y", FILESYSTEM, "/workspace"], workspace: "write" };
  const text = JSON.stringify({ mcpServers: { filesystem: server } });
  const done = await trial.runtime.application.commands.importServers({ text }, tester);
  expect(done.servers).toMatchObject([{ name: "filesystem", problem: null }]);
  await changeAgent(trial, "worker", { tools: ["filesystem", "use_terminal"] });
  return { cell, runner, trial };
}

test("a server's package is brought to the runner, and it reads and writes in the tree's folder there", async () => {
  const { trial, runner } = await started({
    root: [
      run("echo from the terminal > a.txt"),
      read("a.txt"),
      write("b.txt", "from the server\n"),
      run("cat b.txt"),
      endTask("done"),
    ],
  });
  const { id } = await trial.submit({ task: "root", ...POOL });
  const tree = await trial.ended(id);
  const [, told, , shown] = responsesOf(await logOf(trial, titled(tree, "root").id));
  expect(told).toBe("from the terminal\n");
  expect(JSON.parse(shown ?? "")).toMatchObject({ stdout: "from the server\n" });
  expect([tree.status, trial.faults]).toEqual(["succeeded", []]);
  expect(existsSync(path.join(runner.dataDir, "programs"))).toBe(true);
}, 180_000);

test("a tree that is taken to another runner leaves its servers behind, and they start anew there", async () => {
  const isTaken = gate();
  const { cell, trial } = await started({
    root: async ({ turn }) => {
      if (turn === 0) return write("kept.txt", "kept\n");
      if (turn === 1) {
        await isTaken.opened;
        return read("kept.txt");
      }
      return endTask("done");
    },
  });
  const { id } = await trial.submit({ task: "root", ...POOL });
  const { queries, commands } = trial.runtime.application;
  const at = async () => (await queries.getTree(id)).place?.runner;
  await expect.poll(at, { timeout: 60_000 }).toBe("linux-1");
  await cell.start("linux-2");
  await heardOf(queries, "linux-2");
  await commands.drainRunner({ id: "linux-1" }, tester);
  // Between two calls it has no place until the next one needs it.
  await expect.poll(at, { timeout: 60_000 }).not.toBe("linux-1");
  isTaken.open();
  const tree = await trial.ended(id);
  const log = await logOf(trial, titled(tree, "root").id);
  expect(log.flatMap(({ content }) => (content.type === "placed" ? [content.runner] : []))).toEqual([
    "linux-1",
    "linux-2",
  ]);
  const [, told] = responsesOf(log);
  expect(told).toContain("kept\n");
  expect(tree.status).toBe("succeeded");
}, 180_000);

test("a server whose program is in a person's folder is refused: nothing of that folder goes to the runner", async () => {
  const notes = notesServer();
  onTestFinished(() => notes.remove());
  const { trial, runner } = await started({
    root: [run("echo here > a.txt"), call("notes__note", {}), endTask("done")],
  });
  const { mcpServers } = JSON.parse(notes.file) as { mcpServers: { notes: object } };
  const text = JSON.stringify({ mcpServers: { notes: { ...mcpServers.notes, workspace: "write" } } });
  await trial.runtime.application.commands.importServers({ text }, tester);
  await changeAgent(trial, "worker", { tools: ["notes", "use_terminal"] });
  const { id } = await trial.submit({ task: "root", ...POOL });
  const tree = await trial.ended(id);
  const [, told] = responsesOf(await logOf(trial, titled(tree, "root").id));
  expect(told).toContain("of the server's machine, and this tree works on a runner");
  expect(existsSync(path.join(runner.dataDir, "programs"))).toBe(false);
}, 180_000);
