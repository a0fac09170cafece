"use server";

/** Tests the key or address of a model provider. A typed key goes to the provider, never back. */

import type { OperationInput } from "@/agents/guard/guard";
import { sentenceOfFailure } from "@/app/act";
import { enter } from "@/app/enter";
import type { ProviderTest } from "@/core/shapes/providers";

export async function testProvider(wanted: OperationInput<"testProvider">): Promise<ProviderTest> {
  const { commands } = await enter();
  try {
    return await commands.testProvider(wanted);
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error), models: [] };
  }
}
