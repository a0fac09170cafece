"use client";

import type { FoundFolder } from "@/core/shapes/folders";
import { isGitUrl } from "./git-url";
import { useFetched } from "./use-fetched";

/** Returns what the server knows of a folder; null while it has not answered, and for a git URL or no folder. */
export function useFolder(workspace: string): FoundFolder | null {
  const path = workspace.trim();
  const isFolder = path !== "" && !isGitUrl(path);
  const { body, isNewest } = useFetched(isFolder ? `folder?path=${encodeURIComponent(path)}` : null);
  return isFolder && isNewest ? body : null;
}
