"use server";

/** Actions on users and API tokens whose answer is more than a sentence. */
import type { OperationInput } from "@/agents/guard/guard";
import { type ActionResult, act, type Failure, failureOf } from "@/app/act";
import { enter } from "@/app/enter";
import type { ApiToken } from "@/core/rules/roles";

export async function addUser(user: OperationInput<"addUser">): Promise<ActionResult> {
  return act(async ({ commands }) => {
    const { email, role } = await commands.addUser(user);
    return { sentence: `${email} can now sign in as ${role}.` };
  });
}

/** The only response that holds the token. */
export type MadeToken = { ok: true; sentence: string; made: ApiToken & { token: string } } | Failure;

export async function createToken(wanted: OperationInput<"createToken">): Promise<MadeToken> {
  const { commands } = await enter();
  try {
    const made = await commands.createToken(wanted);
    return { ok: true, sentence: `Token ${made.name} created.`, made };
  } catch (error) {
    return failureOf(error);
  }
}
