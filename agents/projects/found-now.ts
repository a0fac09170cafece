import type { FoundCommands } from "@/core/shapes/projects";
import { readHead } from "@/lib/git/head";

/** Returns what was found in a project's folder: a person may have made it a git repository since. */
export function foundNow(address: string, found: FoundCommands): FoundCommands {
  if (found.is_git || !address.startsWith("/")) return found;
  return { ...found, is_git: readHead(address) !== null };
}
