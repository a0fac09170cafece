import type http from "node:http";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { HttpServer } from "@/lib/mcp/config/types";
import { approved, failureOf, LONG_MS } from "@/lib/mcp/testing/calls";
import { type RunningServer, startHttpEverything } from "@/lib/mcp/testing/http-everything";
import { answerMcp, type HttpFixture, sendJson, startHttp } from "@/lib/mcp/testing/http-server";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import { createMcpPool, type McpPool, type McpPoolOptions } from "./pool";

const NO_SANDBOX = { start: () => Promise.reject(new Error("no process is started here")) };

function poolWith(hosts: string[], more: Partial<McpPoolOptions> = {}): McpPool {
  const guard = createAddressGuard({ privateHosts: hosts });
  const pool = createMcpPool({
    sandbox: NO_SANDBOX,
    packagesDir: "/nonexistent",
    hiddenPaths: [],
    secretOf: async () => undefined,
    guard,
    ...more,
  });
  onTestFinished(() => pool.close());
  return pool;
}

function serverAt(url: string, more: Partial<HttpServer> = {}): HttpServer {
  return { kind: "http", name: "web", url, headers: {}, ...more };
}

async function fixture(handle: Parameters<typeof startHttp>[0]): Promise<HttpFixture> {
  const made = await startHttp(handle);
  onTestFinished(() => made.stop());
  return made;
}

describe("server-everything over Streamable HTTP", () => {
  let everything: RunningServer;
  beforeAll(async () => {
    everything = await startHttpEverything();
  });
  afterAll(() => everything.stop());

  test("is described and called, with progress, and a call can be cancelled", async () => {
    const pool = poolWith([everything.host]);
    const server = serverAt(everything.url);
    const described = await pool.describe(server);
    expect(described.problems).toEqual([expect.stringMatching(/^The tool "simulate-research-query" was left out/)]);
    expect(described.prompts.length).toBeGreaterThan(0);
    const call = await approved(pool, server);
    expect((await call("echo", { message: "hello" })).text).toBe("Echo: hello");
    const steps: number[] = [];
    await call(
      "trigger-long-running-operation",
      { duration: 0.6, steps: 3 },
      { onProgress: ({ progress }) => steps.push(progress) },
    );
    expect(steps.length).toBeGreaterThan(0);
    const stop = new AbortController();
    const long = failureOf(
      call(
        "trigger-long-running-operation",
        { duration: 60, steps: 600 },
        { signal: stop.signal, onProgress: () => stop.abort() },
      ),
    );
    expect(await long).toMatchObject({ kind: "cancelled", mayHaveRun: true });
    expect((await call("echo", { message: "after" })).text).toBe("Echo: after");
  });

  test("is reached at a private address only if the address is on the list", async () => {
    const failure = await failureOf(poolWith([]).describe(serverAt(everything.url)));
    expect(failure.message).toBe(
      `The server web could not be reached: ${everything.host} is not fetched, because its address belongs to this machine or a private network.`,
    );
    expect(failure.mayHaveRun).toBe(false);
  });
});

const METADATA = "http://169.254.169.254/latest/meta-data/";

/** A server whose tools are named after what they do to the answer. */
function hostile(request: http.IncomingMessage, body: string, response: http.ServerResponse): unknown {
  if (request.method === "DELETE") return void response.writeHead(200).end();
  if (request.method !== "POST") return void response.writeHead(405).end();
  const tools: Record<string, () => void> = {
    redirect: () => response.writeHead(307, { location: METADATA }).end(),
    "huge-json": () => flood(response, "application/json", '{"jsonrpc":"2.0","id":1,"result":"', "x".repeat(65_536)),
    "huge-event": () => flood(response, "text/event-stream", "data: ", "x".repeat(65_536)),
    "cut-stream": () => response.writeHead(200, { "content-type": "text/event-stream" }).end(": nothing\n\n"),
    reset: () =>
      response
        .writeHead(200, { "content-type": "text/event-stream" })
        .write(": hello\n\n", () => request.socket.destroy()),
    html: () => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>"),
    "server-error": () => sendJson(response, 503, { sorry: true }),
    "bad-request": () => sendJson(response, 400, { sorry: true }),
    hang: () => undefined,
    forgotten: () => undefined,
  };
  answerMcp(body, response, Object.keys(tools), ({ params }) => tools[params?.name ?? ""]?.());
}

