/** The socket by polling, as behind a proxy without WebSockets: each request is checked, because each could come from anybody. */
import { io } from "socket.io-client";
import { expect, onTestFinished, test, vi } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { SOCKET_PATH, type TreeBatch } from "@/core/shapes/wire";
import { closed, type Doors, outcomeOf, startDoors } from "./testing/doors";

const POLL = `${SOCKET_PATH}/?EIO=4&transport=polling`;

function connect(doors: Doors, headers: Record<string, string>) {
  const given = { path: SOCKET_PATH, transports: ["polling"], extraHeaders: headers, reconnection: false };
  const socket = io(doors.server.url, { ...given, forceNew: true });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

/** Returns the id of a connection that the sender opens. */
async function open(doors: Doors, headers: Record<string, string>): Promise<string> {
  const { status, text } = await doors.ask(POLL, { headers });
  expect(status).toBe(200);
  return (JSON.parse(text.slice(1)) as { sid: string }).sid;
}

test("a tree is followed by polling, and a removed user loses the connection", async () => {
  const doors = await startDoors();
  const { commands } = doors.trial.runtime.application;
  await doors.signedIn("admin");
  const ann = await doors.signedIn("operator", "ann@example.org");
  const tree = await doors.trial.submit({ task: "Look", agent: "worker" });
  const socket = connect(doors, ann);
  const batch = new Promise<TreeBatch>((resolve) =>
    socket.on("tree:batch", (one: TreeBatch, taken: () => void) => {
      taken();
      resolve(one);
    }),
  );
  expect(await outcomeOf(socket)).toBe("connected");
  socket.emit("tree:join", { treeId: tree.id, cursor: "" });
  expect((await batch).tree.id).toBe(tree.id);
  const gone = closed(socket);
  await commands.removeUser({ id: "ann@example.org" }, ownerCalled("test"));
  await gone;
  expect(await outcomeOf(connect(doors, ann))).toBe("refused");
});

test("W1: a connection is opened only by a sender of this server's own pages, or with a token", async () => {
  const doors = await startDoors();
  const session = await doors.signedIn("viewer");
  const tree = await doors.trial.submit({ task: "Look", agent: "worker" });
  expect((await doors.ask(POLL, { headers: { ...session, "sec-fetch-site": "same-origin" } })).status).toBe(200);
  for (const headers of [
    {},
    { ...session, origin: "http://evil.example" },
    { ...session, host: "evil.example" },
    // Another port of this machine is the same site, whose requests carry the cookie.
    { ...session, "sec-fetch-site": "same-site" },
    { ...session, "sec-fetch-site": "cross-site" },
    await doors.token("viewer", { task: tree.root_task_id }),
  ] as Record<string, string>[])
    expect([headers, (await doors.ask(POLL, { headers })).status]).toEqual([headers, 403]);
});

test("W1: each later request must come from the sender that opened the connection", async () => {
  const doors = await startDoors();
  const [ann, ben] = [await doors.signedIn("viewer"), await doors.signedIn("admin")];
  const [own, other] = [await open(doors, ann), await open(doors, ben)];
  const at = (...ids: string[]) => POLL + ids.map((id) => `&sid=${id}`).join("");
  for (const headers of [
    {},
    ann,
    { ...ben, origin: "http://evil.example" },
    { ...ben, host: "evil.example" },
    { ...ben, "sec-fetch-site": "cross-site" },
  ] as Record<string, string>[])
    for (const asked of [{ headers }, { headers, method: "POST", body: "40" }])
      expect([headers, (await doors.ask(at(other), asked)).status]).toEqual([headers, 403]);
  // An id that is named twice is read in one way only.
  expect((await doors.ask(at(own, other), { headers: ann })).status).toBe(403);
  expect((await doors.ask(at(other), { headers: ben, method: "POST", body: "40" })).text).toBe("ok");
  const answer = await doors.ask(at(other), { headers: ben });
  expect(answer.text).toMatch(/^40\{"sid"/);
  expect(answer.headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
});

test("a request for a WebSocket whose Upgrade was dropped is told so, and the log says it once", async () => {
  const doors = await startDoors();
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => warned.mockRestore());
  const headers = await doors.signedIn("viewer");
  for (let time = 0; time < 2; time++) {
    const { status, text } = await doors.ask(`${SOCKET_PATH}/?EIO=4&transport=websocket`, { headers });
    expect(status).toBe(400);
    expect((JSON.parse(text) as { detail: string }).detail).toContain(
      "let the proxy in front of Banyan pass on WebSockets",
    );
  }
  expect(warned.mock.calls).toEqual([[expect.stringContaining("does not pass on WebSockets")]]);
});
