/** Renders templates of blueprints, which may be a person's own: a template can neither run code nor read files. */
import { Liquid } from "liquidjs";
import * as estree from "prettier/plugins/estree";
import * as typescript from "prettier/plugins/typescript";
import { format } from "prettier/standalone";
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

/** Returns TypeScript as people format it, with its imports in order. */
export function formatted(code: string): Promise<string> {
  return format(withSortedImports(code), {
    parser: "typescript",
    plugins: [estree, typescript],
    printWidth: LINE_WIDTH,
  });
}

const IMPORTS = /(?:^import [^\n]* from "[^"\n]+";\n)+/m;

/** As the linter wants them: Node's modules, packages, then files, the farthest first. */
function withSortedImports(code: string): string {
  return code.replace(IMPORTS, (block) => {
    const lines = block
      .trimEnd()
      .split("\n")
      .map((line) => ({ line, from: /from "(.*)";$/.exec(line)?.[1] ?? "" }));
    lines.sort((a, b) => rankOf(a.from) - rankOf(b.from) || (sortKey(a.from) < sortKey(b.from) ? -1 : 1));
    return `${lines.map(({ line }) => line).join("\n")}\n`;
  });
}

/** A folder comes before names that only begin like its name, and so does a file. */
const sortKey = (from: string) => from.replaceAll("/", "\u0001").replaceAll(".", "\u0002");

function rankOf(from: string): number {
  if (from.startsWith("node:")) return 0;
  if (from.startsWith("../")) return 2;
  return from.startsWith(".") ? 3 : 1;
}
