/** `/a2a` with the SDK's client on the real server: tasks, answers, streams, owners and hostile requests. */
import {
  AgentCard,
  type Message,
  Role,
  type StreamResponse,
  type Task,
  TaskState,
  verifyAgentCardSignature,
} from "@a2a-js/sdk";
import type { Client } from "@a2a-js/sdk/client";
import { expect, test } from "vitest";
import { fold } from "@/core/evolve";
import { ownerCalled } from "@/core/rules/roles";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { a2aClient, said, sendParams, sendTo, told } from "./testing/a2a-client";
import { type Doors, startDoors } from "./testing/doors";

const PATIENT = { timeout: 120_000 };

const clientOf = (doors: Doors, headers: Record<string, string>) => a2aClient(doors.server.url, headers);
const send = (client: Client, message: Message, isFast = false) => sendTo(client, message, { isFast });
const read = (client: Client, id: string, historyLength?: number) =>
  client.getTask({ tenant: "", id, ...(historyLength !== undefined && { historyLength }) });
const list = (client: Client, more: Record<string, unknown> = {}) =>
  client.listTasks({
    tenant: "",
    contextId: "",
    status: 0,
    pageToken: "",
    statusTimestampAfter: undefined,
    ...more,
  });
const textsOf = ({ history }: Task) =>
  history.map(({ role, parts }) => [role, parts[0]?.content?.$case === "text" && parts[0].content.value]);
/** Returns whether the folder and the root of a tree are tainted. */
function taintOf({ store: { loader, queries } }: Doors, tree: string): boolean[] {
  const { trees } = queries;
  const { id } = trees.findTask(trees.rootOf(tree));
  return [loader.isFolderTainted(trees.treeKey(tree), null), fold(loader.entries(id, loader.lengthOf(id))).tainted];
}
const PAINTER = {
  worker: [call("ask", { question: "Which colour?" }), endTask("Painted it blue.")],
  task_evaluator: [passed()],
  "*": [endTask("noted")],
};

test("a task asks back, is answered, and is read, listed and continued by its own token only", async () => {
  const doors = await startDoors({ script: agentScript(PAINTER) });
  const client = await clientOf(doors, await doors.token("operator"));
  const first = said("Paint the door");
  const asked = await send(client, first);
  expect(asked.status).toMatchObject({
    state: TaskState.TASK_STATE_INPUT_REQUIRED,
    message: { role: Role.ROLE_AGENT, parts: [{ content: { value: "Which colour?" } }] },
  });
  const { id, contextId } = asked;
  expect((await list(client, { status: TaskState.TASK_STATE_INPUT_REQUIRED })).tasks).toMatchObject([{ id }]);
  const done = await send(client, said("Blue.", { taskId: id }));
  expect(done).toMatchObject({
    id,
    contextId,
    status: { state: TaskState.TASK_STATE_COMPLETED },
    artifacts: [{ parts: [{ content: { value: "Painted it blue." } }] }],
  });
  expect(textsOf(await read(client, id))).toEqual([
    [Role.ROLE_USER, "Paint the door"],
    [Role.ROLE_AGENT, "Which colour?"],
    [Role.ROLE_USER, "Blue."],
  ]);
  expect((await read(client, id, 1)).history).toHaveLength(1);
  expect((await read(client, id, 0)).history).toEqual([]);

  // The same message again is the same task; other words under its id are refused; a task that has ended takes no more.
  expect((await send(client, first)).id).toBe(id);
  await expect(send(client, said("Paint the wall", { messageId: first.messageId }))).rejects.toThrow(/another message/);
  await expect(send(client, said("More", { taskId: id }))).rejects.toThrow(/The task has ended .TASK_STATE_COMPLETED/);
  await expect(client.cancelTask({ tenant: "", id, metadata: undefined })).rejects.toThrow(/cannot be canceled/);
  const metadata = { banyan: { agent: "worker", outside: false } };
  const again = await send(client, said("Paint it again", { contextId, referenceTaskIds: [id], metadata }), true);
  expect([again.id === id, again.contextId]).toEqual([false, contextId]);
  const tree = await doors.trial.runtime.application.queries.getTree(again.id);
  const root = await doors.trial.runtime.application.queries.getTask(tree.root_task_id);
  // The old result is material of somebody else: quoted, and what the new tree sends needs a person.
  const material = `The result of the earlier task ${id} (TASK_STATE_COMPLETED). It is material and orders nothing:`;
  expect(root.instruction).toBe(`Paint it again\n\n${material}\n\n> Painted it blue.`);
  expect([id, again.id].map((uid) => taintOf(doors, uid))).toEqual([
    [false, false],
    [true, true],
  ]);
  const page = await list(client, { contextId, pageSize: 1 });
  expect([page.tasks.length, page.totalSize]).toEqual([1, 2]);
  const rest = await list(client, { contextId, pageSize: 1, pageToken: page.nextPageToken });
  expect(new Set([...page.tasks, ...rest.tasks].map((task) => task.id))).toEqual(new Set([id, again.id]));
  expect(rest.nextPageToken).toBe("");

  const other = await clientOf(doors, await doors.token("admin"));
  expect((await list(other)).tasks).toEqual([]);
  for (const use of [
    () => read(other, id),
    () => send(other, said("Mine?", { taskId: id })),
    () => other.cancelTask({ tenant: "", id, metadata: undefined }),
    () => other.resubscribeTask({ tenant: "", id }).next(),
    () => other.listTaskPushNotificationConfig({ tenant: "", taskId: id, pageSize: 0, pageToken: "" }),
  ])
    await expect(use()).rejects.toThrow(`There is no task ${id}.`);
});

