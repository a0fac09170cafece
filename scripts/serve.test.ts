/** The server as a process: what it prints when it cannot start, and what it survives. */
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { buildPrograms, dataFolder, startServerProcess } from "./testing/command-line";

buildPrograms();

test("a port in use prints one sentence and exits with 2, without a stack trace", async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  const { status, stderr } = await startServerProcess(["--port", String(port), "--data", dataFolder()]).done;
  expect(stderr.trim().split("\n")).toEqual([
    `Port ${port} on 127.0.0.1 is taken by another program; end it, or set PORT to another number.`,
  ]);
  expect(status).toBe(2);
});
