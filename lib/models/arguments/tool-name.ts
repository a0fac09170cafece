/** Finds the tool that a model means by a name which is not quite the name of one. */
import { plain } from "./fit";

/**
 * What some models and servers put before or after a name: `functions.NAME`, `NAME:0`, `NAME<|channel|>commentary`, the end
 * of a tag. Never arguments: a name that holds some stays unknown.
 */
const PREFIX = /^(?:functions?|tools?|default_api|tool_call|namespace)[.:/]+/i;
const SUFFIX = /(?:<\|.*|(?:\s*<\/[\w:|-]+>)+|["']?\s*\/?>|:\d+|\(\s*\))$/s;

/** Returns the offered name that alone is meant; the given name when none or several may be. */
export function offeredName(given: string, offered: readonly string[]): string {
  if (offered.includes(given)) return given;
  const bare = given.trim().replace(/^["'`]+|["'`]+$/g, "");
  const candidates = [bare, bare.replace(SUFFIX, ""), bare.replace(SUFFIX, "").replace(PREFIX, "")];
  const exact = candidates.find((name) => offered.includes(name));
  if (exact !== undefined) return exact;
  const alike = offered.filter((name) => candidates.some((candidate) => plain(candidate) === plain(name)));
  return alike.length === 1 && alike[0] !== undefined ? alike[0] : given;
}
