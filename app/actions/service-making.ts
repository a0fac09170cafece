"use server";

import type { OperationInput } from "@/agents/guard/guard";
import { failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import { onceOf } from "@/app/once";

export type Begun = { ok: true; treeId: string } | ReturnType<typeof failureOf>;
export type Made = { ok: true; project: string } | ReturnType<typeof failureOf>;

/** Begins the tree that changes the requirements of a service. A second call with the same `once` returns the tree of the first. */
export async function changeRequirements(input: OperationInput<"changeService">, once: string): Promise<Begun> {
  const { actor, operate } = await enter();
  try {
    const { id } = await operate("changeService", { ...input, once: onceOf(actor, "change service", once) });
    return { ok: true, treeId: id };
  } catch (error) {
    return failureOf(error);
  }
}

/** Begins the tree that makes a service from requirements. A second call with the same `once` returns the tree of the first. */
export async function beginSpecified(input: OperationInput<"specifyService">, once: string): Promise<Begun> {
  const { actor, operate } = await enter();
  try {
    const { id } = await operate("specifyService", { ...input, once: onceOf(actor, "specify service", once) });
    return { ok: true, treeId: id };
  } catch (error) {
    return failureOf(error);
  }
}

/** Makes a service from an OpenAPI document, from entities, or from nothing. */
export async function makeOfDocument(input: OperationInput<"newService">): Promise<Made> {
  const { operate } = await enter();
  try {
    return { ok: true, project: (await operate("newService", input)).name };
  } catch (error) {
    return failureOf(error);
  }
}
