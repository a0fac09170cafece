"use server";

/** Actions that return a new secret, only this once. */
import type { OperationInput } from "@/agents/guard/guard";
import { type ActionResult, failureOf } from "@/app/act";
import { enter } from "@/app/enter";

type WithSecret = ActionResult & { secret?: string };

export async function addWebhook(webhook: OperationInput<"addWebhook">): Promise<WithSecret> {
  const { commands } = await enter();
  return withSecret(() => commands.addWebhook(webhook));
}

export async function rotateWebhookSecret(which: OperationInput<"rotateWebhookSecret">): Promise<WithSecret> {
  const { commands } = await enter();
  return withSecret(() => commands.rotateWebhookSecret(which));
}

async function withSecret(what: () => Promise<{ sentence: string; secret: string }>): Promise<WithSecret> {
  try {
    const { sentence, secret } = await what();
    return { ok: true, sentence, secret };
  } catch (error) {
    return failureOf(error);
  }
}
