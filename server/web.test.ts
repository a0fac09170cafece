import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { A2aRecords } from "@/core/a2a/records";
import { memoryCredentials } from "@/lib/auth/credentials";
import { memoryAnswers } from "@/lib/http/idempotency";
import { createFakeApplication } from "@/tests/fake/fake-application";
import { bindPort } from "./bound-port";
import { startPageClock } from "./page-times";
import { ask, HEALTHY } from "./testing/doors";
import { createWebServer, sendTogether, type WebServer, type WebServerOptions } from "./web";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(port = 0, more: Partial<WebServerOptions> = {}): Promise<WebServer> {
  const server = createWebServer({
    a2a: { records: {} as A2aRecords, version: "1" },
    app: createFakeApplication(),
    people: memoryCredentials(),
    answers: memoryAnswers(),
    host: "127.0.0.1",
    bound: await bindPort("127.0.0.1", port),
    health: async () => HEALTHY,
    publicUrl: "https://banyan.example",
    pages: {
      handle: async (_, response) => void response.end("a page"),
      upgrade: () => {},
      close: async () => {},
    },
    ...more,
  });
  closers.push(() => server.close());
  await server.listen();
  return server;
}

async function signIn(server: WebServer): Promise<string> {
  const answer = await ask(`${server.url}/signin?token=${await server.auth.createLinkToken()}`, { method: "POST" });
  expect([answer.status, answer.headers.location]).toEqual([303, "/"]);
  return String(answer.headers["set-cookie"]).split(";")[0]!;
}

test("health tells anybody status and version; everything else needs a session", async () => {
  const { url } = await start();
  expect(JSON.parse((await ask(`${url}/health`)).text)).toEqual(HEALTHY);
  for (const path of ["trees", "trees/x", "tasks/x/messages", "reviews", "nothing", "", "session"]) {
    const answer = await ask(`${url}/api/v1/${path}`);
    const { type, detail } = JSON.parse(answer.text) as { type: string; detail: string };
    expect([answer.status, type, detail, answer.headers["www-authenticate"]]).toEqual([
      401,
      "/problems/unauthorized",
      expect.stringMatching(/^The request has no valid token\./),
      'Bearer realm="Banyan"',
    ]);
    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  }
});

test("metrics need a token or a session", async () => {
  const server = await start();
  const refused = await ask(`${server.url}/metrics`);
  expect([refused.status, refused.text]).toEqual([401, expect.stringContaining("/problems/unauthorized")]);
  const cookie = await signIn(server);
  await ask(`${server.url}/api/v1/trees`, { method: "POST", headers: { cookie }, body: '{"task":"x"}' });
  const answer = await ask(`${server.url}/metrics`, { headers: { cookie } });
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  expect(answer.text).toMatch(/^banyan_trees_open 1$/m);
  expect(answer.text).toMatch(/^banyan_slots 4$/m);
});

test("a sign-in link works once; a used or wrong link leads to a page that says so", async () => {
  const server = await start();
  const token = await server.auth.createLinkToken();
  const first = await ask(`${server.url}/signin?token=${token}`, { method: "POST" });
  expect(first.headers["set-cookie"]?.toString()).toMatch(/HttpOnly; SameSite=Lax/);
  for (const wrong of [token, "x", ""]) {
    const answer = await ask(`${server.url}/signin?token=${wrong}`, { method: "POST" });
    expect([answer.headers.location, answer.headers["set-cookie"]]).toEqual(["/signin?problem=link", undefined]);
  }
});

test("requests with another host or origin are refused and have no effect", async () => {
  const server = await start();
  const cookie = await signIn(server);
  const post = (headers: Record<string, string>) =>
    ask(`${server.url}/api/v1/trees`, { method: "POST", headers: { cookie, ...headers }, body: '{"task":"x"}' });
  expect((await post({ host: "evil.example" })).status).toBe(403);
  expect((await post({ origin: "http://evil.example" })).status).toBe(403);
  expect((await post({ "sec-fetch-site": "cross-site" })).status).toBe(403);
  expect((await ask(server.url, { headers: { host: "evil.example" } })).status).toBe(403);
  const trees = await ask(`${server.url}/api/v1/trees`, { headers: { cookie, host: "banyan.example" } });
  expect(JSON.parse(trees.text)).toEqual({ items: [], next: null });
  expect((await post({ origin: server.url })).status).toBe(201);
});

