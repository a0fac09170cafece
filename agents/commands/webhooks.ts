/** Webhooks. */
import { z } from "zod";
import { type Actor, aboutField, atField, UserError } from "@/agents/application";
import { eventNames, inOrder } from "@/agents/commands/installation/events";
import { inOneSentence } from "@/agents/commands/installation/secrets";
import { hostOf } from "@/agents/operations/audit";
import { said } from "@/agents/operations/operation";
import { hasAny, text } from "@/agents/operations/parse";
import { checkAddress } from "@/agents/webhooks/address";
import {
  activeWebhooks,
  SETTINGS_WEBHOOK,
  secretNameOf,
  sendTo,
  type WebhookSources,
} from "@/agents/webhooks/webhooks";
import type { WebhookBody, WebhookEvent } from "@/core/shapes/webhooks";
import { newId } from "@/lib/new-id";
import type { Vault } from "@/lib/secrets/vault";
import { newWebhookSecret } from "@/lib/webhooks/sign";
import { operation } from "./world/operation";

const MOST_WEBHOOKS = 20;

export const webhookOperations = {
  addWebhook: operation({
    right: "administer",
    summary: "Adds a webhook. Only this answer contains the secret that signs its messages.",
    http: "POST webhooks",
    input: z.strictObject({
      url: text.describe("The address that gets the messages."),
      events: eventNames.describe("The events that it is told about."),
    }),
    // A receiver may want a key in its address.
    keepsSecrets: true,
    audit: ["events"],
    tells: ({ url }) => ({ address: hostOf(url) }),
    result: said.extend({
      id: z.string().describe("Id of the webhook."),
      secret: z.string().describe("Signs the messages; no later answer shows it."),
    }),
    made: ({ id }) => ({ subject: id, tree: "" }),
    run: async ({ url, events }, actor, { webhooks, security }) =>
      add(webhooks, security.vault, { url: url.trim(), events: inOrder(events) }, actor),
  }),
  /** The secret stays. */
  changeWebhook: operation({
    right: "administer",
    summary: "Changes the address or the events of a webhook; what is absent stays.",
    on: "webhook",
    http: "POST webhooks/:id/change",
    input: z
      .strictObject({
        url: text.optional().describe("The address that gets the messages."),
        events: eventNames.optional().describe("The events that it is told about."),
      })
      .refine(hasAny, 'Send "url" or "events".'),
    // A receiver may want a key in its address.
    keepsSecrets: true,
    audit: ["events"],
    tells: ({ url }) => (url === undefined ? {} : { address: hostOf(url) }),
    result: said,
    run: async ({ id, ...given }, _actor, { webhooks, ids }) => change(webhooks, ids.webhook(id), given),
  }),
  rotateWebhookSecret: operation({
    right: "administer",
    summary: "Replaces the secret of a webhook. Only this answer contains the new one.",
    on: "webhook",
    http: "POST webhooks/:id/rotate",
    audit: [],
    result: said.extend({ secret: z.string().describe("Signs the messages from now on; no later answer shows it.") }),
    run: async ({ id }, actor, { security, ids }) => rotate(security.vault, ids.webhook(id), actor),
  }),
  removeWebhook: operation({
    right: "administer",
    summary: "Removes a webhook, with the messages that still wait.",
    on: "webhook",
    http: "DELETE webhooks/:id",
    audit: [],
    result: said,
    async run({ id: given }, _actor, { webhooks, ids, security: { vault } }) {
      const id = ids.webhook(given);
      refuseSettings(id, "remove that setting");
      if (!(await webhooks.store.webhooks.remove(id))) throw unknown(id);
      // Without its secret the webhook was of no use anyway.
      await vault.remove(secretNameOf(id)).catch(() => {});
      return { sentence: "Removed the webhook. Messages that were still waiting are not sent." };
    },
  }),
  /** Rejects with the receiver's answer when it does not take the message. */
  testWebhook: operation({
    right: "administer",
    summary: "Sends a test message now.",
    on: "webhook",
    http: "POST webhooks/:id/test",
    audit: [],
    result: said,
    run: async ({ id }, _actor, { webhooks, ids }) => sendTest(webhooks, ids.webhook(id)),
  }),
};

