import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ApiOperation } from "@/core/rules/api-operation";
import { type HttpFixture, startHttp } from "@/lib/mcp/testing/http-server";
import { createAddressGuard } from "@/lib/mcp/transport/address-guard";
import { callOperation, fetchDocument } from "./call";
import { requestOf } from "./request";
import type { ApiAuth, ApiServer } from "./types";

let api: HttpFixture;
let asked: { line: string; headers: Record<string, unknown>; body: string }[];
const SECRET = "s3cret-value";

beforeEach(async () => {
  asked = [];
  api = await startHttp((request, body, response) => {
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const url = request.url ?? "";
    if (url.startsWith("/v1/away")) return response.writeHead(302, { location: "https://evil.example/?x=1" }).end();
    if (url.startsWith("/v1/metadata")) return response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    if (url.startsWith("/v1/moved")) return response.writeHead(307, { location: "/v1/pets" }).end();
    if (url.startsWith("/v1/loop")) return response.writeHead(302, { location: "/v1/loop" }).end();
    if (url.startsWith("/v1/silent")) return undefined;
    if (url.startsWith("/v1/huge") || url.startsWith("/v1/events")) {
      response.writeHead(200, { "content-type": url.startsWith("/v1/huge") ? "text/plain" : "text/event-stream" });
      const write = () => {
        while (!response.destroyed)
          if (!response.write(`${"x".repeat(10_000)}\n\n`)) return void response.once("drain", write);
      };
      return write();
    }
    if (url.startsWith("/v1/image")) return response.writeHead(200, { "content-type": "image/png" }).end("\x89PNG");
    if (url.startsWith("/v1/missing")) return response.writeHead(404).end("no such pet");
    return response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
  });
});
afterEach(() => api.stop());

const get = (path: string, parameters: ApiOperation["parameters"] = []): ApiOperation => {
  return { method: "get", path, parameters };
};
const inPath = (name: string) => ({ name, in: "path", argument: name, style: "simple", explode: false }) as const;
const inQuery = (name: string, style: "form" | "deepObject" | "pipeDelimited" = "form", explode = true) =>
  ({ name, in: "query", argument: name, style, explode }) as const;
const inHeader = (name: string) => ({ name, in: "header", argument: name, style: "simple", explode: false }) as const;

function call(operation: ApiOperation, args: Record<string, unknown> = {}, more: Partial<Options> = {}) {
  const { auth = { kind: "none" }, privateHosts = [api.host], signal, timeoutMs = 20_000, secret = SECRET } = more;
  const url = `${api.origin}/v1`;
  const server: ApiServer = { kind: "openapi", name: "pets", url, auth, title: "", operations: [] };
  return callOperation(server, operation, args, {
    guard: createAddressGuard({ privateHosts }),
    secretOf: async (name) => (name === "mcp/pets/auth" ? secret : undefined),
    signal: signal ?? new AbortController().signal,
    timeoutMs,
  });
}
interface Options {
  auth: ApiAuth;
  privateHosts: string[];
  signal: AbortSignal;
  timeoutMs: number;
  secret: string;
}

