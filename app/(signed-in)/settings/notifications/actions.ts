"use server";

import { type ActionResult, act, failureOf } from "@/app/act";
import { optionalText, text } from "@/app/actions/values";
import { enter } from "@/app/enter";
import type { MailChange } from "@/core/shapes/webhooks";

/** Adds a webhook. `secret` signs its messages and is returned only this once. */
export async function addWebhook(url: string, events: string[]): Promise<ActionResult & { secret?: string }> {
  const { actor, commands } = await enter();
  return withSecret(() => commands.addWebhook({ url: text(url), events: texts(events) }, actor));
}

export async function changeWebhook(id: string, url: string, events: string[]): Promise<ActionResult> {
  return act(({ actor, commands }) =>
    commands.changeWebhook(text(id), { url: text(url), events: texts(events) }, actor),
  );
}

/** Replaces the secret. The new one is returned only this once. */
export async function rotateWebhookSecret(id: string): Promise<ActionResult & { secret?: string }> {
  const { actor, commands } = await enter();
  return withSecret(() => commands.rotateWebhookSecret(text(id), actor));
}

export async function removeWebhook(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeWebhook(text(id), actor));
}

export async function testWebhook(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.testWebhook(text(id), actor));
}

/** Sets how e-mail is sent. An empty password stays as it is while server and user stay. */
export async function setMail(given: MailChange): Promise<ActionResult> {
  const change = {
    ...{ url: text(given?.url), to: texts(given?.to), events: texts(given?.events) },
    ...{ from: optionalText(given?.from), password: optionalText(given?.password) },
  };
  return act(({ actor, commands }) => commands.setMail(change, actor));
}

export async function removeMail(): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeMail(actor));
}

export async function testMail(): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.testMail(actor));
}

async function withSecret(
  what: () => Promise<{ sentence: string; secret: string }>,
): Promise<ActionResult & { secret?: string }> {
  try {
    const { sentence, secret } = await what();
    return { ok: true, sentence, secret };
  } catch (error) {
    return failureOf(error);
  }
}

function texts(given: unknown): string[] {
  return Array.isArray(given) ? given.map((one) => text(one)) : [];
}