test("a body over 1 MB and invalid JSON get an error", async () => {
  const server = await start();
  const headers = { cookie: await signIn(server) };
  const post = (body: string, more = {}) =>
    ask(`${server.url}/api/v1/trees`, { method: "POST", headers: { ...headers, ...more }, body });
  const large = JSON.stringify({ task: "x".repeat(1_000_001) });
  expect(JSON.parse((await post(large)).text)).toMatchObject({ status: 413, detail: expect.stringContaining("1 MB") });
  expect((await post(large, { "transfer-encoding": "chunked" })).status).toBe(413);
  expect((await post("{")).status).toBe(400);
  const answer = await ask(`${server.url}/api/v1/tasks/%ff`, { headers });
  expect(JSON.parse(answer.text)).toMatchObject({ status: 400, detail: expect.stringMatching(/^Invalid address/) });
});

test("a task action on a tree applies to its root task, such as a manual step", async () => {
  const server = await start();
  const post = async (path: string, body?: string) => {
    const headers = { cookie: await signIn(server) };
    return ask(`${server.url}/api/v1/${path}`, { method: "POST", headers, body });
  };
  const tree = JSON.parse((await post("trees", '{"task":"x","stepping":"manual"}')).text);
  for (const path of [`trees/${tree.id}/step`, `tasks/${tree.root_task_id}/step`]) {
    expect(JSON.parse((await post(path)).text)).toEqual({ sentence: "Running one turn." });
  }
  expect((await post("trees/zzzz/step")).status).toBe(404);
});

test("every page has a strict content security policy with its own nonce", async () => {
  const { url } = await start();
  const [answer, two] = [await ask(url), await ask(url)];
  const policy = String(answer.headers["content-security-policy"]);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("img-src 'self' data:");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(policy).toContain("worker-src 'self'");
  expect(policy).not.toBe(two.headers["content-security-policy"]);
});

test("U4: every answer says that nothing may run, frame, sniff or learn more than is listed, whichever door it came from", async () => {
  const { url } = await start();
  const host = new URL(url).host;
  for (const path of ["/", "/signin", "/health", "/api/v1/trees", "/mcp", "/a2a", "/downloads/x", "/metrics", "/\\x"]) {
    const { headers } = await ask(url + path);
    const policy = String(headers["content-security-policy"]).replaceAll(/'nonce-[\w+/=]{24}'/g, "'nonce'");
    expect([path, policy.split("; ")]).toEqual([
      path,
      [
        "default-src 'self'",
        "script-src 'self' 'nonce' 'strict-dynamic'",
        "style-src 'self' 'nonce'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "worker-src 'self'",
        `connect-src 'self' ws://${host} wss://${host}`,
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ],
    ]);
    expect(headers, path).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
  }
});

test("health reports that commands cannot run and stays OK; idle connections are limited", async () => {
  const off = "The sandbox failed its self-test: it forked past the cap.";
  const { url } = await start(0, { health: async () => ({ ...HEALTHY, terminal: off }) });
  const answer = await ask(`${url}/health`);
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { ...HEALTHY, terminal: off }]);

  const { port, hostname } = new URL(url);
  const closed: Promise<unknown>[] = [];
  const idle = Array.from({ length: 500 }, () => {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    closed.push(new Promise((resolve) => socket.once("close", resolve)));
    return socket;
  });
  // Connections over the limit are closed immediately; the others would stay for seconds.
  await Promise.race(closed);
  for (const socket of idle) socket.destroy();
  await Promise.all(closed);
  expect((await ask(`${url}/health`)).status).toBe(200);
});

test("health knows when the server is about to end: then its worker may have ended, and nobody sees a fault", async () => {
  const asked: boolean[] = [];
  const health = async (isEnding: boolean) => {
    asked.push(isEnding);
    return HEALTHY;
  };
  const server = await start(0, { health });
  await ask(`${server.url}/health`);
  server.drain();
  await ask(`${server.url}/health`);
  expect(asked).toEqual([false, true]);
});

test("a taken port gives a clear error", async () => {
  const server = await start();
  const port = Number(new URL(server.url).port);
  await expect(start(port)).rejects.toThrow(/^Port \d+ on 127\.0\.0\.1 is taken by another program; .*\.$/);
});

test("closing does not wait for keep-alive connections", async () => {
  const server = await start();
  const agent = new Agent({ keepAlive: true });
  await ask(`${server.url}/health`, { agent });
  const [kept] = Object.values(agent.freeSockets).flat();
  const ended = new Promise((resolve) => kept?.once("close", resolve));
  await server.close();
  // The server closed it; the client would keep it open.
  await ended;
  agent.destroy();
  await expect(ask(`${server.url}/health`)).rejects.toThrow();
});

