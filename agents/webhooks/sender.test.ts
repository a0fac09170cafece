/** Who gets a stored message, and who waits for whom, with a clock and a beat of the test's own. */
import { expect, onTestFinished, test, vi } from "vitest";
import type { WebhookEvent } from "@/core/shapes/webhooks";
import { openStore } from "@/db/store";
import { MAIL } from "@/db/webhooks/mail";
import { dailyCapsOf } from "@/lib/env/daily-caps";
import { startSmtpReceiver } from "@/lib/mail/testing/smtp-receiver";
import { REMOVED, type SenderOptions, startSender } from "./sender";

const HOUR_MS = 3_600_000;

interface Given {
  privateHosts?: string[];
  others?: SenderOptions["others"];
}

function installation({ privateHosts = [], others }: Given = {}) {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const store = openStore(":memory:", { migrations: "drizzle", now });
  let beat = () => {};
  const options = {
    store,
    settings: { webhook: null, mail: null, privateHosts, dailyCaps: dailyCapsOf({}) },
    secret: () => null,
    now,
    timers: {
      every: (_ms: number, run: () => void) => {
        beat = run;
        return () => {};
      },
    },
    address: "https://banyan.example",
    queries: { getTree: () => Promise.reject(new Error("There is no tree.")) },
    others,
    report: (message: string, error: unknown) => expect.fail(`${message} ${error}`),
  } as unknown as SenderOptions;
  /** Searches and sends once, until the tries have ended. */
  const sendOnce = async () => {
    const stop = startSender(options);
    beat();
    await stop();
  };
  let made = 0;
  /** A limit is reached: it is told of once. */
  const reachLimit = async () => {
    made += 1;
    const event = { atMs: now(), name: "disk", kind: "level", level: "limit", was: "ok" } as const;
    const more = { used: 99, max: 90, of: null, isAlert: true };
    const events = [{ uid: `limit_${made}`, event: { ...event, ...more }, sentence: "Disk." }];
    expect(await store.governor.append(events, store.governor.lastId())).toBe(true);
  };
  /** A task asks people. */
  const ask = () => {
    const insert = (table: string, values: Record<string, string | number>) => {
      const names = Object.keys(values);
      const places = names.map((name) => `@${name}`);
      store.client.sqlite.prepare(`INSERT INTO ${table} (${names}) VALUES (${places})`).run(values);
    };
    const row = { id: 1, created_at_ms: now(), title: "Ship" };
    insert("trees", { ...row, uid: "tree_1", root_id: 1, workspace: "/w", in_place: 0, created_by: "ann" });
    const task = { uid: "task_1", tree_id: 1, role: "work", agent: "worker", model: "test/model", depth: 0 };
    insert("tasks", { ...row, ...task, status: "waiting" });
    const review = { uid: "review_1", tree_id: 1, task_id: 1, kind: "question", detail: "Which?", status: "open" };
    insert("reviews", { ...row, ...review });
  };
  const passTime = (ms: number) => {
    ahead += ms;
  };
  onTestFinished(() => store.close());
  return { store, options, beat: () => beat(), sendOnce, reachLimit, ask, passTime, statuses: statusesIn(store) };
}

function statusesIn({ webhooks }: Pick<SenderOptions["store"], "webhooks">) {
  return (receiver: string) => webhooks.deliveries(receiver, 100).map(({ status, answer }) => [status, answer]);
}

test("a message that waited when e-mail was turned off goes to nobody who is set later", async () => {
  const smtp = await startSmtpReceiver({ disabledCommands: ["STARTTLS"], refusals: [451] });
  onTestFinished(smtp.close);
  const host = `localhost:${smtp.port}`;
  const { store, sendOnce, reachLimit, passTime, statuses } = installation({ privateHosts: [host] });
  const events: WebhookEvent[] = ["limit"];
  const setMail = (to: string) =>
    store.mail.set({ url: `smtp://${host}`, from: "banyan@example.org", to: [to], events, by: "tester" });
  await setMail("ann@example.org");
  await reachLimit();
  await sendOnce();
  expect(statuses(MAIL)).toEqual([["waiting", expect.stringMatching(/^it refused the message/)]]);
  await store.mail.remove(REMOVED);
  await setMail("bob@example.org");
  passTime(HOUR_MS);
  await sendOnce();
  expect(statuses(MAIL)).toEqual([["dropped", "its receiver is removed"]]);
  expect(smtp.received).toEqual([]);
});

