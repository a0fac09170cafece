"use server";

import { failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import { onceOf } from "@/app/once";
import type { ForkRequest, ForkVersion } from "@/core/shapes/submission";
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
      versions: Array.isArray(request?.versions) ? request.versions.map(versionOf) : undefined,
      lessons: lessonsOf(request?.lessons),
    };
    const tree = await commands.fork({ id: text(id), ...asked, once: onceOf(actor, `fork ${text(id)}`, once) });
    return { ok: true, treeId: tree.id };
  } catch (error) {
    return failureOf(error);
  }
}

/** The operation refuses a kind or version that is none. */
function versionOf(given: ForkVersion): ForkVersion {
  return {
    kind: text(given?.kind) as ForkVersion["kind"],
    name: text(given?.name),
    version: optionalNumber(given?.version) ?? 0,
  };
}

function lessonsOf(given: ForkRequest["lessons"]): ForkRequest["lessons"] {
  if (Array.isArray(given)) return given.map(text);
  return given === "with" || given === "without" ? given : undefined;
}