/** Asks a server that answers with `answer`; returns the response once its headers have come. */
async function askOnce(answer: (response: ServerResponse) => void): Promise<IncomingMessage> {
  const server = createServer((_, response) => {
    sendTogether(response);
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return new Promise((resolve) => get({ port: (server.address() as AddressInfo).port }, resolve));
}

test("headers, page and end of an answer leave together", async () => {
  let writes = 0;
  const response = await askOnce((answer) => {
    const { socket } = answer;
    const { _write: single, _writev: several } = socket ?? {};
    const count = { _write: single, _writev: several };
    for (const [name, write] of Object.entries(count))
      Object.assign(socket ?? {}, {
        [name](...given: unknown[]) {
          writes += 1;
          Reflect.apply(write as (...given: unknown[]) => void, socket, given);
        },
      });
    answer.flushHeaders();
    answer.write("a page");
    answer.end();
  });
  const text = (await response.setEncoding("utf8").toArray()).join("");
  expect([text, writes]).toEqual(["a page", 1]);
});

test("a page that waits for more begins at once", async () => {
  let end = () => {};
  const response = await askOnce((answer) => {
    answer.flushHeaders();
    answer.write("a part");
    end = () => void answer.end(" and the rest");
  });
  const pieces: string[] = [];
  for await (const piece of response.setEncoding("utf8")) {
    pieces.push(piece);
    end();
  }
  expect(pieces).toEqual(["a part", " and the rest"]);
});

test("the time of a page is measured, of nothing else, and what could not be written is written later", async () => {
  const { clock, add, tick, reports } = pageClock();
  const types: Record<string, string> = {
    "/": "text/html; charset=utf-8",
    "/trees": "text/x-component",
    "/x.js": "application/javascript",
  };
  const server = await start(0, {
    clock,
    pages: {
      async handle(request, response) {
        response.setHeader("content-type", types[request.url ?? ""] ?? "text/plain");
        response.end("a page");
      },
      upgrade: () => {},
      close: async () => {},
    },
  });
  const cookie = await signIn(server);
  const read = (path: string, headers = {}) => ask(`${server.url}${path}`, { headers: { cookie, ...headers } });
  for (const path of ["/", "/trees", "/x.js", "/api/v1/trees", "/health"]) await read(path);
  await read("/trees", { "next-router-prefetch": "1" });
  await ask(`${server.url}/`, { method: "POST", headers: { cookie } });
  await ask(`${server.url}/`);
  add.fails = true;
  await tick();
  expect([add.pages, reports]).toEqual([0, ["How long pages took could not be written."]]);
  add.fails = false;
  await tick();
  expect(add.pages).toBe(2);
  await read("/");
  await clock.stop();
  expect(add.pages).toBe(3);
});

function pageClock() {
  const add = { pages: 0, fails: false };
  const reports: string[] = [];
  let run = () => {};
  const clock = startPageClock({
    async add(counted) {
      if (add.fails) throw new Error("The disk is full.");
      add.pages += counted.reduce((sum, { pages }) => sum + pages, 0);
    },
    timers: {
      after: () => () => {},
      every(_, work) {
        run = work;
        return () => {};
      },
    },
    report: (message) => void reports.push(message),
  });
  const tick = async () => {
    run();
    await new Promise(setImmediate);
  };
  return { clock, add, tick, reports };
}

test("sockets answer at their path, as the launcher expects of a release, and never as a page", async () => {
  const { url } = await start();
  const { status } = await ask(`${url}/live/?EIO=4&transport=polling`);
  expect([400, 403]).toContain(status);
});

test("deliveries without a right signature are refused for a minute, but not one with it from the same address", async () => {
  const server = await start(0, { takeDelivery: async ({ headers }) => headers["x-signature"] === "right" });
  const deliver = async (signature: string) =>
    (
      await ask(`${server.url}/hooks/forges/widgets`, {
        method: "POST",
        headers: { "x-signature": signature },
        body: "{}",
      })
    ).status;
  const seen: number[] = [];
  for (let n = 0; n < 40; n++) seen.push(await deliver("wrong"));
  expect(seen).toEqual([...Array(30).fill(401), ...Array(10).fill(429)]);
  expect(await deliver("right")).toBe(202);
});
