"use server";

/** What pages do: every operation, by its name. The application checks the permission and the input. */

import type { OperationInput, OperationName } from "@/agents/guard/guard";
import { type ActionResult, act } from "@/app/act";

export async function operate<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
): Promise<ActionResult> {
  return act(({ operate: run }) => run(name, input));
}