function flood(response: http.ServerResponse, type: string, start: string, piece: string): void {
  response.writeHead(200, { "content-type": type });
  response.write(start);
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", more);
  response.on("error", () => undefined);
  more();
}

describe("a hostile server", () => {
  test("M5: that redirects to the metadata address is not followed, and neither is one at the start", async () => {
    const { host, origin } = await fixture(hostile);
    const call = await approved(poolWith([host]), serverAt(`${origin}/mcp`));
    const failure = await failureOf(call("redirect"));
    expect(failure.message).toContain("Redirect to http://169.254.169.254/latest/meta-data/ not followed");
    const direct = await failureOf(poolWith([host]).describe(serverAt(METADATA)));
    expect(direct.message).toContain(
      "169.254.169.254 is not fetched, because its address belongs to this machine or a private network",
    );
    // A redirect inside its own origin is followed, and the guard checks it again.
    const asked: string[] = [];
    const moved = await fixture((request, body, response) => {
      if (request.url === "/old") return void response.writeHead(307, { location: "/new" }).end();
      hostile(request, body, response);
    });
    const guard = createAddressGuard({ privateHosts: [moved.host] });
    const watching = (url: URL) => {
      asked.push(url.pathname);
      return guard(url);
    };
    expect(
      (await poolWith([], { guard: watching }).describe(serverAt(`${moved.origin}/old`))).tools.length,
    ).toBeGreaterThan(0);
    expect(asked.slice(0, 2)).toEqual(["/old", "/new"]);
  });

  test.each(["huge-json", "huge-event"])("M5: that sends a %s message is closed at the cap", async (tool) => {
    const { host, origin, connections } = await fixture(hostile);
    const pool = poolWith([host], { limits: { frameBytes: 1024 * 1024 } });
    const call = await approved(pool, serverAt(`${origin}/mcp`));
    const failure = await failureOf(call(tool));
    expect(failure).toMatchObject({
      kind: "misbehaved",
      message: "The server web was closed, because it sent a message of more than 1048576 bytes.",
    });
    await pool.close();
    // The rest of a flooding answer is not read.
    await expect.poll(connections, { timeout: LONG_MS }).toBeLessThan(3);
  });

  test.each([
    ["cut-stream", "its answer ended before the response arrived", true],
    ["reset", "its answer ended before the response arrived", true],
    ["html", "Unexpected content type: text/html", true],
    ["server-error", 'HTTP 503: {"sorry":true}', true],
  ])("that answers with %s fails the call with a sentence", async (tool, sentence, mayHaveRun) => {
    const { host, origin } = await fixture(hostile);
    const call = await approved(poolWith([host]), serverAt(`${origin}/mcp`));
    const failure = await failureOf(call(tool));
    expect(failure).toMatchObject({ kind: "unavailable", mayHaveRun });
    expect(failure.message).toContain(sentence);
  });

  test("that never answers is cancelled", async () => {
    const { host, origin } = await fixture(hostile);
    const call = await approved(poolWith([host]), serverAt(`${origin}/mcp`));
    expect((await failureOf(call("hang", {}, { timeoutMs: 300 }))).kind).toBe("timeout");
  });

  test("that is gone, or is not an MCP server, gives a sentence", async () => {
    const { host, origin, stop } = await fixture(hostile);
    await stop();
    const gone = await failureOf(poolWith([host]).describe(serverAt(`${origin}/mcp`)));
    expect(gone.message).toContain("could not be reached: connect ECONNREFUSED");
    const none = await fixture((_request, _body, response) => void response.writeHead(404).end("nothing here"));
    const failure = await failureOf(poolWith([none.host]).describe(serverAt(`${none.origin}/mcp`)));
    expect(failure.message).toContain("nothing here");
    const page =
      "<!DOCTYPE html>\n<html><head><title>Error</title></head><body><pre>Cannot POST /mcp</pre></body></html>";
    const web = await fixture((_request, _body, response) => void response.writeHead(404).end(page));
    expect((await failureOf(poolWith([web.host]).describe(serverAt(`${web.origin}/mcp`)))).message).toBe(
      "The server web could not be reached: HTTP 404: Error Cannot POST /mcp.",
    );
  });
});