describe("a request", () => {
  test("has its arguments where the document puts them", async () => {
    const operation: ApiOperation = {
      method: "post",
      path: "/pets/{id}/toys",
      parameters: [
        inPath("id"),
        inQuery("tag"),
        inQuery("sort", "pipeDelimited", false),
        inQuery("filter", "deepObject"),
        inHeader("X-Trace"),
      ],
      body: { argument: "body", type: "application/json" },
    };
    const args = { id: "a b/c", tag: ["x", "y&z"], sort: ["p", "q"], filter: { age: 3 }, "X-Trace": "t1" };
    const result = await call(operation, { ...args, body: { name: "Ball" } });
    expect(result).toEqual({ text: 'HTTP 200, application/json\n\n{"ok":true}', isError: false, isCut: false });
    expect(asked[0]?.line).toBe("POST /v1/pets/a%20b%2Fc/toys?tag=x&tag=y%26z&sort=p%7Cq&filter%5Bage%5D=3");
    expect(asked[0]).toMatchObject({
      body: '{"name":"Ball"}',
      headers: { "x-trace": "t1", "content-type": "application/json" },
    });
  });

  test("sends a form and plain text as such", async () => {
    const send = (type: string, body: unknown) =>
      call({ method: "put", path: "/x", parameters: [], body: { argument: "body", type } }, { body });
    await send("application/x-www-form-urlencoded", { a: "1 2", b: ["x", "y"] });
    await send("text/plain", "hello\nthere");
    expect(asked.map((request) => request.body)).toEqual(["a=1+2&b=x&b=y", "hello\nthere"]);
  });

  test.each<[ApiAuth, Record<string, string>]>([
    [{ kind: "bearer", secret: "mcp/pets/auth" }, { authorization: `Bearer ${SECRET}` }],
    [{ kind: "header", name: "X-Api-Key", secret: "mcp/pets/auth" }, { "x-api-key": SECRET }],
    [{ kind: "basic", secret: "mcp/pets/auth" }, { authorization: `Basic ${Buffer.from(SECRET).toString("base64")}` }],
  ])("is signed as %j", async (auth, headers) => {
    await call(get("/pets", [inHeader("X-Api-Key")]), { "X-Api-Key": "of the agent" }, { auth });
    expect(asked[0]?.headers).toMatchObject(headers);
  });

  test("is not sent without its secret, or with a secret that would break the header", async () => {
    const auth = { kind: "bearer", secret: "mcp/pets/none" } as const;
    await expect(call(get("/pets"), {}, { auth })).rejects.toThrow(/needs the secret mcp\/pets\/none/);
    const broken = call(get("/pets"), {}, { auth: { kind: "bearer", secret: "mcp/pets/auth" }, secret: "a\r\nX: b" });
    await expect(broken).rejects.toThrow(/characters that headers do not allow/);
    await expect(broken).rejects.not.toThrow(/a\r\nX/);
    expect(asked).toEqual([]);
  });
});

