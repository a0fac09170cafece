/** A runner whose key is in the wrong hands, on a connection of its own. */
import { connect as connectSocket } from "node:net";
import { headers, type NatsConnection, nkeyAuthenticator } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { connectNats } from "./connect";
import { outcomesStream, packsBucket, presenceBucket, subjects } from "./names";
import type { CallRequest, CellLink, RunnerLink } from "./port";
import { CELL, startCell, stateOf, type TestCell } from "./testing/cell";

const MINE = "evil-1";
const OTHER = "good-1";

interface Scene {
  cell: TestCell;
  server: CellLink;
  good: RunnerLink;
  evil: NatsConnection;
}

/** The other runner is there, and both have packs. With three nodes each user is at another one. */
async function scene(nodes: 1 | 3 = 1): Promise<Scene> {
  const cell = await startCell({ runners: [MINE, OTHER], nodes });
  const at = (node: number) => ({ servers: [cell.nats.urls[node % nodes] ?? ""] });
  const server = await cell.server(at(0));
  await (await server.packs(MINE)).put("mine", once(JSON.stringify(messageOf(request()))));
  await (await server.packs(OTHER)).put("theirs", once("secret source"));
  const good = await cell.runner(OTHER, at(1));
  good.announce(stateOf());
  const link = await connectNats({ ...at(2), cell: CELL, seed: cell.seeds[MINE] ?? "" }, MINE);
  onTestFinished(link.close);
  await expect.poll(() => server.presence.list()).toHaveLength(1);
  return { cell, server, good, evil: link.connection };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function request(more: Partial<CallRequest> = {}): CallRequest {
  const deadlineMs = Date.now() + 3_600_000;
  return { runner: OTHER, callId: "c1", bootId: "boot-1", place: 1, level: 1, deadlineMs, body: null, ...more };
}

function messageOf({ runner: _, deadlineMs: __, ...rest }: CallRequest) {
  return { ...rest, leftMs: 60_000 };
}

test("Z1: it hears nothing of others, whatever it subscribes to", async () => {
  const { server, good, evil } = await scene();
  const heard: string[] = [];
  for (const subject of [">", "banyan.>", "$KV.>", "$O.>", "_INBOX_server.>", `banyan.${CELL}.chunk.${OTHER}.*`])
    evil.subscribe(subject, { callback: (_, message) => void heard.push(message.subject) });
  await evil.flush();
  await good.serve((call) => ({
    async run() {
      call.send(Buffer.from("secret output"));
      return "secret result";
    },
  }));
  const start = await server.call(request({ body: "secret request" }));
  if (start.state !== "accepted") throw new Error(start.state);
  await start.call.outcome;
  await good.settled();
  await good.leave();
  await evil.flush();
  expect(heard).toEqual([]);
});

test("Z1: it starts no call, ends none, and forges no outcome, chunk or presence of another runner", async () => {
  const { cell, server, good, evil } = await scene();
  const calls: string[] = [];
  await good.serve((call) => {
    calls.push(call.callId);
    return { run: () => new Promise((resolve) => call.signal.addEventListener("abort", () => resolve("cancelled"))) };
  });
  const chunks: string[] = [];
  const start = await server.call(request(), { onChunk: (data) => chunks.push(Buffer.from(data).toString()) });
  if (start.state !== "accepted") throw new Error(start.state);
  const forged = JSON.stringify({ callId: "c1", place: 1, chunks: 0, state: "done", body: "forged" });
  const tries: [string, string][] = [
    [subjects.call(CELL, OTHER), JSON.stringify(messageOf(request({ callId: "c2" })))],
    [subjects.cancel(CELL, OTHER, "c1"), ""],
    [subjects.input(CELL, OTHER, "c1"), "rm"],
    [subjects.outcome(CELL, OTHER, "c1"), forged],
    [subjects.presence(CELL, OTHER), JSON.stringify({ ...stateOf({ pool: "gpu" }), runner: OTHER })],
    [subjects.packPart(CELL, OTHER, "x"), "part"],
    [subjects.packRead(CELL, OTHER), JSON.stringify({ seq: 1 })],
    [`$JS.API.STREAM.DELETE.${outcomesStream(CELL)}`, ""],
    [`$JS.API.STREAM.PURGE.KV_${presenceBucket(CELL)}`, ""],
    [`$JS.API.STREAM.MSG.GET.OBJ_${packsBucket(CELL, OTHER)}`, JSON.stringify({ seq: 1 })],
    [`$JS.API.CONSUMER.CREATE.OBJ_${packsBucket(CELL, MINE)}`, "{}"],
    ["$SYS.REQ.SERVER.PING", ""],
  ];
  for (const [subject, body] of tries) {
    const answer = await evil.request(subject, body, { timeout: 1_000 }).then(
      (message) => message.string(),
      () => "refused",
    );
    if (answer !== "refused") expect(answer, subject).toMatch(/JetStream not enabled for account/);
    evil.publish(subject, body);
  }
  const numbered = headers();
  numbered.set("Banyan-Number", "0");
  evil.publish(subjects.chunk(CELL, OTHER, "c1"), "forged", { headers: numbered });
  await evil.flush();
  // What the server asks the nodes now is answered after all of that.
  expect(await server.outcome(OTHER, "c1")).toBeNull();
  expect(server.presence.list()).toEqual([{ ...stateOf(), runner: OTHER }]);
  expect([calls, chunks]).toEqual([["c1"], []]);
  await start.call.cancel();
  expect(await start.call.outcome).toMatchObject({ body: "cancelled" });
  expect((await cell.nats.stream(`OBJ_${packsBucket(CELL, OTHER)}`)).messages).toBe(2);
});

test.each([1, 3] as const)(
  "Z1: %d nodes deliver no answer to another runner, whatever subject a question names",
  async (nodes) => {
    const { server, good, evil } = await scene(nodes);
    const calls: string[] = [];
    await good.serve((call) => {
      calls.push(call.callId);
      return { refused: "busy" };
    });
    const bait = JSON.stringify({ seq: 1 });
    const targets = [
      subjects.call(CELL, OTHER),
      subjects.outcome(CELL, OTHER, "c1"),
      subjects.presence(CELL, OTHER),
      `$JS.API.STREAM.DELETE.${outcomesStream(CELL)}`,
    ];
    for (const reply of targets) {
      evil.publish(subjects.packRead(CELL, MINE), bait, { reply });
      evil.publish(subjects.presence(CELL, MINE), "{}", { reply });
    }
    await evil.flush();
    // The same question does answer its own asker, with the bytes that would have been a call.
    const own = await evil.request(subjects.packRead(CELL, MINE), bait);
    expect(own.json()).toMatchObject({ callId: "c1" });
    expect(await server.outcome(OTHER, "c1")).toBeNull();
    expect(server.presence.list()).toEqual([{ ...stateOf(), runner: OTHER }]);
    expect(await server.call(request({ callId: "c3" }))).toEqual({ state: "refused", code: "busy" });
    expect(calls).toEqual(["c3"]);
  },
);

test("Z2: a rollup removes nobody else's presence, and an answer that is none leaves a call unknown", async () => {
  const { cell, server, evil } = await scene();
  for (const value of ["all", "sub"]) {
    const rollup = headers();
    rollup.set("Nats-Rollup", value);
    const answer = await evil.request(subjects.presence(CELL, MINE), "{}", { timeout: 2_000, headers: rollup });
    expect(answer.json()).toMatchObject({ error: { description: "rollup not permitted" } });
  }
  expect((await cell.nats.stream(`KV_${presenceBucket(CELL)}`)).messages).toBe(1);
  let asked = 0;
  evil.subscribe(subjects.call(CELL, MINE), {
    callback: (_, message) => {
      asked += 1;
      message.respond(["{}", "not json", JSON.stringify({ accepted: "yes" })][asked - 1] ?? "");
      message.respond(JSON.stringify({ accepted: true }));
    },
  });
  await evil.flush();
  const start = await server.call(request({ runner: MINE }));
  expect([start.state, asked]).toEqual(["unknown", 3]);
  if (start.state === "unknown") start.call.leave();
});

test("Z2: a flood over 1 MB ends its own connection, and everybody else goes on", async () => {
  const { cell, server, good } = await scene();
  await good.serve(() => ({ run: async () => "fine" }));
  const url = new URL(cell.nats.urls[0] ?? "");
  const answers = await flood(Number(url.port), cell.seeds[MINE] ?? "", subjects.outcome(CELL, MINE, "c1"));
  // The node hung up. Its last words may be lost with the connection.
  expect(answers).toMatch(/^INFO /);
  const start = await server.call(request());
  if (start.state !== "accepted") throw new Error(start.state);
  expect(await start.call.outcome).toMatchObject({ body: "fine" });
  expect(await server.outcome(MINE, "c1")).toBeNull();
});

/** Signs in by hand, because the client refuses to send so much. Returns what the node said until it hung up. */
function flood(port: number, seed: string, subject: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connectSocket(port, "127.0.0.1");
    socket.on("error", () => {});
    socket.once("data", (data) => {
      const { nonce } = JSON.parse(String(data).slice("INFO ".length)) as { nonce: string };
      const auth = nkeyAuthenticator(new TextEncoder().encode(seed))(nonce);
      socket.write(
        `CONNECT ${JSON.stringify({ ...auth, verbose: false, pedantic: false, lang: "x", version: "1" })}\r\n`,
      );
      socket.write(`PUB ${subject} 20000000\r\n${"x".repeat(2_000_000)}`);
    });
    socket.on("data", (data) => {
      heard += String(data);
    });
    socket.on("close", () => resolve(heard));
  });
}

test("a key that the nodes do not know is refused with a sentence", async () => {
  const cell = await startCell({ runners: [] });
  const seed = (await import("@nats-io/nkeys")).createUser().getSeed();
  const connecting = connectNats({ servers: cell.nats.urls, cell: CELL, seed: new TextDecoder().decode(seed) }, "who");
  await expect(connecting).rejects.toThrow(/does not know this key/);
});
