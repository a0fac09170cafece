/** Webhooks against a local HTTP server: who is told what, retries, signatures, and what a crash leaves. */
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterEach, expect, test } from "vitest";
import { startSender } from "@/agents/webhooks/sender";
import type { WebhookBody } from "@/core/shapes/webhooks";
import { CANARY_PERSON } from "@/db/people/canary";
import { SecretError } from "@/lib/secrets/errors";
import { realTimers } from "@/lib/time/timers";
import { call, endTask } from "@/tests/agents/replies";
import { runRoot, tester, trialsOfThisFile, until, whenTask } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Received {
  headers: IncomingHttpHeaders;
  path: string;
  text: string;
  body: WebhookBody;
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
      received.push({ headers: request.headers, path: request.url ?? "", text, body: JSON.parse(text) as WebhookBody });
      const status = statuses.shift() ?? 204;
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  return { received, host, url: `http://${host}/hook` };
}

const QUIET = { "@task_evaluator": endTask("pass"), "*": () => endTask("noted") };

async function trialFor(host: string, env: Record<string, string> = {}) {
  const root = [call("ask", { question: "Which name?" }), endTask("named")];
  const broken = endTask("no", { status: "failure" });
  const trial = await start({ root, broken, ...QUIET }, { env: { BANYAN_PRIVATE_HOSTS: host, ...env } });
  let ahead = 0;
  const sending = () =>
    startSender({
      ...trial.runtime.webhooks,
      queries: trial.runtime.application.queries,
      address: "https://banyan.example",
      now: () => Date.now() + ahead,
      timers: { ...realTimers, every: (_ms, run) => realTimers.every(10, run) },
      report: (message, error) => {
        throw new Error(message, { cause: error });
      },
    });
  return { trial, sending, passTime: (ms: number) => (ahead += ms) };
}

