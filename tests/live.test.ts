import { createServer } from "node:http";
import { io, type Socket } from "socket.io-client";
import { afterEach, expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { type Activity, type ActivityFrame, CHANNELS } from "@/core/shapes/live";
import type { Review } from "@/core/shapes/shapes";
import { type ListBatch, SOCKET_PATH, type TreeBatch } from "@/core/shapes/wire";
import { createAuth } from "@/lib/auth/auth";
import { memoryCredentials } from "@/lib/auth/credentials";
import { handleApi } from "@/server/http/v1/handle";
import { attachSocket } from "@/server/live/attach";
import { createFakeApplication } from "./fake/fake-application";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function setUp() {
  const app = createFakeApplication();
  const tree = app.store.addTree({ title: "Feed" });
  const root = app.store.addTask(tree, null, { title: "root", status: "running" });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const auth = createAuth({ store: memoryCredentials(), port });
  const attached = attachSocket(server, (actor) => guarded(app, actor), { auth, hosts: [] });
  closers.push(() => {
    attached.close();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const session = await auth.redeemLinkToken(await auth.createLinkToken());
  const cookie = `${auth.cookieName}=${session}`;
  const connect = (headers: Record<string, string> = { cookie }) => {
    const options = { path: SOCKET_PATH, transports: ["websocket"], extraHeaders: headers, reconnectionDelay: 20 };
    const socket = io(`http://127.0.0.1:${port}`, { ...options, forceNew: true });
    closers.push(() => socket.disconnect());
    return socket;
  };
  return { app, tree, root, auth, cookie, attached, connect };
}

const outcomeOf = (socket: Socket) =>
  new Promise<string>((resolve) => {
    socket.on("connect", () => resolve("connected"));
    socket.on("connect_error", () => resolve("refused"));
  });

async function until(what: () => boolean): Promise<void> {
  await expect.poll(what, { timeout: 120_000, interval: 5 }).toBe(true);
}

test("a socket needs a session and the origin of this server", async () => {
  const { connect, cookie } = await setUp();
  expect(await outcomeOf(connect())).toBe("connected");
  expect(await outcomeOf(connect({}))).toBe("refused");
  expect(await outcomeOf(connect({ cookie, origin: "http://evil.example" }))).toBe("refused");
  expect(await outcomeOf(connect({ cookie, host: "evil.example" }))).toBe("refused");
});

test("a client gets every message once and in order, across dropped connections", async () => {
  const { app, tree, root, attached, connect } = await setUp();
  const socket = connect();
  const seqs: number[] = [];
  let cursor = "";
  socket.on("connect", () => socket.emit("tree:join", { treeId: tree.id, cursor }));
  socket.on("tree:batch", (batch: TreeBatch, taken: () => void) => {
    expect(batch.after).toBe(cursor);
    seqs.push(...batch.messages.map((message) => message.seq));
    cursor = batch.cursor;
    taken();
  });
  for (let n = 0; n < 600; n++) app.store.append(root, "event", { text: `${n}` });
  await until(() => seqs.length > 0);
  for (let round = 0; round < 3; round++) {
    attached.dropConnections();
    for (let n = 0; n < 50; n++) app.store.append(root, "event", { text: `${round} ${n}` });
    await until(() => seqs.length >= app.store.messages.length);
  }
  expect(seqs).toEqual(app.store.messages.map((message) => message.seq));
});

test("a client that acknowledges late delays only itself, and then gets the rest in one batch", async () => {
  const { app, tree, root, connect } = await setUp();
  const [slow, quick] = [connect(), connect()];
  const batches: { slow: TreeBatch[]; quick: TreeBatch[] } = { slow: [], quick: [] };
  let take: () => void = () => {};
  for (const socket of [slow, quick]) {
    socket.on("connect", () => socket.emit("tree:join", { treeId: tree.id, cursor: "" }));
  }
  slow.on("tree:batch", (batch: TreeBatch, taken: () => void) => {
    batches.slow.push(batch);
    take = taken;
  });
  quick.on("tree:batch", (batch: TreeBatch, taken: () => void) => {
    batches.quick.push(batch);
    taken();
  });
  await until(() => batches.slow.length === 1 && batches.quick.length >= 1);
  for (let n = 0; n < 100; n++) {
    app.store.append(root, "event", { text: `${n}` });
    if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const last = String(app.store.messages.length);
  await until(() => batches.quick.at(-1)?.cursor === last);
  expect(batches.slow).toHaveLength(1);
  take();
  await until(() => batches.slow.length === 2);
  expect(batches.slow[1]?.messages).toHaveLength(100);
});

test("each message reaches a client after its commit, one by one", async () => {
  const { app, tree, root, connect } = await setUp();
  const socket = connect();
  let arrived = 0;
  socket.on("connect", () => socket.emit("tree:join", { treeId: tree.id, cursor: "" }));
  socket.on("tree:batch", (batch: TreeBatch, taken: () => void) => {
    arrived = Number(batch.cursor);
    taken();
  });
  await until(() => arrived > 0);
  let reached = 0;
  for (let n = 0; n < 100; n++) {
    const { seq } = app.store.append(root, "event", { text: `${n}` });
    while (arrived < seq) await new Promise((resolve) => setImmediate(resolve));
    reached += 1;
  }
  expect(reached).toBe(100);
});

test("leaving a tree and closing a socket remove all listeners", async () => {
  const { app, tree, connect } = await setUp();
  const socket = connect();
  socket.on("connect", () => {
    socket.emit("trees:join");
    socket.emit("tree:join", { treeId: tree.id, cursor: "" });
  });
  await until(() => app.store.listeners === 2);
  socket.emit("tree:leave", { treeId: tree.id });
  await until(() => app.store.listeners === 1);
  socket.disconnect();
  await until(() => app.store.listeners === 0);
});

test("signing out closes the socket", async () => {
  const { auth, cookie, connect } = await setUp();
  const socket = connect();
  expect(await outcomeOf(socket)).toBe("connected");
  await auth.endSession(cookie);
  await until(() => !socket.connected);
});

test("the API answers with data or with a problem document", async () => {
  const app = createFakeApplication();
  const ask = (method: string, address: string, body?: unknown) => {
    const url = new URL(address, "http://localhost");
    const path = url.pathname.split("/").filter(Boolean);
    return handleApi(guarded(app, ownerCalled("test")), { method, path, query: url.searchParams, body });
  };
  const made = await ask("POST", "/trees", { task: "Survey it" });
  expect(made.status).toBe(201);
  const { id, root_task_id: root } = made.body as { id: string; root_task_id: string };
  expect(await ask("GET", `/trees/${id}`)).toMatchObject({ status: 200, body: { title: "Survey it" } });
  expect(await ask("GET", `/trees/${id}/messages?limit=1`)).toMatchObject({
    body: { items: [{ kind: "instruction" }] },
  });
  expect(await ask("POST", `/trees/${id}/pause`)).toMatchObject({ status: 200 });
  expect(await ask("POST", `/tasks/${root}/steer`, { text: "Look at docs" })).toMatchObject({ status: 200 });
  expect(await ask("POST", `/trees/${id}/stop`, { reason: "enough" })).toMatchObject({ status: 200 });
  for (const [status, method, address, body] of [
    [400, "POST", "/trees", { task: " " }],
    [400, "POST", "/trees", { task: "x", nonsense: 1 }],
    [400, "POST", "/trees", undefined],
    [400, "POST", `/tasks/${root}/steer`, {}],
    [400, "GET", `/trees/${id}/messages?limit=many`, undefined],
    [400, "GET", `/trees/${id}/messages?after=x`, undefined],
    [404, "GET", "/trees/unknown", undefined],
    [404, "GET", "/nothing", undefined],
    [404, "DELETE", "/trees/unknown", undefined],
    [409, "POST", `/tasks/${root}/steer`, { text: "too late" }],
  ] as const) {
    const answer = await ask(method, address, body);
    expect([address, answer.status]).toEqual([address, status]);
    expect((answer.body as { detail: string }).detail).toMatch(/\.$/);
  }
});

test("a batch includes the ancestors of a changed row, because they show the spend of the branch", async () => {
  const { app, tree, root, connect } = await setUp();
  const child = app.store.addTask(tree, root, { title: "child", status: "running" });
  const aside = app.store.addTask(tree, root, { title: "aside", status: "running" });
  const leaf = app.store.addTask(tree, child, { title: "leaf", status: "running" });
  const socket = connect();
  const batches: string[][] = [];
  socket.on("connect", () => socket.emit("tree:join", { treeId: tree.id, cursor: "" }));
  socket.on("tree:batch", (batch: TreeBatch, taken: () => void) => {
    batches.push(batch.tasks.map((task) => task.id));
    taken();
  });
  await until(() => batches.length === 1);
  expect(batches[0]).toEqual([root.id, child.id, aside.id, leaf.id]);
  app.store.change(leaf, { headline: "Counts" });
  await until(() => batches.length === 2);
  expect(batches[1]).toEqual([root.id, child.id, leaf.id]);
});

test("a reconnecting client gets the present state of every tree it holds, including deleted trees", async () => {
  const { app, tree, connect } = await setUp();
  const others = Array.from({ length: 120 }, (_, at) => app.store.addTree({ title: `Tree ${at}` }));
  const socket = connect();
  const [rows, gone] = [new Set<string>(), new Set<string>()];
  const held = ["deleted-meanwhile", tree.id, ...others.map(({ id }) => id)];
  socket.on("connect", () => socket.emit("trees:join", { held: [7, ...held] }));
  socket.on("trees:batch", (batch: ListBatch, taken: () => void) => {
    for (const { id } of batch.trees) rows.add(id);
    for (const id of batch.gone) gone.add(id);
    taken();
  });
  await until(() => rows.size + gone.size === held.length);
  expect([...gone]).toEqual(["deleted-meanwhile"]);
});

test("open reviews are read and sent when they change, not with every change of a tree", async () => {
  const { app, tree, root, connect } = await setUp();
  const socket = connect();
  const sent: { list: (number | null)[]; tree: (number | null)[] } = { list: [], tree: [] };
  socket.on("connect", () => {
    socket.emit("trees:join");
    socket.emit("tree:join", { treeId: tree.id, cursor: "" });
  });
  socket.on("trees:batch", (batch: ListBatch, taken: () => void) => {
    sent.list.push(batch.reviews?.length ?? null);
    taken();
  });
  socket.on("tree:batch", (batch: TreeBatch, taken: () => void) => {
    sent.tree.push(batch.reviews?.length ?? null);
    taken();
  });
  await until(() => sent.list[0] === 0 && sent.tree[0] === 0);
  await until(() => {
    app.store.change(root, { headline: `Counts ${sent.tree.length}` });
    return sent.list.includes(null) && sent.tree.includes(null);
  });
  const review = { id: "r", tree_id: tree.id, task_id: root.id, kind: "question", status: "open", title: "Which?" };
  app.store.reviews.set("r", review as Review);
  app.store.change(root, { headline: "Asks" });
  await until(() => sent.list.includes(1) && sent.tree.includes(1));
});

test("a reconnecting page gets all rows of its tree, even if no message was committed meanwhile", async () => {
  const { app, tree, root, connect } = await setUp();
  const child = app.store.addTask(tree, root, { title: "child", status: "running" });
  app.store.change(child, { status: "paused" });
  const socket = connect();
  const cursor = String(app.store.messages.length);
  socket.on("connect", () => socket.emit("tree:join", { treeId: tree.id, cursor, again: true }));
  const tasks = new Promise<{ id: string; status?: string }[]>((resolve) =>
    socket.on("tree:batch", (batch: TreeBatch, taken: () => void) => [taken(), resolve(batch.tasks)]),
  );
  expect((await tasks).map(({ id, status }) => [id, status])).toEqual([
    [root.id, "running"],
    [child.id, "paused"],
  ]);
});

/** Collects the frames of the watched task and joins the text of each channel as a page does. */
function followActivity(socket: Socket) {
  const seen = { text: "", reasoning: "", output: "", lost: 0, frames: 0 };
  socket.on("tree:activity", (frame: ActivityFrame, taken: () => void) => {
    seen.frames += 1;
    if (frame.lost) seen.lost += 1;
    for (const channel of CHANNELS) {
      const piece = frame.channels[channel];
      if (piece) seen[channel] = seen[channel].slice(0, piece.start) + piece.text;
    }
    taken();
  });
  return seen;
}

test("a client that joins in the middle of a reply gets it from the beginning, in few frames", async () => {
  const { app, tree, root, connect } = await setUp();
  const shown = app.store.activities.begin({ treeId: tree.id, taskId: root.id, turn: 1, call: null });
  shown.write("reasoning", "Think. ");
  shown.write("text", "Hello ");
  const socket = connect();
  const seen = followActivity(socket);
  socket.emit("tree:watch", { taskId: root.id });
  socket.emit("tree:join", { treeId: tree.id, cursor: "" });
  await until(() => seen.text === "Hello ");
  expect(seen.reasoning).toBe("Think. ");
  let all = "Hello ";
  for (let n = 0; n < 2_000; n++) {
    shown.write("text", `word ${n} `);
    all += `word ${n} `;
  }
  await until(() => seen.text === all);
  expect(seen.frames).toBeLessThan(10);
  shown.end({ lost: true });
  await until(() => seen.lost === 1);
  // A page that opens the task again starts anew.
  const call = { id: "c", tool: "use_terminal", about: "npm test" };
  const running = app.store.activities.begin({ treeId: tree.id, taskId: root.id, turn: 1, call });
  running.write("output", "ok 1\n");
  await until(() => seen.output === "ok 1\n");
  seen.output = "";
  socket.emit("tree:watch", { taskId: root.id });
  await until(() => seen.output === "ok 1\n");
});

test("a client is told what each task of the tree does now", async () => {
  const { app, tree, root, connect } = await setUp();
  const socket = connect();
  const heard: string[][] = [];
  socket.on("tree:now", ({ running }: { running: Activity[] }, taken: () => void) => {
    heard.push(running.map(({ call }) => call?.about ?? "writes"));
    taken();
  });
  socket.emit("tree:join", { treeId: tree.id, cursor: "" });
  const writing = app.store.activities.begin({ treeId: tree.id, taskId: root.id, turn: 1, call: null });
  await until(() => heard.at(-1)?.join() === "writes");
  writing.end();
  const call = { id: "c", tool: "use_terminal", about: "npm test" };
  const running = app.store.activities.begin({ treeId: tree.id, taskId: root.id, turn: 1, call });
  await until(() => heard.at(-1)?.join() === "npm test");
  running.end();
  await until(() => heard.at(-1)?.length === 0);
});
