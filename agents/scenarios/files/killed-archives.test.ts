/** A process that is killed in the middle of writing or reading an archive leaves nothing half. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeWhole } from "@/agents/archives/names";
import { readArchive } from "@/agents/archives/read-archive";
import type { Middle } from "@/agents/archives/testing/archive-main";
import { sweepLeftovers } from "@/agents/worker/sweep";
import { openStore } from "@/db/store";
import { createRedactor } from "@/lib/secrets/redact";
import { createSnapshotStore } from "@/lib/snapshots/store";
import { bundleProgram } from "@/tests/agents/bundle";
import { call, endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile, until } from "@/tests/agents/scenario";

const trialOf = trialsOfThisFile();

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-killed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function killedIn(middle: Middle, dataDir: string, file: string): Promise<void> {
  const program = await bundleProgram("agents/archives/testing/archive-main.ts");
  const child = spawn(process.execPath, [...program, middle, dataDir, file], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(child.stdout, "data");
  expect(String(said)).toBe("half\n");
  child.kill("SIGKILL");
  expect(await once(child, "close")).toEqual([null, "SIGKILL"]);
}

test("an archive that was being written is not there, the one before it is whole, and the rest is removed later", async () => {
  const folder = emptyFolder();
  const file = join(folder, "a.banyan.zip");
  const content = async function* () {
    yield Buffer.from("whole");
  };
  await killedIn("file", "", file);
  expect(existsSync(file)).toBe(false);
  const [left = ""] = readdirSync(folder);
  expect(left).toMatch(/^\.a\.banyan\.zip\..*\.part$/);
  // A younger one may be at work.
  await writeWhole(content(), file, { overwrites: false });
  expect(readdirSync(folder).sort()).toEqual([left, "a.banyan.zip"]);
  utimesSync(join(folder, left), 1, 1);
  await writeWhole(content(), file, { overwrites: true });
  expect(readdirSync(folder)).toEqual(["a.banyan.zip"]);
  await expect(writeWhole(content(), file, { overwrites: false })).rejects.toThrow(/exists already/);
  expect(readdirSync(folder)).toEqual(["a.banyan.zip"]);
});

test("a tree that was being read is not there, and is read whole the next time", async () => {
  const trial = await trialOf({ root: [call("write_file", { path: "a.txt", content: "a\n" }), endTask("done")] });
  const { id } = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  const file = join(emptyFolder(), "a.banyan.zip");
  await writeWhole((await trial.runtime.application.commands.archiveTrees({ trees: [id] }, tester)).read(), file, {
    overwrites: false,
  });
  for (const middle of ["pack", "snapshots", "rows"] as const) {
    const dataDir = emptyFolder();
    await killedIn(middle, dataDir, file);
    const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle" });
    const count = (table: string) => store.client.sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    expect([middle, count("trees"), count("tasks"), count("messages"), count("blobs")]).toEqual([middle, 0, 0, 0, 0]);
    // What a start of the server does. A git that lost its process ends by itself.
    const cleanCache = () => readdirSync(join(dataDir, "snapshots", "cache")).length === 0;
    await until(async () => {
      const started = createSnapshotStore({ dir: join(dataDir, "snapshots") });
      await sweepLeftovers({ store, snapshots: started, dataDir, now: Date.now });
      const isClean = (await started.trees()).length === 0 && cleanCache();
      await started.close();
      return isClean;
    }, "what the killed process left is removed");
    const snapshots = createSnapshotStore({ dir: join(dataDir, "snapshots") });
    const redactor = createRedactor({ values: () => [] });
    const sources = { store, snapshots, redactor, dataDir, version: "test", now: Date.now };
    expect((await readArchive(sources, file, "tester")).items).toMatchObject([{ id, outcome: "added" }]);
    expect(await snapshots.trees()).toEqual([id]);
    await snapshots.close();
    await store.close();
  }
});
