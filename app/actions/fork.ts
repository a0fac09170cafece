"use server";

import { failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import { onceOf } from "@/app/once";
import type { ForkRequest } from "@/core/shapes/shapes";
import { optionalNumber, optionalText, text } from "./values";

export type Forked = { ok: true; treeId: string } | ReturnType<typeof failureOf>;

/** A second call with the same `once`, after a lost response, returns the tree of the first call. */
export async function forkTask(id: string, request: ForkRequest, once: string): Promise<Forked> {
  const { actor, commands } = await enter();
  try {
    const asked: ForkRequest = {
      at: optionalNumber(request?.at),
      instruction: optionalText(request?.instruction),
      agent: optionalText(request?.agent),
      model: optionalText(request?.model)?.trim(),
      // An empty message is valid, because a tool may return nothing.
      message: typeof request?.message === "string" ? request.message : undefined,
    };
    const tree = await commands.fork({ id: text(id), ...asked, once: onceOf(actor, `fork ${text(id)}`, once) });
    return { ok: true, treeId: tree.id };
  } catch (error) {
    return failureOf(error);
  }
}
