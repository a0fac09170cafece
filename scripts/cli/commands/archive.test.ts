import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { banyan, buildPrograms, dataFolder, json, judged, onlyTree, scripted } from "@/scripts/testing/command-line";
import { agentScript } from "@/tests/agents/provider-script";
import { endTask } from "@/tests/agents/replies";

buildPrograms();

test("archive writes one file, never over another, lists it, and reads it elsewhere, once", async () => {
  const data = dataFolder();
  const env = await scripted(agentScript({ worker: [endTask("done")], ...judged }));
  await banyan(["run", "--agent", "worker", "--data", data, "root"], { env });
  const tree = await onlyTree(data);
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-archive-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = ["--data", data];
  const written = await banyan(["archive", tree.id, "--out", folder, ...at]);
  expect([written.status, written.stderr, written.stdout]).toEqual([
    0,
    "",
    expect.stringContaining("Archived 1 tree in"),
  ]);
  const name = `root-${tree.id}.banyan.zip`;
  expect(readdirSync(folder)).toEqual([name]);
  const file = path.join(folder, name);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, "mine");
  const refused = await banyan(["archive", tree.id, "--out", file, ...at]);
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("exists already")]);
  expect(readFileSync(file, "utf8")).toBe("mine");
  await banyan(["archive", tree.id, "--out", file, "--force", ...at]);
  expect((await banyan(["archive", "--list", file, ...at])).stdout).toContain(tree.id);
  expect(await json(["archive", "--read", file, ...at])).toMatchObject({ items: [{ outcome: "already_here" }] });

  const elsewhere = ["--data", dataFolder()];
  await banyan(["migrate", ...elsewhere]);
  const read = await banyan(["archive", "--read", file, ...elsewhere]);
  expect([read.stdout, read.stderr]).toEqual([expect.stringContaining("Read 1 tree, pinned"), ""]);
  expect((await banyan(["tree", tree.id, ...elsewhere])).stdout).toContain("Succeeded");
  const retried = await banyan(["retry", tree.id, ...elsewhere]);
  expect([retried.status, retried.stderr]).toEqual([2, expect.stringContaining("was read from an archive")]);
  expect((await banyan(["archive", "--read", file, ...elsewhere])).stdout).toContain("Already here: 1 tree.");

  const database = new Database(path.join(data, "banyan.db"));
  database.prepare("UPDATE trees SET ended_at_ms = 1").run();
  database.close();
  const kept = dataFolder();
  const away = ["clean", "--older-than", "30", "--archive", kept, ...at];
  writeFileSync(path.join(kept, "file"), "");
  const stayed = await banyan(["clean", "--older-than", "30", "--archive", path.join(kept, "file"), ...at]);
  expect(stayed.stdout).toContain("1 tree could not be archived and stayed");
  await banyan(["clean", "--set-archive", "on", ...at]);
  expect((await banyan(["clean", "--older-than", "30", "--preview", ...at])).stdout).toMatch(
    /1 tree would go.*\nEach tree is archived in the folder archives first, and stays if that fails\./,
  );
  expect(await json(away)).toMatchObject({ removed: 1 });
  expect(readdirSync(kept).sort()).toEqual(["file", name]);
  expect(await json(["archive", "--read", path.join(kept, name), ...at])).toMatchObject({
    items: [{ outcome: "added" }],
  });
  expect((await banyan(["clean", "--set-archive", "on", "--set-days", "30", ...at])).stdout).toContain(
    "Each tree is archived in the folder archives first, and stays if that fails.",
  );
  const bare = await banyan(["archive", ...at]);
  expect([bare.status, bare.stderr]).toEqual([2, expect.stringContaining("Name the trees to archive")]);
});
