/** Hostile HTTP requests to the real server: cases A1, A6, A7, A8 and R1 of the security model. */
import { request } from "node:http";
import { connect } from "node:net";
import { expect, test, vi } from "vitest";
import { may, ownerCalled, ROLES, type Role } from "@/core/rules/roles";
import { ROUTE_LIST } from "./http/v1/handle";
import { type Answer, type Doors, startDoors } from "./testing/doors";

/** All routes, with the ids of an existing tree and task. */
async function everyRoute({ trial }: Doors) {
  const tree = await trial.submit({ task: "Look", agent: "worker" });
  const routes = ROUTE_LIST.flatMap(({ name, command, right }) => {
    const [method = "", shape = ""] = name.split(" ");
    const of = (unit: string, id: string) => `/api/v1/${shape.replace(":unit", unit).replace(":id", id)}`;
    const paths = shape.startsWith(":unit")
      ? [of("trees", tree.id), of("tasks", tree.root_task_id)]
      : [of("", shape.startsWith("tasks/") ? tree.root_task_id : tree.id)];
    return paths.map((path) => ({ method, path, command, right }));
  });
  expect(routes.length).toBeGreaterThan(40);
  return { tree, routes };
}

/** Routes that a viewer may not read. */
const REFUSED_TO_VIEWERS =
  /^\/api\/v1\/(users|tokens|secrets|audit|audit\/verify|backups|provider-keys|webhooks|mail|folders|retention|retention\/preview|archives(\/[^/]+)?|trees\/[^/]+\/full-archive|reviews\/[^/]+\/(push|packages))$/;

/** The body of every 401, whatever the address. */
const UNAUTHORIZED = JSON.stringify({
  type: "/problems/unauthorized",
  title: "Not signed in",
  status: 401,
  detail:
    "The request has no valid token. Send the header Authorization: Bearer with a token of Banyan: create one with `npx banyan token create`, or on the page Settings, Tokens.",
});

const problemOf = ({ text }: Answer) => (JSON.parse(text) as { detail: string }).detail;

test("A1: without a valid session every route answers 401 and reveals nothing", async () => {
  const doors = await startDoors();
  const { routes } = await everyRoute(doors);
  const name = doors.server.auth.cookieName;
  const link = await doors.server.auth.createLinkToken();
  const { authorization: old } = await doors.token("admin", { expiresAtMs: 1 });
  const { cookie } = await doors.signedIn("admin");
  const before = doors.everything();
  const nobodies: Record<string, string>[] = [
    {},
    { cookie: `${name}=` },
    { cookie: `${name}=${"x".repeat(43)}` },
    { cookie: `${name}=${link}` },
    { cookie: cookie.replace(name, "banyan_session_1") },
    { authorization: old },
    { authorization: "Basic YTpi" },
    // A valid cookie does not make up for a wrong token.
    { authorization: "Bearer byn_wrong", cookie },
  ];
  const others = ["/metrics", "/mcp", "/a2a", "/a2a/", "/api", "/api/v1", "/api/v1/nothing", "/api/v2/trees"].map(
    (path) => ({
      method: "GET",
      path,
    }),
  );
  for (const [index, { method, path }] of [...routes, ...others].entries()) {
    // Wrong tokens are rate limited, so each route gets one kind of wrong credentials, and all routes are tried without
    // any.
    for (const headers of [nobodies[0], nobodies[index % 5]]) {
      const answer = await doors.ask(path, { method, headers, body: method === "POST" ? '{"task":"x"}' : undefined });
      expect([method, path, headers, answer.status, answer.text]).toEqual([method, path, headers, 401, UNAUTHORIZED]);
    }
  }
  for (const headers of nobodies) expect((await doors.ask("/api/v1/trees", { headers })).status).toBe(401);
  expect(doors.everything()).toBe(before);
  expect((await doors.ask("/api/v1/trees", { headers: { cookie } })).status).toBe(200);
});

