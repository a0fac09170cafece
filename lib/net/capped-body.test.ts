import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { AnswerTooLargeError, capped } from "./capped-body";

const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function served(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Writes the chunk repeatedly until the reader has gone. */
function endless(response: ServerResponse, piece: string): void {
  const write = () => {
    while (!response.destroyed) if (!response.write(piece)) return void response.once("drain", write);
  };
  write();
}

test("an answer that decompresses to more than the limit fails at the limit", async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000));
  const url = await served((response) => {
    response.writeHead(200, { "content-encoding": "gzip" });
    response.end(bomb);
  });
  const answer = capped(await fetch(url), { mostBytes: 1_000_000 });
  await expect(answer.arrayBuffer()).rejects.toBeInstanceOf(AnswerTooLargeError);
});

test("an endless body fails at the limit, and its connection is closed", async () => {
  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const url = await served((response) => {
    response.on("close", closed);
    endless(response, "x".repeat(10_000));
  });
  await expect(capped(await fetch(url), { mostBytes: 500_000 }).text()).rejects.toBeInstanceOf(AnswerTooLargeError);
  await isClosed;
});

test("many lines are allowed, a very long line is not", async () => {
  const lines = await served((response) => response.end("data: x\n".repeat(10_000)));
  expect(await capped(await fetch(lines), { mostBytes: 1e6, mostLineBytes: 100 }).text()).toHaveLength(80_000);
  const line = await served((response) => endless(response, "x".repeat(1_000)));
  const answer = capped(await fetch(line), { mostBytes: 1e9, mostLineBytes: 100_000 });
  await expect(answer.text()).rejects.toBeInstanceOf(AnswerTooLargeError);
});

test("the beginning of an error's body is kept, with its status", async () => {
  const url = await served((response) => {
    response.writeHead(400);
    endless(response, '{"error":"why"} ');
  });
  const answer = capped(await fetch(url), { mostBytes: 1_000, cuts: true });
  expect(answer.status).toBe(400);
  const text = await answer.text();
  expect(text).toHaveLength(1_000);
  expect(text).toMatch(/^\{"error":"why"\}/);
});
