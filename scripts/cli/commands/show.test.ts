import { readFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import {
  banyan,
  buildPrograms,
  dataFolder,
  json,
  modulesOf,
  ROOT,
  startWorkerProcess,
  withTree,
} from "@/scripts/testing/command-line";

buildPrograms();

test("trees, tree, log and reviews accept any unique prefix of an id", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  expect(await json(["trees", ...at])).toMatchObject({ items: [{ id: tree.id, tasks: [] }], next: null });
  expect((await banyan(["trees", ...at])).stdout).toMatch(
    new RegExp(`^${tree.id.slice(0, 8)} {2}◐ Running +1 task +0 +\\$0\\.00 +\\d+ s {2}Survey\n$`),
  );
  const shown = (await json(["tree", tree.id.slice(0, 5), ...at])) as Tree;
  expect(shown.tasks[0]).toMatchObject({ id: tree.root_task_id, instruction: "Survey", status: "ready" });
  expect((await banyan(["tree", tree.root_task_id.slice(0, 5), ...at])).stdout).toContain(`Tree ${tree.id}`);
  const log = (await json(["log", tree.root_task_id.slice(0, 5), ...at])) as { items: { kind: string }[] };
  expect(log.items.map((message) => message.kind)).toEqual(["system", "instruction", "event"]);
  expect((await banyan(["log", tree.root_task_id, ...at])).stdout).toMatch(
    /^#1 turn 0 system\n {2}agent worker, model runbook\n#2/,
  );
  expect(await json(["reviews", "--open", ...at])).toEqual({ items: [], next: null });
});

test("pause, steer, stop, resume and delete act on the tree and print a sentence each", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  const status = async () => ((await json(["tree", tree.id, ...at])) as Tree).status;
  expect((await banyan(["pause", tree.id.slice(0, 4), ...at])).stdout).toContain("Paused: the tree");
  expect(await status()).toBe("paused");
  expect((await banyan(["steer", tree.root_task_id, "-", ...at], { stdin: "quick" })).stdout).toContain(
    "when it is resumed",
  );
  const resumed = await banyan(["resume", tree.id, "--detach", ...at]);
  expect(resumed).toMatchObject({ status: 0 });
  expect(await status()).toBe("running");
  expect(await json(["stop", tree.id, "--reason", "enough", ...at])).toMatchObject({ worker: false });
  expect(await status()).toBe("stopped");
  const stopped = await banyan(["resume", tree.id, ...at]);
  expect(stopped.status).toBe(1);
  expect(stopped.stderr).toContain("enough");
  expect((await banyan(["delete", tree.id, ...at])).status).toBe(0);
  expect(await json(["trees", ...at])).toMatchObject({ items: [] });
});

test("proof prints an ended tree as Markdown or JSON, and says when one has not ended", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  const early = await banyan(["proof", tree.id, ...at]);
  expect(early).toMatchObject({ status: 2, stderr: expect.stringContaining("has not ended: a proof is of a result.") });
  await banyan(["stop", tree.id, ...at]);
  const { status, stdout } = await banyan(["proof", tree.id.slice(0, 5), "--no-output", ...at]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^## Survey\n\n\*\*Stopped\*\* on .*\n[\s\S]*No files were changed\./);
  expect(await json(["proof", tree.id, ...at])).toMatchObject({ tree_id: tree.id, status: "stopped", claims: [] });
});