test("A6: all sessions and tokens of a removed user stop working immediately", async () => {
  const doors = await startDoors();
  await doors.signedIn("admin");
  const ann = await doors.signedIn("admin", "Ann@Example.org");
  const ci = await doors.token("operator", { by: "ann@example.org" });
  for (const headers of [ann, ci]) expect((await doors.ask("/api/v1/trees", { headers })).status).toBe(200);
  const { commands } = doors.trial.runtime.application;
  await commands.removeUser({ id: "ann@example.org" }, ownerCalled("test"));
  for (const headers of [ann, ci]) {
    const answer = await doors.ask("/api/v1/trees", { headers });
    expect([answer.status, answer.text]).toEqual([401, UNAUTHORIZED]);
  }
  // A user who is added again must sign in again.
  await commands.addUser({ email: "ann@example.org", role: "viewer" }, ownerCalled("test"));
  for (const headers of [ann, ci]) expect((await doors.ask("/api/v1/trees", { headers })).status).toBe(401);
  expect(doors.store.people.tokens()).toMatchObject([{ revoked_by: "test" }]);
});

test("A6: a request that arrives in full after its sender was removed has no effect", async () => {
  const doors = await startDoors();
  await doors.signedIn("admin");
  const ann = await doors.signedIn("operator", "ann@example.org");
  const text = JSON.stringify({ task: "x", agent: "worker" });
  const headers = { ...ann, "content-length": String(Buffer.byteLength(text)) };
  const begun = request(`${doors.server.url}/api/v1/trees`, { method: "POST", headers });
  const answered = new Promise<number>((resolve, reject) => {
    begun.on("response", (response) => resolve(response.resume().statusCode ?? 0)).on("error", reject);
  });
  const seen = vi.spyOn(doors.store.people, "ofSession");
  begun.write(text.slice(0, 5));
  await vi.waitFor(() => expect(seen).toHaveBeenCalled(), 120_000);
  await doors.trial.runtime.application.commands.removeUser({ id: "ann@example.org" }, ownerCalled("test"));
  begun.end(text.slice(5));
  expect(await answered).toBe(401);
  expect((await doors.trial.runtime.application.queries.listTrees()).items).toEqual([]);
});

test("A7: a page of another site cannot change anything, whoever is signed in", async () => {
  const doors = await startDoors();
  const { routes } = await everyRoute(doors);
  const { cookie } = await doors.signedIn("admin");
  const before = doors.everything();
  const foreign: Record<string, string>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: `${doors.server.url}.evil.example` },
    { origin: doors.server.url.replace("http:", "ftp:") },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  const changing = [
    ...routes.filter(({ method }) => method !== "GET"),
    { method: "POST", path: "/signout" },
    { method: "POST", path: "/mcp" },
    { method: "POST", path: "/a2a" },
  ];
  for (const { method, path } of changing) {
    for (const headers of foreign) {
      const answer = await doors.ask(path, {
        method,
        headers: { cookie, ...headers },
        body: method === "POST" ? '{"task":"x","reason":"x"}' : undefined,
      });
      expect([method, path, headers, answer.status]).toEqual([method, path, headers, 403]);
    }
  }
  expect(doors.everything()).toBe(before);
  expect((await doors.ask("/api/v1/session", { headers: { cookie } })).status).toBe(200);
});

test("A8: a viewer can read but not run commands; each refusal names the required role", async () => {
  const doors = await startDoors();
  const { routes, tree } = await everyRoute(doors);
  const viewers = [await doors.signedIn("viewer"), await doors.token("viewer")];
  await doors.ask("/api/v1/trees", { headers: viewers[1] });
  await doors.store.log.drain();
  const before = doors.everything();
  for (const headers of viewers) {
    for (const { method, path } of routes) {
      const answer = await doors.ask(path, { method, headers, body: method === "POST" ? "{}" : undefined });
      if (method !== "GET" || REFUSED_TO_VIEWERS.test(path)) {
        expect([method, path, answer.status]).toEqual([method, path, 403]);
        expect(problemOf(answer)).toMatch(
          /^You are signed in as viewer; .+ needs (operator|reviewer|admin): ask an admin\.$/,
        );
      } else expect([path, [200, 400, 404, 409].includes(answer.status)]).toEqual([path, true]);
    }
    for (const path of [
      `/api/v1/trees/${tree.id}`,
      "/api/v1/trees",
      `/api/v1/tasks/${tree.root_task_id}/messages`,
      "/metrics",
    ])
      expect([path, (await doors.ask(path, { headers })).status]).toEqual([path, 200]);
    expect((await doors.ask("/api/v1/audit/verify", { headers })).status).toBe(403);
    for (const path of ["trees/zzzz", "trees/zzzz/messages", "tasks/zzzz", "reviews/zzzz", "messages/999999"])
      expect([path, (await doors.ask(`/api/v1/${path}`, { headers })).status]).toEqual([path, 404]);
  }
  expect(doors.everything()).toBe(before);
});