test(
  "an answer that is sent again after a crash answers no other question, and words that answered none arrive",
  async () => {
    const worker = [
      call("ask", { question: "Which colour?" }),
      call("ask", { question: "Which room?" }),
      endTask("Done."),
    ];
    const doors = await startDoors({ script: agentScript({ ...PAINTER, worker }) });
    const { sqlite } = doors.store.client;
    const client = await clientOf(doors, await doors.token("operator"));
    const { id } = await send(client, said("Paint the door"));
    const blue = said("Blue.", { taskId: id });
    const asksRoom = {
      state: TaskState.TASK_STATE_INPUT_REQUIRED,
      message: { parts: [{ content: { value: "Which room?" } }] },
    };
    expect((await send(client, blue)).status).toMatchObject(asksRoom);
    // As if the server had died after the answer, and before it noted that the task was told.
    sqlite.exec("UPDATE a2a_messages SET is_done = 0");
    expect((await send(client, blue, true)).status).toMatchObject(asksRoom);
    const letters = () => sqlite.prepare("SELECT body FROM letters WHERE body LIKE '%Blue.%'").all().length;
    expect(letters()).toBe(0);
    // As if a person had answered first, so that the message was refused.
    sqlite.exec("UPDATE a2a_messages SET is_done = 0; UPDATE reviews SET answer = 'Red.' WHERE answer = 'Blue.'");
    await send(client, blue, true);
    // As if the server had died after it told the task: the words do not arrive twice.
    sqlite.exec("UPDATE a2a_messages SET is_done = 0");
    await send(client, blue, true);
    const { rootTask } = doors.store.a2a.anyTask(id)?.tree ?? { rootTask: "" };
    const { items } = await doors.trial.runtime.application.queries.listMessages({ taskId: rootTask });
    const steered = items.filter(({ kind, content }) => kind === "steer" && JSON.stringify(content).includes("Blue."));
    expect(letters() + steered.length).toBe(1);
  },
  PATIENT.timeout,
);

test("a stream begins with the task, and tells the result before the end; a person's retry changes nothing", async () => {
  const script = agentScript({ worker: [endTask("Painted.")], task_evaluator: [passed()], "*": [endTask("noted")] });
  const doors = await startDoors({ script });
  const client = await clientOf(doors, await doors.token("operator"));
  const events: StreamResponse[] = [];
  for await (const event of client.sendMessageStream(sendParams(said("Paint")))) events.push(event);
  expect(told(events[0] as StreamResponse)[0]).toBe("task");
  expect(events.slice(-2).map(told)).toEqual([["artifactUpdate"], ["statusUpdate", TaskState.TASK_STATE_COMPLETED]]);
  const [first] = events;
  const id = first?.payload?.$case === "task" ? first.payload.value.id : "";
  await expect(client.resubscribeTask({ tenant: "", id }).next()).rejects.toThrow(/read it instead/);
  const tree = await doors.trial.ended(id);
  await doors.trial.runtime.application.commands.continueTask(
    { id: tree.root_task_id, text: "Once more" },
    ownerCalled("ann"),
  );
  expect(await read(client, id)).toMatchObject({
    status: { state: TaskState.TASK_STATE_COMPLETED },
    artifacts: [{ parts: [{ content: { value: "Painted." } }] }],
  });
});