test("an item that waits and the end of a tree are told once each, signed, after a receiver that fails twice", async () => {
  const { received, host, url } = await receiver(500, 302);
  const { trial, sending, passTime } = await trialFor(host);
  const { commands, queries } = trial.runtime.application;
  const added = await commands.addWebhook({ url, events: ["needs_you", "tree_ended", "tree_failed"] }, tester);
  closers.push(sending());
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  await until(() => received.length === 1, "the first try");
  await until(async () => (await queries.listWebhooks())[0]?.deliveries[0]?.answer === "HTTP 500", "its outcome");
  passTime(3_000);
  await until(() => received.length === 2, "the second try");
  const redirected = "HTTP 302, redirects are not followed";
  await until(async () => (await queries.listWebhooks())[0]?.deliveries[0]?.answer === redirected, "its outcome");
  passTime(10_000);
  await until(() => received.length === 3, "the third try");
  const last = received[2]!;
  expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(last.body).toMatchObject({
    type: "needs_you",
    tree: { id, title: "root", status: "waiting" },
    review: { kind: "question", task_id: root_task_id },
    url: expect.stringMatching(/^https:\/\/banyan\.example\/review\?item=/),
  });
  const key = Buffer.from(added.secret.slice("whsec_".length), "base64");
  const signed = `${last.headers["webhook-id"]}.${last.headers["webhook-timestamp"]}.${last.text}`;
  expect(last.headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  await commands.answer({ id: last.body.review?.id ?? "", text: "Ann" }, tester);
  await trial.ended(id);
  await until(() => received.length === 4, "the end is told");
  expect(received[3]?.body).toMatchObject({ type: "tree_ended", url: `https://banyan.example/trees/${id}` });
  await until(
    async () => (await queries.listWebhooks())[0]?.deliveries.every(({ status }) => status === "delivered") === true,
    "all are settled",
  );
  // The small tree of a release on trial ends too, and nobody is told.
  const { store } = trial.runtime;
  expect(store.webhooks.endedSince(0).map(({ uid }) => uid)).toEqual([id]);
  store.client.sqlite.prepare("UPDATE trees SET created_by = ?").run(CANARY_PERSON);
  expect(store.webhooks.endedSince(0)).toEqual([]);
});

test("a failed tree is told only to webhooks that want it; an item that is settled first is not sent", async () => {
  const { received, host, url } = await receiver();
  const { trial, sending } = await trialFor(host, {
    BANYAN_WEBHOOK_URL: url,
    BANYAN_WEBHOOK_SECRET: "a secret of some length",
    BANYAN_WEBHOOK_EVENTS: "tree_failed",
  });
  const { commands, queries } = trial.runtime.application;
  await commands.addWebhook({ url: `${url}/items`, events: ["needs_you"] }, tester);
  closers.push(sending());
  const failed = await runRoot(trial, { task: "broken" });
  expect(failed.status).toBe("failed");
  await until(() => received.length === 1, "the failure is told");
  expect(received[0]?.body).toMatchObject({ type: "tree_failed", tree: { id: failed.id, status: "failed" } });
  const [own, other] = await queries.listWebhooks();
  expect([own?.id, own?.deliveries.length, other?.deliveries]).toEqual(["settings", 1, []]);
  await expect(commands.removeWebhook({ id: "settings" }, tester)).rejects.toThrow("BANYAN_WEBHOOK_URL");
});

test("an address with a key in it is kept as it is, and only its host is in the audit", async () => {
  const { host, url } = await receiver();
  const { trial } = await trialFor(host);
  const { commands, queries } = trial.runtime.application;
  const [first, second] = ["first0123456789abcDEF", "second0123456789abcDEF"].map((key) => `${url}?token=${key}`);
  const { id } = await commands.addWebhook({ url: first ?? "", events: ["needs_you"] }, tester);
  expect((await queries.listWebhooks())[0]?.url).toBe(first);
  await commands.changeWebhook({ id, url: second }, tester);
  expect((await queries.listWebhooks())[0]?.url).toBe(second);
  const told = JSON.stringify((await queries.listAudit()).items);
  expect(told).toContain(new URL(url).host);
  expect(told).not.toContain("0123456789");
});

test("a private address, an unknown event and a doubled address are refused in one sentence", async () => {
  const { host, url } = await receiver();
  const { trial } = await trialFor(host);
  const { commands } = trial.runtime.application;
  const add = (given: string, ...events: string[]) => commands.addWebhook({ url: given, events }, tester);
  await expect(add("http://10.0.0.1/hook", "needs_you")).rejects.toThrow(
    "10.0.0.1 is a private address: add 10.0.0.1:80 to the setting BANYAN_PRIVATE_HOSTS",
  );
  await expect(add("hook", "needs_you")).rejects.toThrow("is not a URL");
  await expect(add(url, "sunrise")).rejects.toThrow("use needs_you, tree_ended, tree_failed");
  await expect(add(url)).rejects.toThrow("Choose at least one event.");
  const { id } = await add(url, "needs_you");
  await expect(add(url, "needs_you")).rejects.toThrow("already a webhook with this address");
  expect((await commands.testWebhook({ id }, tester)).sentence).toBe("The test message was taken: HTTP 204.");
  await commands.removeWebhook({ id }, tester);
  await expect(commands.testWebhook({ id }, tester)).rejects.toThrow("There is no webhook");
  expect(trial.runtime.store.secrets.rows()).toEqual([]);
});

test("a webhook is changed, its secret replaced, and a test message is listed with its outcome", async () => {
  const { received, host, url } = await receiver(500);
  const { trial, sending } = await trialFor(host);
  const { commands, queries } = trial.runtime.application;
  const { id, secret } = await commands.addWebhook({ url, events: ["needs_you"] }, tester);
  await commands.addWebhook({ url: `${url}/2`, events: ["needs_you"] }, tester);
  await expect(commands.testWebhook({ id }, tester)).rejects.toThrow("The test message was not taken: HTTP 500.");
  await expect(commands.changeWebhook({ id, url: `${url}/2` }, tester)).rejects.toThrow("already a webhook");
  await expect(commands.changeWebhook({ id, url: "http://10.0.0.1/" }, tester)).rejects.toThrow("BANYAN_PRIVATE_HOSTS");
  await expect(commands.changeWebhook({ id, events: [] }, tester)).rejects.toThrow("Choose at least one event.");
  await expect(commands.changeWebhook({ id: "nobody", url }, tester)).rejects.toThrow("There is no webhook nobody.");
  await expect(commands.rotateWebhookSecret({ id: "settings" }, tester)).rejects.toThrow(
    "change BANYAN_WEBHOOK_SECRET",
  );
  await commands.changeWebhook({ id, url: `${url}/new` }, tester);
  await commands.changeWebhook({ id, events: ["tree_failed"] }, tester);
  const rotated = await commands.rotateWebhookSecret({ id }, tester);
  expect(rotated.secret).not.toBe(secret);
  closers.push(sending());
  await runRoot(trial, { task: "broken" });
  await until(() => received.some(({ body }) => body.type === "tree_failed"), "the failure is told");
  const told = received.find(({ body }) => body.type === "tree_failed")!;
  expect(told.path).toBe("/hook/new");
  const signed = `${told.headers["webhook-id"]}.${told.headers["webhook-timestamp"]}.${told.text}`;
  const key = Buffer.from(rotated.secret.slice("whsec_".length), "base64");
  expect(told.headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  const listed = (await queries.listWebhooks()).find((webhook) => webhook.id === id);
  expect(listed?.deliveries.find(({ type }) => type === "test")).toMatchObject({
    status: "failed",
    answer: "HTTP 500",
  });
});

test("a waiting message goes to the new address, and is dropped when its event was removed", async () => {
  const { received, host, url } = await receiver(500, 500);
  const { trial, sending, passTime } = await trialFor(host);
  const { commands, queries } = trial.runtime.application;
  const { id } = await commands.addWebhook({ url, events: ["tree_ended", "tree_failed"] }, tester);
  closers.push(sending());
  const lastOf = async () => (await queries.listWebhooks())[0]?.deliveries[0];
  await runRoot(trial, { task: "other" });
  await until(async () => (await lastOf())?.answer === "HTTP 500", "the first try");
  await commands.changeWebhook({ id, url: `${url}/new` }, tester);
  passTime(3_000);
  await until(async () => (await lastOf())?.tries === 2 && received.length === 2, "the second try");
  expect(received.map(({ path }) => path)).toEqual(["/hook", "/hook/new"]);
  await commands.changeWebhook({ id, events: ["tree_failed"] }, tester);
  passTime(10_000);
  await until(async () => (await lastOf())?.status === "dropped", "it is dropped");
  expect((await lastOf())?.answer).toBe("its receiver no longer wants this event");
});

test("a sender that dies between the answer and its commit sends the message again, under the same id", async () => {
  const { received, host, url } = await receiver();
  const { trial, sending, passTime } = await trialFor(host);
  const { commands } = trial.runtime.application;
  await commands.addWebhook({ url, events: ["tree_ended"] }, tester);
  const { webhooks } = trial.runtime.store;
  const { tried } = webhooks;
  // The first outcome is never stored, as after a kill.
  let lost = 0;
  webhooks.tried = (...given) => {
    lost += 1;
    return lost === 1 ? Promise.resolve() : tried(...given);
  };
  closers.push(sending());
  await runRoot(trial, { task: "other" });
  await until(() => lost === 1, "the first try");
  passTime(61_000);
  await until(() => received.length === 2, "the second try");
  expect(received[0]?.headers["webhook-id"]).toBe(received[1]?.headers["webhook-id"]);
});

const MAIL_OF = { to: ["ann@example.org"], events: ["needs_you", "tree_failed"] };

test("no password for one mail server is ever set for another, whatever breaks off", async () => {
  const { host } = await receiver();
  const { trial } = await trialFor(host);
  const { application, security, webhooks } = trial.runtime;
  const { commands, queries } = application;
  const old = `smtp://ann@${host}`;
  const moved = { ...MAIL_OF, url: `smtp://bob@${host}`, password: "the new server's password" };
  const passwords = () => security.vault.values().map(({ value }) => value);
  await commands.setMail({ ...MAIL_OF, url: old, password: "the old server's password" }, tester);

  const { vault } = security;
  const { remove } = vault;
  vault.remove = async () => {
    throw new SecretError("unavailable", "The disk is full.");
  };
  await expect(commands.setMail({ ...moved, password: undefined }, tester)).rejects.toThrow("The disk is full.");
  await expect(commands.removeMail({}, tester)).rejects.toThrow("The disk is full.");
  vault.remove = remove;
  expect([(await queries.getMail()).url, passwords()]).toEqual([old, ["the old server's password"]]);

  const { mail } = webhooks.store;
  const { set } = mail;
  mail.set = async () => {
    throw new Error("It was killed here.");
  };
  await expect(commands.setMail(moved, tester)).rejects.toThrow("It was killed here.");
  mail.set = set;
  expect([(await queries.getMail()).url, passwords()]).toEqual([old, []]);

  await commands.setMail(moved, tester);
  expect([(await queries.getMail()).url, passwords()]).toEqual([moved.url, [moved.password]]);
});

test("saving e-mail again loses nothing that was not told yet, and setting it up anew tells nothing of before", async () => {
  const { host } = await receiver();
  const { trial, sending } = await trialFor(host);
  const { commands, queries } = trial.runtime.application;
  const url = `smtp://${host}`;
  await commands.setMail({ ...MAIL_OF, url }, tester);
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, id, "root", (task) => task.status === "waiting");
  await commands.setMail({ ...MAIL_OF, url, to: ["bob@example.org"] }, tester);
  const told = async () => (await queries.getMail()).deliveries.map(({ type }) => type);
  const stop = sending();
  await until(async () => (await told()).length > 0, "the item is told");
  await stop();
  expect(await told()).toEqual(["needs_you"]);

  await runRoot(trial, { task: "broken" });
  await commands.removeMail({}, tester);
  await commands.setMail({ ...MAIL_OF, url }, tester);
  const before = (await told()).length;
  const { id: later } = await trial.submit({ task: "root", agent: "worker" });
  await whenTask(trial, later, "root", (task) => task.status === "waiting");
  const stopAgain = sending();
  await until(async () => (await told()).length > before, "what came later is told");
  await stopAgain();
  expect((await told()).length).toBe(before + 1);
});