test("proof is written into a new file or shared by a link with an end; learn says what the tree teaches", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  await banyan(["stop", tree.id, ...at]);
  const file = path.join(dataFolder(), "proof.md");
  expect((await banyan(["proof", tree.id, "--out", file, ...at])).stdout).toBe(`Wrote the proof to ${file}.\n`);
  expect(readFileSync(file, "utf8")).toMatch(/^## Survey\n/);
  expect((await banyan(["proof", tree.id, "--out", file, ...at])).stderr).toContain("it exists: name a new file");
  const link = await banyan(["proof", tree.id, "--link", "2", ...at]);
  expect(link.stdout).toMatch(/^Shared until .*\n\(when the server runs\) \/proof\/\S+\n$/);
  const env = { BANYAN_URL: "https://banyan.example.org" };
  const told = await banyan(["proof", tree.id, "--link", "2", "--json", ...at], { env });
  expect(JSON.parse(told.stdout).url).toMatch(/^https:\/\/banyan\.example\.org\/proof\//);
  expect((await banyan(["proof", tree.id, "--link", "91", ...at])).stderr).toContain("1 to 90");
  const learnt = await banyan(["learn", tree.id, ...at]);
  expect([learnt.status, learnt.stdout]).toEqual([0, expect.stringMatching(/^0 patterns that worked, 0 errors\.\n$/)]);
});

test("log --follow --json prints one object per line and ends with the task", async () => {
  const { data, tree } = await withTree();
  await banyan(["stop", tree.id, "--data", data]);
  const { status, stdout } = await banyan(["log", tree.root_task_id, "--follow", "--json", "--data", data]);
  expect(status).toBe(0);
  const messages = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(messages.at(-1)).toMatchObject({ kind: "event", content: { type: "ended", status: "stopped" } });
  expect(messages.map((message) => message.seq)).toEqual(messages.map((_, index) => messages[0].seq + index));
});

test("agents, documents and tools can be listed and shown; seeding again changes nothing", async () => {
  const at = ["--data", dataFolder()];
  const seeded = (await json(["seed", ...at])) as { created: string[] };
  expect(seeded.created).toContain("agent worker");
  expect(await json(["seed", ...at])).toEqual({ created: [], updated: [], kept: [] });
  const check = async (family: string, name: string) => {
    const [listed, lines, shown, text] = await Promise.all([
      json([family, "list", ...at]) as Promise<{ items: { name: string }[] }>,
      banyan([family, ...at]),
      json([family, "show", name, ...at]),
      banyan([family, "show", name, ...at]),
    ]);
    expect(listed.items.map((item) => item.name)).toContain(name);
    expect(lines.stdout).toContain(`${name} `);
    expect(shown).toMatchObject({ name });
    expect(text.stdout).toContain(`name: ${name}\n`);
  };
  await check("agents", "coder");
  await check("documents", "system_overview");
  await check("tools", "end_task");
});

test("status shows how busy Banyan and its machine are and what runs short, in the API's shape", async () => {
  const { data } = await withTree();
  const at = ["--data", data];
  const percent = expect.toSatisfy((value: unknown) => Number.isInteger(value) && Number(value) <= 100);
  expect(await json(["status", ...at])).toMatchObject({
    slots: { used: 0, max: 3 },
    queued: 1,
    monitor: {
      queue_depth: 1,
      waiting: 0,
      parked: 0,
      memory_percent: percent,
      disk_percent: percent,
      process_mb: null,
    },
  });
  const { stdout } = await banyan(["status", ...at]);
  for (const line of [/^Slots {5}0 of 3 in use$/m, /^Queue {5}1 task$/m, /^Resting {3}0 waiting, 0 parked$/m])
    expect(stdout).toMatch(line);
  expect(stdout).toMatch(/^Server {4}not running\nCPU {7}(\d+ %|not measured)\nMemory {4}\d+ %\nDisk {6}\d+ %\n/m);

  const database = new Database(path.join(data, "banyan.db"));
  database.exec("CREATE TABLE filling (bytes BLOB); INSERT INTO filling VALUES (zeroblob(2000000))");
  database.close();
  const full = await banyan(["status", ...at], { env: { BANYAN_MAX_DB_MB: "1" } });
  expect(full.stdout).toMatch(/^! The database uses \d{3} % of BANYAN_MAX_DB_MB.* raise the setting\.$/m);
});

test("status shows the memory of a running server", async () => {
  const { data } = await withTree();
  const worker = await startWorkerProcess(data);
  const { monitor } = (await json(["status", "--data", data])) as ServerStatus;
  expect(monitor?.process_mb).toBeGreaterThan(20);
  worker.child.kill("SIGTERM");
  await worker.done;
});

test("a read-only command loads neither models nor tools", async () => {
  const { data } = await withTree();
  const heavy =
    /node_modules\/(ai|@ai-sdk\/(anthropic|openai-compatible|provider-utils)|@modelcontextprotocol\/[^/]+|next|turndown|linkedom|socket\.io)\//g;
  for (const args of [["trees"], ["reviews"], ["agents"], ["status"]]) {
    const loaded = await modulesOf([...args, "--data", data]);
    expect(loaded).toContain("node_modules/better-sqlite3/");
    expect(loaded.match(heavy) ?? [], args[0]).toEqual([]);
  }
  // Proves that the pattern matches: a command that runs a tree loads these packages.
  expect(await modulesOf(["run", "--runbook", "repository-survey", "Survey", "--data", data])).toMatch(heavy);
});

test("the help loads neither settings nor the database", async () => {
  const loaded = await modulesOf(["--help"]);
  expect(loaded).toContain("node_modules/commander/");
  expect(loaded).not.toMatch(/node_modules\/(better-sqlite3|zod)\//);
});

test("docs/command-line.md explains every command and flag", async () => {
  const { readFileSync } = await import("node:fs");
  const { createProgram } = await import("@/scripts/cli/program");
  const page = readFileSync(path.join(ROOT, "docs/command-line.md"), "utf8");
  const { commands } = createProgram(async () => {});
  for (const command of [...commands, ...commands.flatMap((group) => group.commands)]) {
    const name = command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();
    expect(page).toContain(`\`${name}`);
    for (const option of command.options) expect(page).toContain(`\`${option.long}`);
  }
});