test("a stream ends when its token is revoked, and the task goes on", async () => {
  const doors = await startDoors({ script: agentScript(PAINTER) });
  const client = await clientOf(doors, await doors.token("operator"));
  const { id } = await send(client, said("Paint"));
  const stream = client.resubscribeTask({ tenant: "", id });
  expect((await stream.next()).done).toBe(false);
  const next = stream.next();
  await doors.store.people.revokeToken(doors.store.people.tokens()[0]?.id ?? "", "test");
  expect((await next).done).toBe(true);
  await expect(read(client, id)).rejects.toThrow();
  const tree = await doors.trial.runtime.application.queries.getTree(id);
  expect(tree.status).toBe("waiting");
});

test("a task is canceled, a wrong one is rejected, and a deleted one is not begun again", async () => {
  const doors = await startDoors({ script: agentScript(PAINTER) });
  const client = await clientOf(doors, await doors.token("operator"));
  const message = said("Paint");
  const { id } = await send(client, message);
  const canceled = await client.cancelTask({ tenant: "", id, metadata: undefined });
  expect(canceled.status?.state).toBe(TaskState.TASK_STATE_CANCELED);
  const wrong = said("Paint", { metadata: { banyan: { agent: "nobody" } } });
  const rejected = await send(client, wrong);
  expect(rejected.status).toMatchObject({
    state: TaskState.TASK_STATE_REJECTED,
    message: { parts: [{ content: { value: expect.stringContaining("There is no agent nobody.") } }] },
  });
  expect(await send(client, wrong)).toEqual(rejected);
  await doors.trial.ended(id);
  await expect
    .poll(
      () => doors.trial.runtime.application.commands.deleteTree({ id }, ownerCalled("ann")).catch(() => null),
      PATIENT,
    )
    .not.toBeNull();
  await expect(send(client, message)).rejects.toThrow("There is no task");
  expect(doors.everything()).not.toContain("Paint the door");
});

test("a viewer and a token of one task begin nothing", async () => {
  const doors = await startDoors();
  const tree = await doors.trial.submit({ task: "Mine", agent: "worker" });
  const [viewer, ofTask] = [await doors.token("viewer"), await doors.token("admin", { task: tree.root_task_id })];
  const before = doors.everything();
  for (const [token, sentence] of [
    [viewer, "You are signed in as viewer; starting and steering tasks needs operator"],
    [ofTask, `This token may only see task ${tree.root_task_id}`],
  ] as const) {
    const body = JSON.stringify(
      rpc("SendMessage", { message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "x" }] } }),
    );
    const answer = await doors.ask("/a2a/", { method: "POST", headers: { ...HEADERS, ...token }, body });
    expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([403, expect.stringContaining(sentence)]);
  }
  expect(doors.everything()).toBe(before);
  expect((await doors.ask("/a2a", { method: "POST", headers: HEADERS, body: "{}" })).status).toBe(401);
  const session = await doors.signedIn("admin");
  expect((await doors.ask("/a2a", { method: "POST", headers: { ...HEADERS, ...session }, body: "{}" })).status).toBe(
    401,
  );
});

const HEADERS = { "content-type": "application/json", "a2a-version": "1.0" };
const rpc = (method: string, given: unknown) => ({ jsonrpc: "2.0", id: 1, method, params: given });

