/** Versions of the protocol: real servers that speak only the newest one, and older servers that cannot be asked. */
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { HttpServer, ServerConfig, StdioServer } from "@/lib/mcp/config/types";
import { approved, failureOf, LONG_MS } from "@/lib/mcp/testing/calls";
import { answerMcp, sendJson, startHttp } from "@/lib/mcp/testing/http-server";
import { type ModernState, modernHandler, modernState } from "@/lib/mcp/testing/modern-server";
import { misbehavingServer, modernServerIn, temporaryFolder } from "@/lib/mcp/testing/places";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import { createSandbox } from "@/lib/sandbox/sandbox";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { erasInMemory } from "./eras";
import { createMcpPool, type McpPool, type McpPoolOptions } from "./pool";

const sandbox = createSandbox({ tested: testedSandbox });
const base = temporaryFolder();
let program: StdioServer;

beforeAll(async () => {
  program = await modernServerIn(base.path);
});
afterAll(() => {
  sandbox.close();
  base.remove();
});

function poolWith(more: Partial<McpPoolOptions> = {}): McpPool {
  const pool = createMcpPool({
    sandbox,
    packagesDir: "/nonexistent",
    hiddenPaths: [],
    secretOf: async () => undefined,
    ...more,
  });
  onTestFinished(() => pool.close());
  return pool;
}

interface ModernFixture {
  server: HttpServer;
  state: ModernState;
  guard: McpPoolOptions["guard"];
  /** Tells those who listen that the tools changed. */
  notify(): void;
  /** Cuts all open streams. */
  cut(): void;
}

async function overHttp(): Promise<ModernFixture> {
  const state = modernState();
  const handler = modernHandler(state);
  const listener = http.createServer(toNodeHandler(handler));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await handler.close();
    listener.closeAllConnections();
    listener.close();
  });
  const host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const server: HttpServer = { kind: "http", name: "modern", url: `http://${host}/mcp`, headers: {} };
  const guard = createAddressGuard({ privateHosts: [host] });
  return { server, state, guard, notify: handler.notify.toolsChanged, cut: () => listener.closeAllConnections() };
}

describe.each(["stdio", "http"])("a server that speaks only 2026-07-28, over %s", (transport) => {
  async function reached(more: Partial<McpPoolOptions> = {}) {
    if (transport === "stdio") return { pool: poolWith(more), server: program as ServerConfig };
    const { server, guard } = await overHttp();
    return { pool: poolWith({ guard, ...more }), server };
  }

  test("is described, listed and called", async () => {
    const { pool, server } = await reached();
    const described = await pool.describe(server);
    expect(described).toMatchObject({
      info: { name: "modern", version: "1" },
      protocolVersion: "2026-07-28",
      instructions: "Speaks 2026-07-28.",
      problems: [],
    });
    expect(described.tools.map(({ name }) => name)).toContain("echo");
    const call = await approved(pool, server);
    expect(await call("echo", { text: "hello" })).toEqual({ text: "hello", isError: false, isCut: false });
  });

  test("learns that a call was cancelled, and the connection stays open", async () => {
    const said: string[] = [];
    const { pool, server } = await reached({ report: (_server, _scope, sentence) => said.push(sentence) });
    const call = await approved(pool, server);
    for (const times of ["1", "2", "3"]) {
      const stop = new AbortController();
      const hanging = failureOf(call("hang", {}, { signal: stop.signal, onProgress: () => stop.abort() }));
      expect(await hanging).toMatchObject({ kind: "cancelled", mayHaveRun: true });
      await expect.poll(async () => (await call("cancelled")).text, { timeout: LONG_MS }).toBe(times);
    }
    expect(said).toEqual([]);
    expect(pool.health().connections).toHaveLength(1);
  });

  test("is asked whether it is there when it was quiet for long", async () => {
    let nowMs = 0;
    const { pool, server } = await reached({ now: () => nowMs });
    const call = await approved(pool, server);
    await call("echo", { text: "one" });
    const before = pool.health().connections[0]?.startedAtMs;
    nowMs += 60_000;
    expect((await call("echo", { text: "two" })).text).toBe("two");
    expect(pool.health().connections).toMatchObject([{ startedAtMs: before }]);
  });

  test("says when its tools change, and the changed tool is held back", async () => {
    const lists: string[] = [];
    const { pool, server } = await reached({ onListChanged: (name, list) => lists.push(`${name} ${list}`) });
    const call = await approved(pool, server);
    await call("change");
    await expect.poll(() => lists, { timeout: LONG_MS }).toEqual(["modern tools"]);
    expect(await failureOf(call("change"))).toMatchObject({ kind: "changed", mayHaveRun: false });
  });
});

