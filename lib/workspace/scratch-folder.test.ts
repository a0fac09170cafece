import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeScratchFolder } from "./scratch-folder";

test("what killed processes left goes, and what others use now stays", () => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-scratch-"));
  onTestFinished(() => fs.rmSync(parent, { recursive: true, force: true }));
  for (const name of [".writing-left", ".writing-used", "kept"])
    fs.mkdirSync(path.join(parent, name, "below"), { recursive: true });
  const longAgo = new Date(Date.now() - 2 * 3600_000);
  for (const name of [".writing-left", "kept"]) fs.utimesSync(path.join(parent, name), longAgo, longAgo);
  const made = makeScratchFolder(parent, ".writing-");
  expect(fs.readdirSync(parent).sort()).toEqual([".writing-used", "kept", path.basename(made)].sort());
});
