/** `tools preview` and `tools add` with `--mend`: what will not work is said, and the first mend of each is applied. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { banyan, buildPrograms, dataFolder, startInTerminal } from "@/scripts/testing/command-line";
import { notesServer } from "@/tests/agents/notes-server";

buildPrograms();

test("a folder in `env` is named, the mended file shows it, and `add --mend` adds a server that sees it", async () => {
  const notes = notesServer();
  onTestFinished(() => notes.remove());
  const [data, kept] = [dataFolder(), dataFolder()];
  const call = (...args: string[]) => banyan([...args, "--data", data]);
  await call("seed");
  const file = path.join(dataFolder(), "servers.json");
  const entry = JSON.parse(notes.file).mcpServers.notes;
  writeFileSync(file, JSON.stringify({ mcpServers: { notes: { ...entry, env: { NOTES_DIR: kept } } } }));

  const said = await call("tools", "preview", file);
  expect(said.status).toBe(1);
  expect(said.stdout).toContain(`NOTES_DIR names the folder ${kept}, which the sandbox does not show.`);
  expect(said.stdout).toContain(`  notes: --mend: Let it read ${kept}\n`);

  const mended = await call("tools", "preview", file, "--mend");
  expect(mended.status).toBe(0);
  const text = mended.stdout.slice(mended.stdout.indexOf("\n{"));
  const server = JSON.parse(text).mcpServers.notes;
  expect(server.folders).toEqual({ [kept]: "read" });

  const added = await call("tools", "add", file, "--mend");
  expect(added).toMatchObject({ status: 0, stdout: expect.stringContaining("✓ notes: 1 tool: notes__note") });
  expect((await call("tools", "show", "notes")).stdout).toContain(`folder: ${kept} (`);
}, 120_000);

test("at a terminal `add` asks once whether to mend what will not work, and Ctrl-C adds nothing", async () => {
  const notes = notesServer();
  onTestFinished(() => notes.remove());
  const [data, kept] = [dataFolder(), dataFolder()];
  await banyan(["seed", "--data", data]);
  const file = path.join(dataFolder(), "servers.json");
  const entry = JSON.parse(notes.file).mcpServers.notes;
  writeFileSync(file, JSON.stringify({ mcpServers: { notes: { ...entry, env: { NOTES_DIR: kept } } } }));
  const add = async (typed: string) => {
    const running = startInTerminal(["tools", "add", file, "--data", data], { columns: 200, rows: 30 });
    await running.says("Mend it? [Y/n]");
    running.child.stdin.write(typed);
    return running.done;
  };
  const left = await add("\u0003");
  expect([left.status, left.stdout]).toEqual([130, expect.stringContaining(`names the folder ${kept}`)]);
  expect((await banyan(["tools", "show", "notes", "--data", data])).status).toBe(2);
  const added = await add("\r");
  expect([added.status, added.stdout]).toEqual([0, expect.stringContaining("notes: 1 tool: notes__note")]);
  expect((await banyan(["tools", "show", "notes", "--data", data])).stdout).toContain(`folder: ${kept} (`);
}, 120_000);
