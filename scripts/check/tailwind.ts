import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { compile } from "tailwindcss";
import type { SourceFile } from "./sources";

const MAIN_SHEET = "app/globals.css";

/**
 * Returns the `names` that have a style: Tailwind utilities with the project's tokens, and classes that a style sheet of
 * the project defines. Returns undefined when the project has no style sheet.
 */
export async function styledClasses(sources: SourceFile[], names: string[]): Promise<Set<string> | undefined> {
  const sheets = new Map(sources.map(({ file, text }) => [file, text]));
  const main = sheets.get(MAIN_SHEET);
  if (main === undefined) return undefined;
  const root = process.cwd();
  const ofPackages = createRequire(path.join(root, "package.json"));
  const { build } = await compile(main, {
    base: path.join(root, path.dirname(MAIN_SHEET)),
    async loadStylesheet(id, base) {
      const isOurs = id.startsWith(".");
      const file = isOurs
        ? path.join(base, id)
        : ofPackages.resolve(id === "tailwindcss" ? "tailwindcss/index.css" : id);
      const ours = isOurs ? sheets.get(path.relative(root, file)) : undefined;
      return { path: file, base: path.dirname(file), content: ours ?? readFileSync(file, "utf8") };
    },
  });
  return new Set(classesIn(build(names)));
}

/** Returns the class names in the selectors of a style sheet. */
function classesIn(css: string): string[] {
  return [...css.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(/\.((?:[\w-]|\\[^\n]|[^\0-\x7f])+)/g)].map((match) =>
    (match[1] ?? "").replace(/\\(?:([0-9a-f]{1,6})\s?|(.))/gi, (_, code?: string, char?: string) =>
      code ? String.fromCodePoint(Number.parseInt(code, 16)) : (char ?? ""),
    ),
  );
}
