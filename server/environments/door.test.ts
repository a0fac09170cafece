/** The door to environments: who comes in, what passes, and what a hostile service cannot reach through a browser. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { A2aRecords } from "@/core/a2a/records";
import type { StoredEnvironment } from "@/db/environments/environments";
import { memoryCredentials } from "@/lib/auth/credentials";
import { memoryAnswers } from "@/lib/http/idempotency";
import { createFakeApplication } from "@/tests/fake/fake-application";
import { bindPort } from "../bound-port";
import { ask, HEALTHY } from "../testing/doors";
import { createWebServer, type WebServer } from "../web";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Asked {
  path: string;
  headers: IncomingMessage["headers"];
}

/** A service at a unix socket, as the sandbox makes one; `answer` decides what it sends. */
async function service(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const folder = mkdtempSync(join(tmpdir(), "banyan-door-"));
  const socket = join(folder, "service.sock");
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", headers: request.headers });
    answer(request, response);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (client, { headers, url }) => {
    asked.push({ path: `socket ${url}`, headers });
    client.on("message", (data) => client.send(`echo ${String(data)}`));
  });
  sockets.on("headers", (headers) => headers.push("Set-Cookie: wide=1; Domain=example.org", "Clear-Site-Data: *"));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  closers.push(() => {
    for (const client of sockets.clients) client.terminate();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { socket, asked };
}

const ENVIRONMENT: StoredEnvironment = {
  uid: "preview-shop-abc",
  project: "shop",
  name: "preview",
  branch: null,
  pull: null,
  pullHead: null,
  commit: "c".repeat(40),
  command: null,
  variables: {},
  secrets: {},
  state: "running",
  why: null,
  socket: null,
  wantedChecks: null,
  checks: null,
  keepMs: 1,
  createdBy: "you",
  createdAtMs: 0,
  changedAtMs: 0,
  startedAtMs: 0,
  usedAtMs: 0,
};

interface Started {
  server: WebServer;
  port: number;
  used: string[];
}

async function start(
  all: readonly Partial<StoredEnvironment>[],
  { isPaused = () => false, ...more }: { publicUrl?: string; environmentsDomain?: string; isPaused?(): boolean } = {},
): Promise<Started> {
  const used: string[] = [];
  const server = createWebServer({
    a2a: { records: {} as A2aRecords, version: "1" },
    app: createFakeApplication(),
    people: memoryCredentials(),
    answers: memoryAnswers(),
    host: "127.0.0.1",
    bound: await bindPort("127.0.0.1", 0),
    health: async () => HEALTHY,
    pages: { handle: async (_, response) => void response.end("a page"), upgrade: () => {}, close: async () => {} },
    environments: {
      get: (uid) => all.map((one) => ({ ...ENVIRONMENT, ...one })).find((one) => one.uid === uid) ?? null,
      use: async (uid) => void used.push(uid),
      isPaused,
    },
    ...more,
  });
  closers.push(() => server.close());
  await server.listen();
  return { server, port: Number(new URL(server.url).port), used };
}

/** Asks this machine as a browser asks the host. */
function visit(port: number, host: string, path: string, headers: Record<string, string> = {}, method = "GET") {
  const name = host.includes(":") ? host : `${host}:${port}`;
  return ask(`http://127.0.0.1:${port}${path}`, { method, headers: { host: name, ...headers } });
}

const PAGE = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", accept: "text/html" };

async function session({ server }: Started): Promise<string> {
  const answer = await ask(`${server.url}/signin?token=${await server.auth.createLinkToken()}`, { method: "POST" });
  return String(answer.headers["set-cookie"]).split(";")[0] ?? "";
}

/** Goes the way of a person from Banyan's page to the environment; returns its cookie there. */
async function pass({ port }: Started, cookie: string, uid: string, host = `${uid}.localhost`): Promise<string> {
  const opened = await visit(port, "127.0.0.1", `/environments/${uid}/open`, { cookie, ...PAGE });
  const ticket = new URL(String(opened.headers.location));
  expect([opened.status, ticket.host]).toEqual([303, `${host}:${port}`]);
  const entered = await visit(port, ticket.host, ticket.pathname + ticket.search, PAGE);
  expect([entered.status, entered.headers.location]).toEqual([303, "/"]);
  const set = String(entered.headers["set-cookie"]);
  expect(set).toMatch(/; HttpOnly/);
  expect(set).not.toMatch(/Domain/i);
  return set.split(";")[0] ?? "";
}

test("a person comes to an environment through the sign-in, and back to the page that was wanted", async () => {
  const { socket, asked } = await service((_, response) => void response.end("hello"));
  const started = await start([{ socket }]);
  const { port, used } = started;
  const host = `${ENVIRONMENT.uid}.localhost`;
  const stranger = await visit(port, host, "/orders?page=2", PAGE);
  expect(stranger.headers.location).toBe(
    `http://127.0.0.1:${port}/environments/${ENVIRONMENT.uid}/open?to=%2Forders%3Fpage%3D2`,
  );
  const opened = `/environments/${ENVIRONMENT.uid}/open?to=%2Forders%3Fpage%3D2`;
  expect((await visit(port, "127.0.0.1", opened, PAGE)).headers.location).toBe(
    `/signin?callbackUrl=${encodeURIComponent(opened)}`,
  );
  const cookie = await session(started);
  const ticket = new URL(String((await visit(port, "127.0.0.1", opened, { cookie, ...PAGE })).headers.location));
  const entered = await visit(port, host, ticket.pathname + ticket.search, PAGE);
  expect(entered.headers.location).toBe("/orders?page=2");
  const own = String(entered.headers["set-cookie"]).split(";")[0] ?? "";
  const shown = await visit(port, host, "/orders?page=2", { cookie: `${own}; basket=7`, ...PAGE });
  expect([shown.status, shown.text]).toEqual([200, "hello"]);
  expect(asked).toMatchObject([
    { path: "/orders?page=2", headers: { cookie: "basket=7", "x-forwarded-host": `${host}:${port}` } },
  ]);
  expect(used).toEqual([ENVIRONMENT.uid]);
  // The ticket works once.
  const again = await visit(port, host, ticket.pathname + ticket.search, PAGE);
  expect([again.status, again.headers["set-cookie"]]).toEqual([303, undefined]);
  // The end of the session ends the pass.
  await started.server.auth.endSession(cookie);
  expect((await visit(port, host, "/", { cookie: own, ...PAGE })).status).toBe(303);
  const program = await visit(port, host, "/", { cookie: own, accept: "application/json" });
  expect([program.status, JSON.parse(program.text).detail]).toEqual([
    401,
    `Sign in to Banyan first: open http://127.0.0.1:${port}/environments/${ENVIRONMENT.uid}/open.`,
  ]);
});

test("V5: a service gets no cookie of Banyan's, and its answer acts on its own origin alone", async () => {
  const { socket, asked } = await service((_, response) => {
    response.writeHead(200, {
      "set-cookie": [
        "own=1; Path=/",
        "wide=1; Domain=example.org; Path=/",
        "banyan_session_1=stolen; Path=/",
        " banyan_environment_1=x",
      ],
      "clear-site-data": '"*"',
      "strict-transport-security": "max-age=9999; includeSubDomains",
      "alt-svc": 'h2=":1"',
      "refresh-everything": "1",
      "x-total-count": "3",
    });
    response.end("ok");
  });
  const started = await start([{ socket }]);
  const { port } = started;
  const cookie = await session(started);
  const own = await pass(started, cookie, ENVIRONMENT.uid);
  const host = `${ENVIRONMENT.uid}.localhost`;
  const headers = { "x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https", "x-real-ip": "1.2.3.4" };
  const answer = await visit(port, host, "/", { cookie: `${own}; ${cookie}; mine=2`, ...headers });
  expect(answer.headers["set-cookie"]).toEqual(["own=1; Path=/", "wide=1; Path=/"]);
  for (const name of ["clear-site-data", "strict-transport-security", "alt-svc", "refresh-everything"])
    expect(answer.headers[name]).toBeUndefined();
  expect(answer.headers["x-total-count"]).toBe("3");
  const got = asked[0]?.headers ?? {};
  expect(got).toMatchObject({ cookie: "mine=2", "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
  expect(got["x-real-ip"]).toBeUndefined();
  expect(JSON.stringify(got)).not.toContain(cookie);
});

test("V6: a pass is worth nothing at another environment, at Banyan, or from a page of another site", async () => {
  const { socket, asked } = await service((_, response) => void response.end("reached"));
  const victim = "preview-victim-abc";
  const started = await start([{ socket }, { uid: victim, socket }]);
  const { port } = started;
  const cookie = await session(started);
  const own = await pass(started, cookie, ENVIRONMENT.uid);
  const ticketOf = async (uid: string) => {
    const opened = await visit(port, "127.0.0.1", `/environments/${uid}/open`, { cookie, ...PAGE });
    return new URL(String(opened.headers.location)).searchParams.get("ticket") ?? "";
  };
  // At another environment, with the pass, with the ticket, and with Banyan's own cookie.
  expect((await visit(port, `${victim}.localhost`, "/", { cookie: own })).status).toBe(401);
  expect((await visit(port, `${victim}.localhost`, "/", { cookie })).status).toBe(401);
  const stolen = await visit(port, `${victim}.localhost`, `/.banyan/enter?ticket=${await ticketOf(ENVIRONMENT.uid)}`);
  expect(stolen.headers["set-cookie"]).toBeUndefined();
  // At Banyan.
  expect((await visit(port, "127.0.0.1", "/api/v1/trees", { cookie: own })).status).toBe(401);
  // From the page of another environment: a form, a fetch, an image, and the way in.
  const other = await pass(started, cookie, victim);
  const foreign = { origin: `http://${ENVIRONMENT.uid}.localhost:${port}`, "sec-fetch-site": "same-site" };
  const host = `${victim}.localhost`;
  expect((await visit(port, host, "/", { cookie: other, ...foreign }, "POST")).status).toBe(403);
  expect((await visit(port, host, "/", { cookie: other, ...foreign, "sec-fetch-mode": "cors" })).status).toBe(403);
  const image = { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
  expect((await visit(port, host, "/", { cookie: other, ...image })).status).toBe(403);
  expect((await visit(port, "127.0.0.1", `/environments/${victim}/open`, { cookie, ...image })).status).toBe(403);
  expect(asked).toEqual([]);
  // Banyan's own doors are not at the host of an environment, whatever the path.
  expect((await visit(port, host, "/api/v1/trees", { cookie: other })).text).toBe("reached");
});

test("sockets pass with a pass only, and under every path", async () => {
  const { socket, asked } = await service((_, response) => void response.end());
  const started = await start([{ socket }]);
  const { port } = started;
  const own = await pass(started, await session(started), ENVIRONMENT.uid);
  const connect = (headers: Record<string, string>) =>
    new WebSocket(`ws://127.0.0.1:${port}/live/chat`, {
      headers: { host: `${ENVIRONMENT.uid}.localhost:${port}`, ...headers },
    });
  const client = connect({ cookie: own });
  let answer: IncomingMessage["headers"] = {};
  client.on("upgrade", (response) => {
    answer = response.headers;
  });
  const said = await new Promise((resolve, reject) => {
    client.on("open", () => client.send("hi"));
    client.on("message", (data) => resolve(String(data)));
    client.on("error", reject);
  });
  expect(said).toBe("echo hi");
  expect(answer["set-cookie"]).toEqual(["wide=1"]);
  expect(answer["clear-site-data"]).toBeUndefined();
  client.terminate();
  expect(asked).toMatchObject([{ path: "socket /live/chat", headers: { "x-forwarded-proto": "http" } }]);
  expect(asked[0]?.headers.cookie).toBeUndefined();
  const refused = [connect({}), connect({ cookie: own, origin: "http://elsewhere.example" })];
  for (const one of refused) await new Promise((resolve) => one.on("error", resolve));
  expect(asked).toHaveLength(1);
});

test("every path of a service is one that a person comes back to", async () => {
  const { socket } = await service((_, response) => void response.end("docs"));
  const started = await start([{ socket }]);
  const { port } = started;
  const host = `${ENVIRONMENT.uid}.localhost`;
  const stranger = await visit(port, host, "/api/docs?x=1&_rsc=2", PAGE);
  const to = new URL(String(stranger.headers.location));
  const cookie = await session(started);
  const opened = await visit(port, "127.0.0.1", to.pathname + to.search, { cookie, ...PAGE });
  const ticket = new URL(String(opened.headers.location));
  const entered = await visit(port, host, ticket.pathname + ticket.search, PAGE);
  expect(entered.headers.location).toBe("/api/docs?x=1&_rsc=2");
  const spent = await visit(port, host, ticket.pathname + ticket.search, PAGE);
  expect(new URL(String(spent.headers.location)).searchParams.get("to")).toBe("/api/docs?x=1&_rsc=2");
});

test("sockets and answers that go on end within seconds when their person signs out", async () => {
  const { socket, asked } = await service((request, response) => {
    response.write("the first part");
    request.on("close", () => asked.push({ path: "gone", headers: {} }));
  });
  const started = await start([{ socket }]);
  const { port, server } = started;
  const [cookie, staying] = [await session(started), await session(started)];
  const headers = { host: `${ENVIRONMENT.uid}.localhost:${port}` };
  const own = { ...headers, cookie: await pass(started, cookie, ENVIRONMENT.uid) };
  const opened = async (given: Record<string, string>) => {
    const client = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers: given });
    await new Promise((resolve) => client.on("open", resolve));
    return client;
  };
  const client = await opened(own);
  const other = await opened({ ...headers, cookie: await pass(started, staying, ENVIRONMENT.uid) });
  const closed = new Promise((resolve) => client.on("close", resolve));
  const answer = await new Promise<IncomingMessage>((resolve) =>
    get(`http://127.0.0.1:${port}/stream`, { headers: own }, resolve),
  );
  const ended = new Promise((resolve) => answer.on("error", resolve));
  answer.resume();
  await server.auth.endSession(cookie);
  await Promise.all([closed, ended]);
  await expect.poll(() => asked.at(-1)?.path, { message: "the service is told" }).toBe("gone");
  other.send("hi");
  const said = await new Promise((resolve) => other.on("message", (data) => resolve(String(data))));
  expect(said, "others go on").toBe("echo hi");
  other.terminate();
});

test("environments together leave connections to Banyan's own pages", async () => {
  const { socket } = await service((_, response) => void response.write("it goes on"));
  const uids = ["first", "second", "third"];
  const started = await start(uids.map((uid) => ({ uid, socket })));
  const { port, server } = started;
  const cookie = await session(started);
  const passes = new Map<string, string>();
  for (const uid of uids) passes.set(uid, await pass(started, cookie, uid));
  const begin = (uid: string) =>
    new Promise<IncomingMessage>((resolve, reject) =>
      get(
        `http://127.0.0.1:${port}/stream`,
        { agent: false, headers: { host: `${uid}.localhost:${port}`, cookie: passes.get(uid) } },
        resolve,
      ).once("error", reject),
    );
  const open: IncomingMessage[] = [];
  for (let each = 0; each < 100; each += 1) open.push(...(await Promise.all([begin("first"), begin("second")])));
  const refused = await visit(port, "third.localhost", "/", { cookie: passes.get("third") ?? "" });
  expect([refused.status, JSON.parse(refused.text).detail]).toEqual([
    503,
    "More than 200 requests to environments go on: wait a moment.",
  ]);
  expect((await ask(`${server.url}/health`)).status).toBe(200);
  open.pop()?.destroy();
  const again = async () => {
    const answer = await begin("third");
    open.push(answer);
    return answer.statusCode;
  };
  await expect.poll(again).toBe(200);
  for (const one of open) one.destroy();
});

test("what does not run is said: on its way, failed, ended, or its service gone", async () => {
  const { socket, asked } = await service((request) => request.destroy());
  let isPaused = false;
  const started = await start(
    [
      { uid: "starting", state: "preparing" },
      { uid: "broken", state: "failed", why: "The setup command ended with <b>1</b>." },
      { uid: "silent", socket },
    ],
    { isPaused: () => isPaused },
  );
  const { port } = started;
  const cookie = await session(started);
  const at = async (uid: string) =>
    visit(port, `${uid}.localhost`, "/", { cookie: await pass(started, cookie, uid), ...PAGE });
  const waiting = await at("starting");
  expect([waiting.status, waiting.headers["retry-after"]]).toEqual([503, "1"]);
  expect(waiting.text).toContain('http-equiv="refresh"');
  expect(waiting.text).not.toContain("paused");
  isPaused = true;
  const paused = await at("starting");
  expect([paused.status, paused.headers["retry-after"]]).toEqual([503, "1"]);
  expect(paused.text).toContain("Everything is paused. When somebody resumes everything, it starts");
  const broken = await at("broken");
  expect(broken.text).toContain("The setup command ended with &#60;b&#62;1&#60;/b&#62;.");
  expect(broken.text).not.toContain('http-equiv="refresh"');
  const silent = await at("silent");
  expect([silent.status, JSON.parse(silent.text).detail]).toEqual([
    502,
    "The service of this environment did not answer. Its log may say why.",
  ]);
  expect(asked).toHaveLength(1);
  const gone = await visit(port, "127.0.0.1", "/environments/never/open", { cookie, ...PAGE });
  expect([gone.status, gone.text.includes("has ended")]).toEqual([404, true]);
});

test("with a domain, people of other machines come by a name below it; without one, they are told", async () => {
  const { socket } = await service((_, response) => void response.end("hello"));
  const publicUrl = "https://banyan.example.org";
  const started = await start([{ socket }], { publicUrl, environmentsDomain: "environments.example.net" });
  const cookie = await session(started);
  const path = `/environments/${ENVIRONMENT.uid}/open`;
  const opened = await visit(started.port, "banyan.example.org:443", path, { cookie, ...PAGE });
  // The fake host has the port of https, which browsers leave out.
  expect(opened.status).toBe(303);
  const named = await ask(`${started.server.url}${path}`, { headers: { host: "banyan.example.org", cookie, ...PAGE } });
  const ticket = new URL(String(named.headers.location));
  expect(ticket.origin).toBe(`https://${ENVIRONMENT.uid}.environments.example.net`);
  const entered = await ask(`${started.server.url}${ticket.pathname}${ticket.search}`, {
    headers: { host: ticket.host },
  });
  expect(String(entered.headers["set-cookie"])).toContain("; Secure");
  const own = String(entered.headers["set-cookie"]).split(";")[0] ?? "";
  const shown = await ask(started.server.url, { headers: { host: ticket.host, cookie: own } });
  expect(shown.text).toBe("hello");
  const without = await start([{ socket }], { publicUrl });
  const told = await ask(`${without.server.url}${path}`, {
    headers: { host: "banyan.example.org", cookie: await session(without), ...PAGE },
  });
  expect([told.status, told.text.includes("BANYAN_ENVIRONMENTS_DOMAIN")]).toEqual([501, true]);
});
