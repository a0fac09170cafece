import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { erasIn } from "./eras";

test("what is learned about a version is kept for every process, and forgotten when it is no longer true", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-eras-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [a, b] = [erasIn(path.join(folder, "eras")), erasIn(path.join(folder, "eras"))];
  expect(await a.isOld("files 1")).toBe(false);
  await a.keep("files 1", true);
  await a.keep("files 1", true);
  expect([await b.isOld("files 1"), await b.isOld("files 2")]).toEqual([true, false]);
  await b.keep("files 1", false);
  expect(await a.isOld("files 1")).toBe(false);
});