describe("a hostile argument", () => {
  test.each([
    "..",
    ".",
    "../admin",
    "a/../../admin",
    "..\\admin",
    "%2e%2e",
    "%2e%2e%2fadmin",
    "%252e%252e",
    "",
    "a\0b",
    "a\r\nb",
  ])("in the path, %j, is refused", async (id) => {
    await expect(call(get("/pets/{id}", [inPath("id")]), { id })).rejects.toMatchObject({ kind: "invalid" });
    expect(asked).toEqual([]);
  });

  test("cannot build a step of two parts, change the host, or end the path", async () => {
    const two = get("/pets/{a}{b}", [inPath("a"), inPath("b")]);
    await expect(call(two, { a: "x", b: ".." })).rejects.toMatchObject({ kind: "invalid" });
    const split = get("/pets/.{a}/secret", [inPath("a")]);
    await expect(call(split, { a: "." })).rejects.toMatchObject({ kind: "invalid" });
    for (const id of ["@evil.example", "//evil.example", "x?admin=1", "x#y", "x;y", "http://evil.example/"])
      await call(get("/pets/{id}", [inPath("id")]), { id });
    for (const { line } of asked) expect(line).toMatch(/^GET \/v1\/pets\/[^/?#]+$/);
    expect(asked).toHaveLength(6);
  });

  test("in a header cannot begin another header", async () => {
    for (const value of ["a\r\nX-Admin: 1", "a\nb", "a\0", "ü"])
      await expect(call(get("/pets", [inHeader("X-Trace")]), { "X-Trace": value })).rejects.toThrow(/on one line/);
    expect(asked).toEqual([]);
  });

  test("that is half a character is refused with a sentence, wherever it stands", async () => {
    const operation = get("/pets/{id}", [inPath("id"), inQuery("q"), inQuery("filter", "deepObject")]);
    const half = "\ud800";
    for (const args of [{ id: half }, { id: "1", q: half }, { id: "1", filter: { [half]: 1 } }])
      await expect(call(operation, args)).rejects.toMatchObject({ name: "McpFailure", kind: "invalid" });
    expect(asked).toEqual([]);
  });

  test("that nobody described is never sent", async () => {
    const args = JSON.parse('{"__proto__": {"id": "x"}, "admin": true}') as Record<string, unknown>;
    await expect(call(get("/pets/{id}", [inPath("id")]), args)).rejects.toMatchObject({ kind: "invalid" });
    await call(get("/pets"), args);
    expect(asked.map((request) => request.line)).toEqual(["GET /v1/pets"]);
  });

  test("of a path with unusual characters stays in its place", () => {
    const { url } = requestOf("https://x.example/a%20b/?v=2", get("/ü|/{id}", [inPath("id"), inQuery("q")]), {
      id: "é",
      q: "'",
    });
    expect(url.href).toBe("https://x.example/a%20b/%C3%BC%7C/%C3%A9?v=2&q=%27");
  });
});

describe("an answer", () => {
  test("that says no is an error with the server's words", async () => {
    const missing = await call(get("/missing"));
    expect(missing).toEqual({ text: "HTTP 404\n\nno such pet", isError: true, isCut: false });
  });

  test("without end is cut, and one that is not text is not shown", async () => {
    for (const path of ["/huge", "/events"]) {
      const huge = await call(get(path));
      expect(huge).toMatchObject({ isCut: true });
      expect(huge.text.length).toBeLessThan(1_000_100);
    }
    expect((await call(get("/image"))).text).toMatch(/^HTTP 200, image\/png\n\(The answer is not text/);
  });

  test("that never comes ends with the call's time, or with its signal", async () => {
    await expect(call(get("/silent"), {}, { timeoutMs: 300 })).rejects.toMatchObject({
      kind: "timeout",
      mayHaveRun: false,
    });
    const posted = { ...get("/silent"), method: "post" } as const;
    await expect(call(posted, {}, { timeoutMs: 300 })).rejects.toMatchObject({ kind: "timeout", mayHaveRun: true });
    const signal = AbortSignal.abort();
    await expect(call(get("/silent"), {}, { signal })).rejects.toMatchObject({ kind: "cancelled" });
  });

  test("that leads to another host, around in a circle, or away from a change is not followed", async () => {
    await expect(call(get("/away"))).rejects.toThrow(/redirect to https:\/\/evil\.example, which was not followed/);
    await expect(call(get("/metadata"))).rejects.toThrow(/redirect to http:\/\/169\.254\.169\.254/);
    await expect(call(get("/loop"))).rejects.toThrow(/redirects more than 5 times/);
    await expect(call({ ...get("/moved"), method: "delete" })).rejects.toMatchObject({ mayHaveRun: true });
    expect((await call(get("/moved"))).isError).toBe(false);
    expect(asked.at(-1)?.line).toBe("GET /v1/pets");
    expect((await call({ ...get("/moved"), method: "head" })).isError).toBe(false);
    expect(asked.at(-1)?.line).toBe("HEAD /v1/pets");
  });
});

test("a change that was never sent has not run: its host is refused, unknown or gone", async () => {
  const posted = { ...get("/pets"), method: "post" } as const;
  const unsent = { kind: "unavailable", mayHaveRun: false };
  await expect(call(posted, {}, { privateHosts: [] })).rejects.toMatchObject(unsent);
  await api.stop();
  await expect(call(posted)).rejects.toMatchObject(unsent);
});

test.each([600, 999])(
  "the status %i, which none can have, is an error of the API, and ends the connection",
  async (status) => {
    const odd = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.write(`HTTP/1.1 ${status} Odd\r\ncontent-length: 1000000\r\n\r\nx`));
    });
    await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(odd.address() as AddressInfo).port}`;
    const guard = createAddressGuard({ privateHosts: [host] });
    const { signal } = new AbortController();
    const done = fetchDocument(`http://${host}/`, { guard, signal });
    await expect(done).rejects.toThrow("answered with the status 502");
    await new Promise((resolve) => odd.close(resolve));
  },
);

test("an API at a private address is not reached unless the settings list its host", async () => {
  await expect(call(get("/pets"), {}, { privateHosts: [] })).rejects.toThrow(
    /belongs to this machine or a private network/,
  );
  const guard = createAddressGuard();
  const { signal } = new AbortController();
  await expect(fetchDocument(`${api.origin}/openapi.json`, { guard, signal })).rejects.toThrow(/private network/);
  await expect(fetchDocument("file:///etc/passwd", { guard, signal })).rejects.toThrow(/is not an address/);
  await expect(fetchDocument("http://[::ffff:127.0.0.1]/", { guard, signal })).rejects.toThrow(/private network/);
  expect(asked).toEqual([]);
  const allowed = createAddressGuard({ privateHosts: [api.host] });
  await expect(fetchDocument(`${api.origin}/v1/missing`, { guard: allowed, signal })).rejects.toThrow(/status 404/);
  await expect(fetchDocument(`${api.origin}/v1/huge`, { guard: allowed, signal })).rejects.toThrow(/larger than 4 MB/);
  await expect(fetchDocument(`${api.origin}/v1/away`, { guard: allowed, signal })).rejects.toThrow(/not followed/);
  expect(await fetchDocument(`${api.origin}/v1/pets`, { guard: allowed, signal })).toBe('{"ok":true}');
});
