"use server";

import { type ActionResult, act, sentenceOfFailure } from "@/app/act";
import { text } from "@/app/actions/values";
import { enter } from "@/app/enter";

/** Adds a webhook. `secret` signs its messages and is returned only this once. */
export async function addWebhook(url: string, events: string[]): Promise<ActionResult & { secret?: string }> {
  const { actor, commands } = await enter();
  const wanted = { url: text(url), events: Array.isArray(events) ? events.map((event) => text(event)) : [] };
  try {
    const { sentence, secret } = await commands.addWebhook(wanted, actor);
    return { ok: true, sentence, secret };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}

export async function removeWebhook(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeWebhook(text(id), actor));
}

export async function testWebhook(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.testWebhook(text(id), actor));
}
