/** H1: a thousand connections of strangers that never send a complete request: others are answered, and their number is bounded. */
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { A2aRecords } from "@/core/a2a/records";
import { memoryCredentials } from "@/lib/auth/credentials";
import { memoryAnswers } from "@/lib/http/idempotency";
import { createFakeApplication } from "@/tests/fake/fake-application";
import { bindPort } from "./bound-port";
import { ask, HEALTHY } from "./testing/doors";
import { createWebServer } from "./web";

const CONNECTIONS = 1_000;

async function start(answered: Promise<unknown> = Promise.resolve()) {
  const server = createWebServer({
    a2a: { records: {} as A2aRecords, version: "1" },
    app: createFakeApplication(),
    people: memoryCredentials(),
    answers: memoryAnswers(),
    host: "127.0.0.1",
    bound: await bindPort("127.0.0.1", 0),
    health: async () => HEALTHY,
    publicUrl: null,
    pages: {
      // As Next.js does, a page reads the whole body of a request before it answers.
      handle: async (request, response) =>
        void request.resume().once("end", () => void answered.then(() => response.end("a page"))),
      upgrade: () => {},
      close: async () => {},
    },
  });
  onTestFinished(() => server.close());
  await server.listen();
  return server;
}

function connected(port: number, host: string, text: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      if (text) socket.write(text, () => resolve(socket));
      else resolve(socket);
    });
    socket.on("error", () => resolve(socket));
    socket.resume();
  });
}

test.each([
  ["say nothing", () => ""],
  ["send half of a request's headers", (host: string) => `GET /health HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `],
  [
    "send half of a body to a page",
    (host: string) =>
      `POST /review HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nContent-Length: 900\r\n\r\nhalf`,
  ],
  ["keep their connection after an answer", (host: string) => `GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
])("1,000 connections that %s leave others answered", async (_, words) => {
  const { url } = await start();
  const { port, hostname, host } = new URL(url);
  const idle: Socket[] = [];
  onTestFinished(() => {
    for (const socket of idle) socket.destroy();
  });
  for (let at = 0; at < CONNECTIONS; at += 1) idle.push(await connected(Number(port), hostname, words(host)));
  for (let at = 0; at < 20; at += 1) expect((await ask(`${url}/health`)).status).toBe(200);
  await expect.poll(() => idle.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(400);
});

test("a request that takes long is not cut by connections that say nothing", async () => {
  let answer = () => {};
  const { url } = await start(
    new Promise<void>((resolve) => {
      answer = resolve;
    }),
  );
  const { port, hostname } = new URL(url);
  const long = ask(`${url}/signin`);
  const idle = await Promise.all(Array.from({ length: 300 }, () => connected(Number(port), hostname, "")));
  answer();
  expect((await long).status).toBe(200);
  for (const socket of idle) socket.destroy();
});