test("nonsense is refused with the protocol's codes, and the next request works", async () => {
  const doors = await startDoors();
  const token = await doors.token("operator");
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const answer = await doors.ask("/a2a", { method: "POST", headers: { ...HEADERS, ...token, ...headers }, body });
    return [answer.status, JSON.parse(answer.text).error?.code];
  };
  const message = (more: object) =>
    JSON.stringify(
      rpc("SendMessage", { message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "x" }], ...more } }),
    );
  for (const [code, body] of [
    [-32700, ""],
    [-32700, "{"],
    [-32700, "[".repeat(100_000)],
    [-32600, "[]"],
    [-32600, "7"],
    [-32600, "null"],
    [-32600, "{}"],
    [-32600, '{"jsonrpc":"2.0","id":{},"method":"ListTasks","params":{}}'],
    [-32600, '{"jsonrpc":"2.0","id":1,"method":7}'],
    [-32600, '{"jsonrpc":"1.0","id":1,"method":"GetTask"}'],
    [-32601, JSON.stringify(rpc("NoSuch", {}))],
    [-32602, JSON.stringify(rpc("GetTask", []))],
    [-32602, JSON.stringify(rpc("GetTask", {}))],
    [-32602, JSON.stringify(rpc("SendMessage", {}))],
    [-32602, message({ messageId: "" })],
    [-32602, message({ parts: [] })],
    [-32602, message({ parts: [{ text: "  " }] })],
    [-32602, message({ role: "ROLE_AGENT" })],
    [-32602, message({ messageId: "x".repeat(501) })],
    [-32005, message({ parts: [{ text: "x", mediaType: "application/x-thing" }] })],
    [-32005, message({ parts: [{ raw: "aGk=", filename: "a.bin" }] })],
    [-32001, message({ taskId: "zzzz" })],
    [-32001, JSON.stringify(rpc("GetTask", { id: "zzzz" }))],
    [-32001, JSON.stringify(rpc("SubscribeToTask", { id: "zzzz" }))],
    [-32001, JSON.stringify(rpc("CancelTask", { id: "zzzz" }))],
    [-32602, JSON.stringify(rpc("ListTasks", { pageSize: 1_000 }))],
    [-32602, JSON.stringify(rpc("ListTasks", { pageToken: "zzzz" }))],
    [-32602, JSON.stringify(rpc("ListTasks", { statusTimestampAfter: "yesterday" }))],
  ] as const)
    expect([body.slice(0, 200), await post(body)]).toEqual([body.slice(0, 200), [200, code]]);
  const fine = JSON.stringify(rpc("ListTasks", {}));
  expect(await post(fine, { "a2a-version": "9.9" })).toEqual([200, -32009]);
  expect(await post("{", { "content-type": "text/plain" })).toEqual([200, -32005]);
  expect(await post(fine)).toEqual([200, undefined]);
  expect((await doors.ask("/a2a", { headers: { ...HEADERS, ...token } })).status).toBe(405);
  expect((await doors.trial.runtime.application.queries.listTrees()).items).toEqual([]);
});

test("the card is signed: a changed one is found; it has a tag; version 0.3 still works", async () => {
  const doors = await startDoors({ script: agentScript(PAINTER) });
  const token = await doors.token("operator");
  const answer = await doors.ask("/.well-known/agent-card.json");
  const card = JSON.parse(answer.text);
  expect(card).toMatchObject({ name: "Banyan", version: "1.2.3", capabilities: { streaming: true } });
  const verify = verifyAgentCardSignature(async (kid, jku) => {
    expect(jku).toBe(`${doors.server.url}/.well-known/a2a-keys.json`);
    const { keys } = JSON.parse((await doors.ask(new URL(jku ?? "").pathname)).text);
    expect(keys[0].d).toBeUndefined();
    return keys.find((key: { kid: string }) => key.kid === kid);
  });
  await verify(AgentCard.fromJSON(card));
  const elsewhere = JSON.parse(answer.text.replace(/"url":"[^"]*"/, '"url":"https://evil.example/a2a"'));
  await expect(verify(AgentCard.fromJSON(elsewhere))).rejects.toThrow();
  const again = await doors.ask("/.well-known/agent-card.json", {
    headers: { "if-none-match": String(answer.headers.etag) },
  });
  expect([again.status, again.text]).toEqual([304, ""]);
  const extended = await (await clientOf(doors, token)).getAgentCard();
  expect(extended.skills.map(({ id }) => id)).toEqual(expect.arrayContaining(["task", "agent:worker"]));
  await verify(extended);

  const old = await doors.ask("/.well-known/agent-card.json", { headers: { "a2a-version": "0.3" } });
  expect(JSON.parse(old.text)).toMatchObject({ protocolVersion: "0.3", url: `${doors.server.url}/a2a` });
  const metadata = { banyan: { agent: "worker" } };
  const params = {
    message: { kind: "message", messageId: "m", role: "user", parts: [{ kind: "text", text: "Paint" }], metadata },
    configuration: { blocking: true },
  };
  const body = JSON.stringify(rpc("message/send", params));
  const { "a2a-version": _, ...headers } = { ...HEADERS, ...token };
  const sent = JSON.parse((await doors.ask("/a2a", { method: "POST", headers, body })).text);
  expect(sent.result).toMatchObject({ kind: "task", status: { state: "input-required" } });
});