test("a lost stream of changes is opened again", async () => {
  const { server, guard, notify, cut } = await overHttp();
  const lists: string[] = [];
  const limits = { listenAgainMs: 1 };
  const pool = poolWith({ guard, limits, onListChanged: (_name, list) => lists.push(list) });
  const call = await approved(pool, server);
  const heard = async () => {
    notify();
    return (await call("echo", { text: String(lists.length) })).text;
  };
  await expect.poll(heard, { timeout: LONG_MS }).not.toBe("0");
  cut();
  lists.length = 0;
  await expect.poll(heard, { timeout: LONG_MS }).not.toBe("0");
  expect(pool.health().connections).toHaveLength(1);
});

test("an argument that the tool names as a header travels as one, over HTTP", async () => {
  const { server, state, guard } = await overHttp();
  const call = await approved(poolWith({ guard }), server);
  expect((await call("weather", { city: "Rīga" })).text).toBe("Rīga");
  expect(state.headers?.get("mcp-param-city")).toBe(`=?base64?${Buffer.from("Rīga").toString("base64")}?=`);
  await call("weather", { city: "Riga" });
  expect(state.headers?.get("mcp-param-city")).toBe("Riga");
});

describe("an older server", () => {
  /** Counts the processes that start. */
  function counting() {
    const started: string[] = [];
    const start: McpPoolOptions["sandbox"]["start"] = (what) => {
      started.push(what.command);
      return sandbox.start(what);
    };
    return { started, sandbox: { start } };
  }

  test("that ends when it is asked is reached by its second start, and not asked again", async () => {
    const { started, sandbox: counted } = counting();
    const eras = erasInMemory();
    const server = misbehavingServer(base.path, "exit-before-initialize");
    const first = poolWith({ sandbox: counted, eras });
    expect(await first.describe(server)).toMatchObject({ protocolVersion: "2025-11-25" });
    expect(started).toHaveLength(2);
    expect(first.health().failing).toEqual([]);
    // Another connection, and another process of ours.
    const call = await approved(first, server);
    expect((await call("echo", { text: "one" })).text).toBe("one");
    expect(started).toHaveLength(4);
    await poolWith({ sandbox: counted, eras }).describe(server);
    expect(started).toHaveLength(5);
    // Another version is another server.
    const next: StdioServer = { ...server, env: { VERSION: "2" } };
    await poolWith({ sandbox: counted, eras }).describe(next);
    expect(started).toHaveLength(7);
  });

  test("that says nothing when it is asked is reached over the same process", async () => {
    const { started, sandbox: counted } = counting();
    const pool = poolWith({ sandbox: counted, limits: { startMs: 6_000 } });
    const server = misbehavingServer(base.path, "silent-before-initialize");
    expect(await pool.describe(server)).toMatchObject({ protocolVersion: "2025-11-25" });
    expect(started).toHaveLength(1);
  });

  test("that was replaced by a program of 2026 under the same name is asked again", async () => {
    const eras = erasInMemory();
    const pool = poolWith({ eras });
    const kept = { isOld: async () => true, keep: eras.keep };
    expect(await poolWith({ eras: kept }).describe(program)).toMatchObject({ protocolVersion: "2026-07-28" });
    expect(await pool.describe(program)).toMatchObject({ protocolVersion: "2026-07-28" });
  });

  test.each([202, 500])("over HTTP that answers the question with %s is reached", async (status) => {
    const { host, origin, stop } = await startHttp((request, body, response) => {
      if (request.method !== "POST") return void response.writeHead(405).end();
      if (body.includes('"server/discover"'))
        return status === 202 ? void response.writeHead(202).end() : sendJson(response, status, {});
      answerMcp(body, response, ["echo"], ({ id }) => sendJson(response, 200, { jsonrpc: "2.0", id, result: {} }));
    });
    onTestFinished(stop);
    const pool = poolWith({ guard: createAddressGuard({ privateHosts: [host] }) });
    const server: HttpServer = { kind: "http", name: "older", url: `${origin}/mcp`, headers: {} };
    expect(await pool.describe(server)).toMatchObject({ protocolVersion: "2025-11-25" });
  });
});

test("the SDK's first version is no dependency", () => {
  const { dependencies } = JSON.parse(readFileSync(path.resolve("package.json"), "utf8"));
  expect(Object.keys(dependencies)).not.toContain("@modelcontextprotocol/sdk");
});
