/** Commands of admins for webhooks. */
import { type Actor, type Commands, UserError } from "@/agents/application";
import { inOneSentence } from "@/agents/commands/installation/secrets";
import {
  activeWebhooks,
  SETTINGS_WEBHOOK,
  secretNameOf,
  sendTo,
  type WebhookSources,
} from "@/agents/webhooks/webhooks";
import { WEBHOOK_EVENTS, type WebhookBody, type WebhookEvent } from "@/core/shapes/webhooks";
import { checkHost } from "@/lib/net/check";
import { AddressError, parseTarget } from "@/lib/net/guard";
import { newId } from "@/lib/new-id";
import type { Vault } from "@/lib/secrets/vault";
import { newWebhookSecret } from "@/lib/webhooks/sign";

const MOST_WEBHOOKS = 20;

interface Sources {
  webhooks: WebhookSources;
  security: { vault: Pick<Vault, "set" | "remove"> };
}

type WebhookCommands = Pick<Commands, "addWebhook" | "removeWebhook" | "testWebhook">;

export function createWebhookCommands({ webhooks, security: { vault } }: Sources): WebhookCommands {
  return {
    addWebhook: async ({ url, events }, actor) =>
      add(webhooks, vault, { url: url.trim(), events: checkedEvents(events) }, actor),
    async removeWebhook(id) {
      if (id === SETTINGS_WEBHOOK)
        throw new UserError("conflict", "This webhook is set by BANYAN_WEBHOOK_URL: remove that setting and restart.");
      if (!(await webhooks.store.webhooks.remove(id))) throw unknown(id);
      // Without its secret the webhook was of no use anyway.
      await vault.remove(secretNameOf(id)).catch(() => {});
      return { sentence: "Removed the webhook. Messages that were still waiting are not sent." };
    },
    async testWebhook(id) {
      const webhook = activeWebhooks(webhooks).find(({ uid }) => uid === id);
      if (!webhook) throw unknown(id);
      const created_at = new Date(webhooks.now()).toISOString();
      const body: WebhookBody = { type: "test", created_at, url: "", tree: null, review: null };
      const { ok, answer } = await sendTo(webhooks, webhook, `msg_${newId()}`, JSON.stringify(body));
      if (!ok) throw new UserError("unavailable", `The test message was not taken: ${answer.replace(/\.$/, "")}.`);
      return { sentence: `The test message was taken: ${answer}.` };
    },
  };
}

async function add(
  { store, settings }: WebhookSources,
  vault: Pick<Vault, "set" | "remove">,
  { url, events }: { url: string; events: WebhookEvent[] },
  actor: Actor,
): ReturnType<WebhookCommands["addWebhook"]> {
  await checkAddress(url, settings.privateHosts);
  const known = store.webhooks.list();
  if (known.some((one) => one.url === url))
    throw new UserError("conflict", "There is already a webhook with this address: remove it first.");
  if (known.length >= MOST_WEBHOOKS)
    throw new UserError("conflict", `There are already ${MOST_WEBHOOKS} webhooks: remove an unused one first.`);
  const id = newId();
  const secret = newWebhookSecret();
  await inOneSentence(() => vault.set(secretNameOf(id), secret, actor.name));
  await store.webhooks.add({ uid: id, url, events, createdBy: actor.name });
  return { id, secret, sentence: "Added the webhook. Copy its secret now: it is not shown again." };
}

async function checkAddress(url: string, privateHosts: readonly string[]): Promise<void> {
  const target = targetOf(url, privateHosts);
  const checked = await checkHost(target, { privateHosts });
  if (!("problem" in checked)) return;
  throw new UserError(
    "invalid",
    checked.problem === "unknown"
      ? `The host ${target.host} is unknown: check the address and the network.`
      : `${target.host} is a private address: add ${target.host}:${target.port} to the setting BANYAN_PRIVATE_HOSTS to allow it.`,
  );
}

function targetOf(url: string, privateHosts: readonly string[]): ReturnType<typeof parseTarget> {
  try {
    return parseTarget(url, { privateHosts });
  } catch (error) {
    throw error instanceof AddressError ? new UserError("invalid", error.message) : error;
  }
}

function checkedEvents(given: readonly string[]): WebhookEvent[] {
  const wrong = given.find((event) => !WEBHOOK_EVENTS.some((known) => known === event));
  if (wrong !== undefined)
    throw new UserError(
      "invalid",
      `“${wrong.slice(0, 60)}” is no event of webhooks: use ${WEBHOOK_EVENTS.join(", ")}.`,
    );
  const events = WEBHOOK_EVENTS.filter((event) => given.includes(event));
  if (events.length === 0) throw new UserError("invalid", "Choose at least one event.");
  return events;
}

function unknown(id: string): UserError {
  return new UserError("not_found", `There is no webhook ${id.slice(0, 60)}.`);
}
