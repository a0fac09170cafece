import { createHash, randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { RunnerLane, ServerLane } from "./lane";

/** `lost`: whether this sending of a piece gets lost. */
function pair(lost: (sending: number) => boolean = () => false) {
  const server = new ServerLane();
  let sendings = 0;
  let hear: (data: Uint8Array) => void = () => {};
  const runner = new RunnerLane({
    send(number, data) {
      sendings += 1;
      if (!lost(sendings)) server.receive(number, Uint8Array.from(data));
    },
    onInput: (listener) => {
      hear = listener;
    },
  });
  for (const lane of [server, runner]) lane.on("error", () => undefined);
  onTestFinished(() => {
    server.destroy();
    runner.destroy();
  });
  const carry = () =>
    server.carry(async (data) => {
      hear(Uint8Array.from(data));
      return "taken";
    });
  return { server, runner, carry, sendings: () => sendings };
}

/** Resolves with the hash of so many bytes of the stream. */
function hashOf(stream: NodeJS.ReadableStream, bytes: number): Promise<string> {
  const hash = createHash("sha256");
  let left = bytes;
  return new Promise((resolve) => {
    stream.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      hash.update(chunk);
      if (left === 0) resolve(hash.digest("hex"));
    });
  });
}

const MANY = randomBytes(3_000_000);
const HASH = createHash("sha256").update(MANY).digest("hex");

test("bytes arrive in both directions, also those that were written before the call began", async () => {
  const { server, runner, carry } = pair();
  server.write("early ");
  const arrived = hashOf(runner, 6 + MANY.length);
  carry();
  server.write(MANY);
  expect(await arrived).toBe(createHash("sha256").update("early ").update(MANY).digest("hex"));
  const back = hashOf(server, MANY.length);
  runner.write(MANY);
  expect(await back).toBe(HASH);
});

test.each([
  ["one of ten", (sending: number) => (sending * 7) % 10 === 4],
  ["the first four", (sending: number) => sending <= 4],
  ["the last", (sending: number) => sending === 23],
])("what gets lost on its way to the server is sent again: %s", async (_, lost) => {
  const { server, runner, carry, sendings } = pair(lost);
  carry();
  const back = hashOf(server, MANY.length);
  runner.write(MANY);
  expect(await back).toBe(HASH);
  expect(sendings()).toBeGreaterThan(Math.ceil(MANY.length / (128 * 1024)));
});

test("the runner stops reading from its program while the server has not taken half a megabyte", async () => {
  const { server, runner } = pair(() => true);
  server.carry(async () => "taken");
  const written = { isDone: false };
  runner.write(MANY, () => {
    written.isDone = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(written.isDone).toBe(false);
  expect(runner.write("more")).toBe(false);
});

test("a server that has ended is silent, and the runner's end closes; so does the server's when nobody takes its words", async () => {
  const { server, runner } = pair();
  const closed = new Promise<void>((resolve) => runner.once("close", resolve));
  await closed;
  server.carry(async () => "unknown");
  const lost = new Promise<Error>((resolve) => server.once("error", resolve));
  server.write("x");
  expect((await lost).message).toBe("The connection to the runner was lost.");
});

test("pieces with wrong numbers change nothing", async () => {
  const { server, runner, carry } = pair();
  carry();
  for (const number of [5, -1, Number.NaN, 1e12]) server.receive(number, Buffer.from("nonsense"));
  runner.write("sense");
  server.push(null);
  expect(await text(server)).toBe("sense");
});
