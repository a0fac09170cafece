/** Hostile cases on long-lived connections: sockets (A6, W1) and tokens. */
import { connect } from "node:net";
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { closed, outcomeOf, startDoors } from "./testing/doors";

const ADMIN = ownerCalled("test");
/** The limit in the security model, in milliseconds. */

test("W1: a socket needs a session or a token, and the origin of this server", async () => {
  const doors = await startDoors();
  const tree = await doors.trial.submit({ task: "Look", agent: "worker" });
  const session = await doors.signedIn("viewer");
  const token = await doors.token("viewer");
  const outcome = (headers: Record<string, string>) => outcomeOf(doors.connect(headers));
  expect(await outcome(session)).toBe("connected");
  expect(await outcome({ ...session, origin: doors.server.url })).toBe("connected");
  expect(await outcome(token)).toBe("connected");
  for (const headers of [
    {},
    { ...session, origin: "http://evil.example" },
    { ...session, origin: "null" },
    { ...session, host: "evil.example" },
    { ...token, origin: "http://evil.example" },
    { ...session, authorization: "Bearer byn_wrong" },
    await doors.token("admin", { expiresAtMs: 1 }),
    await doors.token("viewer", { task: tree.root_task_id }),
  ] as Record<string, string>[])
    expect([headers, await outcome(headers)]).toEqual([headers, "refused"]);
});

test("A6: a removed user, a changed role and a revoked token lose their sockets immediately", async () => {
  const doors = await startDoors();
  await doors.signedIn("admin");
  const { commands } = doors.trial.runtime.application;
  const [ann, ben] = [
    await doors.signedIn("operator", "ann@example.org"),
    await doors.signedIn("operator", "ben@example.org"),
  ];
  const [own, other] = [await doors.token("viewer", { by: "ann@example.org" }), await doors.token("viewer")];
  const sockets = [ann, own, ben, other].map(doors.connect);
  for (const socket of sockets) expect(await outcomeOf(socket)).toBe("connected");
  const [annSocket, ownSocket, benSocket, otherSocket] = sockets as [never, never, never, never];

  const removed = Promise.all([closed(annSocket), closed(ownSocket)]);
  await commands.removeUser({ id: "ann@example.org" }, ADMIN);
  await removed;
  expect(await outcomeOf(doors.connect(ann))).toBe("refused");

  const changed = closed(benSocket);
  await commands.setUserRole({ id: "ben@example.org", role: "viewer" }, ADMIN);
  await changed;
  expect(await outcomeOf(doors.connect(ben))).toBe("connected");

  const revoked = closed(otherSocket);
  const [newest] = doors.store.people.tokens();
  await commands.revokeToken({ id: newest?.id ?? "" }, ADMIN);
  await revoked;
  expect((await doors.ask("/api/v1/trees", { headers: other })).status).toBe(401);
});

test("access that another process revokes closes sockets here too", async () => {
  const doors = await startDoors();
  await doors.signedIn("admin");
  const ann = await doors.signedIn("operator", "ann@example.org");
  const token = await doors.token("viewer");
  const [person, program] = [doors.connect(ann), doors.connect(token)];
  for (const socket of [person, program]) expect(await outcomeOf(socket)).toBe("connected");
  const both = Promise.all([closed(person), closed(program)]);
  const { people } = doors.elsewhere();
  await people.removeUser(people.findUser("ann@example.org")?.id ?? "", "elsewhere");
  await people.revokeToken(people.tokens()[0]?.id ?? "", "elsewhere");
  for (const headers of [ann, token]) expect((await doors.ask("/api/v1/trees", { headers })).status).toBe(401);
  await both;
});

test("joining an unknown tree gives an error and no updates", async () => {
  const doors = await startDoors();
  const socket = doors.connect(await doors.signedIn("viewer"));
  const lost = new Promise((resolve) => socket.once("tree:lost", resolve));
  socket.emit("tree:join", { treeId: "zzzz", cursor: "" });
  expect(await lost).toEqual({ treeId: "zzzz", problem: "There is no tree zzzz." });
  const tree = await doors.trial.submit({ task: "Look", agent: "worker" });
  const batch = new Promise((resolve) => socket.once("tree:batch", (value, taken) => [taken(), resolve(value)]));
  socket.emit("tree:join", { treeId: tree.id, cursor: "" });
  expect(await batch).toMatchObject({ treeId: tree.id });
  expect(socket.connected).toBe(true);
});

