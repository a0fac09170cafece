import { executorOf, isProgram } from "@/core/programs/names";

/** The names of models, as settings and tasks give them. */
export interface ModelName {
  provider: string;
  /** The provider's own name of the model; empty for a program. */
  model: string;
}

/** Splits `provider/model`; returns null for any other form. The model's name may contain slashes. */
export function parseModel(text: string): ModelName | null {
  if (isProgram(text) && executorOf(text) === null) return { provider: text, model: "" };
  const match = /^([a-z][a-z0-9-]*)\/(\S+)$/.exec(text);
  return match ? { provider: match[1]!, model: match[2]! } : null;
}
