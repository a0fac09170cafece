"use server";

/** Runs every operation, by its name, for pages. The application checks the permission and the input. */
import type { OperationInput, TellingOperation } from "@/agents/guard/guard";
import { type ActionResult, act } from "@/app/act";
import { enter } from "@/app/enter";
import { currentOnce } from "@/lib/http/current-once";

/** A second call with the same `key`, after a lost answer, gets the answer of the first. */
export async function operateOnce<Name extends TellingOperation>(
  name: Name,
  input: OperationInput<Name>,
  key: string,
): Promise<ActionResult> {
  const { actor } = await enter();
  // Without the input, of which a hash would be kept: it may be a secret, and each press has a key of its own.
  const request = { key: `page-${name}.${key}`, sender: actor.id, body: null, isSecret: false };
  const { body } = await currentOnce()({ ...request, method: "POST", path: `page ${name}` }, async (id) => ({
    status: 200,
    body: await act(async ({ operate: run, takesOnce }) =>
      run<TellingOperation>(name, takesOnce(name) ? { ...input, once: id } : input),
    ),
  }));
  return body as ActionResult;
}