test("wrong tokens from an address are rate limited; a valid token always works", async () => {
  const doors = await startDoors();
  const right = await doors.token("viewer");
  const statusOf = async (headers: Record<string, string>) => (await doors.ask("/api/v1/trees", { headers })).status;
  expect(await statusOf(right)).toBe(200);
  const seen: number[] = [];
  for (let n = 0; n < 40; n++) seen.push(await statusOf({ authorization: `Bearer byn_${n}` }));
  expect(seen).toEqual([...Array(30).fill(401), ...Array(10).fill(429)]);
  expect(await statusOf(right)).toBe(200);
  expect(await statusOf(await doors.token("viewer")), "also one that this process has not seen").toBe(200);
  const answer = await doors.ask("/api/v1/trees", { headers: { authorization: "Bearer byn_x" } });
  expect([answer.headers["retry-after"], JSON.parse(answer.text).status]).toEqual(["60", 429]);
  // The rate limit does not affect sessions from the same address.
  expect(await statusOf(await doors.signedIn("viewer"))).toBe(200);
  expect(await statusOf({})).toBe(401);
});

test("a token of a task sees that task and its subtasks; everything else is forbidden, whether it exists or not", async () => {
  const doors = await startDoors();
  const [mine, other] = [
    await doors.trial.submit({ task: "Mine", agent: "worker" }),
    await doors.trial.submit({ task: "Other", agent: "worker" }),
  ];
  const headers = await doors.token("viewer", { task: mine.root_task_id });
  const statusOf = async (path: string, method = "GET") =>
    (await doors.ask(`/api/v1/${path}`, { headers, method })).status;
  const seqOf = async (taskId: string) =>
    (await doors.trial.runtime.application.queries.listMessages({ taskId })).items[0]?.seq;
  const seq = await seqOf(mine.root_task_id);
  for (const path of [
    `tasks/${mine.root_task_id}`,
    `tasks/${mine.root_task_id}/messages`,
    `messages/${seq}`,
    "session",
  ])
    expect([path, await statusOf(path)]).toEqual([path, 200]);
  for (const path of [
    `tasks/${other.root_task_id}`,
    `tasks/${other.root_task_id}/messages`,
    `tasks/${other.root_task_id.slice(0, 6)}`,
    `messages/${await seqOf(other.root_task_id)}`,
    "messages/999999",
    "tasks/zzzz",
    "trees",
    `trees/${mine.id}`,
    `trees/${mine.id}/messages`,
    `tasks/${mine.root_task_id}/next`,
    "reviews",
    "status",
    "users",
  ])
    expect([path, await statusOf(path)]).toEqual([path, 403]);
  expect(await statusOf(`tasks/${mine.root_task_id}/stop`, "POST")).toBe(403);
  expect((await doors.ask("/metrics", { headers })).status).toBe(403);
});

test("a balancer's check of /health is answered by address, without a host and with a slash at the end; a name of another site is not", async () => {
  const doors = await startDoors();
  const status = async (path: string, headers: Record<string, string>) => (await doors.ask(path, { headers })).status;
  for (const host of ["10.0.0.5", "10.0.0.5:8080", "[fd00::5]:80", "127.0.0.1"])
    for (const path of ["/health", "/health/"])
      expect([host, path, await status(path, { host })]).toEqual([host, path, 200]);
  for (const headers of [
    { host: "evil.example" },
    { host: "10.0.0.5.evil.example" },
    { host: "10.0.0.5", origin: "http://evil.example" },
  ] as Record<string, string>[])
    expect([headers, await status("/health", headers)]).toEqual([headers, 403]);
  for (const path of ["/", "/api/v1/trees", "/metrics", "/signin", "/health/x"])
    expect([path, await status(path, { host: "10.0.0.5" })]).toEqual([path, 403]);
  const token = await doors.token("admin");
  expect(await status("/metrics/", token)).toBe(200);
  const called = await doors.ask("/mcp/", { method: "POST", headers: token, body: "{}" });
  expect(called.status).not.toBe(308);
});

test("a request of HTTP/1.0 without a host gets the health report, and nothing else", async () => {
  const doors = await startDoors();
  const { hostname, port } = new URL(doors.server.url);
  const first = (path: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(`GET ${path} HTTP/1.0\r\n\r\n`));
      socket.once("data", (chunk) => {
        resolve(String(chunk).split("\r\n")[0] ?? "");
        socket.destroy();
      });
    });
  expect(await first("/health")).toBe("HTTP/1.1 200 OK");
  expect(await first("/signin")).toBe("HTTP/1.1 403 Forbidden");
});
