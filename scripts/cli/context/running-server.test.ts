import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startOf } from "@/launcher/lock.mjs";
import { runningServer } from "./running-server";

test("a later process with the number of a dead server is not taken for it", () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-running-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const url = "http://127.0.0.1:3000";
  const found = (started?: string) => {
    writeFileSync(join(folder, "server.json"), JSON.stringify({ pid: process.pid, url, started }));
    return runningServer(folder);
  };
  expect(found(startOf(process.pid))).toMatchObject({ pid: process.pid, url });
  expect(found("1")).toBeNull();
  // Servers before this version, and those on macOS, tell nothing.
  for (const started of [undefined, ""]) expect(found(started)).toMatchObject({ pid: process.pid });
});