test("a webhook that was added by a clock that was ahead is told all that happens after it is set right", async () => {
  const { store, sendOnce, reachLimit, passTime, statuses } = installation();
  const events: WebhookEvent[] = ["limit"];
  await reachLimit();
  passTime(365 * 24 * HOUR_MS);
  await store.webhooks.add({ uid: "hook", url: "https://hook.example/", events, createdBy: "tester" });
  passTime(-364 * 24 * HOUR_MS);
  await sendOnce();
  expect(statuses("hook")).toEqual([]);
  for (let times = 0; times < 2; times += 1) {
    await reachLimit();
    passTime(500);
    await sendOnce();
  }
  expect(statuses("hook")).toHaveLength(2);
});

test("an item that was dropped while its event was not wanted is told when the event is added again", async () => {
  const { store, sendOnce, ask, passTime, statuses } = installation();
  const url = "https://hook.example/";
  await store.webhooks.add({ uid: "hook", url, events: ["needs_you", "limit"], createdBy: "tester" });
  const untold = [["waiting", expect.stringContaining("its secret webhook/hook is missing")]];
  ask();
  await sendOnce();
  expect(statuses("hook")).toEqual(untold);
  await store.webhooks.change("hook", () => ({ url, events: ["limit"] }));
  passTime(HOUR_MS);
  await sendOnce();
  expect(statuses("hook")).toEqual([["dropped", "its receiver no longer wants this event"]]);
  await sendOnce();
  expect(statuses("hook")).toHaveLength(1);
  await store.webhooks.change("hook", () => ({ url, events: ["needs_you", "limit"] }));
  await sendOnce();
  expect(statuses("hook")).toEqual(untold);
});

test("nobody waits for a receiver that does not answer", async () => {
  const tries: string[] = [];
  const answers: ((outcome: { ok: boolean; answer: string }) => void)[] = [];
  const others = {
    has: (receiver: string) => receiver.startsWith("a2a/"),
    send: (receiver: string) => {
      tries.push(receiver);
      if (receiver !== "a2a/silent") return Promise.resolve({ ok: true, answer: "HTTP 200" });
      return new Promise<{ ok: boolean; answer: string }>((resolve) => answers.push(resolve));
    },
    storeNews: () => Promise.resolve(),
    forget: () => Promise.resolve(),
  };
  const { store, options, beat, statuses } = installation({ others });
  const told = (webhook: string, number: number) => ({
    uid: `msg_${webhook}_${number}`,
    webhook,
    subject: `limit:${number}`,
    review: null,
    body: JSON.stringify({ type: "limit" }),
  });
  const silent = Array.from({ length: 80 }, (_, at) => told("a2a/silent", at));
  await store.webhooks.store([...silent, ...[1, 2, 3].map((at) => told("a2a/good", at))], null);
  const stop = startSender(options);
  const isTold = () => statuses("a2a/good").every(([status]) => status === "delivered");
  beat();
  await vi.waitFor(() => expect(isTold()).toBe(true), 5_000);
  // Later beats send it no more than those two, whose answers are still to come.
  for (let beats = 0; beats < 3; beats += 1) {
    beat();
    await store.log.write(() => {});
  }
  expect(tries.filter((receiver) => receiver === "a2a/silent")).toHaveLength(2);
  const stopped = stop();
  for (const answer of answers) answer({ ok: false, answer: "no answer within 10 s" });
  await stopped;
  expect(statuses("a2a/silent").filter(([, answer]) => answer !== null)).toHaveLength(2);
});
