"use server";

/** What pages do: every operation, by its name. The application checks the permission and the input. */

import type { OperationInput, TellingOperation } from "@/agents/guard/guard";
import { type ActionResult, act } from "@/app/act";

export async function operate<Name extends TellingOperation>(
  name: Name,
  input: OperationInput<Name>,
): Promise<ActionResult> {
  return act(async ({ operate: run }) => run<TellingOperation>(name, input));
}
