import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { programFolders } from "./folders";

const KEPT_MS = 600_000;

function opened() {
  const dir = mkdtempSync(join(tmpdir(), "banyan-program-folders-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const written: string[] = [];
  let fault: Error | null = null;
  const programs = programFolders(dir, async (commit, folder) => {
    written.push(commit);
    if (fault) throw fault;
    mkdirSync(folder);
    writeFileSync(join(folder, "program"), commit);
  });
  const fail = (error: Error | null) => {
    fault = error;
  };
  return { programs, written, fail };
}

test("a program's folder is written once for all trees, and removed ten minutes after the last of them", async () => {
  const { programs, written } = opened();
  const [first, second] = await Promise.all([programs.use("one"), programs.use("one")]);
  expect([first.folder, written]).toEqual([second.folder, ["one"]]);
  first.end();
  await vi.advanceTimersByTimeAsync(KEPT_MS);
  expect(existsSync(first.folder)).toBe(true);
  second.end();
  await vi.advanceTimersByTimeAsync(KEPT_MS - 1);
  const again = await programs.use("one");
  await vi.advanceTimersByTimeAsync(KEPT_MS);
  expect([existsSync(again.folder), written]).toEqual([true, ["one"]]);
  again.end();
  vi.advanceTimersByTime(KEPT_MS);
  // Also while it is being removed.
  const last = await programs.use("one");
  expect([existsSync(join(last.folder, "program")), written]).toEqual([true, ["one", "one"]]);
  last.end();
  vi.advanceTimersByTime(KEPT_MS);
  vi.useRealTimers();
  await expect.poll(() => existsSync(last.folder)).toBe(false);
});

test("a program that could not be written is written at its next use", async () => {
  const { programs, fail, written } = opened();
  fail(new Error("The disk is full."));
  await expect(Promise.all([programs.use("one"), programs.use("one")])).rejects.toThrow("The disk is full.");
  fail(null);
  expect(existsSync((await programs.use("one")).folder)).toBe(true);
  expect(written).toEqual(["one", "one"]);
});
