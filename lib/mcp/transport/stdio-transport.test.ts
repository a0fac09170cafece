import { PassThrough } from "node:stream";
import { setImmediate as soon } from "node:timers/promises";
import { expect, test } from "vitest";
import { stdioTransport } from "./stdio-transport";

test("an answer and the last words are heard when the server's end is known before they are read", async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const process = {
    stdin,
    stdout,
    stderr,
    ended: Promise.resolve({ exitStatus: 0 }),
    kill: async () => {},
    synchronise: async () => {},
  };
  const limits = { frameBytes: 1_000, rubbishLines: 1, bytesPerSecond: 1_000, unreadBytes: 1_000 };
  const transport = stdioTransport(process, { ...limits, now: () => 0, onBroken: () => {} });
  const heard: unknown[] = [];
  transport.onmessage = (message) => heard.push(message);
  const heardBefore = new Promise((resolve) => {
    transport.onclose = () => resolve([[...heard], transport.lastWords()]);
  });
  await transport.start();
  await soon();
  const answer = { jsonrpc: "2.0", id: 1, result: {} };
  stdout.end(`${JSON.stringify(answer)}\n`);
  stderr.end("Good bye\n");
  expect(await heardBefore).toEqual([[answer], "Good bye"]);
});
