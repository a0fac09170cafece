/** A real client uses the server, over HTTP and over stdio. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { httpServer } from "../src/http.ts";

const BERLIN = { zone: "Europe/Berlin", at: "2026-01-31T08:30:00Z" };

async function startServer(t: TestContext, allowedHosts: string[] = []): Promise<URL> {
  const server = httpServer(allowedHosts);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
}

async function clientOf(t: TestContext, transport: Transport): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  t.after(() => client.close());
  return client;
}

async function useTools(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map(({ name }) => name),
    ["time_in"],
  );
  const answer = await client.callTool({ name: "time_in", arguments: BERLIN });
  assert.deepEqual(answer.structuredContent, { time: "2026-01-31 09:30" });
  const wrong = await client.callTool({ name: "time_in", arguments: { zone: "Nowhere" } });
  assert.equal(wrong.isError, true);
  assert.match(JSON.stringify(wrong.content), /There is no time zone Nowhere/);
}

test("tools are listed and called over HTTP", async (t) => {
  const url = await startServer(t);
  await useTools(await clientOf(t, new StreamableHTTPClientTransport(url) as Transport));
});

test("tools are listed and called over stdio", async (t) => {
  const transport = new StdioClientTransport({ command: process.execPath, args: ["--import", "tsx", "src/stdio.ts"] });
  await useTools(await clientOf(t, transport));
});

test("other hosts and origins are refused, unless they are allowed", async (t) => {
  const url = await startServer(t, ["tools.example.org"]);
  const ask = async (headers: Record<string, string>, path = "/mcp") => {
    const sent = request(new URL(path, url), { method: "GET", headers });
    const [response] = await once(sent.end(), "response");
    response.resume();
    return response.statusCode;
  };
  assert.equal(await ask({ host: "evil.example" }), 403);
  assert.equal(await ask({ origin: "https://evil.example" }), 403);
  assert.equal(await ask({ host: "tools.example.org", origin: "https://tools.example.org" }), 405);
  assert.equal(await ask({ host: "evil.example" }, "/healthz"), 200);
  assert.equal(await ask({}, "/"), 404);
});
