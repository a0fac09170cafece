/** Gates on the shape of code: complexity and documentation, each compared with a limit and with the base. */
import type { Finding } from "@/core/shapes/improving/gates";
import { plural } from "@/core/words/figures";
import { exportedIn, functionsOf, isReadable, isUnread } from "@/gates/code/functions";
import { type Change, fault, type Gate, type GateContext, measured, note, notMeasured } from "@/gates/model/gate";
import { textIn } from "@/gates/source/trees";
import { suiteOf } from "@/gates/suite/suite";
import { compileGlobs } from "@/lib/workspace/glob";

const MOST_NAMED = 20;
const UNREADABLE = "No file is in a language that this gate reads.";

export const complexity: Gate = {
  name: "complexity",
  needsSandbox: false,
  off: ({ settings }) => (settings.complexity ? null : "The settings name no complexity."),
  async judge(context) {
    const { change, settings } = context;
    const { most, everywhere } = settings.complexity ?? { most: 0, everywhere: false };
    const all = codeIn(context);
    if (all.length === 0) return notMeasured(UNREADABLE);
    const changed = changedIn(context, all);
    const [unread, isBlind] = unreadIn(context, changed);
    if (isBlind && !everywhere) return notMeasured(UNREADABLE, unread);
    let highest = 0;
    const findings = (everywhere ? all : changed).flatMap((path) => {
      const before = new Map<string, number>();
      for (const { name, complexity: ways } of everywhere ? [] : functionsIn(change, "base", path))
        before.set(name, Math.max(ways, before.get(name) ?? 0));
      return functionsIn(change, "head", path).flatMap(({ name, line, complexity: ways }) => {
        highest = Math.max(highest, ways);
        // A function that was as complex before is not this change's fault.
        if (ways <= most || ways <= (before.get(name) ?? 0)) return [];
        return [fault(`${name} has a complexity of ${ways}, and the limit is ${most}.`, { path, line })];
      });
    });
    const where = everywhere ? "in all files" : "in changed files";
    return measured(`At most ${highest} ${where}; the limit is ${most}.`, [...findings, ...unread], { highest });
  },
};

export const documentation: Gate = {
  name: "documentation",
  needsSandbox: false,
  off: ({ settings }) => (settings.documentation ? null : "The settings name no files to document."),
  async judge(context) {
    const { change, settings } = context;
    const { files: asked, least_percent: least } = settings.documentation ?? { files: [] };
    const isAsked = compileGlobs(asked);
    const all = codeIn(context).filter(isAsked);
    if (all.length === 0) return notMeasured(UNREADABLE);
    const changed = changedIn(context, [...all, ...goneFrom(context).filter(isAsked)]);
    const [unread, isBlind] = unreadIn(context, changed);
    const floor = least === undefined ? null : floorOf(change, all, { least, changed: new Set(changed) });
    if (isBlind && floor === null) return notMeasured(UNREADABLE, unread);
    const missing = changed.flatMap((path) => missingIn(change, "head", path));
    const before = changed.flatMap((path) => missingIn(change, "base", path)).length;
    const after = missing.length;
    const findings = missing.map(({ path, line, name }) => note(`${name} has no docstring.`, { path, line }));
    const relative = `${after} exported functions without a docstring in changed files, ${before} on the base.`;
    const rise = after - before;
    const faults = rise > 0 ? [fault(`${rise} more exported functions have no docstring than on the base.`)] : [];
    const summary = floor === null ? relative : `${floor.summary} ${relative}`;
    const found = [...(floor?.findings ?? []), ...faults, ...findings, ...unread];
    if (floor?.percent === null && faults.length === 0) return notMeasured(floor.summary, found);
    return measured(summary, found, { before, after, ...(floor?.percent != null && { percent: floor.percent }) });
  },
};

/** How many of all exported functions are documented; `percent` is null where there is none. Those in changed files have notes already. */
function floorOf(
  change: Change,
  files: readonly string[],
  { least, changed }: { least: number; changed: ReadonlySet<string> },
) {
  const all = files.flatMap((path) => exportsIn(change, "head", path));
  if (all.length === 0) return { percent: null, summary: "There is no exported function.", findings: [] };
  const missing = all.filter(({ isDocumented }) => !isDocumented);
  const percent = Math.floor((1000 * (all.length - missing.length)) / all.length) / 10;
  const summary = `${percent} % of ${plural(all.length, "exported function")} are documented.`;
  if (percent >= least) return { percent, summary, findings: [] };
  const findings: Finding[] = [
    fault(`${percent} % of the exported functions are documented, and the settings ask for ${least} %.`),
    ...missing
      .filter(({ path }) => !changed.has(path))
      .slice(0, MOST_NAMED)
      .map(({ path, line, name }) => note(`${name} has no docstring.`, { path, line })),
  ];
  return { percent, summary, findings };
}

/** Code of the head that is not on the test side. */
function codeIn(context: GateContext): string[] {
  const { isOnSide } = suiteOf(context);
  return [...context.change.head.files.keys()].filter((path) => isReadable(path) && !isOnSide(path));
}

/** Deleted code, whose functions the base has. */
function goneFrom(context: GateContext): string[] {
  const { isOnSide } = suiteOf(context);
  return context.change.paths
    .filter(({ path, change }) => change === "deleted" && isReadable(path) && !isOnSide(path))
    .map(({ path }) => path);
}

function changedIn({ change }: GateContext, files: readonly string[]): string[] {
  const all = new Set(files);
  return change.paths.map(({ path }) => path).filter((path) => all.has(path));
}

/** Returns a note for changed code that nobody read, and whether that is all the code of the change. */
function unreadIn({ change }: GateContext, changed: readonly string[]): [Finding[], boolean] {
  const unread = change.paths.filter((file) => file.change !== "deleted" && isUnread(file.path));
  const notes = unread.map(({ path }) => note("Not read: this gate does not know the language.", { path }));
  return [notes.slice(0, MOST_NAMED), unread.length > 0 && changed.length === 0];
}

function functionsIn(change: Change, side: "base" | "head", path: string) {
  const text = textIn(change[side], path, change.blobs);
  return text === null ? [] : functionsOf(path, text);
}

function exportsIn(change: Change, side: "base" | "head", path: string) {
  const text = textIn(change[side], path, change.blobs);
  return text === null ? [] : exportedIn(path, text).map((found) => ({ path, ...found }));
}

function missingIn(change: Change, side: "base" | "head", path: string) {
  return exportsIn(change, side, path).filter(({ isDocumented }) => !isDocumented);
}
