import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { agentScript } from "@/agents/testing/provider-script";
import { endTask } from "@/agents/testing/replies";
import { banyan, buildPrograms, dataFolder, json, judged, onlyTree, scripted } from "@/scripts/testing/command-line";

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
  const bare = await banyan(["archive", ...at]);
  expect([bare.status, bare.stderr]).toEqual([2, expect.stringContaining("Name the trees to archive")]);
});
