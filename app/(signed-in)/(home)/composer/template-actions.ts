"use server";

import { enter } from "@/app/enter";
import type { Template } from "@/core/shapes/trees";

/** Returns the current templates, which may have changed since the page loaded. */
export async function readTemplates(): Promise<Template[]> {
  const { queries } = await enter();
  return queries.listTemplates();
}