async function add(
  { store, settings }: WebhookSources,
  vault: Pick<Vault, "set" | "remove">,
  { url, events }: { url: string; events: WebhookEvent[] },
  actor: Actor,
): Promise<{ id: string; secret: string; sentence: string }> {
  await atField("url", () => checkAddress(url, settings.privateHosts));
  const id = newId();
  await store.webhooks.add({ uid: id, url, events, createdBy: actor.name }, (known) => {
    refuseDouble(known, url);
    if (known.length >= MOST_WEBHOOKS)
      throw new UserError("conflict", `There are already ${MOST_WEBHOOKS} webhooks: remove an unused one first.`);
  });
  const secret = newWebhookSecret();
  try {
    // After the webhook, so that no secret of a refused one stays.
    await inOneSentence(() => vault.set(secretNameOf(id), secret, actor.name));
  } catch (error) {
    await store.webhooks.remove(id);
    throw error;
  }
  return { id, secret, sentence: "Added the webhook. Copy its secret now: it is not shown again." };
}

async function change(
  { store, settings }: WebhookSources,
  id: string,
  given: { url?: string; events?: readonly string[] },
): Promise<{ sentence: string }> {
  refuseSettings(id, "change the settings that begin with BANYAN_WEBHOOK_");
  const now = store.webhooks.list().find(({ uid }) => uid === id);
  if (!now) throw unknown(id);
  const url = given.url?.trim();
  const events = given.events && inOrder(given.events);
  if (url !== undefined && url !== now.url) await atField("url", () => checkAddress(url, settings.privateHosts));
  const isThere = await store.webhooks.change(id, (before, others) => {
    if (url !== undefined) refuseDouble(others, url);
    return { url: url ?? before.url, events: events ?? before.events };
  });
  if (!isThere) throw unknown(id);
  return { sentence: "Changed the webhook. Messages that still wait go to its new settings." };
}

async function rotate(
  vault: Pick<Vault, "set" | "remove">,
  id: string,
  actor: Actor,
): Promise<{ secret: string; sentence: string }> {
  refuseSettings(id, "change BANYAN_WEBHOOK_SECRET");
  const secret = newWebhookSecret();
  await inOneSentence(() => vault.set(secretNameOf(id), secret, actor.name));
  return {
    secret,
    sentence: "Replaced the secret. It signs from the next message; copy it now: it is not shown again.",
  };
}

/** Sends a test message once, and lists it among the messages with its outcome. */
async function sendTest(webhooks: WebhookSources, id: string): Promise<{ sentence: string }> {
  const webhook = activeWebhooks(webhooks).find(({ uid }) => uid === id);
  if (!webhook) throw unknown(id);
  const created_at = new Date(webhooks.now()).toISOString();
  const test: WebhookBody = { type: "test", created_at, url: "", tree: null, review: null, limit: null };
  const uid = `msg_${newId()}`;
  const body = JSON.stringify(test);
  const { ok, answer } = await sendTo(webhooks, webhook, uid, body);
  const delivery = { uid, webhook: id, subject: `test:${uid}`, review: null, body };
  await webhooks.store.webhooks.storeSent(delivery, { isDelivered: ok, answer });
  if (!ok) throw new UserError("unavailable", `The test message was not taken: ${answer.replace(/\.$/, "")}.`);
  return { sentence: `The test message was taken: ${answer}.` };
}

function refuseSettings(id: string, advice: string): void {
  if (id !== SETTINGS_WEBHOOK) return;
  throw new UserError("conflict", `This webhook is set by BANYAN_WEBHOOK_URL: ${advice} and restart.`);
}

function refuseDouble(known: readonly { url: string }[], url: string): void {
  if (known.some((webhook) => webhook.url === url))
    throw aboutField(
      "url",
      new UserError("conflict", "There is already a webhook with this address: change or remove that one."),
    );
}

function unknown(id: string): UserError {
  return new UserError("not_found", `There is no webhook ${id.slice(0, 60)}.`);
}
