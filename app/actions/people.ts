"use server";

/** Actions on users and API tokens. */

import { type ActionResult, act, sentenceOfFailure } from "@/app/act";
import { enter } from "@/app/enter";
import type { ApiToken } from "@/core/rules/roles";
import { optionalNumber, optionalText, text } from "./values";

export async function addUser(email: string, role: string, name: string): Promise<ActionResult> {
  return act(async ({ actor, commands }) => {
    const user = await commands.addUser({ email: text(email), role: text(role), name: optionalText(name) }, actor);
    return { sentence: `${user.email} can now sign in as ${user.role}.` };
  });
}

export async function setUserRole(who: string, role: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.setUserRole(text(who), text(role), actor));
}

export async function removeUser(who: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeUser(text(who), actor));
}

/** The only response that holds the token. */
export type MadeToken =
  | { ok: true; sentence: string; made: ApiToken & { token: string } }
  | { ok: false; sentence: string };

export async function createToken(name: string, role: string, days: number): Promise<MadeToken> {
  const { actor, commands } = await enter();
  try {
    const wanted = { name: text(name), role: text(role), days: optionalNumber(days) ?? Number.NaN };
    const made = await commands.createToken(wanted, actor);
    return { ok: true, sentence: `Token ${made.name} created.`, made };
  } catch (error) {
    return { ok: false, sentence: sentenceOfFailure(error) };
  }
}

export async function revokeToken(id: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.revokeToken(text(id), actor));
}
