/** H2: JSON nested 100,000 deep, and bytes that are no UTF-8, at every door that takes JSON: a clear answer, and the server goes on. */
import { io } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import { SOCKET_PATH } from "@/core/shapes/wire";
import { startDoors } from "./testing/doors";

const LISTS = "[".repeat(100_000) + "]".repeat(100_000);
const OBJECTS = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
const rpc = (method: string, deep: string) => `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${deep}}`;

const DOORS: [string, string, string, RegExp][] = [
  ["a submission", "/api/v1/trees", `{"task":${LISTS}}`, /nested more than 100 levels deep/],
  ["a body that is a list", "/api/v1/trees", LISTS, /nested more than 100 levels deep/],
  ["an imported file", "/api/v1/agents/import", `{"files":${OBJECTS}}`, /nested more than 100 levels deep/],
  ["a call of MCP", "/mcp", rpc("tools/call", OBJECTS), /nested more than 100 levels deep/],
  ["a message of A2A", "/a2a", rpc("SendMessage", LISTS), /nested more than 100 levels deep/],
];

test("JSON nested 100,000 deep is refused in one sentence at every door, and the server goes on", async () => {
  const doors = await startDoors();
  const token = await doors.token("admin");
  const headers = {
    ...token,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "a2a-version": "1.0",
  };
  for (const [door, path, body, expected] of DOORS) {
    const answer = await doors.ask(path, { method: "POST", headers, body });
    expect([door, answer.text]).toEqual([door, expect.stringMatching(expected)]);
    expect(answer.text.length).toBeLessThan(1_000);
  }
  expect((await doors.ask("/health")).status).toBe(200);
});

test("bytes that are not UTF-8 are refused at every door, and change nothing", async () => {
  const doors = await startDoors();
  const headers = { ...(await doors.token("admin")), "content-type": "application/json" };
  const before = doors.everything();
  const bodies: [string, string][] = [
    ["/api/v1/trees", '{"task":"f\u00fcr"}'],
    ["/api/v1/agents/import", '{"files":[{"name":"\u00fc.md","text":""}]}'],
    ["/mcp", rpc("tools/call", '{"name":"\u00fc"}')],
    ["/a2a", rpc("SendMessage", '{"name":"\u00fc"}')],
    ["/hooks/forges/shop", '{"title":"\u00fc"}'],
  ];
  for (const [path, text] of bodies) {
    const answer = await doors.ask(path, { method: "POST", headers, body: Buffer.from(text, "latin1") });
    expect([path, answer.status, answer.text]).toEqual([path, 400, expect.stringContaining("is not UTF-8 text")]);
  }
  expect(doors.everything()).toBe(before);
});

test("a deep message on a socket is dropped, and the socket of another person stays open", async () => {
  const doors = await startDoors();
  const [ann, ben] = [await doors.signedIn("admin"), await doors.signedIn("operator")];
  const other = doors.connect(ben);
  await new Promise((resolve) => other.once("connect", () => resolve(null)));
  const socket = io(doors.server.url, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    extraHeaders: ann,
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(() => void socket.disconnect());
  await new Promise((resolve) => socket.once("connect", () => resolve(null)));
  // As deep as a message of the largest size can be. It is written as it is, because the client cannot encode it.
  const deep = "[".repeat(31_000) + "]".repeat(31_000);
  const told = new Promise((resolve) => socket.once("tree:lost", resolve));
  for (const event of ["tree:join", "tree:watch", "tree:leave", "trees:join"])
    socket.io.engine.write(`2["${event}",${deep}]`);
  // Messages arrive in order, so this answer comes after all of them were read.
  socket.emit("tree:join", { treeId: "none", cursor: "" });
  await told;
  expect(socket.connected).toBe(true);
  const closed = new Promise((resolve) => socket.once("disconnect", resolve));
  // Larger than a message may be: the server ends this connection only.
  socket.emit("tree:join", "x".repeat(70_000));
  await closed;
  expect(other.connected).toBe(true);
  expect((await doors.ask("/health")).status).toBe(200);
});
