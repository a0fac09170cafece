/** What a parser found in a text, with positions in place of lines. */
import type { FunctionFacts } from "@/core/insights/facts";
import type { Range } from "./fingerprints";

interface FoundFunction
  extends Pick<FunctionFacts, "name" | "symbol" | "complexity" | "isExported" | "isDocumented" | "untyped"> {
  start: number;
  end: number;
}

export interface Found {
  functions: FoundFunction[];
  comments: Range[];
  exports: { name: string; at: number }[];
  imports: string[];
  importRanges: Range[];
  passedOn: string[];
  anys: number[];
  hasTests: boolean;
  packageName: string;
}

export function foundNothing(): Found {
  return {
    functions: [],
    comments: [],
    exports: [],
    imports: [],
    importRanges: [],
    passedOn: [],
    anys: [],
    hasTests: false,
    packageName: "",
  };
}
