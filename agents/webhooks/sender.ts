/**
 * Sends stored messages to webhooks and by e-mail until each is settled. A message is sent at least once: a process that dies between
 * the receiver's answer and the next commit leaves it due, and it is sent again under the same id. Each receiver has a lane of its
 * own, so that nobody waits for a receiver that does not answer.
 */
import type { WebhookBody, WebhookDelivery } from "@/core/shapes/webhooks";
import { MAIL } from "@/db/webhooks/mail";
import type { DueDelivery } from "@/db/webhooks/webhooks";
import type { Timers } from "@/lib/time/timers";
import type { PostOutcome } from "@/lib/webhooks/post";
import { activeMail } from "./mail";
import { type NewsSources, storeNews } from "./news";
import { activeReceivers, sendTo } from "./webhooks";

const POLL_MS = 1_000;
/** Messages to one receiver at the same time. */
const AT_ONCE = 2;
/** Lanes of other agents' addresses, which are as many as the agents name. */
const MOST_LANES_OF_OTHERS = 16;
/** Longer than a try can take. */
const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** E-mails an hour at most. People stop reading more, and mail servers stop taking them. */
const MOST_MAILS_AN_HOUR = 20;
/** When more e-mails than this wait, one stands for all of them. */
const MOST_SINGLE_MAILS = 5;
const KEPT_MS = 30 * 24 * 3_600_000;
const FORGET_EVERY_MS = 3_600_000;
/** Waits before the next tries: about a day together. */
const WAITS_MS = [2, 8, 30, 120, 600, 1_800, 7_200, 21_600, 43_200].map((seconds) => seconds * 1_000);

/** Why a message is sent no more, as its answer in lists. */
const SETTLED = "settled before it was sent";
const UNWANTED = "its receiver no longer wants this event";
export const REMOVED = "its receiver is removed";

/** Addresses of other agents, whose messages are stored and tried like those of webhooks. */
export interface OtherReceivers {
  /** Stores a message for everything new. */
  storeNews(): Promise<void>;
  /** Returns whether messages to this receiver are theirs. */
  has(receiver: string): boolean;
  /** Sends a message once; null when the receiver was removed. Never rejects. */
  send(receiver: string, body: string): Promise<PostOutcome | null>;
  /** Removes what removed receivers left. */
  forget(): Promise<void>;
}

export interface SenderOptions extends NewsSources {
  others?: OtherReceivers;
  timers: Timers;
  report(message: string, error?: unknown): void;
}

/** Returns the function that stops it, which resolves when the running tries have ended. */
export function startSender(options: SenderOptions): () => Promise<void> {
  let running: Promise<void> | null = null;
  let forgotAtMs = 0;
  const lanes = createLanes(options);
  const poll = async () => {
    const { store, now } = options;
    await storeNews(options);
    // Webhooks are sent whatever is wrong with the others.
    await options.others
      ?.storeNews()
      .catch((error) => options.report("The addresses of other agents could not be told; it is tried again.", error));
    lanes.begin();
    // The absolute difference, because a clock that was ahead may be set right.
    if (Math.abs(now() - forgotAtMs) < FORGET_EVERY_MS) return;
    forgotAtMs = now();
    await store.webhooks.forgetBefore(now() - KEPT_MS);
    await options.others?.forget();
  };
  const end = options.timers.every(POLL_MS, () => {
    running ??= poll()
      .catch((error) => options.report("Webhooks could not be sent; it is tried again.", error))
      .finally(() => {
        running = null;
      });
  });
  return async () => {
    end();
    await running;
    await lanes.stop();
  };
}

interface Lanes {
  /** Begins to send to each receiver that messages are due to, unless its lane runs already. */
  begin(): void;
  /** Resolves when the running tries have ended. No lane begins another one. */
  stop(): Promise<void>;
}

function createLanes(options: SenderOptions): Lanes {
  const { store, now, others, report } = options;
  const running = new Map<string, Promise<void>>();
  let isStopped = false;
  const isOther = (receiver: string) => others?.has(receiver) ?? false;
  const mayBegin = (receiver: string) =>
    !running.has(receiver) && (!isOther(receiver) || [...running.keys()].filter(isOther).length < MOST_LANES_OF_OTHERS);
  const run = async (receiver: string) => {
    let takesMore = true;
    while (takesMore && !isStopped) takesMore = await sendDueTo(options, receiver);
  };
  return {
    begin() {
      for (const receiver of store.webhooks.receiversDue(now())) {
        if (!mayBegin(receiver)) continue;
        const lane = run(receiver)
          .catch((error) => report("Messages to a receiver could not be sent; it is tried again.", error))
          .finally(() => running.delete(receiver));
        running.set(receiver, lane);
      }
    },
    async stop() {
      isStopped = true;
      await Promise.all(running.values());
    },
  };
}

