import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxPlace } from "@/lib/sandbox/port";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { elsewhere } from "./elsewhere";

const base = mkdtempSync(join(tmpdir(), "banyan-elsewhere-"));
const sandbox = createSandbox({ tested: testedSandbox });
afterAll(() => {
  sandbox.close();
  rmSync(base, { recursive: true, force: true });
});

const READS =
  'pwd; id -un; id -u; hostname; echo "$HOME"; date +%z; env | sort; ls -d /workspace; cat file.txt; echo made > made.txt; echo home > ~/home.txt';

async function lookAround(name: string, place?: SandboxPlace): Promise<string[]> {
  const workspace = join(base, name);
  mkdirSync(workspace);
  writeFileSync(join(workspace, "file.txt"), "the same file\n");
  giveToTools(workspace);
  const signal = new AbortController().signal;
  const run = { command: READS, workspace, hiddenPaths: [], timeoutMs: 60_000, signal };
  const { exitStatus, stdout, stderr } = await sandbox.run({ ...run, ...(place && { place }) });
  expect(exitStatus, stderr).toBe(0);
  return stdout.trim().split("\n");
}

test("a run elsewhere finds nothing of the usual place, and works on the same files", async () => {
  const place = elsewhere();
  const there = await lookAround("there", place);
  const { folder, home, user, host } = place;
  expect(there.slice(0, 5)).toEqual([folder, user.name, String(user.id), host, home]);
  expect(there.at(-1)).toBe("the same file");
  const usual = await lookAround("usual");
  expect(usual.slice(0, 5)).toEqual(["/workspace", "sandbox", "1000", "sandbox", "/workspace"]);
  expect(there[5]).not.toBe(usual[5]);
  expect(there.join("\n")).not.toMatch(/banyan|sandbox|\/workspace/i);
});

test("no two places are alike", () => {
  const places = Array.from({ length: 50 }, elsewhere);
  expect(new Set(places.map(({ folder }) => folder)).size).toBe(50);
  for (const { folder, home } of places) expect(folder.startsWith(`${home}/`)).toBe(true);
});
