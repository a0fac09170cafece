import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { requestOf, serviceModels } from "@/tests/agents/model-trial";
import { createModelPort } from "../model-port";

const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function frame(type: string, payload: object): Buffer {
  const header = (name: string, value: string) =>
    Buffer.concat([
      Buffer.from([name.length]),
      Buffer.from(name),
      Buffer.from([7, 0, value.length]),
      Buffer.from(value),
    ]);
  const head = Buffer.concat([header(":event-type", type), header(":message-type", "event")]);
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + head.length + body.length, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const end = Buffer.alloc(4);
  const whole = Buffer.concat([prelude, head, body]);
  end.writeUInt32BE(crc32(whole), 0);
  return Buffer.concat([whole, end]);
}

async function ask(body: Buffer) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    // In two pieces, so that a frame is cut.
    response.write(body.subarray(0, 70));
    setImmediate(() => response.end(body.subarray(70)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const port = createModelPort({ bedrock: { key: "a-key-for-tests", baseUrl } });
  const options = { signal: new AbortController().signal, onDraft: () => undefined };
  return port.respond(requestOf(serviceModels.bedrock), options);
}

test("events of unknown kinds are left out", async () => {
  const delta = (contentBlockIndex: number, delta: object) => frame("contentBlockDelta", { contentBlockIndex, delta });
  const reply = await ask(
    Buffer.concat([
      frame("messageStart", { role: "assistant" }),
      delta(0, { news: { text: "x" } }),
      frame("newsEvent", { x: 1 }),
      frame("contentBlockStart", { contentBlockIndex: 1, start: { toolUse: { toolUseId: "t", name: "read" } } }),
      delta(1, { toolUse: { input: '{"path":"a.txt"}' } }),
      frame("contentBlockStop", { contentBlockIndex: 1 }),
      frame("messageStop", { stopReason: "tool_use" }),
      frame("metadata", { usage: { inputTokens: 90, outputTokens: 7, totalTokens: 97 } }),
    ]),
  );
  expect(reply).toMatchObject({ calls: [{ name: "read", input: { path: "a.txt" } }], usage: { inputTokens: 90 } });
});

test("a web page is no answer", async () => {
  await expect(ask(Buffer.from(`<html>${"Sign in. ".repeat(20)}</html>`))).rejects.toMatchObject({
    kind: "bad_answer",
    message: expect.stringContaining("Sign in."),
  });
});
