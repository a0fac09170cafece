/** Addresses of other agents: which are allowed, what they are told, retries, and what stays secret. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { TaskState } from "@a2a-js/sdk";
import { expect, onTestFinished, test } from "vitest";
import { startSender } from "@/agents/webhooks/sender";
import { ownerCalled } from "@/core/rules/roles";
import { realTimers } from "@/lib/time/timers";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import { until } from "@/tests/agents/scenario";
import { a2aClient, said, sendTo } from "./testing/a2a-client";
import { type Doors, startDoors } from "./testing/doors";

const PAINTER = {
  worker: [call("ask", { question: "Which colour?" }), endTask("Painted it blue.")],
  task_evaluator: [passed()],
  "*": [endTask("noted")],
};

interface Received {
  headers: IncomingHttpHeaders;
  task: { id: string; status: { state: string }; artifacts?: unknown[] };
}

/** A receiver that answers with these statuses, then with 204. */
async function receiver(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      received.push({ headers: request.headers, task: JSON.parse(text).task });
      response.writeHead(statuses.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  return { received, host, url: `http://${host}/hook` };
}

/** Sends by a clock that only the test moves, so that no try comes before it has looked. All that is stored is due by then. */
function sending({ trial: { runtime } }: Doors) {
  let nowMs = Date.now() + 3_600_000;
  const stop = startSender({
    ...runtime.webhooks,
    others: runtime.a2a.pushes,
    queries: runtime.application.queries,
    address: "http://b",
    now: () => nowMs,
    timers: { ...realTimers, every: (_ms, run) => realTimers.every(10, run) },
    report: (message, error) => {
      throw new Error(message, { cause: error });
    },
  });
  onTestFinished(stop);
  return (ms: number) => {
    nowMs += ms;
  };
}

const waiting = ({ store }: Doors) =>
  store.client.sqlite
    .prepare("SELECT answer, status FROM webhook_deliveries WHERE webhook LIKE 'a2a/%' ORDER BY id")
    .all();
const answers = (doors: Doors) => waiting(doors) as { answer: string | null; status: string }[];

test("an address is told of the question and of the result, again after it failed; its token is kept encrypted", async () => {
  const { received, host, url } = await receiver(500, 302);
  const doors = await startDoors({ script: agentScript(PAINTER), env: { BANYAN_PRIVATE_HOSTS: host } });
  const passTime = sending(doors);
  const client = await a2aClient(doors.server.url, await doors.token("operator"));
  const first = said("Paint the door");
  const push = { url, token: "the-token-of-the-other-side" };
  const { id } = await sendTo(client, first, { push });
  await until(() => answers(doors).some(({ answer }) => answer === "HTTP 500"), "the first try");
  passTime(3_000);
  await until(() => answers(doors).some(({ answer }) => answer?.startsWith("HTTP 302")), "the second try");
  passTime(10_000);
  await until(() => answers(doors).every(({ status }) => status === "delivered"), "the third try");
  const done = await sendTo(client, said("Blue.", { taskId: id }));
  expect(done.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
  await until(() => received.at(-1)?.task.status.state === "TASK_STATE_COMPLETED", "the end is told");
  expect(received.at(-1)).toMatchObject({
    headers: { "content-type": "application/a2a+json", "x-a2a-notification-token": push.token },
    task: { id, artifacts: [{ parts: [{ text: "Painted it blue." }] }] },
  });
  expect(doors.everything()).not.toContain(push.token);
  // The same message adds no second address.
  await sendTo(client, first, { push });
  const { configs } = await client.listTaskPushNotificationConfig({
    tenant: "",
    taskId: id,
    pageSize: 0,
    pageToken: "",
  });
  expect(configs).toMatchObject([{ id: first.messageId, taskId: id, url, token: push.token }]);
});

test("an address that each message names without an id is one; one too many is refused before its message is read", async () => {
  const { host, url } = await receiver();
  const never = () => new Promise<never>(() => {});
  const script = agentScript({ ...PAINTER, worker: never });
  const doors = await startDoors({ script, env: { BANYAN_PRIVATE_HOSTS: host } });
  const client = await a2aClient(doors.server.url, await doors.token("operator"));
  const first = said("Paint the door");
  const { id } = await sendTo(client, first, { isFast: true, push: { url, token: "one" } });
  const steer = (more: string, to = url) =>
    sendTo(client, said(more, { taskId: id }), { isFast: true, push: { url: to, token: "two" } });
  for (let at = 0; at < 11; at += 1) await steer(`Coat ${at}`);
  const all = { tenant: "", taskId: id, pageSize: 0, pageToken: "" };
  const listed = async () => (await client.listTaskPushNotificationConfig(all)).configs;
  expect(await listed()).toMatchObject([{ id: first.messageId, url, token: "two" }]);
  const given = { tenant: "", taskId: id, token: "", authentication: undefined };
  expect(await client.createTaskPushNotificationConfig({ ...given, id: "", url })).toMatchObject({
    id: first.messageId,
  });
  for (let at = 0; at < 9; at += 1)
    await client.createTaskPushNotificationConfig({ ...given, id: `more-${at}`, url: `${url}/${at}` });
  await expect(steer("Not this", `${url}/other`)).rejects.toThrow("already tells 10 addresses");
  await steer("This");
  expect(await listed()).toHaveLength(10);
  expect(doors.everything()).not.toContain("Not this");
});

test("an address is read and removed by its task's owner, and then told nothing more", async () => {
  const { received, host, url } = await receiver();
  const doors = await startDoors({ script: agentScript(PAINTER), env: { BANYAN_PRIVATE_HOSTS: host } });
  const client = await a2aClient(doors.server.url, await doors.token("operator"));
  const other = await a2aClient(doors.server.url, await doors.token("operator"));
  const { id } = await sendTo(client, said("Paint the door"));
  const authentication = { scheme: "Bearer", credentials: "the-credentials-of-the-hook" };
  const given = { tenant: "", id: "one", taskId: id, url, token: "", authentication };
  expect(await client.createTaskPushNotificationConfig(given)).toMatchObject({ id: "one", url, authentication });
  const push = { tenant: "", taskId: id, id: "one" };
  await expect(other.createTaskPushNotificationConfig(given)).rejects.toThrow(`There is no task ${id}.`);
  await expect(other.getTaskPushNotificationConfig(push)).rejects.toThrow(`There is no task ${id}.`);
  expect(await client.getTaskPushNotificationConfig(push)).toMatchObject({ id: "one", url, authentication });
  expect(doors.everything()).not.toContain(authentication.credentials);
  await client.deleteTaskPushNotificationConfig(push);
  await expect(client.getTaskPushNotificationConfig(push)).rejects.toThrow("no push configuration one");
  await client.createTaskPushNotificationConfig({ ...given, id: "two" });
  sending(doors);
  await until(() => received.length > 0, "the other address is told");
  expect(received[0]?.headers.authorization).toBe("Bearer the-credentials-of-the-hook");
  expect(answers(doors)).toHaveLength(1);
});

test("an address is told nothing more once its token is revoked; who added and removed one is in the audit", async () => {
  const { received, host, url } = await receiver(500);
  const doors = await startDoors({ script: agentScript(PAINTER), env: { BANYAN_PRIVATE_HOSTS: host } });
  const passTime = sending(doors);
  const { store, trial } = doors;
  const { application } = trial.runtime;
  const client = await a2aClient(doors.server.url, await doors.token("operator"));
  const first = said("Paint the door");
  const { id } = await sendTo(client, first, { push: { url: `${url}/key-in-the-path`, token: "" } });
  await until(() => answers(doors).some(({ answer }) => answer === "HTTP 500"), "the first try");
  const given = { tenant: "", taskId: id, id: "two", url, token: "", authentication: undefined };
  await client.createTaskPushNotificationConfig(given);
  await client.deleteTaskPushNotificationConfig(given);
  await store.people.revokeToken(store.people.tokens()[0]?.id ?? "", "test");
  passTime(3_000);
  await until(() => answers(doors).some(({ status }) => status === "dropped"), "what waits is dropped");
  const { items } = await application.queries.listReviews({ open: true });
  await application.commands.answer({ id: items[0]?.id ?? "", text: "Blue." }, ownerCalled("test"));
  await until(() => store.a2a.pushUids().length === 0, "the address is forgotten");
  await trial.ended(id);
  expect(received.map(({ task }) => task.status.state)).not.toContain("TASK_STATE_COMPLETED");
  const { items: rows } = await application.queries.listAudit({ tree: id });
  const pushes = rows.filter(({ action }) => action.endsWith("Push")).reverse();
  expect(pushes.map(({ action, subject }) => [action, subject])).toEqual([
    ["addPush", first.messageId],
    ["addPush", "two"],
    ["removePush", "two"],
  ]);
  expect(pushes[0]).toMatchObject({ actor: expect.stringContaining("(token "), detail: expect.stringContaining(host) });
  expect(JSON.stringify(rows)).not.toContain("key-in-the-path");
});

test("an address of this machine or of a private network is refused in one sentence, and no task begins", async () => {
  const doors = await startDoors();
  const client = await a2aClient(doors.server.url, await doors.token("operator"));
  for (const [url, sentence] of [
    ["http://169.254.169.254/latest/meta-data", "169.254.169.254 is a private address"],
    ["http://127.0.0.1/hook", "127.0.0.1 is a private address"],
    ["http://localhost/hook", "localhost is a private address"],
    ["http://10.1.2.3/hook", "10.1.2.3 is a private address"],
    ["http://[::1]/hook", "::1 is a private address"],
    ["http://[fe80::1]/hook", "fe80::1 is a private address"],
    ["http://2130706433/hook", "127.0.0.1 is a private address"],
    ["file:///etc/passwd", "only https: and http: are allowed"],
    ["https://user:word@example.com/", "must not contain a user name"],
    ["", "is not a URL"],
  ] as const)
    await expect(sendTo(client, said("Paint"), { push: { url, token: "t" } })).rejects.toThrow(sentence);
  for (const token of ["t\r\nx-injected: 1", "t\n", "t\0", "t\u007f", "té", "t\u2028"])
    await expect(
      sendTo(client, said("Paint"), { push: { url: "https://example.com/hook", token } }),
      JSON.stringify(token),
    ).rejects.toThrow("are sent as headers: use printable ASCII characters only");
  expect((await doors.trial.runtime.application.queries.listTrees()).items).toEqual([]);
  expect(doors.store.secrets.rows().filter(({ name }) => name.startsWith("a2a/push"))).toEqual([]);
});