test("every route enforces the permissions of each role; refusals are audited", async () => {
  const doors = await startDoors();
  const { routes } = await everyRoute(doors);
  const before = new Map<string, number>();
  for (const role of ROLES) {
    const headers = await doors.signedIn(role);
    for (const { method, path, command, right } of routes) {
      expect([method, path, command === null]).toEqual([method, path, method === "GET"]);
      if (command === null || right === null) continue;
      // The target does not exist: a permitted caller gets 404, and nothing happens.
      const asked = { method, headers, body: method === "DELETE" ? undefined : '{"nonsense":1}' };
      const { status } = await doors.ask(path.replace(/\b(?!capabilities|environments)[0-9a-z]{12,}/, "zzzz"), asked);
      const isAllowed = may(role, right);
      expect([role, method, path, status === 403]).toEqual([role, method, path, !isAllowed]);
      if (!isAllowed) before.set(command, (before.get(command) ?? 0) + 1);
    }
  }
  const { items } = doors.store.audit.list({ limit: 1_000 });
  const refused = items.filter(({ detail }) => detail.includes("You are signed in as"));
  for (const [command, count] of before)
    expect([command, refused.filter((row) => row.action === command).length]).toEqual([command, count]);
});

test("a submission cannot grant rights that its submitter lacks", async () => {
  const doors = await startDoors();
  const submit = async (role: Role, rights: string[]) => {
    const headers = await doors.signedIn(role);
    const body = JSON.stringify({ task: "x", agent: "worker", rights });
    return doors.ask("/api/v1/trees", { method: "POST", headers, body });
  };
  const refused = await submit("operator", ["read", "host"]);
  expect([refused.status, problemOf(refused)]).toEqual([
    403,
    "You are signed in as operator; giving a task the right “host” needs admin: ask an admin.",
  ]);
  expect((await submit("operator", ["change"])).status).toBe(403);
  expect((await submit("operator", ["read", "write", "network"])).status).toBe(201);
  expect((await submit("reviewer", ["change"])).status).toBe(201);
  expect((await submit("reviewer", ["host"])).status).toBe(403);
  expect((await submit("admin", ["host", "change"])).status).toBe(201);
});

test("a sign-in starts a new session and ends the old session of the browser", async () => {
  const doors = await startDoors();
  const signIn = async (headers: Record<string, string> = {}) => {
    const answer = await doors.ask(`/signin?token=${await doors.server.auth.createLinkToken()}`, {
      method: "POST",
      headers,
    });
    return { cookie: String(answer.headers["set-cookie"]).split(";")[0] ?? "" };
  };
  const fixed = { cookie: `${doors.server.auth.cookieName}=chosen-by-somebody-else` };
  const first = await signIn(fixed);
  const second = await signIn(first);
  const statusOf = async (headers: Record<string, string>) => (await doors.ask("/api/v1/session", { headers })).status;
  expect([await statusOf(fixed), await statusOf(first), await statusOf(second)]).toEqual([401, 401, 200]);
  expect(JSON.parse((await doors.ask("/api/v1/session", { headers: second })).text)).toEqual({
    name: "you",
    role: "admin",
    task: null,
  });
  await expect(doors.server.auth.startSession("nobody", undefined)).rejects.toThrow("There is no such user.");
});

