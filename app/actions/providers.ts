"use server";

/** Tests the key or address of a model provider. A typed key goes to the provider, never back. */
import type { OperationInput } from "@/agents/guard/guard";
import { failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import type { ProviderTest } from "@/core/shapes/installation/providers";
import type { FieldIssue } from "@/core/shapes/refusal";

export async function testProvider(
  wanted: OperationInput<"testProvider">,
): Promise<ProviderTest & { issues?: readonly FieldIssue[] }> {
  const { commands } = await enter();
  try {
    return await commands.testProvider(wanted);
  } catch (error) {
    return { ...failureOf(error), models: [] };
  }
}
