"use server";

import { parseTemplate } from "@/agents/guard/submission";
import { type ActionResult, act } from "@/app/act";
import { text } from "@/app/actions/values";
import { enter } from "@/app/enter";
import type { Submission } from "@/core/shapes/shapes";
import type { Template } from "@/core/shapes/trees";

/** Returns the current templates, which may have changed since the page loaded. */
export async function readTemplates(): Promise<Template[]> {
  const { queries } = await enter();
  return queries.listTemplates();
}

export async function saveTemplate(name: string, submission: Submission): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.saveTemplate(parseTemplate({ name: text(name), submission }), actor));
}

export async function removeTemplate(name: string): Promise<ActionResult> {
  return act(({ actor, commands }) => commands.removeTemplate(text(name), actor));
}
