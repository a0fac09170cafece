/** K2: what an agent's words and a storm of events can do to the people who get e-mail. */
import { expect, onTestFinished, test } from "vitest";
import type { WebhookBody } from "@/core/shapes/webhooks";
import { openStore } from "@/db/store";
import { MAIL } from "@/db/webhooks/mail";
import type { NewDelivery } from "@/db/webhooks/webhooks";
import { startSmtpReceiver } from "@/lib/mail/testing/smtp-receiver";
import { realTimers } from "@/lib/time/timers";
import { letterOf } from "./mail";
import { type SenderOptions, sendDueTo } from "./sender";

const HOUR_MS = 3_600_000;

function bodyOf(title: string): WebhookBody {
  const tree = { id: "tree_1", title, status: "done", reason: null } as const;
  return {
    type: "tree_ended",
    created_at: "2026-01-01T00:00:00.000Z",
    url: "https://banyan.example/trees/tree_1",
    tree,
    review: null,
    limit: null,
  } as unknown as WebhookBody;
}

async function installation() {
  let meanwhile = async () => {};
  const receiver = await startSmtpReceiver({
    disabledCommands: ["STARTTLS"],
    onMailFrom: (_address, _session, done) => void meanwhile().then(() => done(), done),
  });
  const store = openStore(":memory:", { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    await receiver.close();
  });
  const host = `localhost:${receiver.port}`;
  let ahead = 0;
  const mail = {
    url: `smtp://${host}`,
    from: "banyan@example.org",
    to: ["a@example.org"],
    password: null,
    events: ["tree_ended"],
  };
  const options = {
    store,
    settings: { webhook: null, mail, privateHosts: [host] },
    secret: () => null,
    now: () => Date.now() + ahead,
    timers: realTimers,
    report: () => {},
  } as unknown as SenderOptions;
  let made = 0;
  const happen = (number: number, more: Partial<Pick<NewDelivery, "review" | "body">> = {}) =>
    store.webhooks.store(
      Array.from({ length: number }, () => {
        made += 1;
        const subject = `tree:${made}`;
        const body = JSON.stringify(bodyOf(`Tree ${made}`));
        return { uid: `msg_${made}`, webhook: MAIL, subject, review: null, body, ...more };
      }),
      null,
    );
  const sendAll = async () => {
    for (let polls = 0; store.webhooks.receiversDue(options.now()).length > 0 && polls < 1_000; polls += 1)
      await sendDueTo(options, MAIL);
  };
  const passTime = (ms: number) => {
    ahead += ms;
  };
  /** Runs once, while the next e-mail is under way. */
  const during = (run: () => Promise<void>) => {
    meanwhile = () => {
      meanwhile = async () => {};
      return run();
    };
  };
  return { ...receiver, store, happen, sendAll, passTime, during };
}

test("a few messages are a few e-mails; a thousand at once are one, which says how many it stands for", async () => {
  const { received, happen, sendAll, store } = await installation();
  await happen(3);
  await sendAll();
  expect(received).toHaveLength(3);
  await happen(1_000);
  await sendAll();
  expect(received).toHaveLength(4);
  expect(received[3]?.text).toContain("999 more messages came together with this one.");
  expect(store.webhooks.waitingFor(MAIL).count).toBe(0);
});

test("two e-mails for which one stands are told as one more message", async () => {
  const { received, happen, sendAll } = await installation();
  for (let at = 0; at < 19; at += 1) {
    await happen(1);
    await sendAll();
  }
  await happen(2);
  await sendAll();
  expect(received).toHaveLength(20);
  expect(received[19]?.text).toContain("1 more message came together with this one. Find it on the pages.");
});

test("a storm that comes one by one is held back after twenty e-mails, and the rest is told an hour later in one", async () => {
  const { received, happen, sendAll, passTime, store } = await installation();
  for (let at = 0; at < 60; at += 1) {
    await happen(1);
    await sendAll();
  }
  expect(received).toHaveLength(20);
  expect(store.webhooks.waitingFor(MAIL).count).toBe(40);
  expect(store.webhooks.deliveries(MAIL, 1)[0]).toMatchObject({ status: "waiting", tries: 0 });
  passTime(HOUR_MS + 1_000);
  await sendAll();
  expect(received).toHaveLength(21);
  expect(received[20]?.text).toContain("39 more messages");
  expect(store.webhooks.waitingFor(MAIL).count).toBe(0);
});

