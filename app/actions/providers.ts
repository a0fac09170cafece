"use server";

/** Actions on the keys and addresses of model providers. A typed key goes to the vault or the provider, never back. */

import { type ActionResult, act, sentenceOfFailure } from "@/app/act";
import { enter } from "@/app/enter";
import type { ProviderKey, ProviderTest } from "@/core/shapes/providers";
import { optionalText, text } from "./values";

export async function testProvider(wanted: ProviderKey): Promise<ProviderTest> {
  const { actor, commands } = await enter();
  try {
    return await commands.testProvider(keyOf(wanted), actor);
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error), models: [] };
  }
}

export async function setProviderKey(wanted: ProviderKey): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.setProviderKey(keyOf(wanted), actor));
}

export async function removeProviderKey(provider: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeProviderKey(text(provider), actor));
}

function keyOf(given: unknown): ProviderKey {
  const { provider, key, base_url, model } = Object(given) as Record<keyof ProviderKey, unknown>;
  return {
    provider: text(provider),
    key: optionalText(key),
    base_url: optionalText(base_url),
    model: optionalText(model),
  };
}