test("R1: a body of 50 MB is refused with 413 and an error, however it is sent, and the server stays healthy", async () => {
  const doors = await startDoors();
  const session = await doors.signedIn("operator");
  const token = await doors.token("operator");
  const { routes } = await everyRoute(doors);
  const steer = routes.find(({ path }) => path.endsWith("/steer"))?.path ?? "";
  const large = Buffer.alloc(50_000_000, "x");
  const before = doors.everything();
  for (const [path, headers] of [
    [steer, session],
    ["/api/v1/trees", token],
    ["/mcp", { ...token, "content-type": "application/json" }],
    ["/a2a", { ...token, "content-type": "application/json" }],
  ] as const) {
    for (const more of [{}, { "transfer-encoding": "chunked" }] as Record<string, string>[]) {
      const answer = await doors.ask(path, { method: "POST", headers: { ...headers, ...more }, body: large });
      expect([path, more, answer.status, problemOf(answer)]).toEqual([
        path,
        more,
        413,
        expect.stringContaining("1 MB"),
      ]);
    }
  }
  // Without a session there is no 413, only 401.
  expect((await doors.ask(steer, { method: "POST", body: large })).status).toBe(401);
  expect((await doors.ask("/anything", { method: "POST", headers: session, body: large })).status).toBe(413);
  expect((await doors.ask("/health")).status).toBe(200);
  expect(doors.everything()).toBe(before);
});

test("a large answer is compressed for who takes it; a small one, and one for who refuses it, is not", async () => {
  const doors = await startDoors();
  const token = await doors.token("viewer");
  const encodingOf = async (path: string, accepted: string) => {
    const answer = await fetch(`${doors.server.url}/api/v1/${path}`, {
      headers: { ...token, "accept-encoding": accepted },
    });
    expect([answer.status, typeof (await answer.json())]).toEqual([200, "object"]);
    return answer.headers.get("content-encoding");
  };
  expect(await encodingOf("openapi.json", "gzip, deflate, br")).toBe("gzip");
  expect(await encodingOf("openapi.json", "br;q=1, gzip;q=0.5")).toBe("gzip");
  expect(await encodingOf("openapi.json", "gzip;q=0, br")).toBeNull();
  expect(await encodingOf("openapi.json", "identity")).toBeNull();
  expect(await encodingOf("status", "gzip")).toBeNull();
});

test("a link is used up by its button only: who looks at it, as the preview of a chat does, signs nobody in", async () => {
  const doors = await startDoors();
  const older = await doors.server.auth.createLinkToken();
  const link = `/signin?token=${await doors.server.auth.createLinkToken()}`;
  const press = (path: string, headers: Record<string, string> = {}) => doors.ask(path, { method: "POST", headers });
  for (const [method, headers] of [
    ["GET", {}],
    ["HEAD", {}],
    ["GET", { "user-agent": "Slackbot-LinkExpanding 1.0", range: "bytes=0-32768" }],
    ["GET", { "sec-purpose": "prefetch;prerender" }],
    ["PUT", {}],
    // Pages of other sites that press the button.
    ["POST", { origin: "https://evil.example" }],
    ["POST", { "sec-fetch-site": "cross-site" }],
  ] as [string, Record<string, string>][]) {
    const answer = await doors.ask(link, { method, headers });
    expect([method, headers, answer.headers["set-cookie"]]).toEqual([method, headers, undefined]);
  }
  expect((await press(`/signin?token=${older}`)).headers.location).toBe("/signin?problem=link");
  const own = { origin: doors.server.url, "sec-fetch-site": "same-origin" };
  expect(String((await press(link, own)).headers["set-cookie"])).toContain("banyan_session");
  expect((await press(link)).headers.location).toBe("/signin?problem=link");
});

test("a target that is no path is answered with 400 and one sentence, whoever asks", async () => {
  const doors = await startDoors();
  const { hostname, port } = new URL(doors.server.url);
  const faults = vi.spyOn(console, "error");
  const { authorization } = await doors.token("admin");
  for (const target of [
    "http://[",
    "http://[/api/v1/trees",
    "//[",
    "//evil/signin",
    "/\\evil",
    "http://a b",
    "x",
    "*",
    "?x",
  ])
    for (const method of ["GET", "POST", "OPTIONS"]) {
      const socket = connect(Number(port), hostname);
      socket.end(
        `${method} ${target} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: ${authorization}\r\nconnection: close\r\n\r\n`,
      );
      const answer = (await socket.setEncoding("utf8").toArray()).join("");
      expect([target, answer.split("\r\n", 1)[0]]).toEqual([target, "HTTP/1.1 400 Bad Request"]);
      expect(answer).not.toContain("node:");
    }
  expect(faults).not.toHaveBeenCalled();
  expect((await doors.ask("/health")).status).toBe(200);
});
