/** The functions of a file, in each language that the gates read. */
import { isJavaScript } from "@/lib/syntax/javascript";
import { exportsByGrammar, functionsByGrammar, hasGrammar } from "./grammars";
import { javaScriptExports, javaScriptFunctions } from "./javascript";
import type { ExportedFunction, MeasuredFunction } from "./measured";

/** Whether the functions of a file can be read. */
export function isReadable(path: string): boolean {
  return isJavaScript(path) || hasGrammar(path);
}

/** Code in other languages, about which the gates must not claim anything. Scripts of the shell and of databases have few functions. */
const UNREAD = /\.(c|cc|cpp|cs|cxx|dart|erl|ex|exs|h|hpp|hs|kt|kts|lua|m|ml|php|pl|r|rb|scala|swift|vb|zig)$/i;

export function isUnread(path: string): boolean {
  return UNREAD.test(path);
}

export function functionsOf(path: string, text: string): MeasuredFunction[] {
  return isJavaScript(path) ? javaScriptFunctions(path, text) : functionsByGrammar(path, text);
}

/** Returns the functions that other files can use, with whether each is documented. */
export function exportedIn(path: string, text: string): ExportedFunction[] {
  return isJavaScript(path) ? javaScriptExports(path, text) : exportsByGrammar(path, text);
}
