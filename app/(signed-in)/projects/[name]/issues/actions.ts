"use server";

/** Links a project with its forge: the answer to a new link contains a secret, only this once. */
import type { OperationInput } from "@/agents/guard/guard";
import { type ActionResult, failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import type { NewHook } from "./new-hook";

export async function linkForge(
  link: OperationInput<"linkForge">,
): Promise<ActionResult & { hook?: Omit<NewHook, "secret"> & { secret: string | null } }> {
  const { commands } = await enter();
  try {
    const { sentence, hook } = await commands.linkForge(link);
    return { ok: true, sentence, hook };
  } catch (error) {
    return failureOf(error);
  }
}
