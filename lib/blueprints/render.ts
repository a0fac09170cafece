/** Renders templates of blueprints, which may be a person's own: a template can neither run code nor read files. */
import { Liquid } from "liquidjs";
import { format } from "prettier/standalone";
import * as estree from "prettier/plugins/estree";
import * as typescript from "prettier/plugins/typescript";
import { BlueprintError } from "./read";

const LIMITS = { parseLimit: 1_000_000, renderLimit: 5_000, memoryLimit: 50_000_000 };
const LINE_WIDTH = 120;

const engine = new Liquid({
  ...LIMITS,
  ownPropertyOnly: true,
  strictFilters: true,
  strictVariables: true,
  // Without folders there is nothing that a template could include.
  templates: {},
});

/** Throws BlueprintError for a template with a fault. */
export function render(name: string, template: string, facts: object): string {
  try {
    return engine.parseAndRenderSync(template, facts);
  } catch (error) {
    throw new BlueprintError(`The template ${name} has a fault: ${String((error as Error).message).split("\n")[0]}.`);
  }
}

/** Returns TypeScript as people format it. */
export function formatted(code: string): Promise<string> {
  return format(code, { parser: "typescript", plugins: [estree, typescript], printWidth: LINE_WIDTH });
}
