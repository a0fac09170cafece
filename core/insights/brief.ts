/** Makes the brief of a file. */
import type { FileBrief, FileFacts } from "./facts";
import { hasFunctionFindings } from "./functions";
import { hash32 } from "./hash";
import { codeIn, mayBeUntested } from "./tests";
import { hasUpkeepFindings, mayBeUnused } from "./upkeep";

/** Changes with each change of what a brief says, also of a limit that decides whether a file has findings. */
export const BRIEF_VERSION = 1;

export function briefOf(facts: FileFacts): FileBrief {
  const { language, leftOut, imports, hasTests, packageName, words, prints, functions, exports } = facts;
  return {
    language,
    ...(leftOut && { leftOut }),
    imports,
    hasTests,
    packageName,
    words,
    prints,
    codeLines: codeIn(facts),
    hasFindings: hasFunctionFindings(facts) || hasUpkeepFindings(facts),
    untested: hashesOf(functions.filter(mayBeUntested)),
    unused: hashesOf(exports.filter(mayBeUnused)),
  };
}

function hashesOf(named: readonly { name: string }[]): Uint32Array {
  return Uint32Array.from(named, ({ name }) => hash32(name));
}
