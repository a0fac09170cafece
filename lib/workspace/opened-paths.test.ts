import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createOpenedPaths } from "./open";

test("without /proc a directory's path is given out only while it leads to the open directory", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-opened-"));
  onTestFinished(() => fs.rmSync(root, { recursive: true }));
  const folder = path.join(root, "work");
  fs.mkdirSync(folder);
  const fd = fs.openSync(folder, "r");
  onTestFinished(() => fs.closeSync(fd));
  const opened = createOpenedPaths();
  expect(() => opened.pathOf(fd)).toThrow("moved or replaced");
  opened.note(fd, folder);
  expect(opened.pathOf(fd)).toBe(folder);
  fs.renameSync(folder, path.join(root, "aside"));
  fs.symlinkSync("/etc", folder);
  expect(() => opened.pathOf(fd)).toThrow("moved or replaced");
});