// Streamable HTTP says 404; many servers that were restarted answer 400.
test.each([404, 400])(
  "a session that the server has forgotten (%i) is opened again, and the call runs once",
  async (status) => {
    let sessions = 0;
    let calls = 0;
    const { host, origin } = await fixture((request, body, response) => {
      if (request.method !== "POST") return void response.writeHead(405).end();
      const { method, id } = JSON.parse(body);
      if (method === "initialize") sessions += 1;
      const current = `session-${sessions}`;
      if (method === "initialize")
        return sendJson(
          response,
          200,
          {
            jsonrpc: "2.0",
            id,
            result: {
              protocolVersion: "2025-11-25",
              capabilities: { tools: {} },
              serverInfo: { name: "f", version: "1" },
            },
          },
          { "mcp-session-id": current },
        );
      if (request.headers["mcp-session-id"] !== current)
        return sendJson(response, status, { error: "no such session" });
      answerMcp(body, response, ["echo"], () => {
        calls += 1;
        sendJson(response, 200, { jsonrpc: "2.0", id, result: { content: [{ type: "text", text: current }] } });
      });
    });
    const call = await approved(poolWith([host]), serverAt(`${origin}/mcp`));
    expect((await call("echo")).text).toBe("session-2");
    sessions += 1;
    expect((await call("echo")).text).toBe("session-4");
    expect(calls).toBe(2);
  },
);

test("a request that the server refuses with 400 in each session fails with the server's reason", async () => {
  const { host, origin } = await fixture(hostile);
  const call = await approved(poolWith([host]), serverAt(`${origin}/mcp`));
  expect(await failureOf(call("bad-request"))).toMatchObject({
    kind: "unavailable",
    message: 'The server web did not accept the request (HTTP 400: {"sorry":true}).',
    mayHaveRun: false,
  });
});

test("headers with secrets go to the server", async () => {
  const seen: (string | undefined)[] = [];
  const { host, origin } = await fixture((request, body, response) => {
    seen.push(request.headers["x-key"] as string | undefined, request.headers.authorization);
    hostile(request, body, response);
  });
  const headers = { "x-key": { secret: "mcp/web/KEY" }, Authorization: { secret: "mcp/web/KEY", before: "Bearer " } };
  const pool = poolWith([host], { secretOf: async () => "s3cret" });
  await pool.describe(serverAt(`${origin}/mcp`, { headers }));
  expect(new Set(seen)).toEqual(new Set(["s3cret", "Bearer s3cret"]));
});

test("a call that waited while its server was replaced does not get the new key, also when it opens the server itself", async () => {
  const seen: unknown[] = [];
  const { host, origin } = await fixture((request, body, response) => {
    seen.push(request.headers["x-key"]);
    hostile(request, body, response);
  });
  let key = "old-key";
  let isLive = true;
  const pool = poolWith([host], { secretOf: async () => key, limits: { callsPerConnection: 1 } });
  const server = serverAt(`${origin}/mcp`, { headers: { "x-key": { secret: "mcp/web/key" } } });
  const call = await approved(pool, server);
  const hanging = failureOf(call("hang"));
  const waiting = failureOf(call("html", {}, { isLive: () => isLive }));
  await expect
    .poll(() => pool.health().connections, { timeout: LONG_MS })
    .toMatchObject([{ state: "ready", calls: 2 }]);
  [key, isLive] = ["new-key", false];
  await pool.closeServer("web");
  await hanging;
  const message =
    "The server web was changed, removed, held back or switched off while the call waited, so it was not called.";
  const refused = { kind: "changed", mayHaveRun: false, message };
  expect(await waiting).toMatchObject(refused);
  expect(await failureOf(call("html", {}, { isLive: () => isLive }))).toMatchObject(refused);
  // It is asked again after the opening has begun.
  const asked = [true, false];
  expect(await failureOf(call("html", {}, { isLive: () => asked.shift() ?? false }))).toMatchObject(refused);
  expect(await failureOf(pool.describe(server, () => false))).toMatchObject(refused);
  expect(new Set(seen)).toEqual(new Set(["old-key"]));
  expect(pool.health()).toEqual({ connections: [], failing: [] });
});

