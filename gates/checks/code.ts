/** Gates on the shape of code: complexity and documentation, each compared with the base. */
import { type Change, type ChangedPath, fault, type Gate, type GateContext, measured, note } from "@/gates/model/gate";
import { textIn } from "@/gates/source/trees";
import { suiteOf } from "@/gates/suite/suite";
import { isJavaScript } from "@/lib/syntax/javascript";
import { compileGlobs } from "@/lib/workspace/glob";
import { functionsOf, undocumentedIn } from "./functions";

export const complexity: Gate = {
  name: "complexity",
  needsSandbox: false,
  off: ({ settings }) => (settings.complexity ? null : "The settings name no complexity."),
  async judge(context) {
    const { change, settings } = context;
    const most = settings.complexity?.most ?? 0;
    let highest = 0;
    const findings = codeIn(context).flatMap(({ path }) => {
      const before = new Map<string, number>();
      for (const { name, complexity: ways } of functionsIn(change, "base", path))
        before.set(name, Math.max(ways, before.get(name) ?? 0));
      return functionsIn(change, "head", path).flatMap(({ name, line, complexity: ways }) => {
        highest = Math.max(highest, ways);
        // A function that was as complex before is not this change's fault.
        if (ways <= most || ways <= (before.get(name) ?? 0)) return [];
        return [fault(`${name} has a complexity of ${ways}, and the limit is ${most}.`, { path, line })];
      });
    });
    return measured(`At most ${highest} in changed files; the limit is ${most}.`, findings, { highest });
  },
};

export const documentation: Gate = {
  name: "documentation",
  needsSandbox: false,
  off: ({ settings }) => (settings.documentation ? null : "The settings name no files to document."),
  async judge(context) {
    const { change, settings } = context;
    const isAsked = compileGlobs(settings.documentation?.files ?? []);
    const files = codeIn(context).filter(({ path }) => isAsked(path));
    const missing = files.flatMap(({ path }) => missingIn(change, "head", path));
    const before = files.flatMap(({ path }) => missingIn(change, "base", path)).length;
    const after = missing.length;
    const findings = missing.map(({ path, line, name }) => note(`${name} has no docstring.`, { path, line }));
    const summary = `${after} exported functions without a docstring in changed files, ${before} on the base.`;
    const rise = after - before;
    const faults = rise > 0 ? [fault(`${rise} more exported functions have no docstring than on the base.`)] : [];
    return measured(summary, [...faults, ...findings], { before, after });
  },
};

/** Changed code that is not on the test side. */
function codeIn(context: GateContext): ChangedPath[] {
  const { isOnSide } = suiteOf(context);
  return context.change.paths.filter(({ path }) => isJavaScript(path) && !isOnSide(path));
}

function functionsIn(change: Change, side: "base" | "head", path: string) {
  const text = textIn(change[side], path, change.blobs);
  return text === null ? [] : functionsOf(path, text);
}

function missingIn(change: Change, side: "base" | "head", path: string) {
  const text = textIn(change[side], path, change.blobs);
  return text === null ? [] : undocumentedIn(path, text).map((found) => ({ path, ...found }));
}
