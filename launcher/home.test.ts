import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tellLauncher } from "./home.mjs";

test("without a launcher, also without a home, there is no answer and no error", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "banyan-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  expect(await tellLauncher(home, { command: "status" })).toBeNull();
  expect(await tellLauncher(path.join(home, "none"), { command: "status" })).toBeNull();
});

test("a running launcher answers", async () => {
  const home = mkdtempSync(path.join(tmpdir(), "banyan-home-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const server = createServer((connection) => {
    connection.on("data", (text) => connection.write(`${JSON.stringify({ heard: JSON.parse(String(text)) })}\n`));
  });
  onTestFinished(() => void server.close());
  const socket = path.join(home, "launcher.sock");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  expect(existsSync(socket)).toBe(true);
  expect(await tellLauncher(home, { command: "status" })).toEqual({ heard: { command: "status" } });
});
