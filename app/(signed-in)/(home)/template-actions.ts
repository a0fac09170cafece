"use server";

import type { Submission } from "@/agents/core/shapes";
import type { Template } from "@/agents/core/shapes-trees";
import { type ActionResult, act } from "@/app/act";
import { text } from "@/app/actions/values";
import { parseTemplate } from "@/app/api/v1/submission";
import { enter } from "@/app/enter";

/** As the list is by now, also for whoever has had the page open for long. */
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
