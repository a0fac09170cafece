"use server";

import { type ActionResult, act } from "@/app/act";
import { text } from "@/app/actions/values";

export async function setSecret(name: string, value: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.setSecret(text(name).trim(), text(value), actor));
}

export async function removeSecret(name: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeSecret(text(name), actor));
}

export async function rotateSecrets(): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.rotateSecrets(actor));
}