test("a tool whose schema could not be read in time is not called, and does not count as removed", async () => {
  const { host, origin } = await fixture(hostile);
  const changed: string[] = [];
  const pool = poolWith([host], { limits: { schemasMs: 0 }, onChanged: (_server, tool) => changed.push(tool) });
  const server = serverAt(`${origin}/mcp`);
  const { tools, late } = await pool.describe(server);
  expect([tools.map(({ name }) => name), late.includes("html")]).toEqual([["redirect"], true]);
  const call = await approved(pool, server);
  expect(await failureOf(call("html"))).toMatchObject({ kind: "unavailable", mayHaveRun: false });
  expect(changed).toEqual([]);
  expect(await failureOf(call("never-listed"))).toMatchObject({ kind: "changed" });
  expect(changed).toEqual(["never-listed"]);
});

test("a value with characters that headers do not allow is not shown in its error", async () => {
  const { host, origin } = await fixture(hostile);
  const pool = poolWith([host], { secretOf: async () => "s3cret\nvalue" });
  const failure = await failureOf(
    pool.describe(serverAt(`${origin}/mcp`, { headers: { "x-key": { secret: "mcp/web/KEY" } } })),
  );
  expect(failure.message).toBe(
    "The server web could not be reached: the value of the header x-key has characters that headers do not allow; enter it again.",
  );
});

test("a server that refuses us says so, and what to do", async () => {
  const { host, origin } = await fixture((_request, _body, response) =>
    sendJson(response, 401, { error: "who are you" }),
  );
  const failure = await failureOf(poolWith([host]).describe(serverAt(`${origin}/mcp`)));
  expect(failure.message).toBe(
    'The server web could not be reached: HTTP 401: {"error":"who are you"}; check the secrets in its headers.',
  );
  const strict = await fixture((_request, _body, response) => void response.writeHead(403).end("Only at localhost"));
  expect((await failureOf(poolWith([strict.host]).describe(serverAt(`${strict.origin}/mcp`)))).message).toBe(
    "The server web could not be reached: HTTP 403: Only at localhost; check its address and the secrets in its headers.",
  );
});

test("a connection with many cancelled calls is renewed when it is idle", async () => {
  let sessions = 0;
  const { host, origin } = await fixture((request, body, response) => {
    if (body.includes('"initialize"')) sessions += 1;
    hostile(request, body, response);
  });
  const call = await approved(poolWith([host], { limits: { abandonedCalls: 2 } }), serverAt(`${origin}/mcp`));
  const before = sessions;
  for (let times = 1; times <= 3; times += 1) await failureOf(call("hang", {}, { timeoutMs: 100 }));
  expect(sessions).toBe(before + 2);
});

describe("the guard of addresses", () => {
  const addresses = async (host: string) => {
    if (host === "mixed.example")
      return [
        { address: "93.184.216.34", family: 4 as const },
        { address: "10.0.0.1", family: 4 as const },
      ];
    return [{ address: "93.184.216.34", family: 4 as const }];
  };
  const guard = createAddressGuard({ privateHosts: ["10.0.0.5:8080"], lookUp: addresses });

  test.each([
    "http://2130706433/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[fd00::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://0.0.0.0/",
    "http://100.64.0.1/",
    "http://169.254.169.254/",
    "http://192.0.2.1/",
    "http://10.0.0.5:8081/",
    "https://mixed.example/",
    "http://user:pass@public.example/",
    "file:///etc/passwd",
  ])("refuses %s", async (url) => {
    await expect(guard(new URL(url))).rejects.toThrow(/^\S.*\.$/);
  });

  test("lets through public addresses and those on the list, and pins the resolved address", async () => {
    expect(await guard(new URL("https://public.example/mcp"))).toEqual({ address: "93.184.216.34", family: 4 });
    expect(await guard(new URL("http://10.0.0.5:8080/"))).toEqual({ address: "10.0.0.5", family: 4 });
  });

  test("a private name that is on the list never leads to the metadata address", async () => {
    const lookUp = async () => [{ address: "169.254.169.254", family: 4 }];
    const listed = createAddressGuard({ privateHosts: ["inner.example:80"], lookUp });
    await expect(listed(new URL("http://inner.example/"))).rejects.toThrow("private network");
  });

  test("an unknown host says what to do", async () => {
    const unknown = createAddressGuard({ lookUp: () => Promise.reject(new Error("SERVFAIL")) });
    await expect(unknown(new URL("http://nowhere.example/"))).rejects.toThrow(
      "The host nowhere.example cannot be found; check its name and the network.",
    );
  });
});