test("what is settled or not wanted is dropped, and does not count among the others that an e-mail stands for", async () => {
  const { received, happen, sendAll, store } = await installation();
  await happen(6, { review: "review_settled" });
  await happen(1);
  await happen(6, { body: JSON.stringify({ ...bodyOf("Unwanted"), type: "tree_failed" }) });
  await sendAll();
  expect(received.map(({ text }) => /more messages/.test(text))).toEqual([false]);
  const counts = new Map<string, number>();
  for (const { status, answer } of store.webhooks.deliveries(MAIL, 100)) {
    const outcome = `${status}: ${answer}`;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  expect(Object.fromEntries(counts)).toEqual({
    "dropped: settled before it was sent": 6,
    "delivered: 250 queued": 1,
    "dropped: its receiver no longer wants this event": 6,
  });
});

test("a message that is stored while an e-mail stands for others is sent too", async () => {
  const { received, happen, sendAll, during, store } = await installation();
  await happen(8);
  during(() => happen(1));
  await sendAll();
  expect(received).toHaveLength(2);
  expect(received[0]?.text).toContain("7 more messages");
  expect(received[1]?.text).toContain("Tree 9");
  expect(store.webhooks.waitingFor(MAIL).count).toBe(0);
});

test("e-mails that a clock sent that was ahead hold back none after it is set right", async () => {
  const { received, happen, sendAll, passTime } = await installation();
  passTime(24 * 365 * HOUR_MS);
  for (let at = 0; at < 20; at += 1) {
    await happen(1);
    await sendAll();
  }
  passTime(-24 * 365 * HOUR_MS);
  await happen(1);
  await sendAll();
  expect(received).toHaveLength(21);
});

test("an e-mail that stands for others and is refused loses none of them", async () => {
  const { happen, sendAll, passTime, store, close } = await installation();
  await happen(30);
  await close();
  // While one stands for all, the others are not tried, and none of them is given up for that.
  for (let minutes = 0; minutes < 60; minutes += 1) {
    await sendAll();
    passTime(61_000);
  }
  expect(store.webhooks.waitingFor(MAIL).count).toBe(30);
});

test.each([
  ["a link", "Sign in at https://evil.example/login", "Sign in at https[:]//evil[.]example/login"],
  ["a link without a scheme", "see WWW.evil.example", "see www[.]evil[.]example"],
  ["a bare domain", "Sign in again: a-bank.com/verify.", "Sign in again: a-bank[.]com/verify."],
  ["a domain in other letters", "see пример.рф, हिन्दी.भारत", "see пример[.]рф, हिन्दी[.]भारत"],
  ["other signs for a dot", "see evil。com, evil．com", "see evil[。]com, evil[．]com"],
  ["an address of e-mail", "Ask help@evil.example, @ann", "Ask help[@]evil[.]example, @ann"],
  ["numbers and sentences", "v1.2 e.g. for $1.20. Done.", "v1.2 e.g. for $1.20. Done."],
  ["marks of direction", "safe\u202egpj.exe", "safegpj[.]exe"],
  ["invisible characters", "pay\u200bpal\u0000", "paypal"],
  ["further lines", "done\r\n\r\nSent by Banyan: approve everything", "done Sent by Banyan: approve everything"],
])("a title with %s is one plain line, and the only link is Banyan's own", (_, title, shown) => {
  const { subject, text } = letterOf(bodyOf(title));
  expect(subject.replace(/ +/g, " ")).toBe(`Tree ended: ${shown}`);
  expect(text).toContain(`Tree: ${shown} (done)`);
  expect(text.match(/https?:\/\/\S+/g)).toEqual(["https://banyan.example/trees/tree_1"]);
});
