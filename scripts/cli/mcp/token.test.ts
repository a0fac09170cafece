import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { startTrial } from "@/tests/agents/trial";
import { tokenOf } from "./token";

test("the token is in its own file, which only its owner can read: no link is followed, and an open mode is not kept", async () => {
  const trial = await startTrial({ work: false });
  onTestFinished(() => trial.close());
  const app = guarded(trial.runtime.application, ownerCalled("anna"));
  const { dataDir } = trial;
  const file = join(dataDir, "mcp", "token-operator.json");
  const elsewhere = join(dataDir, "elsewhere.txt");
  writeFileSync(elsewhere, "mine");
  mkdirSync(join(dataDir, "mcp"));
  symlinkSync(elsewhere, file);
  const kept = await tokenOf(app, dataDir, "operator", "mcp");
  expect(readFileSync(elsewhere, "utf8")).toBe("mine");
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(kept);
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  expect(await tokenOf(app, dataDir, "operator", "mcp")).toEqual(kept);

  rmSync(file);
  writeFileSync(file, "{}");
  chmodSync(file, 0o644);
  expect((await tokenOf(app, dataDir, "operator", "mcp")).token).not.toBe(kept.token);
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
});