/** Sends some of the messages that are due to the receiver, once each. Returns whether it may get more of them at once. */
export async function sendDueTo(options: SenderOptions, receiver: string): Promise<boolean> {
  const { store, now } = options;
  // An e-mail says how many others it stands for, so what is not sent must not count.
  if (receiver === MAIL) await dropStaleMails(options);
  const due = await store.webhooks.takeDue(receiver, { nowMs: now(), againAtMs: now() + LEASE_MS, limit: AT_ONCE });
  if (receiver === MAIL) {
    await sendMails(options, due);
    return false;
  }
  const outcomes = await Promise.all(due.map((delivery) => sendDelivery(options, delivery)));
  return due.length > 0 && outcomes.every((status) => status === "delivered" || status === "dropped");
}

function dropStaleMails(options: SenderOptions): Promise<void> {
  const mail = activeMail(options);
  const answers = { settled: SETTLED, unwanted: mail ? UNWANTED : REMOVED };
  return options.store.webhooks.dropStale(MAIL, { wanted: mail?.events ?? [], ...answers });
}

/** Sends e-mails one by one while they are few. A storm becomes one e-mail, and within an hour only so many are sent. */
async function sendMails(options: SenderOptions, due: readonly DueDelivery[]): Promise<void> {
  const { webhooks } = options.store;
  const nowMs = options.now();
  const [first, ...others] = due;
  if (!first) return;
  const { count, firstAtMs } = webhooks.sentSince(MAIL, { sinceMs: nowMs - HOUR_MS, nowMs });
  if (count >= MOST_MAILS_AN_HOUR)
    return webhooks.holdBack(
      MAIL,
      due.map(({ uid }) => uid),
      { untilMs: firstAtMs + HOUR_MS, why: `more than ${MOST_MAILS_AN_HOUR} e-mails within an hour` },
    );
  const waiting = webhooks.waitingFor(MAIL);
  if (waiting.count <= MOST_SINGLE_MAILS && count + due.length <= MOST_MAILS_AN_HOUR) {
    await Promise.all(due.map((delivery) => sendDelivery(options, delivery)));
    return;
  }
  // When it is not taken, each of the others is due again, and stands for all of them then. Until then it was not tried.
  await webhooks.untake(others.map(({ uid }) => uid));
  // What is stored while it is under way is not among those that it stands for.
  if ((await sendDelivery(options, first, waiting.count - 1)) === "delivered")
    await webhooks.settleWaiting(MAIL, { lastId: waiting.lastId, answer: "in one e-mail with others" });
}

/** Returns the message's status after the try. */
async function sendDelivery(options: SenderOptions, due: DueDelivery, more = 0): Promise<WebhookDelivery["status"]> {
  const { store, now } = options;
  const { uid, tries } = due;
  const outcome = options.others?.has(due.webhook)
    ? ((await options.others.send(due.webhook, due.body)) ?? { dropped: REMOVED })
    : await sendToReceiver(options, due, more);
  const settle = async (status: "delivered" | "failed" | "dropped", answer: string) => {
    await store.webhooks.tried(uid, { status, answer, nextAtMs: null });
    return status;
  };
  if ("dropped" in outcome) return settle("dropped", outcome.dropped);
  const { ok, answer } = outcome;
  if (ok) return settle("delivered", answer);
  const waitMs = WAITS_MS[tries - 1];
  if (waitMs === undefined) return settle("failed", answer);
  await store.webhooks.tried(uid, { status: "waiting", answer, nextAtMs: now() + waitMs });
  return "waiting";
}

/** Sends a message to a webhook or by e-mail, or says why it is sent no more. */
async function sendToReceiver(
  options: SenderOptions,
  { uid, webhook: name, body, isSettled }: DueDelivery,
  more: number,
): Promise<PostOutcome | { dropped: string }> {
  const webhook = activeReceivers(options).find((receiver) => receiver.uid === name);
  if (!webhook) return { dropped: REMOVED };
  if (isSettled) return { dropped: SETTLED };
  const { type } = JSON.parse(body) as WebhookBody;
  if (!webhook.events.some((event) => event === type)) return { dropped: UNWANTED };
  return sendTo(options, webhook, uid, body, more);
}
